"""The coordinator's board: who waits first, and what each check-in says.

Every part asks with the same permission and the same filters; a page of it takes as many queries
as a page of a hundred.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from lms import clock
from lms.ambassadors import checkpoints
from lms.ambassadors.access import MANAGE
from lms.ambassadors.models import Ambassador, CheckIn, Pledge, Tally
from lms.ambassadors.queries import pledges, waiting
from lms.ambassadors.queries.pledges import CheckInView, PledgeView
from lms.ambassadors.services.tallies import last_month
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Organisation, Person
from lms.people.names import folded, full
from lms.permissions import where
from lms.web import words

CHECKS = {
    "due": "Due",
    "overdue": "Overdue",
    "no_reply": "No reply to two reminders",
    "no_pledge": "No pledge yet",
}
STATES = {"active": "Active", "invited": "Invited", "left": "Handed on or left"}
MONTHS_SHOWN = 6
MOST_PRINTED = 500
REMINDERS = len(checkpoints.REMINDERS)


@dataclass(frozen=True)
class BoardFilter:
    """What the board is narrowed to; empty means everything."""

    state: str = "active"
    locality_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    check: str = ""
    words: str = ""


@dataclass(frozen=True)
class Cell:
    """A check-in in the table: outcomes with their words, and what else there is to say."""

    outcomes: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True)
class BoardRow:
    """An ambassador on the board."""

    id: uuid.UUID
    name: str
    organisation: str
    state: str
    pledged_at: datetime | None
    cells: tuple[Cell, ...]
    last_word: str
    tally: tuple[int | None, ...]
    tally_words: str
    next: str


@dataclass(frozen=True)
class Waiting:
    """An ambassador whose check-in is asked and not answered."""

    check_in_id: uuid.UUID
    ambassador_id: uuid.UUID
    name: str
    organisation: str
    months: int
    due_on: date
    reminders_sent: int

    @property
    def told_the_last(self) -> bool:
        """Whether they have read that we do not ask again about this check-in."""
        return self.reminders_sent >= REMINDERS


def listed(actor: Actor, wanted: BoardFilter) -> Select[Any]:
    """Ambassadors of a filter, who has been due longest first, for `web.paginate`."""
    return (
        _base(
            Ambassador.id,
            Ambassador.state,
            Ambassador.leaves_on,
            looks_after().label("looks_after"),
            Person.given_name,
            Person.family_name,
            Organisation.name.label("organisation"),
        )
        .where(*_conditions(actor, wanted))
        .order_by(CheckIn.due_on.asc().nulls_last(), Person.sort_key, Ambassador.id)
    )


def printed(actor: Actor, wanted: BoardFilter) -> Sequence[Any]:
    """The rows of `listed` for one long page to print, and one more where that is not all."""
    return db.session.execute(listed(actor, wanted).limit(MOST_PRINTED + 1)).all()


def rows(actor: Actor, page: Sequence[Any]) -> list[BoardRow]:
    """The rows of a page of `listed`, with their pledges and numbers."""
    ids = [row.id for row in page]
    held, numbers = pledges.seen_by(actor, ids), _tallies(ids)
    return [_row(row, held[row.id], numbers.get(row.id, {})) for row in page]


def who_waits(actor: Actor, wanted: BoardFilter) -> list[Waiting]:
    """Whose check-in is asked and not answered, of a filter: who has been due longest first."""
    columns: Sequence[Any] = (
        CheckIn.id,
        CheckIn.months,
        CheckIn.due_on,
        CheckIn.reminders_sent,
        Ambassador.id.label("ambassador_id"),
        Person.given_name,
        Person.family_name,
        Organisation.name.label("organisation"),
    )
    found = db.session.execute(
        _base(*columns)
        .where(*_conditions(actor, wanted), CheckIn.id.is_not(None))
        .order_by(CheckIn.due_on, Person.sort_key, CheckIn.id)
    )
    return [
        Waiting(
            row.id,
            row.ambassador_id,
            full(row.given_name, row.family_name),
            row.organisation or "–",
            row.months,
            row.due_on,
            row.reminders_sent,
        )
        for row in found
    ]


def to_remind(actor: Actor, wanted: BoardFilter) -> list[Waiting]:
    """Those of `who_waits` whom another message may still ask."""
    return [one for one in who_waits(actor, wanted) if not one.told_the_last]


def active_ids(actor: Actor) -> list[uuid.UUID]:
    """All active ambassadors in reach, in the order of names."""
    return list(
        db.session.scalars(
            select(Ambassador.id)
            .join(Person, Person.id == Ambassador.person_id)
            .where(where(actor, MANAGE), Ambassador.state == "active")
            .order_by(Person.sort_key, Person.id)
        )
    )


def any_ambassador(actor: Actor) -> bool:
    """Whether anybody in reach has ever been invited."""
    found = select(Ambassador.id).where(where(actor, MANAGE)).limit(1)
    return db.session.scalar(found) is not None


# -- the rows ------------------------------------------------------------------------------------


def _base(*columns: Any) -> Select[Any]:
    """Ambassadors with their live pledge and the check-in that is open now, if there is one."""
    asked = and_(CheckIn.pledge_id == Pledge.id, waiting.waits())
    return (
        select(*columns)
        .select_from(Ambassador)
        .join(Person, Person.id == Ambassador.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Pledge, live_pledge())
        .outerjoin(CheckIn, asked)
    )


def live_pledge() -> ColumnElement[bool]:
    """The condition that joins an ambassador's live pledge."""
    return and_(Pledge.ambassador_id == Ambassador.id, Pledge.state == "live")


def looks_after() -> ColumnElement[int]:
    """How many active ambassadors one looks after."""
    mentee = aliased(Ambassador)
    return (
        select(func.count(mentee.id))
        .where(mentee.mentor_id == Ambassador.id, mentee.state == "active")
        .correlate(Ambassador)
        .scalar_subquery()
    )


def _conditions(actor: Actor, wanted: BoardFilter) -> list[ColumnElement[bool]]:
    found = [where(actor, MANAGE), Ambassador.state == wanted.state]
    if wanted.locality_id:
        found.append(Ambassador.locality_id == wanted.locality_id)
    if wanted.organisation_id:
        found.append(Person.organisation_id == wanted.organisation_id)
    parts = folded(wanted.words).split()
    found += [Person.sort_key.contains(part, autoescape=True) for part in parts]
    checks: Mapping[str, ColumnElement[bool]] = {
        "due": waiting.due(),
        "overdue": waiting.overdue(),
        "no_reply": waiting.no_reply(),
        "no_pledge": Pledge.id.is_(None),
    }
    if wanted.check:
        found.append(checks[wanted.check])
    return found


def _row(row: Any, held: Sequence[PledgeView], numbers: Mapping[date, int | None]) -> BoardRow:
    pledge = held[0] if held else None
    check_ins = pledge.check_ins if pledge else ()
    said = [one.last_word for one in check_ins if one.last_word]
    months = months_shown()
    return BoardRow(
        id=row.id,
        name=full(row.given_name, row.family_name),
        organisation=row.organisation or "–",
        state=row.state,
        pledged_at=pledge.made_at if pledge else None,
        cells=tuple(_cell(one) for one in check_ins) or (Cell((), "–"),) * 3,
        last_word=said[-1] if said else "–",
        tally=tuple(numbers.get(month) for month in months),
        tally_words=words.listing(
            "none" if numbers.get(month) is None else str(numbers[month]) for month in months
        ),
        next=_next(row, pledge),
    )


def _cell(one: CheckInView) -> Cell:
    said = tuple((outcome.outcome, outcome.words) for outcome in one.outcomes)
    if one.answered_at:
        return Cell(said, "late" if one.is_late else "on time")
    if one.is_overdue:
        return Cell((), f"overdue {words.plural(one.days_overdue, 'day')}")
    if one.waits:
        return Cell((), f"asked {words.day_month(one.invited_at or one.due_on)}")
    text = {"scheduled": f"due {words.day_month(one.due_on)}", "cancelled": "–"}
    return Cell((), text.get(one.state, "no answer"))


def _next(row: Any, pledge: PledgeView | None) -> str:
    """The one thing to do about somebody now."""
    if row.state != "active":
        return "–"
    live = pledge is not None and pledge.state == "live"
    if row.leaves_on:
        return "Hand on" if live or row.looks_after else "–"
    if pledge is None or not live:
        return "Ask for a pledge"
    asked = next((one for one in pledge.check_ins if one.waits), None)
    if asked is None:
        return "–"
    if asked.reminders_sent >= REMINDERS:
        return "Call"
    return "Remind" if asked.is_overdue else "Wait"


def months_shown() -> list[date]:
    """The months of the small bars, the oldest first."""
    last = last_month(clock.today())
    return [clock.add_months(last, -back) for back in reversed(range(MONTHS_SHOWN))]


def _tallies(ambassador_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[date, int | None]]:
    found: dict[uuid.UUID, dict[date, int | None]] = defaultdict(dict)
    asked = db.session.execute(
        select(Tally.ambassador_id, Tally.month, Tally.conversations).where(
            Tally.ambassador_id.in_(ambassador_ids), Tally.month >= months_shown()[0]
        )
    )
    for ambassador_id, month, conversations in asked:
        found[ambassador_id][month] = conversations
    return found
