"""Who answers which survey when, in a few batches between its opening and its closing.

`runs` puts it on with the rest of a run's life. Answers are written in bulk, as the answer page
would one by one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, select, update

from lms import clock
from lms.contracts import WaveKind
from lms.db import db
from plugins.demonstration.days import in_hours
from plugins.demonstration.plans import Member
from plugins.demonstration.stage import Life
from surveys.models import Assignment, Instrument, Submission, Wave
from surveys.services import assigning, invitations, opening
from surveys.services.answering import keep_draft, score_of, tell_volunteer
from surveys.services.instruments import items_of

PACE = ((0.02, 0.5), (0.3, 0.7), (0.5, 0.85), (0.97, 1.0))
"""When in the time for answering how many have answered."""
BEFORE_PACE = ((0.45, 0.35), (0.7, 0.6), (0.85, 0.85), (0.99, 1.0))
"""The survey before is answered late, as people book late."""
REMINDERS = (timedelta(days=7, hours=3), timedelta(days=14, hours=3))


def put_on_before(life: Life, opens: datetime, closes: datetime) -> None:
    """The survey before the course."""
    _batches(life, WaveKind.PRE, opens, closes, BEFORE_PACE)


def put_on_after(life: Life, ends: datetime) -> None:
    """The survey after it, the one some months later, and the reminders of both."""
    closes = ends + assigning.POST_OPEN
    _batches(life, WaveKind.POST, ends + timedelta(minutes=6), closes, PACE)
    _remind(life, ends, closes)
    for use in life.world.course(life.run).template.get("surveys", ()):
        if use["kind"] == WaveKind.FOLLOW_UP and not use.get("second"):
            opens = assigning.after_months(ends, use["months"])
            life.play.at(opens + timedelta(minutes=2), opening.tick)
            _batches(
                life,
                WaveKind.FOLLOW_UP,
                opens + timedelta(hours=1),
                opens + assigning.FOLLOW_UP_OPEN,
                PACE,
            )
            _remind(life, opens, opens + assigning.FOLLOW_UP_OPEN)


def _remind(life: Life, opens: datetime, closes: datetime) -> None:
    for after in REMINDERS:
        life.play.at(opens + after, invitations.remind)
    life.play.at(closes + timedelta(minutes=4), opening.tick)


def _batches(
    life: Life,
    kind: WaveKind,
    opens: datetime,
    closes: datetime,
    pace: Sequence[tuple[float, float]],
) -> None:
    """Everybody planned has answered by the end, or by now where that is earlier."""
    last = min(closes, life.play.now - timedelta(minutes=20))
    people = [one for one in life.plan.members if _answers(one, kind)]
    for share, part in pace:
        life.play.at(
            opens + (last - opens) * share,
            partial(_submit, life, kind, people, round(part * len(people))),
        )
    for one in life.plan.members:
        if one.half_answers == kind:
            moment = in_hours(last - timedelta(hours=20))
            life.play.at(moment, partial(_begin, life, kind, one))


def _answers(one: Member, kind: WaveKind) -> bool:
    return {
        WaveKind.PRE: one.answers_before,
        WaveKind.POST: one.answers_after,
        WaveKind.FOLLOW_UP: one.answers_later,
    }[kind]


def _submit(life: Life, kind: WaveKind, people: Sequence[Member], upto: int) -> None:
    """So many of these people have answered by now: those who had not do so."""
    members = _booked(life, people)
    rows = _asked(life, kind, members)
    done = {row.booking_id for row in rows if row.state == "submitted"}
    to_come = [key for key in members if key not in done]
    chosen = set(to_come[: max(0, upto - len(done))])
    made = [
        _row(life, members[row.booking_id], row, kind)
        for row in rows
        if row.booking_id in chosen and row.state == "open"
    ]
    made = [row for row in made if row["answers"]]
    if made:
        db.session.execute(insert(Submission), made)
        db.session.execute(
            update(Assignment)
            .where(Assignment.id.in_([row["assignment_id"] for row in made]))
            .values(state="submitted", updated_at=clock.now())
        )
    _volunteer(rows, made, members)


def _volunteer(
    rows: Sequence[Any], made: Sequence[Mapping[str, Any]], members: Mapping[uuid.UUID, Member]
) -> None:
    """Who has said by name that they would help is heard, as when a page is sent."""
    asked = {row.id: row for row in rows}
    for answered in made:
        row = asked[answered["assignment_id"]]
        if row.is_second:
            tell_volunteer(
                row.booking_id,
                row.Instrument.definition,
                answered["answers"],
                by=members[row.booking_id].person.actor,
            )


def _begin(life: Life, kind: WaveKind, one: Member) -> None:
    """Called away in the middle of the questions: the page has kept what was answered."""
    for row in _asked(life, kind, _booked(life, [one])):
        if not row.is_second:
            items = items_of(row.Instrument.definition)
            said = _said(one, kind, second=False)
            given = [item for item in items if item.key in said]
            half = {item.key: said[item.key] for item in given[: (len(given) + 1) // 2]}
            keep_draft(row.id, items, half)


def _booked(life: Life, people: Sequence[Member]) -> dict[uuid.UUID, Member]:
    names = {one.person.name for one in people}
    return {key: one for key, one in life.members.items() if one.person.name in names}


def _asked(life: Life, kind: WaveKind, members: Iterable[uuid.UUID]) -> Sequence[Any]:
    """What these bookings are asked in waves of a kind."""
    return db.session.execute(
        select(Assignment.id, Assignment.booking_id, Assignment.state, Wave.is_second, Instrument)
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Instrument, Instrument.id == Wave.instrument_id)
        .where(Wave.cohort_id == life.cohort_id, Wave.kind == kind.value)
        .where(Assignment.booking_id.in_(list(members)))
        .order_by(Assignment.id)
    ).all()


def _row(life: Life, one: Member, asked: Any, kind: WaveKind) -> dict[str, Any]:
    answers = _said(one, kind, second=asked.is_second)
    instrument: Instrument = asked.Instrument
    chance = life.world.chance(f"{life.run.key} {one.person.name} {kind} {asked.is_second}")
    paper = life.run.design == "after_only"
    return {
        "assignment_id": asked.id,
        "instrument_id": instrument.id,
        "answers": answers,
        "score": score_of(instrument.definition, answers),
        "submitted_at": clock.now() - timedelta(minutes=chance.randint(0, 4)),
        "seconds": None if paper else chance.randint(48, 150),
        "channel": "paper" if paper else chance.choice(("link", "link", "qr")),
        "keyed_by_id": life.coordinator.person_id if paper else None,
    }


def _said(one: Member, kind: WaveKind, *, second: bool) -> dict[str, Any]:
    if second:
        return dict(one.feedback if kind is WaveKind.POST else one.since)
    voice = one.voice
    return dict(
        {
            WaveKind.PRE: voice.before,
            WaveKind.POST: voice.after,
            WaveKind.FOLLOW_UP: voice.later,
        }[kind]
    )
