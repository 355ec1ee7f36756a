"""For administrators: what is installed and what is wrong with it; the audit trail."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from lms import audit, clock, jobs, spreadsheets, web
from lms.people.queries import installed, trail
from lms.people.views.blueprint import blueprint
from lms.permissions import allow
from lms.web import words
from lms.web.forms import clean

MOST_DOWNLOADED = 10_000


@blueprint.get("/plugins")
@allow("plugins.view")
def plugins() -> str:
    """Every plugin: name, version, what it adds, how it is doing."""
    return web.render(
        "people/plugins.html",
        plugins=installed.plugins(),
        left_out=installed.left_out(),
        jobs=jobs.failed_jobs(),
    )


@blueprint.get("/audit")
@allow("audit.view")
def audit_trail() -> str:
    """Who did what, newest first."""
    actor = web.current_actor()
    shown, asked = _filters()
    page = web.paginate(trail.listed(actor, **asked), scalars=True)
    rows = trail.as_rows(page, actor)
    done, kinds = trail.kinds(actor)
    verbs = {verb: trail.verb_words(verb) for verb in done}
    subjects = {kind: trail.kind_words(kind) for kind in kinds}
    return web.render(
        "people/audit.html", page=page, rows=rows, filters=shown, verbs=verbs, subjects=subjects
    )


@blueprint.post("/audit/download")
@allow("audit.view")
def download_audit() -> Response:
    """The filtered trail as a file; that somebody took it is itself in the trail."""
    actor = web.current_actor()
    shown, asked = _filters()
    rows = trail.as_rows(trail.entries(actor, MOST_DOWNLOADED, **asked), actor)
    audit.write(
        "downloaded", "audit trail", None, by=actor, after={**shown.args, "rows": len(rows)}
    )
    table = spreadsheets.Table(
        "Audit trail",
        ("When", "Who", "What", "To what", "Name", "Id", "Changes", "Request"),
        [
            [
                row.at.isoformat(timespec="seconds"),
                row.who,
                row.what,
                row.subject_type,
                row.label,
                str(row.subject_id or ""),
                "; ".join(row.changes),
                row.request,
            ]
            for row in rows
        ],
    )
    name = f"Audit trail, {words.date(clock.today())}.csv"
    content = spreadsheets.write_csv([table])
    return web.download(content, name, spreadsheets.TYPES[spreadsheets.CSV])


def _filters() -> tuple[web.Filters, dict[str, Any]]:
    """The filters as the address has them, and as the query takes them."""
    shown = web.filters("who", "verb", "subject", "since", "until")
    asked: dict[str, Any] = {
        "who": shown["who"],
        "verb": shown["verb"],
        "subject": shown["subject"],
        "since": _day(shown["since"]),
        "until": _day(shown["until"]),
    }
    return shown, asked


def _day(raw: str) -> date | None:
    """A day as people write it; anything else filters nothing."""
    try:
        return clean.day(raw) if raw else None
    except ValueError:
        return None
