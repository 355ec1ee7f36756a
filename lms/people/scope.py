"""Which people, organisations and grants a scope reaches: one condition each.

The permissions of `plugin.py` use them, and with them every list, page, export and search.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, or_, select

from lms.people.models import Organisation, Person, RoleGrant
from lms.permissions import by_scope
from lms.records import AuditEntry

Ids = Sequence[Any]


def people_in_localities(ids: Ids) -> ColumnElement[bool]:
    """People who work in these places."""
    return Person.organisation_id.in_(
        select(Organisation.id).where(Organisation.locality_id.in_(ids))
    )


def people_in_organisations(ids: Ids) -> ColumnElement[bool]:
    """People of these organisations and of those that belong to them."""
    return Person.organisation_id.in_(
        select(Organisation.id).where(
            or_(Organisation.id.in_(ids), Organisation.parent_id.in_(ids))
        )
    )


def people_without_organisation(added_by: uuid.UUID) -> ColumnElement[bool]:
    """People whom this person put in and who belong to no organisation yet."""
    return and_(Person.organisation_id.is_(None), Person.added_by_id == added_by)


def people_themselves(ids: Ids) -> ColumnElement[bool]:
    """These very people."""
    return Person.id.in_(ids)


PEOPLE = by_scope(locality=people_in_localities, organisation=people_in_organisations)
OWN = by_scope(own=people_themselves)
ORGANISATIONS = by_scope(
    locality=lambda ids: Organisation.locality_id.in_(ids),
    organisation=lambda ids: or_(Organisation.id.in_(ids), Organisation.parent_id.in_(ids)),
)


NOWHERE = by_scope()
"""For what belongs to the programme as a whole."""


def _grants_in_localities(ids: Ids) -> ColumnElement[bool]:
    organisations = select(cast(Organisation.id, Text)).where(Organisation.locality_id.in_(ids))
    return or_(
        and_(RoleGrant.scope_kind == "locality", RoleGrant.scope_id.in_([str(i) for i in ids])),
        and_(RoleGrant.scope_kind == "organisation", RoleGrant.scope_id.in_(organisations)),
    )


def _grants_in_organisations(ids: Ids) -> ColumnElement[bool]:
    return and_(
        RoleGrant.scope_kind == "organisation", RoleGrant.scope_id.in_([str(i) for i in ids])
    )


GRANTS = by_scope(locality=_grants_in_localities, organisation=_grants_in_organisations)
AUDIT = by_scope(
    locality=lambda ids: AuditEntry.actor_id.in_(select(Person.id).where(people_in_localities(ids)))
)
