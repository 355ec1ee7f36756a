"""A version made for somebody outside: as it was recorded, and what changed since."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, url_for
from werkzeug.datastructures import MultiDict

from lms import clock, web
from lms.errors import NotFound
from lms.permissions import allow, allowed
from lms.reports import access
from lms.reports.asking import Asked, offered
from lms.reports.documents import drawing
from lms.reports.documents import words as foot
from lms.reports.drafts import ReportFailed, draft_of, fingerprint_of
from lms.reports.forms.asking import AskForm, ask_form
from lms.reports.queries import releases
from lms.reports.queries.making import on_its_way
from lms.reports.queries.releases import Recorded
from lms.reports.views.blueprint import blueprint
from lms.reports.views.giving import give


@blueprint.get("/reports/versions")
@allow(access.RELEASE)
def versions() -> str:
    """Every version within reach, the newest first."""
    actor = web.current_actor()
    page = web.paginate(releases.listed(actor)).map(releases.as_made)
    waiting = on_its_way(actor, "version")
    return web.render("reports/versions.html", page=page, on_its_way=waiting)


@blueprint.get("/reports/releases/<uuid:release_id>")
@allow(access.VIEW, reach=releases.reached)
@web.one_moment
def release(release_id: uuid.UUID) -> str:
    """The stored document and nothing else; whether the data has changed since."""
    actor = web.current_actor()
    found = releases.find(actor, release_id)
    may_release = allowed(actor, access.RELEASE)
    return web.render(
        "reports/release.html",
        version=found.version,
        document=found.document,
        asked=found.asked,
        changed=_changed(found),
        made=releases.made_so_far(),
        form=_form(found.asked) if may_release else None,
        report=_report(found.asked),
        filtered=True,
        may_release=may_release,
        drawing=drawing,
        foot=foot,
    )


@blueprint.post("/reports/releases/<uuid:release_id>/download")
@allow(access.VIEW)
def download_release(release_id: uuid.UUID) -> Response:
    """The recorded version as a file."""
    actor = web.current_actor()
    found = releases.find(actor, release_id)
    back = url_for("reports.release", release_id=release_id)
    title = f"{foot.title_of(found.document)}, version {found.version.number} for "
    title += found.document.audience_words
    return give([found.document], title, back, by=actor)


def _changed(found: Recorded) -> bool:
    """Whether the same question would be answered differently now; a report that went, cannot.

    Who sees more places than whoever made the version would ask another question.
    """
    actor = web.current_actor()
    if found.asked.key(actor) != found.key:
        return False
    try:
        draft = draft_of(found.asked, actor, clock.now())
    except (NotFound, ReportFailed):
        return False
    return fingerprint_of(draft) != found.draft


def _report(asked: Asked) -> Any:
    try:
        return asked.report
    except NotFound:
        return None


def _form(asked: Asked) -> AskForm | None:
    """The filters as they were asked, to change them."""
    report, actor = _report(asked), web.current_actor()
    if report is None:
        return None
    given = MultiDict[str, str]()
    for name, value in asked.args.items():
        given.setlist(name, [value] if isinstance(value, str) else list(value))
    return ask_form(report, actor, given, offered(actor), may_release=True)
