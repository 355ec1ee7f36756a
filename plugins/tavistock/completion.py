"""Tavistock Relationships' own rule: who is accredited to lead Parents as Partners.

`plugin.py` offers it through `lms_assess_completion`; every other course keeps the core's rule.
"""

from __future__ import annotations

from lms.contracts import BookingFacts, ComponentFacts, Outcome, Verdict
from lms.web.words import duration

FACILITATORS = "tavistock:parents-as-partners-facilitator"
TRAINING, SUPERVISION = "training", "supervision"


def assess(booking: BookingFacts) -> Verdict | None:
    """The verdict on a facilitator, None for any other course.

    Accredited is who attended the training days, then had the supervision of a first group, and
    whose registers are all marked. Supervision before the training was finished does not count:
    it supervises nothing yet.
    """
    if booking.course_key != FACILITATORS:
        return None
    parts = {component.key: component for component in booking.components}
    if set(parts) != {TRAINING, SUPERVISION}:
        return None  # an edition this rule was not made for
    reasons = tuple(_said(component) for component in booking.components)
    if any(part.possible_minutes < part.required_minutes for part in booking.components):
        return Verdict(Outcome.NOT_COMPLETED, reasons)
    if not all(_reached(part) for part in booking.components):
        return Verdict(Outcome.NOT_YET, reasons)
    if _too_early(parts[TRAINING], parts[SUPERVISION]):
        return Verdict(
            Outcome.NOT_COMPLETED,
            (
                *reasons,
                "supervision ended before the training did, so it was of no group of theirs",
            ),
        )
    if not booking.all_marked:
        return Verdict(Outcome.NOT_YET, (*reasons, "a register is still to be marked"))
    return Verdict(Outcome.COMPLETED, reasons)


def _reached(component: ComponentFacts) -> bool:
    return component.attended_minutes >= component.required_minutes


def _too_early(training: ComponentFacts, supervision: ComponentFacts) -> bool:
    if training.completed_at is None or supervision.completed_at is None:
        return False
    return supervision.completed_at < training.completed_at


def _said(component: ComponentFacts) -> str:
    attended, required = component.attended_minutes, component.required_minutes
    return f"{component.title}: {duration(attended)} of {duration(required)}"
