"""Pages of those who hold a certificate: behind their personal link, and when signed in.

Nothing here changes anything: a download is the frozen bytes.
"""

from __future__ import annotations

import uuid

from flask import Response, url_for

from certificates.access import MANAGE, OWN
from certificates.queries import held as certificates
from certificates.queries.held import Held
from certificates.views.blueprint import blueprint
from lms import web
from lms.permissions import allow, by_link

PDF = "application/pdf"


@blueprint.get("/c/<token>")
@by_link("certificate")
def behind_link(token: str) -> str:
    """Your certificate, for whoever has the link."""
    held = _linked()
    file = url_for("certificates.file_behind_link", token=token, number=held.shown.number)
    return web.render("certificates/linked.html", held=held, file=file)


@blueprint.get("/c/<token>/<number>.pdf")
@by_link("certificate")
def file_behind_link(token: str, number: str) -> Response:
    """The PDF behind the link; an address with another number is none of ours."""
    held = _linked()
    if held.state != "issued" or held.shown.number != number:
        web.not_found()
    return web.download(certificates.pdf(held), held.file_name, PDF)


def _linked() -> Held:
    link = web.current_actor().link
    assert link is not None  # by_link has seen to it
    return certificates.behind_link(link.object_id)


@blueprint.get("/certificates/<uuid:certificate_id>")
@allow(OWN)
def own(certificate_id: uuid.UUID) -> str:
    """Your certificate, when signed in."""
    held = certificates.own(web.current_actor(), certificate_id)
    file = url_for("certificates.file", certificate_id=certificate_id, number=held.shown.number)
    return web.render("certificates/own.html", held=held, file=file)


@blueprint.get("/certificates/<uuid:certificate_id>/<number>.pdf")
@allow(OWN, MANAGE)
def file(certificate_id: uuid.UUID, number: str) -> Response:
    """The PDF, for its holder and for those who issue it; a replaced one is kept for the team."""
    held = certificates.downloadable(web.current_actor(), certificate_id)
    if held.shown.number != number:
        web.not_found()
    return web.download(certificates.pdf(held), held.file_name, PDF)
