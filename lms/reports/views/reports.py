"""The list of reports, and a report as it is now: for our own team, or about to leave it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from lms import clock, web
from lms.contracts import Actor, Audience, Report
from lms.permissions import allow, allowed
from lms.reports import access
from lms.reports.asking import AUDIENCES, Asked, Offered, offered, report_called
from lms.reports.documents import drawing
from lms.reports.documents import words as foot
from lms.reports.drafts import ReportFailed, document_for_team
from lms.reports.forms.asking import AskForm, ask_form
from lms.reports.queries import listing, releases, returns
from lms.reports.queries.making import on_its_way
from lms.reports.services import making
from lms.reports.views.blueprint import blueprint
from lms.reports.views.giving import give
from lms.reports.views.saying import in_full, way_to_fill


@blueprint.get("/reports")
@allow(access.VIEW)
def reports() -> str:
    """Each report by the question it answers, and the frozen returns."""
    actor = web.current_actor()
    may_release = allowed(actor, access.RELEASE)
    return web.render(
        "reports/reports.html",
        reports=listing.reports(actor, only_with_data=not may_release),
        returns=returns.listed(actor) if may_release else [],
        on_its_way=on_its_way(actor, "return") if may_release else [],
        may_release=may_release,
        may_hand_in=allowed(actor, access.HAND_IN),
    )


@blueprint.get("/reports/<report_slug>")
@allow(access.VIEW)
@web.one_moment
def report(report_slug: str) -> web.Answer:
    """For our own team counted now; for anybody else the way to a version."""
    actor = web.current_actor()
    form, found = _form(report_slug, actor, request.args)
    values = page_values(found, form, actor)
    if not form.check():
        return web.invalid("reports/report.html", **values)
    asked = form.asked(found)
    values |= {"asked": asked, "filtered": bool(_filters(asked)), "period": _period(asked)}
    if asked.audience is Audience.TEAM:
        try:
            shown = document_for_team(asked, actor, clock.now())
            filled = way_to_fill(report_slug, actor, filtered=values["filtered"])
            values |= {"document": shown, "fill": filled}
        except ReportFailed as failed:
            values["failed"] = str(failed)
    else:
        values |= {
            "outside": AUDIENCES[asked.audience].lower(),
            "in_full": in_full(asked, actor, offered(actor)),
            "versions": releases.of_question(actor, asked, 1),
            "made": releases.made_so_far(),
        }
    return web.render("reports/report.html", **values)


@blueprint.post("/reports/<report_slug>/versions")
@allow(access.RELEASE)
def make(report_slug: str) -> web.Answer:
    """Have the version of a question for somebody outside made, and go where one waits for it."""
    actor = web.current_actor()
    form, found = _form(report_slug, actor, request.form)
    values = page_values(found, form, actor)
    if not form.check():
        return web.invalid("reports/report.html", **values)
    asked = form.asked(found)
    if asked.audience is Audience.TEAM:
        return web.see("reports.report", report_slug=report_slug, **asked.args)
    return web.see("reports.making", making_id=making.ask_version(asked, by=actor))


@blueprint.post("/reports/<report_slug>/download")
@allow(access.VIEW)
@web.one_moment
def download(report_slug: str) -> web.Answer:
    """The report for our own team as a file."""
    actor = web.current_actor()
    form, found = _form(report_slug, actor, request.form)
    values = page_values(found, form, actor)
    if not form.check():
        return web.invalid("reports/report.html", **values)
    asked = form.asked(found)
    if asked.audience is not Audience.TEAM:
        return web.see("reports.report", report_slug=report_slug, **asked.args)
    try:
        document = document_for_team(asked, actor, clock.now())
    except ReportFailed as failed:
        return web.invalid("reports/report.html", **values | {"failed": str(failed)})
    back = url_for("reports.report", report_slug=report_slug, **asked.args)
    return give([document], foot.title_of(document), back, by=actor)


def page_values(found: Report, form: AskForm | None, actor: Actor) -> dict[str, Any]:
    """What every page of a report needs."""
    return {
        "report": found,
        "form": form,
        "drawing": drawing,
        "foot": foot,
        "document": None,
        "failed": "",
        "outside": "",
        "fill": None,
        "filtered": False,
        "period": {},
        "may_release": allowed(actor, access.RELEASE),
    }


def _form(slug: str, actor: Actor, given: Any) -> tuple[AskForm, Report]:
    found = report_called(slug)
    choices: Offered = offered(actor)
    may_release = allowed(actor, access.RELEASE)
    return ask_form(found, actor, given, choices, may_release=may_release), found


def _filters(asked: Asked) -> dict[str, Any]:
    return {name: value for name, value in asked.args.items() if name != "audience"}


def _period(asked: Asked) -> dict[str, str]:
    """The months to begin a return with."""
    return {"start": asked.start, "end": asked.end} if asked.start and asked.end else {}
