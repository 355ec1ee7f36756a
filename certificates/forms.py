"""Forms of the certificates room: a number to check, a reason for a change.

Views fill them; the sentences are those people read.
"""

from __future__ import annotations

from lms import web

LONGEST = 100
"""Signs that somebody may type for a number."""


class NumberForm(web.SearchForm):
    """The number on a certificate."""

    number = web.TextField(
        "Certificate number, like 7K3M-9QXT-2HVB",
        missing="Enter the certificate number, like 7K3M-9QXT-2HVB",
        longest=LONGEST,
        width=20,
        autocomplete="off",
    )


class ReplaceForm(web.OnceForm):
    """Why a certificate is corrected."""

    reason = web.TextAreaField(
        "Why is it being replaced?",
        missing="Say why the certificate is being replaced",
        hint="The person reads this, for example: your name was spelt wrongly.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class WithdrawForm(web.OnceForm):
    """Why a certificate no longer counts."""

    reason = web.TextAreaField(
        "Why is it being withdrawn?",
        missing="Say why the certificate is being withdrawn",
        hint="The person reads this, for example: the register was corrected.",
        longest=500,
        rows=3,
        no_family_details=True,
    )


class IssueForm(web.OnceForm):
    """Nothing but the button."""
