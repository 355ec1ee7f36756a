"""The people of a cohort with the rule and their certificates; previews before a bulk issue.

The cohort's certificate page and the columns of its cockpit read here.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from certificates.access import MANAGE
from certificates.models import Certificate, Preview
from certificates.queries.held import Held, matching
from certificates.snapshot import newest_completion
from courses.models import Booking, Completion
from courses.services import completion
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people import names
from lms.people.models import Person
from lms.permissions import where
from lms.web.paging import Page, paginate

PER_PAGE = 50


@dataclass(frozen=True)
class PersonRow:
    """A person of a cohort, the rule, and their certificates (newest first)."""

    booking_id: uuid.UUID
    name: str
    verdict: str
    evidence: str
    certificates: tuple[Held, ...] = field(default=())

    @property
    def current(self) -> Held | None:
        """The newest certificate."""
        return self.certificates[0] if self.certificates else None

    @property
    def rule_met(self) -> bool:
        """Whether the completion rule is met now."""
        return self.verdict == "completed"


@dataclass(frozen=True)
class PreviewState:
    """Where the printing of a preview stands."""

    id: uuid.UUID
    cohort_id: uuid.UUID
    state: str
    error: str


def of_cohort(actor: Actor, cohort_id: uuid.UUID) -> Page[PersonRow]:
    """The people of a cohort whose certificates the actor issues, in the order of names."""
    statement: Select[*tuple[Any, ...]] = (
        select(Booking.id, Person.given_name, Person.family_name, _verdict())
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.cohort_id == cohort_id, Booking.state == "booked", where(actor, MANAGE))
        .order_by(Person.sort_key, Booking.id)
    )
    page = paginate(statement, per_page=PER_PAGE)
    return Page(_people(page.items), page.number, page.pages, page.total, page.per_page)


def _people(rows: Sequence[Any]) -> list[PersonRow]:
    ids = [row.id for row in rows]
    by_booking: dict[uuid.UUID, list[Held]] = {}
    for held in matching(Certificate.booking_id.in_(ids)):
        by_booking.setdefault(held.booking_id, []).insert(0, held)
    evidence = {
        facts.booking_id: "; ".join(one.text for one in completion.evidence_of(facts))
        for facts in (completion.facts(ids) if ids else ())
    }
    return [
        PersonRow(
            booking_id=booking_id,
            name=names.full(given, family),
            verdict=verdict or "not_yet",
            evidence=evidence.get(booking_id, ""),
            certificates=tuple(by_booking.get(booking_id, ())),
        )
        for booking_id, given, family, verdict in rows
    ]


def states(actor: Actor, cohort_id: uuid.UUID) -> dict[uuid.UUID, tuple[str, str]]:
    """Verdict and certificate state ("" for none) of each booked person of a cohort.

    The certificate's state is told only where the actor issues it.
    """
    newest = (
        select(Certificate.state)
        .where(Certificate.booking_id == Booking.id, where(actor, MANAGE))
        .order_by(Certificate.id.desc())
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Booking.id, _verdict(), newest).where(
            Booking.cohort_id == cohort_id, Booking.state == "booked"
        )
    )
    return {booking: (said or "not_yet", state or "") for booking, said, state in rows}


def _verdict() -> ScalarSelect[str]:
    return (
        newest_completion(Booking.id)
        .with_only_columns(Completion.verdict)
        .correlate(Booking)
        .scalar_subquery()
    )


def counts(actor: Actor, cohort_id: uuid.UUID) -> tuple[int, int]:
    """Certificates issued, of people booked, as far as the actor issues them."""
    issued = (
        select(func.count())
        .select_from(Certificate)
        .join(Booking, Booking.id == Certificate.booking_id)
        .where(
            Booking.cohort_id == cohort_id,
            Booking.state == "booked",
            Certificate.state == "issued",
            where(actor, MANAGE),
        )
    )
    booked = select(func.count()).where(
        Booking.cohort_id == cohort_id, Booking.state == "booked", where(actor, MANAGE)
    )
    found = db.session.execute(select(issued.scalar_subquery(), booked.scalar_subquery())).one()
    return int(found[0]), int(found[1])


def to_issue(actor: Actor, cohort_id: uuid.UUID) -> int:
    """How many meet the rule and have no certificate yet, as far as the actor issues them."""
    has_one = select(Certificate.id).where(Certificate.booking_id == Booking.id).exists()
    found = select(func.count()).where(
        Booking.cohort_id == cohort_id,
        Booking.state == "booked",
        where(actor, MANAGE),
        _verdict() == "completed",
        ~has_one,
    )
    return db.session.scalar(found) or 0


def preview(actor: Actor, preview_id: uuid.UUID) -> PreviewState:
    """A preview the actor asked for, or a colleague in the same place; else `NotFound`."""
    row = db.session.execute(
        select(Preview.id, Booking.cohort_id, Preview.state, func.coalesce(Preview.error, ""))
        .join(Booking, Booking.id == Preview.booking_id)
        .where(Preview.id == preview_id, where(actor, MANAGE))
    ).one_or_none()
    if row is None:
        raise NotFound
    return PreviewState(*row)


def preview_pdf(state: PreviewState) -> bytes:
    """The preview's bytes; `NotFound` until it is ready."""
    found = db.session.scalar(select(Preview.pdf).where(Preview.id == state.id))
    if found is None:
        raise NotFound
    return found
