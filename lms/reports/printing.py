"""Documents as a PDF pack: drawn from the same documents as the page, printed by the press.

The room's job calls it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from flask import render_template

from lms.press import PressError, Presses
from lms.reports.documents import Document, drawing
from lms.reports.documents import words as foot
from lms.web.context import settings

STYLE = Path(__file__).parent / "templates" / "reports" / "pack.css"


class PrintError(Exception):
    """The pack could not be printed; the message is a sentence for whoever asked."""


@cache
def _presses() -> Presses:
    return Presses("lms.press.child", 1)


def as_pdf(documents: Sequence[Document], title: str) -> bytes:
    """One PDF/UA of these documents, byte for byte the same each time. Raises `PrintError`."""
    html = render_template(
        "reports/pack_print.html",
        documents=documents,
        title=title,
        authority=settings().authority,
        drawing=drawing,
        foot=foot,
    )
    try:
        with _presses().one() as press:
            return press.ask({"html": html, "styles": [STYLE.read_text(encoding="utf-8")]})
    except PressError as error:
        raise PrintError(str(error)) from error
