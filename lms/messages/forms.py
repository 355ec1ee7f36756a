"""The form that changes a message's words before it goes."""

from __future__ import annotations

from lms import web


class EditForm(web.Form):
    """Subject and text; links stay where they are."""

    subject = web.TextField("Subject", missing="Enter a subject", longest=150)
    body = web.TextAreaField(
        "Message",
        missing="Enter the message",
        longest=10_000,
        rows=20,
        hint="An empty line begins a new paragraph. Keep {{link …}} as it is: "
        "the person’s own link will stand there",
    )
