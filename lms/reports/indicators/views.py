"""Pages of sets of indicators: the list, a set with its lines, a line."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint

from lms import audit, web
from lms.contracts import ScopeKind
from lms.db import Complaint
from lms.people.queries import places
from lms.permissions import allow, scopes
from lms.reports import measures
from lms.reports.access import HAND_IN
from lms.reports.indicators import examples, queries, services
from lms.reports.indicators.forms import (
    ActForm,
    ChangeLineForm,
    ChangeSetForm,
    LineForm,
    SetForm,
)
from lms.reports.indicators.rows import HERE, LineRow
from lms.versions import Overtaken, seen
from lms.web import words

blueprint = Blueprint("indicators", __name__)
TEMPLATES = "reports/indicators"


@blueprint.get("/reports/sets")
@allow(HAND_IN)
def sets() -> str:
    """The sets of indicators of one's places."""
    page = web.paginate(queries.listed(web.current_actor())).map(queries.as_set)
    return web.render(f"{TEMPLATES}/sets.html", page=page)


@blueprint.route("/reports/sets/new", methods=["GET", "POST"])
@allow(HAND_IN)
def new_set() -> web.Answer:
    """Begin a set, empty or from an example."""
    actor, form = web.current_actor(), SetForm()
    form.locality_id.choices = places.localities(actor, HAND_IN)
    form.example.choices = [(one.key, one.title) for one in examples.examples()]
    whole = any(scope.kind is ScopeKind.PROGRAMME for scope in scopes(actor, HAND_IN))
    if whole:
        form.locality_id.empty, form.locality_id.missing = queries.EVERYWHERE, ""
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.render
        return show(f"{TEMPLATES}/new_set.html", form=form)
    try:
        made = services.make_set(
            form.title.data,
            form.about.data,
            form.locality_id.data,
            by=actor,
            example=examples.find(form.example.data or ""),
        )
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid(f"{TEMPLATES}/new_set.html", form=form)
    return web.see("indicators.one_set", set_id=made)


@blueprint.route("/reports/sets/<uuid:set_id>", methods=["GET", "POST"])
@allow(HAND_IN)
def one_set(set_id: uuid.UUID) -> web.Answer:
    """A set with its indicators; its name can be changed."""
    actor = web.current_actor()
    known = queries.find(actor, set_id)
    form = ChangeSetForm(obj=known, seen=seen(known.values))
    values = {"form": form, "known": known, **_lines(set_id)}
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.render
        return show(f"{TEMPLATES}/set.html", **values)
    try:
        services.change_set(
            set_id, form.title.data, form.about.data, seen=form.seen.data or "", by=actor
        )
    except Overtaken as overtaken:
        mine = {"title": form.title.data, "about": form.about.data}
        values["known"] = known = queries.find(actor, set_id)
        last = audit.last_change("indicator_set", set_id)
        form.take_over(overtaken, what="set", mine=mine, now=known.values, last=last)
        return web.conflict(f"{TEMPLATES}/set.html", **values)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid(f"{TEMPLATES}/set.html", **values)
    web.say("The set was saved")
    return web.see("indicators.one_set", set_id=set_id)


def _lines(set_id: uuid.UUID) -> dict[str, Any]:
    return {
        "lines": queries.lines(set_id),
        "titles": {measure.key: measure.title for measure in measures.all_of_them()},
    }


@blueprint.post("/reports/sets/<uuid:set_id>/remove")
@allow(HAND_IN)
def remove_set(set_id: uuid.UUID) -> web.Answer:
    """Take a set away."""
    actor = web.current_actor()
    known = queries.find(actor, set_id)
    if ActForm().validate_on_submit():
        services.remove_set(set_id, by=actor)
        web.say(f"{known.title} was removed")
    return web.see("indicators.sets")


@blueprint.route("/reports/sets/<uuid:set_id>/indicators/new", methods=["GET", "POST"])
@allow(HAND_IN)
def new_line(set_id: uuid.UUID) -> web.Answer:
    """Add an indicator to a set."""
    return _line_page(set_id, None)


@blueprint.route("/reports/sets/<uuid:set_id>/indicators/<uuid:line_id>", methods=["GET", "POST"])
@allow(HAND_IN)
def line(set_id: uuid.UUID, line_id: uuid.UUID) -> web.Answer:
    """Change an indicator."""
    queries.find(web.current_actor(), set_id)
    return _line_page(set_id, queries.line(set_id, line_id))


def _line_page(set_id: uuid.UUID, known: queries.Line | None) -> web.Answer:
    actor = web.current_actor()
    form = _line_form(known)
    offered = measures.all_of_them()
    form.measure.choices = [(one.key, one.title) for one in offered]
    values = {
        "form": form,
        "set": queries.find(actor, set_id),
        "known": known,
        "measures": offered,
    }
    if not form.validate_on_submit() or not form.check():
        show = web.invalid if form.is_submitted() else web.render
        return show(f"{TEMPLATES}/line.html", **values)
    try:
        if known is None:
            services.keep_line(set_id, _row(form), by=actor)
        else:
            shown = form["seen"].data or ""
            services.keep_line(set_id, _row(form), by=actor, line_id=known.id, seen=shown)
    except Overtaken as overtaken:
        _take_over(form, overtaken, set_id, known)
        return web.conflict(f"{TEMPLATES}/line.html", **values)
    except Complaint as complaint:
        form.add_complaint(_at_its_field(complaint))
        return web.invalid(f"{TEMPLATES}/line.html", **values)
    web.say("The indicator was saved")
    return web.see("indicators.one_set", set_id=set_id)


def _line_form(known: queries.Line | None) -> LineForm:
    if known is None:
        return LineForm()
    values = known.values
    return ChangeLineForm(data={**values, "seen": seen(values)})


def _take_over(
    form: LineForm, overtaken: Overtaken, set_id: uuid.UUID, known: queries.Line | None
) -> None:
    """Show what stands now of an indicator that somebody else has changed."""
    assert known is not None
    assert isinstance(form, ChangeLineForm)
    now = queries.line(set_id, known.id).values
    said = {name: _said(value) for name, value in now.items()}
    for name in ("kind", "measure"):
        chosen = (one.text for one in form[name].choices if one.value == now[name])
        said[name] = next(chosen, "")
    last = audit.last_change("indicator", known.id)
    mine = _row(form).values
    form.take_over(overtaken, what="indicator", mine=mine, now=now, said=said, last=last)


def _said(value: object) -> str:
    if isinstance(value, date):
        return words.date(value)
    return "" if value is None else str(value)


def _at_its_field(complaint: Complaint) -> Complaint:
    """The first number of a share is its part: the only one that a service complains of."""
    return Complaint("part", complaint.text) if complaint.field == "first" else complaint


def _row(form: LineForm) -> LineRow:
    first, second = form.numbers
    here = form.kind.data == HERE
    return LineRow(
        title=form.title.data,
        measure=form.measure.data if here else "",
        kind="count" if here else form.kind.data,
        first=first,
        second=second,
        source=form.source.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
    )


@blueprint.post("/reports/sets/<uuid:set_id>/indicators/<uuid:line_id>/remove")
@allow(HAND_IN)
def remove_line(set_id: uuid.UUID, line_id: uuid.UUID) -> web.Answer:
    """Take an indicator away."""
    if ActForm().validate_on_submit():
        services.remove_line(set_id, line_id, by=web.current_actor())
        web.say("The indicator was removed")
    return web.see("indicators.one_set", set_id=set_id)


@blueprint.post("/reports/sets/<uuid:set_id>/indicators/<uuid:line_id>/up")
@allow(HAND_IN)
def move_up(set_id: uuid.UUID, line_id: uuid.UUID) -> web.Answer:
    """Let an indicator change places with the one above."""
    if ActForm().validate_on_submit():
        services.move_up(set_id, line_id, by=web.current_actor())
    return web.see("indicators.one_set", set_id=set_id)
