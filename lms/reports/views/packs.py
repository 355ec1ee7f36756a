"""A PDF while it is made, and when it is there."""

from __future__ import annotations

import uuid

from flask import Response

from lms import web
from lms.permissions import allow
from lms.reports import access
from lms.reports.documents.words import file_name
from lms.reports.queries import packs
from lms.reports.views.blueprint import blueprint


@blueprint.get("/reports/packs/<uuid:pack_id>")
@allow(access.VIEW)
def pack(pack_id: uuid.UUID) -> str:
    """Whether it is ready."""
    return web.render("reports/pack.html", pack=packs.find(web.current_actor(), pack_id))


@blueprint.get("/reports/packs/<uuid:pack_id>/pack.pdf")
@allow(access.VIEW)
def pack_file(pack_id: uuid.UUID) -> Response:
    """The PDF."""
    actor = web.current_actor()
    found = packs.find(actor, pack_id)
    name = file_name(found.title, "pdf")
    return web.download(packs.pdf(actor, pack_id), name, "application/pdf")
