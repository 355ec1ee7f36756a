"""The forms of approval: whom to ask, the manager's answer, what a coordinator does meanwhile."""

from __future__ import annotations

from lms import web

APPROVE, DECLINE = "approve", "decline"
ASK_AGAIN, BOOK, TAKE_BACK = "ask_again", "book", "take_back"


class ApproverFields(web.Form):
    """Whom to ask and why, on the forms that book a place where the course asks for approval.

    Without the e-mail address the manager we know is asked, if we know one.
    """

    manager_email = web.EmailField("Your manager’s e-mail address", autocomplete="off")
    manager_given_name = web.TextField("Your manager’s first name", autocomplete="off", longest=100)
    manager_family_name = web.TextField("Your manager’s last name", autocomplete="off", longest=100)
    why = web.TextAreaField(
        "Why do you want to go? (optional)",
        hint="Your manager reads it. Do not name any family.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class TheirApproverFields(web.Form):
    """The same for staff who book somebody else."""

    manager_email = web.EmailField("Their manager’s e-mail address", autocomplete="off")
    manager_given_name = web.TextField(
        "Their manager’s first name", autocomplete="off", longest=100
    )
    manager_family_name = web.TextField(
        "Their manager’s last name", autocomplete="off", longest=100
    )
    why = web.TextAreaField(
        "Why should they go? (optional)",
        hint="Their manager reads it. Do not name any family.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class AnswerForm(web.Form):
    """The manager's answer: nothing is chosen beforehand."""

    answer = web.RadioField(
        "Your answer",
        missing="Choose Approve or Decline",
        choices=((APPROVE, "Approve"), (DECLINE, "Decline")),
    )
    reason = web.TextAreaField("If you decline: why?", longest=1000, rows=3, no_family_details=True)


class MeanwhileForm(web.OnceForm):
    """What a coordinator does about an approval that does not come: nothing chosen beforehand."""

    answer = web.RadioField(
        "What would you like to do?", missing="Choose what you would like to do"
    )
    reason = web.TextAreaField(
        "Why? (for booking and for taking back)",
        hint="Shown in the history.",
        longest=500,
        rows=3,
        no_family_details=True,
    )
