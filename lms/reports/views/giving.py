"""How views give documents away as files: at once, or as a PDF that a job prints."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from lms import web
from lms.contracts import Actor
from lms.errors import NotFound
from lms.reports.documents import Document
from lms.reports.documents.files import as_file
from lms.reports.documents.words import file_name
from lms.reports.services import giving
from lms.spreadsheets import TYPES

PDF = "pdf"


def give(documents: Sequence[Document], title: str, back: str, *, by: Actor) -> Response:
    """The file that the form's button asks for; who took it, with which filters, is on record."""
    wanted = request.form.get("format", "")
    if wanted not in (*TYPES, PDF):
        raise NotFound
    giving.note(documents, wanted, by=by)
    if wanted == PDF:
        pack = giving.ask_pack(documents, title, back, by=by)
        return web.see("reports.pack", pack_id=pack)
    return web.download(as_file(documents, wanted), file_name(title, wanted), TYPES[wanted])
