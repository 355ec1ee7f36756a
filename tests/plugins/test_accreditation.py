"""Tavistock's own rule: both parts, and every register marked."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from lms.contracts import BookingFacts, ComponentFacts, ComponentKind, Outcome
from plugins.tavistock import plugin as tavistock

TRAINING = ComponentFacts(
    key="training",
    title="Three training days",
    kind=ComponentKind.WORKSHOP,
    required_minutes=1020,
    attended_minutes=1080,
    possible_minutes=1080,
    completed_at=None,
)
SUPERVISION = ComponentFacts(
    key="supervision",
    title="Supervision of a first group",
    kind=ComponentKind.WORKSHOP,
    required_minutes=270,
    attended_minutes=270,
    possible_minutes=270,
    completed_at=None,
)


def verdict(
    training: ComponentFacts = TRAINING,
    supervision: ComponentFacts = SUPERVISION,
    all_marked: bool = True,
) -> tuple[Outcome, tuple[str, ...]]:
    """What the rule says of a facilitator with these parts."""
    booking = BookingFacts(
        booking_id=uuid.uuid4(),
        person_id=uuid.uuid4(),
        course_key="tavistock:parents-as-partners-facilitator",
        edition_key="facilitator-training",
        provider_key="tavistock",
        components=(training, supervision),
        all_marked=all_marked,
    )
    said = tavistock.lms_assess_completion(booking)
    assert said is not None
    return said.outcome, said.reasons


def test_training_and_supervision_accredit_and_say_the_hours() -> None:
    assert verdict() == (
        Outcome.COMPLETED,
        (
            "Three training days: 18 h attended, 17 h needed",
            "Supervision of a first group: 4 h 30 min attended, 4 h 30 min needed",
        ),
    )


def test_supervision_still_to_come_is_not_yet() -> None:
    ahead = replace(SUPERVISION, attended_minutes=90)
    assert verdict(supervision=ahead)[0] is Outcome.NOT_YET


def test_a_training_day_missed_for_good_is_said_early() -> None:
    missed = replace(TRAINING, attended_minutes=720, possible_minutes=720)
    ahead = replace(SUPERVISION, attended_minutes=0)
    assert verdict(missed, ahead, all_marked=False)[0] is Outcome.NOT_COMPLETED


def test_nobody_is_accredited_while_a_register_is_open() -> None:
    outcome, reasons = verdict(all_marked=False)
    assert outcome is Outcome.NOT_YET
    assert reasons[-1] == "accredited when every register is marked"


def test_a_session_moved_away_after_all_is_marked_is_still_to_come() -> None:
    short = replace(SUPERVISION, attended_minutes=180, possible_minutes=270)
    assert verdict(supervision=short)[0] is Outcome.NOT_YET


@pytest.mark.parametrize("course", ["tavistock:think-couple", "oneplusone:brief-encounters"])
def test_every_other_course_is_left_to_the_core(course: str) -> None:
    booking = BookingFacts(
        uuid.uuid4(), uuid.uuid4(), course, "one-day", course.split(":")[0], (TRAINING,), True
    )
    assert tavistock.lms_assess_completion(booking) is None


def test_an_edition_the_rule_does_not_know_is_left_to_the_core() -> None:
    booking = BookingFacts(
        uuid.uuid4(),
        uuid.uuid4(),
        "tavistock:parents-as-partners-facilitator",
        "refresher",
        "tavistock",
        (TRAINING,),
        True,
    )
    assert tavistock.lms_assess_completion(booking) is None
