"""A course's queue as staff see it: the order and why, changes by hand, and offering places.

Names stand only where the actor may know them; every change needs a reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import url_for

from courses import access
from courses.forms.queue import NOBODY, LetInForm, MoveInQueueForm, PairForm
from courses.forms.schedule import ConfirmForm
from courses.queries import catalogue, cohorts, prerequisites, publishing, queue, waiting
from courses.queries.catalogue import CourseFacts
from courses.queries.cohorts import CohortFacts
from courses.queries.publishing import LineUp
from courses.queries.waiting import WaitingRow
from courses.services import waiting as service
from courses.services.queue import moving, offering, pairs
from courses.views.blueprint import blueprint
from lms import web
from lms.db import Complaint
from lms.errors import NotFound
from lms.permissions import allow
from lms.web import words


@blueprint.get("/courses/<slug>/queue", endpoint="queue")
@allow(access.MANAGE)
def queue_page(slug: str) -> web.Answer:
    """Who waits for a course, in the order that counts, with the rules that make it."""
    found = catalogue.get(slug)
    rows = waiting.of_course(found.id, web.current_actor())
    return web.render(
        "courses/queue.html",
        course=found,
        page=web.page_of(rows, per_page=100),
        beside={one.id: _beside(one, rows) for one in rows if one.pair_id},
        rules=queue.rules(found.id),
        after_lapse=queue.after_lapse(found.id).value,
        dates=catalogue.dates_of(found.id),
    )


@blueprint.get("/courses/<slug>/queue/<uuid:waiting_id>")
@allow(access.MANAGE)
def waiter(slug: str, waiting_id: uuid.UUID) -> web.Answer:
    """Somebody in a queue: why they stand there, and which dates suit them or why not."""
    course, row = _known(slug, waiting_id)
    dates = catalogue.dates_of(course.id)
    unfit = waiting.unfit(row.id, dates)
    return web.render(
        "courses/waiter.html",
        course=course,
        row=row,
        partner=_partner(course, row),
        first=prerequisites.of_person(course.id, row.person_id),
        dates=[(one, _suits(row, one, unfit[one.id])) for one in dates],
    )


def _suits(row: WaitingRow, date: CohortFacts, why: str) -> str:
    if row.offer and row.offer.cohort_id == date.id:
        return "is being offered a place on this date"
    return why


@blueprint.route("/courses/<slug>/queue/<uuid:waiting_id>/move", methods=["GET", "POST"])
@allow(access.MANAGE)
def move_waiter(slug: str, waiting_id: uuid.UUID) -> web.Answer:
    """Put somebody at another place, with a reason."""
    course, row = _waits(slug, waiting_id)
    form = MoveInQueueForm()
    if form.validate_on_submit():
        try:
            moving.move(waiting_id, form.place.data, by=web.current_actor(), why=form.reason.data)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say(f"{row.name} has been moved")
            return web.see("courses.queue", slug=slug)
    return _task("courses/waiter_move.html", course, row, form)


@blueprint.route("/courses/<slug>/queue/<uuid:waiting_id>/let-in", methods=["GET", "POST"])
@allow(access.MANAGE)
def let_in(slug: str, waiting_id: uuid.UUID) -> web.Answer:
    """Let somebody have a place without the course that comes first, with a reason."""
    course, row = _waits(slug, waiting_id)
    first = prerequisites.of_person(course.id, row.person_id)
    if first is None:
        web.not_found()
    form = LetInForm(data={"reason": row.waiver})
    if first.finished_at is None and form.validate_on_submit():
        moving.let_in(waiting_id, by=web.current_actor(), why=form.reason.data)
        web.say(f"{row.name} may have a place without {first.course}")
        return web.see("courses.queue", slug=slug)
    return _task("courses/waiter_let_in.html", course, row, form, first=first)


@blueprint.route("/courses/<slug>/queue/<uuid:waiting_id>/pair", methods=["GET", "POST"])
@allow(access.MANAGE)
def pair_waiter(slug: str, waiting_id: uuid.UUID) -> web.Answer:
    """Let two come together or not at all, or part them."""
    course, row = _waits(slug, waiting_id)
    partner = _partner(course, row)
    form = PairForm()
    form.other.choices = (
        [(NOBODY, "Nobody: they come alone")] if row.pair_id else _unpaired(course, row)
    )
    if form.validate_on_submit():
        try:
            _pair(row, form.other.data)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say("They come together or not at all" if not row.pair_id else "They wait apart")
            return web.see("courses.queue", slug=slug)
    return _task("courses/waiter_pair.html", course, row, form, partner=partner)


@blueprint.route("/courses/<slug>/queue/<uuid:waiting_id>/off", methods=["GET", "POST"])
@allow(access.MANAGE)
def take_waiter_off(slug: str, waiting_id: uuid.UUID) -> web.Answer:
    """Take somebody off the list who has asked for it, after one question."""
    course, row = _known(slug, waiting_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.leave(course.id, row.person_id, by=web.current_actor())
        web.say(f"{row.name} is no longer waiting for {course.title}")
        return web.see("courses.queue", slug=slug)
    return _task("courses/waiter_off.html", course, row, form)


@blueprint.route("/cohorts/<uuid:cohort_id>/offers", methods=["GET", "POST"])
@allow(access.MANAGE)
def cohort_offers(cohort_id: uuid.UUID) -> web.Answer:
    """Places that are held, and who would be offered the free ones; the button offers them."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    form = ConfirmForm()
    if form.validate_on_submit():
        made = offering.fill_again(cohort.course_id, by=actor)
        web.say(
            f"{words.plural(made, 'place is', 'places are')} offered and held"
            if made
            else "Nobody who waits fits a free place now"
        )
        return web.see("courses.cohort_offers", cohort_id=cohort_id)
    line = publishing.line_up(cohort, actor)
    said = _becomes(cohort, line)
    rows = waiting.of_course(cohort.course_id, actor)
    return web.render(
        "courses/offers.html",
        cohort=cohort,
        held=[row for row in rows if row.offer and row.offer.cohort_id == cohort.id],
        line=line,
        number=len(said),
        waiting=[(row, said[row.id]) for row in rows if row.id in said][:100],
        form=form,
    )


def _becomes(cohort: CohortFacts, line: LineUp) -> dict[uuid.UUID, str]:
    """What each of those who wait gets of a date's free places, or why nothing."""
    if not cohort.places_left:
        left = "Suits them"
    else:
        left = "No place is left for them" if line.until else "Suits them: ring them"
    said = {row.id: "Gets an offer" for row in line.offered}
    said |= {row.id: left for row in line.left}
    return said | {row.id: words.capital(why) for row, why in line.passed}


def _known(slug: str, waiting_id: uuid.UUID) -> tuple[CourseFacts, WaitingRow]:
    """Somebody in this course's queue whom the actor may know."""
    course = catalogue.get(slug)
    for row in waiting.of_course(course.id, web.current_actor()):
        if row.id == waiting_id and row.known:
            return course, row
    raise NotFound


def _waits(slug: str, waiting_id: uuid.UUID) -> tuple[CourseFacts, WaitingRow]:
    """The same, without an offer that has to be answered first."""
    course, row = _known(slug, waiting_id)
    if row.offer:
        web.gone(
            "A place is held for them",
            f"{row.name} has until {words.weekday_datetime(row.offer.expires_at)} to answer.",
            next_url=url_for("courses.queue", slug=slug),
            next_text="See the queue",
        )
    return course, row


def _partner(course: CourseFacts, row: WaitingRow) -> WaitingRow | None:
    if row.pair_id is None:
        return None
    rows = waiting.of_course(course.id, web.current_actor())
    return next((one for one in rows if one.pair_id == row.pair_id and one.id != row.id), None)


def _beside(row: WaitingRow, rows: Sequence[WaitingRow]) -> str:
    """With whom somebody comes, as far as the actor may know them."""
    other = next((one for one in rows if one.pair_id == row.pair_id and one.id != row.id), None)
    return other.shown if other and other.known else "somebody from another place"


def _unpaired(course: CourseFacts, row: WaitingRow) -> list[tuple[str, str, str]]:
    return [
        (str(one.id), one.name, f"Place {one.nth}, {one.organisation or 'no organisation'}")
        for one in waiting.of_course(course.id, web.current_actor())
        if one.known and one.id != row.id and not one.pair_id and not one.offer
    ]


def _pair(row: WaitingRow, other: str) -> None:
    actor = web.current_actor()
    if other == NOBODY:
        pairs.part_by_hand(row.id, by=actor)
    else:
        pairs.make(row.id, uuid.UUID(other), by=actor)


def _task(
    template: str, course: CourseFacts, row: WaitingRow, form: web.Form, **more: Any
) -> web.Answer:
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer(template, course=course, row=row, form=form, **more)
    return page
