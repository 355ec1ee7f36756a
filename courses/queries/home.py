"""What the home page shows of courses: this week's sessions, what goes wrong, one's own dates.

`courses.plugin` offers these to the kernel; the queries do not grow with the number of cohorts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, DateTime, Select, and_, exists, func, or_, select

from courses import access
from courses.models import (
    Cohort,
    Course,
    Edition,
    Offer,
    Place,
    Session,
    SessionTrainer,
    Waiting,
)
from courses.queries import (
    bookings,
    catalogue,
    cohorts,
    completion,
    offers,
    register,
    waiting,
    week,
)
from courses.queries.cohorts import CohortFacts
from courses.queries.completion import Standing
from courses.queries.offers import OfferRow
from courses.queries.sessions import SessionFacts, number_of_session
from courses.queries.week import ACTIVE
from lms import clock, working_days
from lms.contracts import Actor, Agenda, Todo
from lms.db import db
from lms.permissions import allowed
from lms.web import words

WARN_BELOW = timedelta(days=10)
SOON_LAPSED = timedelta(hours=24)
NO_ROOM, LAPSING, FREE, BELOW, REGISTER = 10, 15, 20, 30, 40
MOST = 50


def agenda(actor: Actor, today: date) -> Iterable[Agenda]:
    """Sessions of this week and the next four for staff and trainers; one's own for everybody."""
    if allowed(actor, access.VIEW):
        yield from week.sessions(actor, today)
    if actor.person_id is not None and actor.link is None:
        yield from _own(actor, actor.person_id)


def todos(actor: Actor) -> Iterable[Todo]:
    """No room or trainer, too few people, a register not marked; first what is due first."""
    if allowed(actor, access.MANAGE):
        yield from _bare(actor)
        yield from _lapsing(actor)
        yield from _free(actor)
        yield from _below(actor)
    if allowed(actor, access.VIEW):
        yield from _unmarked(actor)


def _own(actor: Actor, person_id: uuid.UUID) -> Iterable[Agenda]:
    booked = bookings.of_person(actor, person_id, states=("booked",))
    known = cohorts.several([row.cohort_id for row in booked])
    verdicts = completion.current([row.id for row in booked])
    done = {row.cohort_id for row in booked if _completed(verdicts.get(row.id))}
    for cohort in known.values():
        session = cohort.next_session()
        if cohort.state not in ACTIVE:
            continue
        if session is not None:
            yield _own_date(cohort, session)
        elif not cohort.held and cohort.id not in done:
            yield _own_time(cohort)
    for offer in offers.of_person(person_id):
        yield _held_for(offer)
    for course_id in waiting.courses_of(person_id):
        place = waiting.position(course_id, person_id)
        course = catalogue.by_id(course_id)
        if place is not None:
            yield Agenda(
                "mine",
                f"Waiting list: {course.title}",
                None,
                (("", f"You are {place.words}"),),
                "See my place",
                url_for("courses.own_waiting", slug=course.slug),
                order=40,
            )


def _held_for(offer: OfferRow) -> Agenda:
    cohort = cohorts.facts(offer.cohort_id)
    return Agenda(
        "asked",
        f"A place is being held for you: {cohort.course}",
        cohort.first.start if cohort.first else None,
        (("Answer by", words.weekday_datetime(offer.expires_at)),),
        "See the place and answer",
        url_for("courses.own_place", cohort_id=offer.cohort_id),
        order=5,
        due=clock.london(offer.expires_at).date(),
    )


def _completed(standing: Standing | None) -> bool:
    return standing is not None and standing.verdict == "completed"


def _own_date(cohort: CohortFacts, session: SessionFacts) -> Agenda:
    facts = [
        ("", f"until {words.time(session.end)}"),
        ("", ", ".join(filter(None, (session.where, session.address)))),
    ]
    if session.link:
        facts.append(("Link", session.link))
    if cohort.bring:
        facts.append(("Bring", cohort.bring))
    return Agenda(
        "mine",
        cohort.course,
        session.start,
        tuple(facts),
        "See my place and the calendar file",
        url_for("courses.own_place", cohort_id=cohort.id),
        order=10,
    )


def _own_time(cohort: CohortFacts) -> Agenda:
    """A course without sessions, done online by oneself."""
    return Agenda(
        "mine",
        cohort.course,
        None,
        (("", "Online, in your own time"),),
        "See my place",
        url_for("courses.own_place", cohort_id=cohort.id),
        order=12,
    )


def _bare(actor: Actor) -> Iterable[Todo]:
    """Sessions to come without a room or a trainer."""
    nobody = ~exists().where(SessionTrainer.session_id == Session.id)
    nowhere = and_(Session.venue_id.is_(None), Session.link.is_(None))
    rows = _lines(
        actor,
        access.MANAGE,
        Cohort.state.in_(ACTIVE),
        Session.holds.is_(True),
        func.lower(Session.during) > clock.now(),
        or_(nobody, nowhere),
        more=(nowhere.label("nowhere"),),
    )
    for row in rows:
        what = "venue" if row.nowhere else "trainer"
        yield Todo(
            f"{row.title} ({row.code}) has no {what}",
            f"Session on {words.weekday_date(row.start)}",
            f"Choose a {what}",
            url_for("courses.edit", cohort_id=row.id),
            words.day_of(row.start),
            NO_ROOM,
        )


def _lapsing(actor: Actor) -> Iterable[Todo]:
    """Places that are held for a day at most, and nobody has answered."""
    rows = db.session.execute(
        _cohorts(
            actor,
            access.MANAGE,
            func.count(Offer.id).label("held"),
            func.min(Offer.expires_at).label("until"),
        )
        .join(Offer, Offer.cohort_id == Cohort.id)
        .where(Offer.state == offers.OPEN, Offer.expires_at < clock.now() + SOON_LAPSED)
        .group_by(Cohort.id, Cohort.code, Course.title)
        .order_by(func.min(Offer.expires_at))
        .limit(MOST)
    )
    for row in rows:
        yield Todo(
            f"{row.title} ({row.code}): {words.plural(row.held, 'held place')} not answered for",
            f"Held until {words.weekday_datetime(row.until)}; then the next is asked",
            "See who it is",
            url_for("courses.cohort_offers", cohort_id=row.id),
            words.day_of(row.until),
            LAPSING,
        )


def _free(actor: Actor) -> Iterable[Todo]:
    """Dates so near that free places are not offered any more, while people wait."""
    waits = (
        select(func.count())
        .select_from(Waiting)
        .where(Waiting.course_id == Course.id, Waiting.state == "waiting")
        .correlate(Course)
        .scalar_subquery()
    )
    free = (Cohort.capacity - Cohort.seats_taken).label("free")
    begins = _first_start()
    near = clock.start_of(working_days.add_working_days(clock.today(), 1) + timedelta(days=1))
    rows = db.session.execute(
        _cohorts(actor, access.MANAGE, begins.label("start"), free, waits.label("waits"))
        .where(Cohort.state == "published", free > 0, waits > 0)
        .where(begins > clock.now(), begins < near)
        .order_by(begins)
        .limit(MOST)
    )
    for row in rows:
        people = words.plural(row.waits, "person waits", "people wait")
        yield Todo(
            f"{row.title} ({row.code}): {words.plural(row.free, 'place')} free",
            f"{people} for the course; it begins on {words.weekday_date(row.start)}",
            "Ring who waits",
            url_for("courses.cohort_offers", cohort_id=row.id),
            words.day_of(row.start),
            FREE,
        )


def _first_start() -> ColumnElement[datetime]:
    start: ColumnElement[datetime] = (
        select(func.min(func.lower(Session.during, type_=DateTime(timezone=True))))
        .where(Session.cohort_id == Cohort.id, Session.holds)
        .correlate(Cohort)
        .scalar_subquery()
    )
    return start


def _below(actor: Actor) -> Iterable[Todo]:
    """Cohorts that begin within ten days with fewer people than they need."""
    first = _first_start()
    rows = db.session.execute(
        _cohorts(actor, access.MANAGE, first.label("start"), Cohort.seats_taken, Cohort.minimum)
        .where(
            Cohort.state == "published",
            Cohort.seats_taken < Cohort.minimum,
            first > clock.now(),
            first < clock.now() + WARN_BELOW,
        )
        .order_by(first)
        .limit(MOST)
    )
    for row in rows:
        yield Todo(
            f"{row.title} ({row.code}) is below its minimum",
            f"{row.seats_taken} of the {row.minimum} it needs; begins on "
            f"{words.weekday_date(row.start)}",
            "Book people",
            url_for("courses.cohort", cohort_id=row.id),
            words.day_of(row.start),
            BELOW,
        )


def _unmarked(actor: Actor) -> Iterable[Todo]:
    """Sessions that are over and have people without a mark."""
    missing = exists().where(
        Place.session_id == Session.id,
        Place.is_booked,
        ~register.is_marked(Place.id),
    )
    rows = _lines(
        actor,
        access.VIEW,
        Cohort.state.in_(("published", "running", "finished")),
        Session.holds.is_(True),
        func.upper(Session.during) <= clock.now(),
        missing,
        more=(number_of_session().label("number"),),
    )
    for row in rows:
        yield Todo(
            f"{row.title} ({row.code}), {words.weekday_date(row.start)}",
            f"Not marked since {words.short_date(row.start)}; certificates wait for it",
            "Mark the register",
            url_for("courses.open_register", cohort_id=row.id, number=row.number),
            words.day_of(row.start),
            REGISTER,
        )


def _lines(
    actor: Actor,
    permission: str,
    *conditions: ColumnElement[bool],
    more: Sequence[Any] = (),
) -> Iterable[Any]:
    """Sessions in reach that meet conditions, soonest first, with their cohort."""
    start: ColumnElement[datetime] = func.lower(Session.during, type_=DateTime(timezone=True))
    return db.session.execute(
        _cohorts(actor, permission, start.label("start"), *more)
        .join(Session, Session.cohort_id == Cohort.id)
        .where(*conditions)
        .order_by(start, Cohort.code)
        .limit(MOST)
    ).all()


def _cohorts(actor: Actor, permission: str, *more: Any) -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = (
        select(Cohort.id, Cohort.code, Course.title, *more)
        .select_from(Cohort)
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(access.cohorts(actor, permission))
    )
    return statement
