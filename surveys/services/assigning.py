"""Waves of a cohort and who is asked: they follow the cohort's dates and its bookings.

Called on events of the courses room; what is already open is never moved.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from courses.models import Booking, Cohort, Course, Edition, Session
from lms import clock
from lms.contracts import SurveyUse, WaveKind
from lms.db import db, uuid7
from lms.people import links
from surveys.models import Assignment, Instrument, Wave
from surveys.services import instruments

PRE_GRACE = timedelta(minutes=30)
"""The survey before closes so long after the first session has begun."""
POST_LEAD = timedelta(minutes=30)
"""The survey after opens so long before the last session ends."""
POST_OPEN = timedelta(days=21)
FOLLOW_UP_OPEN = timedelta(days=28)

ASKED = {
    "pre_post": {WaveKind.PRE, WaveKind.POST, WaveKind.THEN_TEST},
    "pre_post_follow_up": set(WaveKind),
    "after_only": {WaveKind.POST},
}
"""Which waves each design of a cohort has."""


@dataclass(frozen=True)
class Dates:
    """When a cohort begins and ends; both None for e-learning alone."""

    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True)
class Window:
    """When a wave can be answered and what that is measured from."""

    anchor: str
    opens_at: datetime | None
    closes_at: datetime | None


def set_waves(cohort_id: uuid.UUID) -> None:
    """Make the waves of a published cohort, or move those that nobody has been asked in yet."""
    cohort = db.session.scalars(
        select(Cohort).where(Cohort.id == cohort_id).with_for_update()
    ).one()
    if cohort.state in ("draft", "scheduled") or cohort.design is None:
        return
    dates = dates_of(cohort_id)
    for use in _uses(cohort_id):
        if use.kind in ASKED[cohort.design]:
            _set_wave(cohort_id, use, window(use, dates))
    booked = db.session.scalars(
        select(Booking.id).where(Booking.cohort_id == cohort_id, Booking.state == "booked")
    ).all()
    assign(cohort_id, booked)


def window(use: SurveyUse, dates: Dates) -> Window:
    """When a survey of a cohort is open (decision 10)."""
    match use.kind:
        case WaveKind.PRE:
            closes = dates.begins + PRE_GRACE if dates.begins else None
            return Window("first_session" if dates.begins else "booking", clock.now(), closes)
        case WaveKind.POST | WaveKind.THEN_TEST:
            if dates.ends is None:
                return Window("completion", None, None)
            opens = dates.ends - POST_LEAD
            return Window("last_session", opens, dates.ends + POST_OPEN)
        case WaveKind.FOLLOW_UP:
            if dates.ends is None:
                return Window("completion", None, None)
            opens = after_months(dates.ends, use.months)
            return Window("last_session", opens, opens + FOLLOW_UP_OPEN)


def after_months(moment: datetime, months: int) -> datetime:
    """Eight in the morning, so many calendar months after a moment's London day."""
    day = clock.add_months(clock.london(moment).date(), months)
    return clock.start_of(day) + timedelta(hours=8)


def dates_of(cohort_id: uuid.UUID) -> Dates:
    """The first beginning and the last end of a cohort's sessions that are held."""
    return dates_of_many([cohort_id])[cohort_id]


def dates_of_many(cohort_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Dates]:
    """The dates of several cohorts in one query."""
    rows = db.session.execute(
        select(
            Session.cohort_id,
            func.min(func.lower(Session.during)),
            func.max(func.upper(Session.during)),
        )
        .where(Session.cohort_id.in_(cohort_ids), Session.holds)
        .group_by(Session.cohort_id)
    )
    found = {key: Dates(begins, ends) for key, begins, ends in rows}
    return {key: found.get(key, Dates(None, None)) for key in cohort_ids}


def _uses(cohort_id: uuid.UUID) -> list[SurveyUse]:
    """The surveys of the cohort's own snapshot of its course."""
    template = db.session.scalar(
        select(func.coalesce(Cohort.template, Course.template))
        .join(Edition, Edition.id == Cohort.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Cohort.id == cohort_id)
    )
    return [
        SurveyUse(
            survey=use["survey"],
            kind=WaveKind(use["kind"]),
            months=use.get("months") or 0,
            second=bool(use.get("second")),
        )
        for use in (template or {}).get("surveys", ())
    ]


def _set_wave(cohort_id: uuid.UUID, use: SurveyUse, when: Window) -> None:
    known = db.session.scalar(
        select(Wave)
        .join(Instrument, Instrument.id == Wave.instrument_id)
        .where(
            Wave.cohort_id == cohort_id,
            Wave.kind == use.kind,
            Wave.months == use.months,
            Instrument.key == use.survey,
        )
    )
    if known is None:
        db.session.add(
            Wave(
                cohort_id=cohort_id,
                instrument_id=instruments.keep(use.survey).id,
                kind=use.kind.value,
                months=use.months,
                is_second=use.second,
                anchor=when.anchor,
                opens_at=when.opens_at,
                closes_at=when.closes_at,
            )
        )
        db.session.flush()
        return
    _move(known, when)


def _move(wave: Wave, when: Window) -> None:
    """Follow the cohort's dates. A survey before stays open from when it was; only its end moves.

    Windows of people already asked move with an end that comes later; nobody's is cut short.
    """
    if wave.kind != WaveKind.PRE:
        wave.opens_at = when.opens_at
    wave.closes_at = when.closes_at
    wave.anchor = when.anchor
    db.session.flush()
    db.session.execute(
        update(Assignment)
        .where(Assignment.wave_id == wave.id, Assignment.state == "waiting")
        .values(opens_at=wave.opens_at, closes_at=wave.closes_at)
    )
    later = func.greatest(Assignment.closes_at, wave.closes_at)
    follows = wave.closes_at if wave.kind == WaveKind.PRE else later
    db.session.execute(
        update(Assignment)
        .where(Assignment.wave_id == wave.id, Assignment.state == "open")
        .values(closes_at=follows)
    )


def assign(cohort_id: uuid.UUID, booking_ids: Sequence[uuid.UUID]) -> None:
    """Ask these bookings in every wave of the cohort, once; those that can be answered are open.

    Bulk, whatever the number: one statement for assignments, one for the personal links.
    """
    if not booking_ids:
        return
    waves = db.session.scalars(select(Wave).where(Wave.cohort_id == cohort_id)).all()
    booked = db.session.execute(
        select(Booking.id, Booking.person_id).where(
            Booking.id.in_(booking_ids), Booking.state == "booked"
        )
    ).all()
    now = clock.now()
    rows = [
        {
            "id": uuid7(),
            "created_at": now,
            "updated_at": now,
            "wave_id": wave.id,
            "booking_id": booking_id,
            "person_id": person_id,
            "state": _first_state(wave, now),
            "opens_at": wave.opens_at,
            "closes_at": wave.closes_at,
            "reminders_sent": 0,
            "link_version": 1,
        }
        for wave in waves
        for booking_id, person_id in booked
    ]
    if rows:
        db.session.execute(insert(Assignment).on_conflict_do_nothing(), rows)
    grant_links(cohort_id)


def _first_state(wave: Wave, now: datetime) -> str:
    """Only a survey before opens with the booking: all others wait for what they come after."""
    if wave.kind != WaveKind.PRE or wave.opens_at is None or wave.opens_at > now:
        return "waiting"
    return "closed" if wave.closes_at is not None and wave.closes_at <= now else "open"


def grant_links(cohort_id: uuid.UUID) -> None:
    """A personal link for every open main survey that has none.

    It outlives the survey, so that its page can say that the survey has closed.
    """
    wanted = db.session.execute(
        select(Assignment.id, Assignment.person_id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .where(Wave.cohort_id == cohort_id, Wave.is_second.is_(False), Assignment.state == "open")
    ).all()
    live = links.live_for(LINK, [row.id for row in wanted])
    links.grant_many(
        [
            links.NewLink(LINK, row.person_id, row.id, clock.now() + KEPT)
            for row in wanted
            if row.id not in live
        ]
    )


LINK = "survey"
KEPT = timedelta(days=400)


def void(booking_ids: Sequence[uuid.UUID]) -> None:
    """Ask these bookings no more; what was answered stays."""
    ended = db.session.scalars(
        update(Assignment)
        .where(
            Assignment.booking_id.in_(booking_ids),
            Assignment.state.in_(("waiting", "open", "closed")),
        )
        .values(state="void", draft=None)
        .returning(Assignment.id)
    ).all()
    links.revoke(object_ids=ended, purpose=LINK)


def void_cohort(cohort_id: uuid.UUID) -> None:
    """Ask nobody of a cancelled cohort any more."""
    asked = (
        select(Assignment.booking_id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .where(Wave.cohort_id == cohort_id, Assignment.state != "void")
        .distinct()
    )
    void(db.session.scalars(asked).all())
