"""The counts around the board: who is due, who waits for a person, which organisations answer.

The board's page, the to-dos and the home page ask for them, of everybody in the reader's reach.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from lms import clock
from lms.ambassadors.access import MANAGE
from lms.ambassadors.models import Ambassador, CheckIn, Handover, Pledge, Tally
from lms.ambassadors.queries import case_studies, waiting
from lms.ambassadors.queries.board import live_pledge, looks_after
from lms.ambassadors.services.tallies import last_month
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Organisation, Person
from lms.people.names import full
from lms.permissions import where


@dataclass(frozen=True)
class Numbers:
    """The counts above the table."""

    active: int
    handed_on: int
    due_this_week: int
    overdue: int
    no_reply: int
    to_review: int
    month: date
    tallies_in: int
    tallies_asked: int


@dataclass(frozen=True)
class Leaver:
    """Somebody who has said that they leave."""

    id: uuid.UUID
    name: str
    leaves_on: date
    said_at: datetime | None
    has_pledge: bool
    looks_after: int

    @property
    def passes(self) -> bool:
        """Whether there is anything for somebody to take over."""
        return self.has_pledge or self.looks_after > 0


def numbers(actor: Actor) -> Numbers:
    """The counts above the board, of everybody in reach."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    due = CheckIn.due_on.between(monday, monday + timedelta(days=6))
    row = db.session.execute(
        select(
            func.count(CheckIn.id).filter(due, or_(CheckIn.state == "scheduled", waiting.waits())),
            func.count(CheckIn.id).filter(waiting.overdue()),
            func.count(CheckIn.id).filter(waiting.no_reply()),
        )
        .select_from(Ambassador)
        .join(Pledge, Pledge.ambassador_id == Ambassador.id)
        .join(CheckIn, CheckIn.pledge_id == Pledge.id)
        .where(where(actor, MANAGE), Ambassador.state == "active")
    ).one()
    month = last_month(today)
    asked, given = db.session.execute(
        select(func.count(Tally.id), func.count(Tally.answered_at))
        .join(Ambassador, Ambassador.id == Tally.ambassador_id)
        .where(where(actor, MANAGE), Tally.month == month)
    ).one()
    active, handed_on = db.session.execute(
        select(
            func.count(Ambassador.id).filter(Ambassador.state == "active"),
            func.count(Handover.id).filter(Handover.to_id.is_not(None)),
        )
        .outerjoin(Handover, Handover.from_id == Ambassador.id)
        .where(where(actor, MANAGE))
    ).one()
    return Numbers(
        active,
        handed_on,
        row[0],
        row[1],
        row[2],
        case_studies.to_review(actor),
        month,
        given,
        asked,
    )


def by_organisation(actor: Actor) -> list[tuple[str, int, int, int]]:
    """Of active ambassadors' check-ins that have fallen due: answered, due in all, overdue."""
    answered = func.count(CheckIn.id).filter(CheckIn.answered_at.is_not(None))
    overdue = func.count(CheckIn.id).filter(waiting.overdue())
    name = func.coalesce(Organisation.name, "No organisation")
    found = db.session.execute(
        select(name, answered, func.count(CheckIn.id), overdue)
        .select_from(Ambassador)
        .join(Person, Person.id == Ambassador.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .join(Pledge, Pledge.ambassador_id == Ambassador.id)
        .join(CheckIn, CheckIn.pledge_id == Pledge.id)
        .where(
            where(actor, MANAGE),
            Ambassador.state == "active",
            CheckIn.due_on <= clock.today(),
            CheckIn.state != "cancelled",
        )
        .group_by(name)
        .order_by(overdue.desc(), name)
        .limit(100)
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


def leavers(actor: Actor) -> list[Leaver]:
    """Who has said that they leave and has not handed on yet, the soonest first."""
    found = db.session.execute(
        select(
            Ambassador.id,
            Person.given_name,
            Person.family_name,
            Ambassador.leaves_on,
            Ambassador.leaving_said_at,
            Pledge.id.is_not(None).label("has_pledge"),
            looks_after().label("looks_after"),
        )
        .join(Person, Person.id == Ambassador.person_id)
        .outerjoin(Pledge, live_pledge())
        .where(
            where(actor, MANAGE), Ambassador.state == "active", Ambassador.leaves_on.is_not(None)
        )
        .order_by(Ambassador.leaves_on, Person.sort_key)
        .limit(50)
    )
    return [
        Leaver(
            row.id,
            full(row.given_name, row.family_name),
            row.leaves_on,
            row.leaving_said_at,
            row.has_pledge,
            row.looks_after,
        )
        for row in found
    ]


def organisations(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """Organisations of ambassadors in reach, for the filter."""
    found = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.id.in_(
                select(Person.organisation_id)
                .join(Ambassador, Ambassador.person_id == Person.id)
                .where(where(actor, MANAGE))
            )
        )
        .order_by(func.lower(Organisation.name))
    )
    return [(row.id, row.name) for row in found]
