"""Completion: the core's rule and its property, a provider's own, corrections, evidence once."""

from __future__ import annotations

from datetime import date, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from courses.models import Completion, Component, Place
from courses.queries import completion as queries
from courses.queries import register as registers
from courses.services import completion, register
from courses.services.register import NewMark
from lms import clock
from lms.contracts import (
    SYSTEM,
    BookingFacts,
    ComponentFacts,
    ComponentKind,
    Outcome,
)
from lms.db import db
from tests import factories as make

START = date(2027, 2, 18)


@pytest.fixture
def course(session, frozen):
    """Four mornings of three hours, of which ten hours are needed; one person."""
    frozen("2027-03-11 13:00")
    edition = make.edition()
    part = make.component(edition, key="workshop", title="Workshop", required_minutes=600)
    rule = {
        "components": [
            {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 600}
        ]
    }
    cohort = make.cohort(edition, state="running", rule=rule)
    days = [
        make.session(cohort, START + timedelta(days=7 * n), component_id=part.id) for n in range(4)
    ]
    booking = make.booking(cohort)
    places = [
        db.session.scalars(
            select(Place.id).where(Place.booking_id == booking.id, Place.session_id == day.id)
        ).one()
        for day in days
    ]
    return SimpleNamespace(cohort=cohort, days=days, booking=booking, places=places, part=part)


def mark(course, number: int, what: str, **more) -> None:
    lines = {one.place_id: one.mark for one in registers.lines(course.days[number].id)}
    seen = lines[course.places[number]]
    register.save(
        course.days[number].id,
        [NewMark(course.places[number], what, seen=seen.id if seen else None, **more)],
        by=SYSTEM,
        why="Corrected",
    )


def standing(course):
    return queries.current([course.booking.id]).get(course.booking.id)


def test_nothing_is_said_while_everything_is_still_possible(course):
    mark(course, 0, "present")
    assert standing(course) is None


def test_enough_minutes_complete_the_course_and_the_evidence_is_in_words(course):
    for number in range(4):
        mark(course, number, "present")
    found = standing(course)
    assert found.verdict == "completed"
    assert found.reasons == ("Workshop: 12 h attended, 10 h needed",)
    assert found.components == {"workshop": 720}


def test_who_cannot_reach_the_hours_any_more_is_told_early(course):
    mark(course, 0, "absent")
    assert standing(course).label == "Cannot complete"
    assert standing(course).reasons == ("Workshop: 0 min attended, 10 h needed",)


def test_arriving_late_counts_the_minutes_that_were_attended(course):
    mark(course, 0, "late", arrived_at=clock.at(START, time(9, 50)))
    for number in (1, 2, 3):
        mark(course, number, "present")
    assert standing(course).components == {"workshop": 700}


def test_a_correction_withdraws_a_completion_and_keeps_what_was_said_before(course):
    for number in range(4):
        mark(course, number, "present")
    mark(course, 3, "absent")
    assert standing(course).verdict == "not_completed"
    rows = db.session.scalars(select(Completion).order_by(Completion.created_at)).all()
    assert [row.verdict for row in rows] == ["completed", "not_completed"]
    assert rows[1].replaces_id == rows[0].id
    mark(course, 3, "present")
    assert standing(course).verdict == "completed"


def test_evidence_handed_in_twice_is_kept_once(session, frozen):
    frozen("2027-03-02 09:00")
    edition = make.edition()
    part = make.component(edition, key="e-learning", kind="e-learning", required_minutes=90)
    rule = {
        "components": [
            {
                "key": "e-learning",
                "title": "E-learning",
                "kind": "e-learning",
                "required_minutes": 90,
            }
        ]
    }
    booking = make.booking(make.cohort(edition, rule=rule))
    row = {
        "booking_id": booking.id,
        "component_id": part.id,
        "completed_at": clock.now(),
        "minutes": 95,
        "source": "import_row",
        "source_ref": "oneplusone:17",
        "evidence": {},
    }
    assert completion.add_component([row], by=SYSTEM) == [booking.id]
    assert completion.add_component([row], by=SYSTEM) == []
    found = queries.current([booking.id])[booking.id]
    assert found.verdict == "completed"
    assert found.reasons == ("E-learning: done on 2 March 2027",)


def test_a_cancelled_booking_is_not_judged(course):
    make.change_booking(course.booking, "cancelled")
    completion.reassess([course.booking.id], by=SYSTEM)
    assert standing(course) is None


def test_a_change_of_the_courses_rule_does_not_touch_a_running_cohort(course):
    db.session.get_one(Component, course.part.id).required_minutes = 720
    for number in range(4):
        mark(course, number, "present" if number else "late", **_late(number))
    assert standing(course).verdict == "completed"


components = st.builds(
    lambda kind, required, attended, more, done: ComponentFacts(
        key=f"{kind}-{required}-{attended}",
        title="Part",
        kind=kind,
        required_minutes=required,
        attended_minutes=attended,
        possible_minutes=attended + more,
        completed_at=clock.now() if done else None,
    ),
    st.sampled_from(list(ComponentKind)),
    st.integers(1, 900),
    st.integers(0, 900),
    st.integers(0, 900),
    st.booleans(),
)


def facts(parts) -> BookingFacts:
    return BookingFacts(uuid4(), uuid4(), "a:b", "c", "a", tuple(parts), False)


def done(part: ComponentFacts) -> bool:
    if part.kind is ComponentKind.E_LEARNING:
        return part.completed_at is not None
    return part.attended_minutes >= part.required_minutes


@given(st.lists(components, min_size=1, max_size=5))
def test_completed_means_that_every_component_is_done_and_no_less(parts):
    verdict = completion.judge(facts(parts))
    assert (verdict.outcome is Outcome.COMPLETED) == all(done(part) for part in parts)
    assert len(verdict.reasons) == len(parts)


@given(st.lists(components, min_size=1, max_size=5))
def test_not_completed_is_said_only_when_nothing_still_to_come_could_mend_it(parts):
    verdict = completion.judge(facts(parts))
    lost = [
        part
        for part in parts
        if part.kind is ComponentKind.WORKSHOP and part.possible_minutes < part.required_minutes
    ]
    assert (verdict.outcome is Outcome.NOT_COMPLETED) == bool(lost)


def _late(number: int) -> dict:
    return {} if number else {"arrived_at": clock.at(START, time(9, 50))}
