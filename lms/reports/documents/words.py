"""What stands under every report, the same on page, in files and in print."""

from __future__ import annotations

from datetime import date

from lms.reports.documents.document import Document, Table
from lms.web import words

KEY = (
    ("[c]", "hidden to protect people"),
    ("[x]", "not collected"),
    ("[z]", "does not apply"),
)


LONGEST_NAME = 200
"""Bytes of a file's name: disks take 255, and a copy's "(1)" goes on the end."""


def key_words(*tables: Table) -> str:
    """What the marks stand for that stand in these tables; nothing where none does."""
    used = {cell.text for table in tables for row in table.rows for cell in row.cells}
    return " · ".join(f"{mark} {meaning}" for mark, meaning in KEY if mark in used)


def title_of(document: Document) -> str:
    """'Did confidence change? Brief Encounters, Hertfordshire, October 2026 to March 2027'."""
    parts = (document.course, document.place, document.period)
    about = ", ".join(part for part in parts if part)
    return f"{document.title} {about}".strip()


def file_name(title: str, form: str) -> str:
    """What a file of that title is called: no sign of a question, and no longer than disks take."""
    name = title.replace("? ", ", ").rstrip("?").encode()[:LONGEST_NAME].decode(errors="ignore")
    return f"{name.rstrip(', ')}.{form}"


def counted_words(document: Document) -> str:
    """'Counted on 4 March 2027 at 4:40pm from records up to 3 March 2027.'"""
    return f"Counted {words.datetime_words(document.counted_at)}{upto_words(document)}."


def upto_words(document: Document) -> str:
    """' from records up to 3 March 2027', or nothing where the report does not say."""
    if not document.data_to:
        return ""
    return f" from records up to {words.date(date.fromisoformat(document.data_to))}"


def filter_words(document: Document) -> str:
    """'Filters: Place: Hertfordshire; From: October 2026.'"""
    said = "; ".join(f"{label}: {value}" for label, value in document.filters)
    return f"Filters: {said or 'none'}."
