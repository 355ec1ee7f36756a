"""Pages of what others hand in: the lists, a row, a file with its preview."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint

from lms import audit, web
from lms.db import Complaint, Complaints
from lms.people.queries import places
from lms.permissions import allow
from lms.reports.access import HAND_IN
from lms.reports.handed_in import files, queries, services
from lms.reports.handed_in.forms import (
    ChangeDeliveryForm,
    ChangeTargetForm,
    DeliveryForm,
    HeadcountUploadForm,
    RemoveForm,
    TakeInForm,
    TargetForm,
    UploadForm,
)
from lms.reports.handed_in.rows import BASES, DeliveryRow, TargetRow
from lms.spreadsheets import MOST_BYTES
from lms.versions import Overtaken, seen
from lms.web import words

blueprint = Blueprint("handed_in", __name__)
TEMPLATES = "reports/handed_in"
CHANGED = Complaint("", "Someone else has changed some of it meanwhile. Upload the file again")


@blueprint.get("/reports/counts")
@allow(HAND_IN)
def counts() -> str:
    """The counts of projects with parents that services handed in."""
    page = web.paginate(queries.listed_deliveries(web.current_actor())).map(queries.as_delivery)
    return web.render(f"{TEMPLATES}/counts.html", page=page, bases=dict(BASES))


@blueprint.route("/reports/counts/new", methods=["GET", "POST"])
@allow(HAND_IN)
def new_count() -> web.Answer:
    """Hand in the counts of a project."""
    return _delivery_page(_delivery_form(), None)


@blueprint.route("/reports/counts/<uuid:count_id>", methods=["GET", "POST"])
@allow(HAND_IN)
def count(count_id: uuid.UUID) -> web.Answer:
    """Change counts that were handed in."""
    known = queries.delivery(web.current_actor(), count_id)
    return _delivery_page(_delivery_form(known), known)


@blueprint.post("/reports/counts/<uuid:count_id>/remove")
@allow(HAND_IN)
def remove_count(count_id: uuid.UUID) -> web.Answer:
    """Take counts away that were handed in."""
    actor = web.current_actor()
    known = queries.delivery(actor, count_id)
    if RemoveForm().validate_on_submit():
        services.remove_delivery(count_id, by=actor)
        web.say(f"The counts of {known.project} were removed")
    return web.see("handed_in.counts")


def _delivery_form(known: queries.Delivery | None = None) -> DeliveryForm:
    form = ChangeDeliveryForm(obj=known, seen=seen(known.values)) if known else DeliveryForm()
    reached = places.localities(web.current_actor(), HAND_IN)
    form.locality_id.choices = reached
    if known is None and len(reached) == 1 and not form.is_submitted():
        form.locality_id.data = reached[0][0]
    return form


def _delivery_page(form: DeliveryForm, known: queries.Delivery | None) -> web.Answer:
    values = {"form": form, "known": known}
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.render
        return show(f"{TEMPLATES}/count.html", **values)
    try:
        services.keep_delivery(
            DeliveryRow(**_values(form)),
            by=web.current_actor(),
            delivery_id=known.id if known else None,
            seen=_seen(form),
        )
    except Overtaken as overtaken:
        return _overtaken(form, overtaken, "count", queries.delivery, known)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid(f"{TEMPLATES}/count.html", **values)
    web.say(f"The counts of {form.project.data} were saved")
    return web.see("handed_in.counts")


def _values(form: web.Form) -> dict[str, Any]:
    own = ("csrf_token", "once", "seen")
    return {field.name: field.data for field in form if field.name not in own}


def _seen(form: web.Form) -> str | None:
    return form.seen.data or "" if isinstance(form, web.VersionedForm) else None


def _overtaken(
    form: web.Form,
    overtaken: Overtaken,
    what: str,
    find: Callable[..., queries.Delivery | queries.Target],
    before: queries.Delivery | queries.Target | None,
) -> web.Answer:
    """The page of something that somebody else has changed meanwhile."""
    assert before is not None
    assert isinstance(form, web.VersionedForm)
    known = find(web.current_actor(), before.id)
    subject = services.DELIVERY if what == "count" else services.TARGET
    form.take_over(
        overtaken,
        what="row" if what == "count" else what,
        mine=_values(form),
        now=known.values,
        said=known.said,
        last=audit.last_change(subject, known.id),
    )
    return web.conflict(f"{TEMPLATES}/{what}.html", form=form, known=known)


# -- headcounts -----------------------------------------------------------------------------------


@blueprint.get("/reports/headcounts")
@allow(HAND_IN)
def headcounts() -> str:
    """How many of each job there are, as handed in."""
    page = web.paginate(queries.listed_targets(web.current_actor())).map(queries.as_target)
    return web.render(f"{TEMPLATES}/headcounts.html", page=page)


@blueprint.route("/reports/headcounts/new", methods=["GET", "POST"])
@allow(HAND_IN)
def new_headcount() -> web.Answer:
    """Hand in a headcount."""
    return _target_page(_target_form(), None)


@blueprint.route("/reports/headcounts/<uuid:headcount_id>", methods=["GET", "POST"])
@allow(HAND_IN)
def headcount(headcount_id: uuid.UUID) -> web.Answer:
    """Change a headcount."""
    known = queries.target(web.current_actor(), headcount_id)
    return _target_page(_target_form(known), known)


@blueprint.post("/reports/headcounts/<uuid:headcount_id>/remove")
@allow(HAND_IN)
def remove_headcount(headcount_id: uuid.UUID) -> web.Answer:
    """Take a headcount away."""
    actor = web.current_actor()
    known = queries.target(actor, headcount_id)
    if RemoveForm().validate_on_submit():
        services.remove_target(headcount_id, by=actor)
        web.say(f"The headcount of {known.organisation} was removed")
    return web.see("handed_in.headcounts")


def _target_form(known: queries.Target | None = None) -> TargetForm:
    form = ChangeTargetForm(obj=known, seen=seen(known.values)) if known else TargetForm()
    form.organisation_id.choices = [
        web.Choice(key, name, group=place)
        for key, name, place in places.organisations(web.current_actor(), HAND_IN)
    ]
    form.profession_id.choices = places.professions(also=known.profession_id if known else None)
    return form


def _target_page(form: TargetForm, known: queries.Target | None) -> web.Answer:
    values = {"form": form, "known": known}
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.render
        return show(f"{TEMPLATES}/headcount.html", **values)
    try:
        services.keep_target(
            TargetRow(**_values(form)),
            by=web.current_actor(),
            target_id=known.id if known else None,
            seen=_seen(form),
        )
    except Overtaken as overtaken:
        return _overtaken(form, overtaken, "headcount", queries.target, known)
    except Complaint as complaint:
        form.add_complaint(complaint)
        return web.invalid(f"{TEMPLATES}/headcount.html", **values)
    web.say("The headcount was saved")
    return web.see("handed_in.headcounts")


# -- files ----------------------------------------------------------------------------------------


@blueprint.route("/reports/counts/upload", methods=["GET", "POST"])
@allow(HAND_IN)
def upload_counts() -> web.Answer:
    """Read the counts of several projects from a file, and show what would be kept."""
    actor, form = web.current_actor(), UploadForm()
    reached = places.localities(actor, HAND_IN)
    form.place.choices = reached
    known = files.Names(reached)

    def read(data: bytes, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        rows = files.deliveries(data, name, known, given)
        told = queries.standing(actor, [r.row for r in rows if isinstance(r.row, DeliveryRow)])
        return {"heads": files.DELIVERY_HEADS, "rows": rows, "told": told}

    return _upload(form, read, "handed_in.take_in_counts", "handed_in.counts")


@blueprint.post("/reports/counts/upload/keep")
@allow(HAND_IN)
def take_in_counts() -> web.Answer:
    """Keep the counts that the preview showed."""
    return _take_in(DeliveryRow, queries.standing, services.take_in_deliveries, "handed_in.counts")


@blueprint.route("/reports/headcounts/upload", methods=["GET", "POST"])
@allow(HAND_IN)
def upload_headcounts() -> web.Answer:
    """Read headcounts from a file, and show what would be kept."""
    actor, form = web.current_actor(), HeadcountUploadForm()
    employers = files.Names((key, n) for key, n, _ in places.organisations(actor, HAND_IN))
    jobs = files.Names(places.professions())

    def read(data: bytes, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        rows = files.headcounts(data, name, employers, jobs, given)
        kept = [r.row for r in rows if isinstance(r.row, TargetRow)]
        told = queries.standing_targets(actor, kept)
        return {"heads": files.TARGET_HEADS, "rows": rows, "told": told}

    return _upload(form, read, "handed_in.take_in_headcounts", "handed_in.headcounts")


@blueprint.post("/reports/headcounts/upload/keep")
@allow(HAND_IN)
def take_in_headcounts() -> web.Answer:
    """Keep the headcounts that the preview showed."""
    return _take_in(
        TargetRow, queries.standing_targets, services.take_in_targets, "handed_in.headcounts"
    )


def _upload(
    form: web.Form,
    read: Callable[[bytes, str, Mapping[str, Any]], dict[str, Any]],
    keep: str,
    back: str,
) -> web.Answer:
    """The upload, or with a file what would come of it. Nothing is kept here."""
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.render
        return show(f"{TEMPLATES}/upload.html", form=form, back=back)
    sent = form.file.data
    try:
        found = read(sent.stream.read(MOST_BYTES + 1), sent.filename or "file", form.data)
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid(f"{TEMPLATES}/upload.html", form=form, back=back)
    carried = TakeInForm(
        formdata=None, rows=files.written(found["rows"]), seen=_becomes(found["told"])
    )
    return web.render(f"{TEMPLATES}/preview.html", form=carried, keep=keep, back=back, **found)


def _becomes(told: Sequence[str]) -> str:
    """The mark of what a preview said would become of its rows."""
    return seen({"rows": tuple(told)})


def _take_in(
    kind: type[Any], standing: Callable[..., list[str]], keep: Callable[..., None], then: str
) -> web.Answer:
    form, actor = TakeInForm(), web.current_actor()
    if not form.validate_on_submit():
        return web.see(then)
    try:
        rows = files.read_again(form.rows.data or "[]", kind)
        if form.seen.data != _becomes(standing(actor, rows)):
            raise CHANGED
        keep(rows, by=actor)
    except Complaint as complaint:
        web.say(f"Nothing was saved: {complaint.text}")
        return web.see(then)
    web.say(f"{words.plural(len(rows), 'row')} saved")
    return web.see(then)
