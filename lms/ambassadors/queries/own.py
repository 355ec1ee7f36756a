"""What an ambassador's own pages show: the invitation, the pledge, a check-in, a month's tally.

Views ask with the id that a personal link names, or with the signed-in actor, whose own rows the
permission `ambassadors.own` reaches.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from lms.ambassadors.access import OWN
from lms.ambassadors.models import Ambassador, CheckIn, Handover, Pledge, Tally
from lms.ambassadors.queries import pledges, waiting
from lms.ambassadors.queries.pledges import PledgeView
from lms.ambassadors.services import check_ins, roles
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Person
from lms.people.names import full, initials
from lms.permissions import where


@dataclass(frozen=True)
class Self:
    """An ambassador, or whoever is invited to be one, on their own page."""

    id: uuid.UUID
    person_id: uuid.UUID
    state: str
    initials: str
    first_name: str
    has_manager: bool
    ended_at: datetime | None
    asked_again_on: date | None


@dataclass(frozen=True)
class Description:
    """A version of the role, as blocks: ("heading" | "list" | "text", lines)."""

    version: int
    text: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Asked:
    """A check-in as its own page needs it: whose, when, and the words it asks about."""

    id: uuid.UUID
    pledge_id: uuid.UUID
    ambassador_id: uuid.UUID
    person_id: uuid.UUID
    initials: str
    months: int
    state: str
    made_at: datetime
    due_on: date
    closes_on: date
    invited_at: datetime | None
    answered_at: datetime | None
    seen: str
    objectives: tuple[tuple[uuid.UUID, int, str], ...]
    later_open: uuid.UUID | None


@dataclass(frozen=True)
class Month:
    """A month's numbers; None where they have not been given."""

    id: uuid.UUID
    ambassador_id: uuid.UUID
    person_id: uuid.UUID
    initials: str
    month: date
    conversations: int | None
    to_counselling: int | None
    to_mediation: int | None
    answered_at: datetime | None


def by_link(actor: Actor) -> Self:
    """Whom an ambassador's personal link is for."""
    assert actor.link is not None
    return _self(Ambassador.id == actor.link.object_id)


def signed_in(actor: Actor) -> Self:
    """The actor as an ambassador now; `NotFound` for whoever is none."""
    return _self(where(actor, OWN), Ambassador.state == "active")


def _self(*conditions: ColumnElement[bool]) -> Self:
    row = db.session.execute(
        select(Ambassador, Person)
        .join(Person, Person.id == Ambassador.person_id)
        .where(*conditions)
    ).one_or_none()
    if row is None:
        raise NotFound
    ambassador, person = row
    return Self(
        ambassador.id,
        ambassador.person_id,
        ambassador.state,
        initials(person.given_name, person.family_name),
        person.given_name or person.family_name,
        person.manager_id is not None,
        ambassador.ended_at,
        ambassador.ask_again_on,
    )


def description() -> Description:
    """The role as it is described now."""
    newest = roles.newest()
    return Description(newest.version, newest.text, tuple(blocks(newest.text)))


def blocks(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Plain Markdown as pieces of a page: `## ` headings, `- ` lists, and paragraphs."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.strip().split("\n") if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("#"):
            found.append(("heading", (lines.pop(0).lstrip("# "),)))
        if lines and all(line.startswith("- ") for line in lines):
            found.append(("list", tuple(line[2:] for line in lines)))
        elif lines:
            found.append(("text", (" ".join(lines),)))
    return found


def pledges_of(ambassador_id: uuid.UUID) -> list[PledgeView]:
    """An ambassador's own pledges, newest first."""
    return pledges.of_ambassadors([ambassador_id])[ambassador_id]


def handed_on_to(ambassador_id: uuid.UUID) -> list[tuple[str, datetime, PledgeView]]:
    """Pledges that others have handed on to this ambassador: whose, when, and what."""
    rows = db.session.execute(
        select(
            Person.given_name, Person.family_name, Handover.at, Handover.pledge_id, Ambassador.id
        )
        .join(Ambassador, Ambassador.id == Handover.from_id)
        .join(Person, Person.id == Ambassador.person_id)
        .where(Handover.to_id == ambassador_id, Handover.pledge_id.is_not(None))
        .order_by(Handover.at.desc())
    ).all()
    held = pledges.of_ambassadors([row.id for row in rows], answers=False)
    return [
        (full(row.given_name, row.family_name), row.at, pledge)
        for row in rows
        for pledge in held[row.id]
        if pledge.id == row.pledge_id
    ]


def check_in(check_in_id: uuid.UUID, actor: Actor | None = None) -> Asked:
    """A check-in; with an actor, only their own. The later one is named where that is open."""
    mine = where(actor, OWN) if actor else Ambassador.id.is_not(None)
    row = db.session.execute(
        select(CheckIn, Pledge, Ambassador, Person)
        .join(Pledge, Pledge.id == CheckIn.pledge_id)
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .join(Person, Person.id == Ambassador.person_id)
        .where(CheckIn.id == check_in_id, mine)
    ).one_or_none()
    if row is None:
        raise NotFound
    asked: CheckIn = row.CheckIn
    later = db.session.scalar(
        select(CheckIn.id).where(
            CheckIn.pledge_id == asked.pledge_id,
            CheckIn.months > asked.months,
            waiting.waits(),
        )
    )
    return Asked(
        id=asked.id,
        pledge_id=asked.pledge_id,
        ambassador_id=row.Ambassador.id,
        person_id=row.Ambassador.person_id,
        initials=initials(row.Person.given_name, row.Person.family_name),
        months=asked.months,
        state=asked.state,
        made_at=row.Pledge.made_at,
        due_on=asked.due_on,
        closes_on=asked.closes_on,
        invited_at=asked.invited_at,
        answered_at=asked.changed_at or asked.answered_at,
        seen=check_ins.stamp(asked),
        objectives=tuple(
            (uuid.UUID(one["objective_id"]), one["position"], one["text"])
            for one in asked.wording or ()
        ),
        later_open=later,
    )


def tally(tally_id: uuid.UUID, actor: Actor | None = None) -> Month:
    """A month's tally; with an actor, only their own."""
    mine = where(actor, OWN) if actor else Ambassador.id.is_not(None)
    found = _months(Tally.id == tally_id, mine)
    if not found:
        raise NotFound
    return found[0]


def tallies_of(ambassador_id: uuid.UUID, most: int = 6) -> list[Month]:
    """The newest months of an ambassador that were asked about, newest first."""
    return _months(Tally.ambassador_id == ambassador_id)[:most]


def _months(*conditions: ColumnElement[bool]) -> list[Month]:
    columns: Sequence[Any] = (
        Tally.id,
        Tally.ambassador_id,
        Ambassador.person_id,
        Person.given_name,
        Person.family_name,
        Tally.month,
        Tally.conversations,
        Tally.to_counselling,
        Tally.to_mediation,
        Tally.answered_at,
    )
    rows = db.session.execute(
        select(*columns)
        .join(Ambassador, Ambassador.id == Tally.ambassador_id)
        .join(Person, Person.id == Ambassador.person_id)
        .where(*conditions)
        .order_by(Tally.month.desc())
        .limit(24)
    )
    return [
        Month(
            row.id,
            row.ambassador_id,
            row.person_id,
            initials(row.given_name, row.family_name),
            row.month,
            row.conversations,
            row.to_counselling,
            row.to_mediation,
            row.answered_at,
        )
        for row in rows
    ]
