"""Giving documents away: what is on record of it, and the PDF that a job prints.

Views call it in the transaction of the request that takes the file.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from lms import audit
from lms.contracts import Actor
from lms.db import db, uuid7
from lms.jobs import defer
from lms.reports.documents import Document
from lms.reports.documents.files import rows_of
from lms.reports.documents.words import filter_words
from lms.reports.jobs import PRINT
from lms.reports.models import Pack


def note(documents: Sequence[Document], form: str, *, by: Actor) -> None:
    """Put on record who took which report, for whom, with which filters and how many rows."""
    for document in documents:
        said = {
            "report": document.slug,
            "format": form,
            "audience": document.audience,
            "filters": filter_words(document),
            "rows": rows_of(document),
        }
        audit.write("report.downloaded", "report", None, by=by, after=said)


def ask_pack(documents: Sequence[Document], title: str, back: str, *, by: Actor) -> uuid.UUID:
    """Have these documents printed as one PDF, for whoever asks; returns where to look for it."""
    assert by.person_id is not None
    pack = Pack(
        id=uuid7(),
        title=title,
        documents=[one.as_json() for one in documents],
        back=back,
        by_id=by.person_id,
    )
    db.session.add(pack)
    db.session.flush()
    defer(PRINT, pack=str(pack.id))
    return pack.id
