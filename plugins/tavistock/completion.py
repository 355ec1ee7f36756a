"""Tavistock Relationships' own rule: who is accredited to lead Parents as Partners.

`plugin.py` offers it through `lms_assess_completion`; every other course keeps the core's rule.
"""

from __future__ import annotations

from lms.contracts import BookingFacts, ComponentFacts, Outcome, Verdict
from lms.web.words import duration

FACILITATORS = "tavistock:parents-as-partners-facilitator"
PARTS = {"training", "supervision"}


def assess(booking: BookingFacts) -> Verdict | None:
    """The verdict on a facilitator, None for any other course.

    Whoever attended the training days and the supervision of a first group is accredited, but not
    before the last register is marked: the core's rule would accredit as soon as the minutes are
    reached, with supervision still to come. What an authority lets count with a reason completes a
    course, but accredits nobody.
    """
    if booking.course_key != FACILITATORS:
        return None
    if {component.key for component in booking.components} != PARTS:
        return None  # an edition this rule was not made for
    reasons = tuple(_said(component) for component in booking.components)
    parts = booking.components
    if any(part.possible_minutes - part.let_in_minutes < part.required_minutes for part in parts):
        return Verdict(Outcome.NOT_COMPLETED, reasons)
    if not booking.all_marked:
        return Verdict(Outcome.NOT_YET, (*reasons, "accredited when every register is marked"))
    if all(_attended(part) >= part.required_minutes for part in parts):
        return Verdict(Outcome.COMPLETED, reasons)
    return Verdict(Outcome.NOT_YET, reasons)


def _attended(component: ComponentFacts) -> int:
    return component.attended_minutes - component.let_in_minutes


def _said(component: ComponentFacts) -> str:
    attended, required = duration(_attended(component)), duration(component.required_minutes)
    return f"{component.title}: {attended} attended, {required} needed"
