"""Whether somebody may go on a cohort, and what stands in the way, each in words.

The same answer serves "may I?" and "why not?": booking pages show it, services refuse by it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from courses.models import Booking, Cohort, Completion, Course, Edition
from courses.queries import bookings, clashes, waiting
from courses.queries.bookings import BookingRow
from courses.queries.cohorts import CohortFacts
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Organisation, Person
from lms.web import words


@dataclass(frozen=True)
class Prerequisite:
    """The course that comes first, and when this person finished it."""

    course: str
    slug: str
    finished_at: datetime | None

    @property
    def words(self) -> str:
        """As "You finished Brief Encounters on 4 March 2027", or what is missing."""
        if self.finished_at is None:
            return f"You have not finished {self.course} yet"
        return f"You finished {self.course} on {words.date(self.finished_at)}"


@dataclass(frozen=True)
class Standing:
    """What stands between a person and a place.

    `rules_broken` may be overridden by staff with a reason; `clashes` may not by anybody.
    `refusal` is what a person who books for themselves is told, "" when nothing is in the way
    but perhaps the number of places.
    """

    booking: BookingRow | None
    prerequisite: Prerequisite | None
    clashes: tuple[str, ...]
    others_wait: int
    rules_broken: tuple[str, ...]
    refusal: str


def of_person(
    actor: Actor,
    person_id: uuid.UUID,
    cohort: CohortFacts,
    *,
    instead_of: uuid.UUID | None = None,
) -> Standing:
    """How a person stands towards a cohort, as far as the actor may know.

    `instead_of` is the cohort they would leave for it, which then is no clash.
    """
    first = prerequisite(cohort.course_id, person_id)
    held = [(session.start, session.end) for session in cohort.held]
    found = clashes.of_people(actor, [person_id], held, leaving_out=instead_of or cohort.id)
    told = tuple(dict.fromkeys(clash.of_person() for clash in found))
    ahead = waiting.ahead(cohort.course_id, cohort.id, person_id)
    closed_to_them = _closed(cohort, person_id)
    rules = [f"{first.course} not finished yet"] if first and _missing(first) else []
    rules += closed_to_them
    if ahead and ahead >= cohort.places_left > 0:
        rules.append(f"{words.plural(ahead, 'person', 'people')} waited longer for this course")
    own = [f"You are booked elsewhere: {sentence}" for sentence in told]
    refusals = [
        *([first.words] if first and _missing(first) else []),
        *closed_to_them,
        *_too_late(cohort),
        *own,
    ]
    return Standing(
        booking=bookings.active(cohort.id, person_id, actor),
        prerequisite=first,
        clashes=told,
        others_wait=ahead,
        rules_broken=tuple(rules),
        refusal=refusals[0] if refusals else "",
    )


def prerequisite(course_id: uuid.UUID, person_id: uuid.UUID | None) -> Prerequisite | None:
    """The course that must come before this one, with the person's own standing."""
    course = db.session.execute(
        select(Course.provider_key, Course.template).where(Course.id == course_id)
    ).one()
    wanted = course.template.get("follow_on_of")
    if not wanted:
        return None
    earlier = db.session.execute(
        select(Course.id, Course.title, Course.slug)
        .where(
            Course.key.in_([wanted, f"{course.provider_key}:{wanted}"]) | (Course.slug == wanted)
        )
        .order_by(Course.key == wanted)
    ).first()
    if earlier is None:
        return None
    when = finished(earlier.id, person_id) if person_id else None
    return Prerequisite(earlier.title, earlier.slug, when)


def finished(course_id: uuid.UUID, person_id: uuid.UUID) -> datetime | None:
    """When a person completed a course, as far as the record stands now."""
    later = aliased(Completion)
    return db.session.scalar(
        select(Completion.at)
        .join(Booking, Booking.id == Completion.booking_id)
        .join(Cohort, Cohort.id == Booking.cohort_id)
        .join(Edition, Edition.id == Cohort.edition_id)
        .outerjoin(later, later.replaces_id == Completion.id)
        .where(
            Edition.course_id == course_id,
            Booking.person_id == person_id,
            Completion.verdict == "completed",
            later.id.is_(None),
        )
        .order_by(Completion.at)
        .limit(1)
    )


def _missing(first: Prerequisite | None) -> bool:
    return first is not None and first.finished_at is None


def _closed(cohort: CohortFacts, person_id: uuid.UUID) -> list[str]:
    """For whom the date is, where that is not this person: another job, another place.

    Somebody without an organisation has no place and may come anywhere.
    """
    row = db.session.execute(
        select(Person.profession_id, Organisation.locality_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id == person_id)
    ).one()
    places = {locality_id for locality_id, _ in cohort.localities}
    found = []
    if cohort.profession_id and row.profession_id != cohort.profession_id:
        found.append(f"This date is for: {cohort.profession}")
    if places and row.locality_id and row.locality_id not in places:
        found.append(f"This date is for people who work in {cohort.place}")
    return found


def _too_late(cohort: CohortFacts) -> list[str]:
    now = clock.now()
    if cohort.opens_at and cohort.opens_at > now:
        return [f"Booking opens at {words.weekday_datetime(cohort.opens_at)}"]
    if cohort.closes_at and cohort.closes_at <= now:
        return [f"The last day to book was {words.date(cohort.closes_at)}"]
    if cohort.started:
        return ["The course has started"]
    return []
