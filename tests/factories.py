"""Rows for tests, one plain function per noun, with believable defaults that do not collide.

They write straight rows through `db.session`, so that no room's tests lean on another's services.
Keyword arguments override columns; what a row needs and is not given is made too.
"""

from __future__ import annotations

import itertools
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy.dialects.postgresql import Range

from certificates.models import Certificate
from courses.models import (
    Attendance,
    Booking,
    BookingChange,
    Cohort,
    CohortLocality,
    Completion,
    Component,
    Course,
    Edition,
    Offer,
    OfferDecision,
    Place,
    Session,
    SessionTrainer,
    Trainer,
    Venue,
    Waiting,
)
from lms import clock
from lms.db import Model, db
from lms.messages.models import Message
from lms.people.models import (
    Locality,
    Organisation,
    Person,
    PersonalLink,
    PersonEmail,
    Profession,
    RoleGrant,
)
from surveys.models import Assignment, Instrument, Wave

Row = TypeVar("Row", bound=Model)

_number = itertools.count(1)


def keep(row: Row) -> Row:
    """Add a row and send it to the database, within the test's transaction."""
    db.session.add(row)
    db.session.flush()
    return row


def locality(name: str | None = None, **columns: Any) -> Locality:
    """A local authority's area."""
    n = next(_number)
    return keep(Locality(**{"name": name or f"Place {n}", "ons_code": f"E{n:08}"} | columns))


def organisation(name: str | None = None, **columns: Any) -> Organisation:
    """An employer, in a locality of its own unless one is given."""
    columns.setdefault("locality_id", None)
    columns["locality_id"] = columns["locality_id"] or locality().id
    return keep(Organisation(**{"name": name or f"Organisation {next(_number)}"} | columns))


def profession(name: str | None = None, **columns: Any) -> Profession:
    """A job."""
    n = next(_number)
    return keep(Profession(**{"code": f"job-{n}", "name": name or f"Job {n}"} | columns))


def person(
    given_name: str = "Amara",
    family_name: str | None = None,
    *,
    email: str | None = "",
    **columns: Any,
) -> Person:
    """Somebody with a verified address of their own; `email=None` for none, or the one given."""
    n = next(_number)
    made = keep(Person(given_name=given_name, family_name=family_name or f"Okafor {n}", **columns))
    if email is not None:
        address(made, email or f"person{n}@example.org", is_primary=True)
    return made


def address(of: Person, email: str, **columns: Any) -> PersonEmail:
    """A verified address of a person."""
    columns = {"verified_at": clock.now()} | columns
    return keep(PersonEmail(person_id=of.id, address=email, **columns))


def grant(
    to: Person, role: str, scope_kind: str = "programme", scope_id: object = "", **columns: Any
) -> RoleGrant:
    """A role, by default in the whole programme."""
    return keep(
        RoleGrant(
            person_id=to.id, role=role, scope_kind=scope_kind, scope_id=str(scope_id), **columns
        )
    )


def personal_link(to: Person, purpose: str, object_id: Any, **columns: Any) -> PersonalLink:
    """A personal link's row."""
    row = {"key": secrets.token_bytes(16), "expires_at": clock.now() + timedelta(days=30)}
    return keep(
        PersonalLink(person_id=to.id, purpose=purpose, object_id=object_id, **(row | columns))
    )


def message(to: Person, **columns: Any) -> Message:
    """A queued message."""
    row: dict[str, Any] = {
        "kind": "confirmation",
        "template_key": "booking-confirmation",
        "subject": "Booked: Brief Encounters",
        "body": "You have a place on Brief Encounters.",
        "not_before": clock.now(),
        "dedupe_key": f"test:{next(_number)}",
    }
    return keep(Message(person_id=to.id, **(row | columns)))


# -- courses -----------------------------------------------------------------------------------


def course(**columns: Any) -> Course:
    """A course without a plugin behind it."""
    n = next(_number)
    row = {
        "key": f"oneplusone:course-{n}",
        "slug": f"course-{n}",
        "provider_key": "oneplusone",
        "title": f"Course {n}",
        "template": {},
    }
    return keep(Course(**(row | columns)))


def edition(of: Course | None = None, **columns: Any) -> Edition:
    """A format of a course."""
    row = {
        "key": f"edition-{next(_number)}",
        "title": "One full day",
        "format": "one full day",
        "cpd_minutes": 360,
        "participatory_minutes": 360,
    }
    return keep(Edition(course_id=(of or course()).id, **(row | columns)))


def component(of: Edition, **columns: Any) -> Component:
    """A part of an edition: by default a workshop of three hours."""
    row = {
        "key": f"component-{next(_number)}",
        "title": "Workshop",
        "kind": "workshop",
        "required_minutes": 180,
    }
    return keep(Component(edition_id=of.id, **(row | columns)))


def venue(**columns: Any) -> Venue:
    """A room."""
    return keep(Venue(**({"name": f"Room {next(_number)}"} | columns)))


def trainer(who: Person | None = None, **columns: Any) -> Trainer:
    """Somebody who teaches for OnePlusOne."""
    row = {"provider_key": "oneplusone"}
    return keep(Trainer(person_id=(who or person("Sam")).id, **(row | columns)))


def cohort(of: Edition | None = None, *localities: Locality, **columns: Any) -> Cohort:
    """A published cohort with twenty seats and no sessions yet."""
    row = {
        "code": f"TC-{next(_number):03}",
        "state": "published",
        "design": "pre_post",
        "capacity": 20,
        "rule": {},
        "template": {},
    }
    made = keep(Cohort(edition_id=(of or edition()).id, **(row | columns)))
    for where in localities:
        keep(CohortLocality(cohort_id=made.id, locality_id=where.id))
    return made


def hours(day: date, start: time = time(9, 30), end: time = time(12, 30)) -> Range[datetime]:
    """From one London time to another on a day, as sessions keep it."""
    return Range(clock.at(day, start), clock.at(day, end), bounds="[)")


def session(of: Cohort, during: Range[datetime] | date | None = None, **columns: Any) -> Session:
    """A session of a cohort: by default in a week, from 9:30am to 12:30pm."""
    if not isinstance(during, Range):
        during = hours(during or clock.today() + timedelta(days=7))
    if "component_id" not in columns:
        part = db.session.query(Component).filter_by(edition_id=of.edition_id).first()
        part = part or component(db.session.get_one(Edition, of.edition_id))
        columns["component_id"] = part.id
    return keep(Session(cohort_id=of.id, during=during, **columns))


def teaches(who: Trainer, at: Session) -> SessionTrainer:
    """A trainer at a session."""
    return keep(SessionTrainer(trainer=who, session=at))


def booking(on: Cohort, who: Person | None = None, **columns: Any) -> Booking:
    """A booking with its first line of history, and a place at each session of the cohort."""
    row = {"state": "booked", "source": "coordinator"}
    made = keep(Booking(cohort_id=on.id, person_id=(who or person()).id, **(row | columns)))
    keep(BookingChange(booking_id=made.id, to_state=made.state, by_label="Priya Nair"))
    for at in db.session.query(Session).filter_by(cohort_id=on.id):
        place(made, at)
    return made


def waiting(on: Cohort, who: Person | None = None, **columns: Any) -> Waiting:
    """Somebody who waits for a cohort's course and asked for this date."""
    course_id = db.session.get_one(Edition, on.edition_id).course_id
    row = {"course_id": course_id, "cohort_id": on.id, "person_id": (who or person()).id}
    return keep(Waiting(**(row | columns)))


def offer(to: Waiting, of: Cohort, **columns: Any) -> Offer:
    """A place of a cohort held for somebody who waited, with its decision and its booking."""
    decision = keep(
        OfferDecision(cohort_id=of.id, seats=1, rules=[], listed=[], chosen=[], by_label="system")
    )
    held = db.session.query(Booking).filter_by(cohort_id=of.id, person_id=to.person_id).first()
    held = held or booking(of, db.session.get_one(Person, to.person_id), state="offered")
    to.state = "offered"
    row = {"expires_at": clock.now() + timedelta(days=2), "decision_id": decision.id}
    return keep(Offer(waiting_id=to.id, cohort_id=of.id, booking_id=held.id, **(row | columns)))


def place(of: Booking, at: Session) -> Place:
    """A booked person's place at one session."""
    return keep(Place(booking=of, session=at))


def change_booking(of: Booking, to: str, why: str = "") -> Booking:
    """Change a booking's state as the service does: the line of history first."""
    keep(
        BookingChange(
            booking_id=of.id, from_state=of.state, to_state=to, why=why, by_label="Priya Nair"
        )
    )
    of.state = to
    return keep(of)


def attendance(at: Place, mark: str = "present", **columns: Any) -> Attendance:
    """A mark in the register."""
    row = {"minutes": 0 if mark == "absent" else 180, "by_label": "Sam Ellery"}
    return keep(Attendance(place_id=at.id, mark=mark, **(row | columns)))


def completion(of: Booking, verdict: str = "completed", **columns: Any) -> Completion:
    """A verdict on a booking."""
    row: dict[str, Any] = {"rule": {}, "evidence": {}}
    return keep(Completion(booking_id=of.id, verdict=verdict, **(row | columns)))


# -- surveys and certificates --------------------------------------------------------------------


def instrument(**columns: Any) -> Instrument:
    """A questionnaire without questions."""
    n = next(_number)
    row = {
        "key": f"instrument-{n}",
        "version": 1,
        "provider_key": "core",
        "definition": {},
        "definition_sha256": f"{n:064x}",
    }
    return keep(Instrument(**(row | columns)))


def wave(of: Cohort, asks: Instrument | None = None, **columns: Any) -> Wave:
    """An open asking before the course."""
    row = {
        "kind": "pre",
        "anchor": "booking",
        "opens_at": clock.now() - timedelta(days=1),
        "closes_at": clock.now() + timedelta(days=7),
    }
    return keep(Wave(cohort_id=of.id, instrument_id=(asks or instrument()).id, **(row | columns)))


def assignment(of: Wave, to: Booking, **columns: Any) -> Assignment:
    """A booked person asked in a wave."""
    row = {"state": "open", "opens_at": of.opens_at, "closes_at": of.closes_at}
    return keep(Assignment(wave_id=of.id, booking=to, **(row | columns)))


def certificate(of: Completion, **columns: Any) -> Certificate:
    """A certificate waiting to be rendered."""
    row: dict[str, Any] = {
        "number": f"7K3M9QXT{next(_number):04}",
        "kind": "completion",
        "design_key": "core:plain",
        "design_version": "1",
        "shown": {},
    }
    return keep(Certificate(booking_id=of.booking_id, completion_id=of.id, **(row | columns)))
