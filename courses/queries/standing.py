"""Whether somebody may go on a cohort, and what stands in the way, each in words.

The same answer serves "may I?" and "why not?": booking pages show it, services refuse by it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from courses.queries import bookings, clashes, prerequisites, queue, waiting
from courses.queries.bookings import BookingRow
from courses.queries.cohorts import CohortFacts
from courses.queries.prerequisites import Prerequisite
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Organisation, Person
from lms.web import words

WITH_ANOTHER = "You wait together with somebody else: places come to both of you at once"


@dataclass(frozen=True)
class Standing:
    """What stands between a person and a place.

    `rules_broken` may be overridden by staff with a reason; `clashes` may not by anybody.
    `refusal` is what a person who books for themselves is told, "" when nothing is in the way
    but perhaps the number of places. `is_let_in` when a broken rule is one of the course or the
    date, not only of the queue; `waiver` is why somebody who waits has been let in already.
    """

    booking: BookingRow | None
    prerequisite: Prerequisite | None
    clashes: tuple[str, ...]
    others_wait: int
    rules_broken: tuple[str, ...]
    refusal: str
    is_let_in: bool
    waiver: str


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
    first = prerequisites.of_person(cohort.course_id, person_id)
    held = [(session.start, session.end) for session in cohort.held]
    found = clashes.of_people(actor, [person_id], held, leaving_out=instead_of or cohort.id)
    told = tuple(dict.fromkeys(clash.of_person() for clash in found))
    ahead = waiting.ahead(cohort, person_id)
    closed_to_them = _closed(cohort, person_id)
    waits = queue.of_person(cohort.course_id, person_id)
    missing = bool(first and not first.finished_at and not (waits and waits.waiver))
    paired = waits is not None and waits.pair_id is not None
    refusals = [
        *([first.words] if first and missing else []),
        *closed_to_them,
        *_too_late(cohort),
        *(f"You are booked elsewhere: {sentence}" for sentence in told),
        *([WITH_ANOTHER] if paired else []),
    ]
    rules = [
        *([f"{first.course} not finished yet"] if first and missing else []),
        *closed_to_them,
        *([_others(ahead)] if ahead >= cohort.places_left > 0 else []),
        *(["They come together with somebody who waits too"] if paired else []),
    ]
    return Standing(
        booking=bookings.active(cohort.id, person_id, actor),
        prerequisite=first,
        clashes=told,
        others_wait=ahead,
        rules_broken=tuple(rules),
        refusal=refusals[0] if refusals else "",
        is_let_in=missing or bool(closed_to_them),
        waiver=waits.waiver if waits else "",
    )


def _others(ahead: int) -> str:
    who = words.plural(ahead, "person", "people")
    return f"{who} before them in the queue {'fits' if ahead == 1 else 'fit'} this date"


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
