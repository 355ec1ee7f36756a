"""The forms of booking: for oneself, for others, moving, taking off, adding somebody."""

from __future__ import annotations

import uuid

from courses.forms.approving import ApproverFields, TheirApproverFields
from lms import web
from lms.people.forms import NameForm


class BookForm(ApproverFields):
    """Taking a place for oneself."""

    needs = web.TextAreaField(
        "Is there anything you need on the day? (optional)",
        hint="Access or diet. The trainer sees it; it is deleted 28 days after the last session.",
        longest=500,
        rows=3,
    )


class BookOtherForm(web.OnceForm, TheirApproverFields):
    """Booking somebody as staff."""

    reason = web.TextAreaField(
        "Reason, shown in the history", longest=500, rows=3, no_family_details=True
    )


class NewPersonForm(NameForm):
    """Somebody who is not known yet: four questions."""

    given_name = web.TextField("First name", autocomplete="off", missing="Enter the first name")
    family_name = web.TextField("Last name", autocomplete="off")
    email = web.EmailField(
        "E-mail address (optional)",
        autocomplete="off",
        hint="Without one, their messages are printed.",
    )
    profession = web.SelectField("Job", empty="Not known", coerce=uuid.UUID)
    organisation = web.SelectField("Organisation", empty="None", coerce=uuid.UUID)


class TakeOffForm(web.OnceForm):
    """Taking somebody off."""

    reason = web.TextField(
        "Why?",
        missing="Enter why, which they will read",
        hint="They read this in the message.",
        no_family_details=True,
    )


class LetInForm(web.OnceForm):
    """Counting somebody as completed although the register lacks something."""

    reason = web.TextAreaField(
        "Why does it count?",
        missing="Enter why it counts, which is shown in the history",
        hint="How it was made up, for example: a call with the trainer on 3 March. Shown in the "
        "history and beside the certificate's evidence. No family's details.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class MoveForm(web.OnceForm):
    """Moving somebody to another date."""

    to = web.RadioField("To which date?", missing="Choose a date", coerce=uuid.UUID)
    reason = web.TextField("Why? (optional)", hint="Shown in the history.", no_family_details=True)


class AnswerForm(web.Form):
    """What to do with one's own place: nothing is chosen beforehand."""

    answer = web.RadioField(
        "What would you like to do?", missing="Choose what you would like to do"
    )
