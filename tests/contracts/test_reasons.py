"""A reason that others read, or that a history keeps, holds no family's detail: in every room."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from certificates.forms import ReplaceForm, WithdrawForm
from courses.forms import approving, booking, cohorts, queue
from lms import web
from lms.app import LmsFlask
from surveys.forms import ExtendForm

FORMS: list[type[web.Form]] = [
    approving.AnswerForm,
    approving.MeanwhileForm,
    booking.BookOtherForm,
    booking.LetInForm,
    booking.MoveForm,
    booking.TakeOffForm,
    cohorts.CancelForm,
    queue.LetInForm,
    queue.MoveInQueueForm,
    ExtendForm,
    ReplaceForm,
    WithdrawForm,
]


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.__name__)
def test_a_reason_with_a_familys_detail_is_refused_and_shown_again(
    app: LmsFlask, kind: type[web.Form]
) -> None:
    with app.test_request_context():
        sent = MultiDict({"reason": "my client Sarah asked"})
        form = kind(formdata=sent, meta={"csrf": False})
        assert not form.validate()
    [said] = form["reason"].errors
    assert said.startswith("'my client Sarah' looks like somebody's name. We never keep")
    assert (form["reason"].data, form["reason"].value) == ("", "my client Sarah asked")
