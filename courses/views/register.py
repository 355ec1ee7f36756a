"""The register of a session: made for a phone in the room, kept as tapped, correctable later.

Without scripts the same form is saved by its button.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify, request, url_for

from courses import access
from courses.forms import register as forms
from courses.forms.register import RegisterSheet, WalkInForm
from courses.queries import cohorts, register
from courses.queries.cohorts import CohortFacts, SessionFacts
from courses.queries.register import Line
from courses.services import register as service
from courses.services import walk_ins
from courses.services.register import Changed, Times
from courses.views.blueprint import blueprint
from lms import web
from lms.db import Complaint, Complaints
from lms.people.names import holds
from lms.permissions import allow
from lms.web import words
from lms.web.context import wants_json
from lms.web.forms import clean

MARK = access.MARK
FIND = "look"
"""The button beside "Find a name": it keeps the marks given so far and shows whom it finds."""
NOBODY = "Nobody is marked yet. Choose a mark for at least one person, then save"
ADDRESS = "/cohorts/<uuid:cohort_id>/sessions/<int:number>/register"


@blueprint.get(ADDRESS)
@allow(MARK)
def open_register(cohort_id: uuid.UUID, number: int) -> web.Answer:
    """Everybody booked, with the marks made so far; those of a name, when one is looked for."""
    cohort, session = _session(cohort_id, number)
    find = clean.shown(request.args.get("find", "")).strip()[:60]
    return _page(cohort, session, forms.shown(register.lines(session.id)), find=find)


@blueprint.post(ADDRESS)
@allow(MARK)
def save_register(cohort_id: uuid.UUID, number: int) -> web.Answer:
    """Keep the marks; the page's script sends each as it is tapped, the button all of them."""
    cohort, session = _session(cohort_id, number)
    lines, times = register.lines(session.id), Times(session.start, session.end)
    sheet = forms.read(request.form, lines, times)
    if wants_json():
        return _keep_tapped(session, sheet)
    try:
        if sheet.complaints:
            raise Complaints(*sheet.complaints)
        done = service.save(session.id, sheet.marks, by=web.current_actor(), why=sheet.why)
    except Complaints as error:
        return _page(cohort, session, forms.with_complaints(sheet, error.complaints), status=422)
    except Changed as error:
        return _conflict(cohort, session, sheet, error)
    looking = FIND in request.form
    find = request.form.get("find", "").strip()[:60] if looking else ""
    missing = _to_mark(register.lines(session.id))
    if lines and missing == len(lines) and not looking:
        first = Complaint(f"mark-{lines[0].place_id}-1", NOBODY)
        return _page(cohort, session, forms.with_complaints(sheet, [first]), status=422)
    if done or not looking:
        left = words.plural(missing, "person has", "people have")
        web.say(
            f"Register saved: {words.plural(len(done), 'mark')} changed"
            if done
            else "All marks were kept already",
            detail=f"{left} no mark yet." if missing else None,
        )
    return web.see(
        "courses.open_register",
        cohort_id=cohort_id,
        number=number,
        find=find or None,
        _anchor="find-a-name" if find else None,
    )


@blueprint.post(f"{ADDRESS}/rest")
@allow(MARK)
def mark_rest(cohort_id: uuid.UUID, number: int) -> web.Answer:
    """Everybody without a mark is present; the banner takes these marks back."""
    _, session = _session(cohort_id, number)
    made = service.mark_rest_present(session.id, by=web.current_actor())
    people = words.plural(len(made), "person", "people")
    web.say(
        f"{people} marked as present. Change any mark below",
        undo_url=url_for("courses.undo_rest", cohort_id=cohort_id, number=number, mark_id=made[0])
        if made
        else None,
    )
    return web.see("courses.open_register", cohort_id=cohort_id, number=number)


@blueprint.post(f"{ADDRESS}/rest/<uuid:mark_id>/undo")
@allow(MARK)
def undo_rest(cohort_id: uuid.UUID, number: int, mark_id: uuid.UUID) -> web.Answer:
    """Take back the marks of one press, but for those that somebody has changed since."""
    _, session = _session(cohort_id, number)
    taken, kept = service.take_back_rest(session.id, mark_id, by=web.current_actor())
    changed = words.plural(kept, "mark was", "marks were")
    web.say(
        f"{words.plural(taken, 'mark')} taken back" if taken else "Nothing was taken back",
        detail=f"{changed} changed since and {'stays' if kept == 1 else 'stay'}." if kept else None,
    )
    return web.see("courses.open_register", cohort_id=cohort_id, number=number)


@blueprint.route(f"{ADDRESS}/add", methods=["GET", "POST"])
@allow(MARK)
def walk_in(cohort_id: uuid.UUID, number: int) -> web.Answer:
    """Add someone who is here."""
    cohort, session = _session(cohort_id, number)
    form = WalkInForm()
    page: dict[str, Any] = {"form": form, "cohort": cohort, "session": session}
    if request.method != "POST":
        return web.render("courses/walk_in.html", **page)
    if not form.validate_on_submit():
        return web.invalid("courses/walk_in.html", **page)
    try:
        walk_ins.add(
            session.id,
            given_name=form.given_name.data,
            family_name=form.family_name.data,
            email=form.email.data or "",
            by=web.current_actor(),
        )
    except (Complaint, Complaints) as complaint:
        form.add_complaint(complaint)
        return web.invalid("courses/walk_in.html", **page)
    web.say(f"{form.given_name.data} {form.family_name.data} is booked and marked as present")
    return web.see("courses.open_register", cohort_id=cohort_id, number=number)


@blueprint.get(f"{ADDRESS}/history")
@allow(MARK)
def register_history(cohort_id: uuid.UUID, number: int) -> web.Answer:
    """Every mark, the replaced ones too: who, when and why."""
    cohort, session = _session(cohort_id, number)
    return web.render(
        "courses/register_history.html",
        cohort=cohort,
        session=session,
        marks=register.history(session.id),
        absences=service.ABSENCES,
    )


def _session(cohort_id: uuid.UUID, number: int) -> tuple[CohortFacts, SessionFacts]:
    cohort = cohorts.get(web.current_actor(), cohort_id, MARK)
    session = cohort.session(number)
    if not session.holds or cohort.state in ("draft", "cancelled"):
        web.not_found()
    return cohort, session


def _page(
    cohort: CohortFacts,
    session: SessionFacts,
    sheet: RegisterSheet,
    *,
    status: int = 200,
    changed: str = "",
    find: str = "",
) -> web.Answer:
    found = {row.line.place_id for row in sheet.rows if holds(row.line.name, find)}
    page = web.render(
        "courses/register.html",
        cohort=cohort,
        session=session,
        sheet=sheet,
        form=sheet,
        counts=counts_words([row.line for row in sheet.rows]),
        to_mark=_to_mark([row.line for row in sheet.rows]),
        rest=rest_words([row.line for row in sheet.rows]),
        begun=Times(session.start, session.end).begun,
        correcting=Times(session.start, session.end).over and any(row.seen for row in sheet.rows),
        absences=service.ABSENCES,
        changed=changed,
        find=find,
        found=found,
    )
    return page, status


def _conflict(
    cohort: CohortFacts, session: SessionFacts, sheet: RegisterSheet, error: Changed
) -> web.Answer:
    """After somebody else was quicker: the marks that stand now, and beside them what was given
    for people whose mark is still the one that was shown. Nothing was kept.
    """
    fresh = forms.shown(register.lines(session.id))
    return _page(cohort, session, forms.beside(sheet, fresh), status=409, changed=error.sentence)


def _keep_tapped(session: SessionFacts, sheet: RegisterSheet) -> web.Answer:
    """Keep what is complete and nobody's but theirs.

    A time that is still to be typed is asked for at its field. The page learns the mark that stands
    only where it is the one it sent: of any other it would think that its person had seen it, and
    overwrite it with the next tap.
    """
    waiting = {one.field: one.text for one in sheet.complaints}
    marks, meanwhile = sheet.marks, None
    not_kept = _places(waiting)
    while True:
        if whole := [text for field, text in waiting.items() if field in ("", "why")]:
            return _refused(whole[0], 422)
        try:
            service.save(session.id, marks, by=web.current_actor(), why=sheet.why)
            break
        except Complaints as error:
            waiting |= {one.field: one.text for one in error.complaints}
            not_kept |= _places(waiting)
        except Changed as error:
            meanwhile = error.what
            not_kept |= {str(line.place_id) for line in error.lines}
        marks = tuple(mark for mark in marks if str(mark.place_id) not in not_kept)
    lines = register.lines(session.id)
    stands = {line.place_id: line.mark for line in lines}
    return jsonify(
        fields={
            f"seen-{mark.place_id}": str(now.id)
            for mark in sheet.marks
            if (now := stands[mark.place_id]) and not service.differs(mark, now)
        },
        texts={"register-counts": counts_words(lines), "mark-rest": rest_words(lines)},
        errors=waiting,
        says=_not_kept(lines, not_kept, meanwhile),
    )


def _places(fields: Iterable[str]) -> set[str]:
    """Whose mark each field is of, as in `arrived-<place>`."""
    return {field.partition("-")[2] for field in fields}


def _not_kept(lines: list[Line], places: set[str], meanwhile: str | None) -> str | None:
    names = [line.name for line in lines if str(line.place_id) in places]
    if not names:
        return None
    said = f"Not saved yet: {words.listing(names)}"
    if not meanwhile:
        return said
    return f"{said}. {meanwhile}. Press Save register to see the marks that stand now"


def _refused(text: str, status: int) -> Response:
    answer = jsonify(error=text)
    answer.status_code = status
    return answer


def _to_mark(lines: list[Line]) -> int:
    return sum(line.mark is None for line in lines)


def rest_words(lines: list[Line]) -> str:
    """What the button that marks the others says; it follows the marks as they are tapped."""
    missing = _to_mark(lines)
    return f"Mark the {missing} unmarked as present" if missing else "Everybody has a mark"


def counts_words(lines: list[Line]) -> str:
    """As "Here 11 · Late 1 · Left early 0 · Absent 2 · To mark 4"."""
    marks = [line.mark.mark if line.mark else "" for line in lines]
    names = {"present": "Here", "late": "Late", "left_early": "Left early", "absent": "Absent"}
    parts = [f"{name} {marks.count(mark)}" for mark, name in names.items()]
    return " · ".join([*parts, f"To mark {marks.count('')}"])
