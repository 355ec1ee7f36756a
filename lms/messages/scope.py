"""Which messages a scope reaches; `plugin.py` names it in the permissions."""

from __future__ import annotations

from sqlalchemy import ARRAY, ColumnElement, Uuid, cast, or_, select

from lms.messages.models import Message
from lms.people import scope as people
from lms.people.models import Person
from lms.permissions import by_scope


def _in_localities(ids: people.Ids) -> ColumnElement[bool]:
    """Messages about these places, and those to people who work there."""
    return or_(
        Message.locality_ids.op("&&")(cast(list(ids), ARRAY(Uuid()))),
        Message.person_id.in_(select(Person.id).where(people.people_in_localities(ids))),
    )


def _in_organisations(ids: people.Ids) -> ColumnElement[bool]:
    return Message.person_id.in_(select(Person.id).where(people.people_in_organisations(ids)))


MESSAGES = by_scope(locality=_in_localities, organisation=_in_organisations)
