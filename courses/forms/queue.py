"""The forms of a queue: an answer to an offer, one's own wishes, and changes by hand."""

from __future__ import annotations

import uuid

from courses.forms.approving import ApproverFields
from lms import web

TAKE, NOT_THIS, LEAVE, KEEP = "take", "not_this", "leave", "keep"
NOBODY = "nobody"
ANSWERS = (
    (TAKE, "Take this place"),
    (NOT_THIS, "Not this date, keep my place in the queue"),
    (LEAVE, "Leave the waiting list"),
)


class OfferForm(ApproverFields):
    """What to do with a place that is held: nothing is chosen beforehand."""

    answer = web.RadioField(
        "Do you want this place?",
        missing="Choose what you would like to do",
        choices=ANSWERS,
    )
    needs = web.TextAreaField(
        "If you take it: is there anything you need on the day? (optional)",
        hint="Access or diet. The trainer sees it; it is deleted 28 days after the last session.",
        longest=500,
        rows=3,
    )


class WishesForm(web.Form):
    """Which dates suit somebody who waits; nothing ticked means any."""

    editions = web.CheckboxesField(
        "Which formats suit you?", hint="None ticked means any.", coerce=uuid.UUID
    )
    localities = web.CheckboxesField(
        "Where can you go?", hint="None ticked means anywhere.", coerce=uuid.UUID
    )


class MoveInQueueForm(web.OnceForm):
    """Another place in the queue, by hand."""

    place = web.IntegerField(
        "To which position?",
        missing="Enter a position, like 1",
        smallest=1,
        largest=100_000,
        like=1,
    )
    reason = web.TextAreaField(
        "Why?",
        missing="Enter a reason, which is shown in the history",
        hint="Shown in the history, and to the person beside their place.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class LetInForm(web.OnceForm):
    """Letting somebody have a place without the course that comes first."""

    reason = web.TextAreaField(
        "Why?",
        missing="Enter a reason, which is shown in the history",
        hint="Shown in the history.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class PairForm(web.OnceForm):
    """Who comes together with somebody, or not at all."""

    other = web.RadioField("Who comes with them?", missing="Choose who comes with them")
