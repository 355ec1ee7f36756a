"""Booking others, and one booking's page: moving it, taking it off.

Staff only; a broken rule needs a reason, which stands in the history.
"""

from __future__ import annotations

import uuid
from typing import Any

from courses import access
from courses.forms.booking import (
    BookOtherForm,
    LetInForm,
    MoveForm,
    NewPersonForm,
    TakeOffForm,
)
from courses.queries import bookings, catalogue, cohorts, history, standing, waiting
from courses.queries.bookings import BookingRow
from courses.services import booking as service
from courses.services import letting_in, notices
from courses.services import waiting as waiting_list
from courses.services.register import ABSENCES
from courses.views import approving
from courses.views.blueprint import blueprint
from lms import web
from lms.contracts import Actor
from lms.db import Complaint
from lms.errors import Conflict, NotFound
from lms.people.queries import people, places
from lms.people.services.people import NewPerson, add_person
from lms.permissions import allow
from lms.web import words

FOUND = 20


@blueprint.get("/cohorts/<uuid:cohort_id>/book")
@allow(access.MANAGE)
def book(cohort_id: uuid.UUID) -> web.Answer:
    """Whom to book: those who wait, in order, or anybody in sight by name or address."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    filters = web.filters("q")
    found = None
    if filters["q"]:
        page = web.paginate(people.listed(actor, filters["q"]), per_page=FOUND)
        found = page.map(people.as_row)
    return web.render(
        "courses/book.html",
        cohort=cohort,
        filters=filters,
        found=found,
        waiting=waiting.with_fit(cohort, actor)[:100],
        booked={row.person_id for row in bookings.of_cohort(actor, cohort.id)},
    )


@blueprint.route("/cohorts/<uuid:cohort_id>/book/<uuid:person_id>", methods=["GET", "POST"])
@allow(access.MANAGE)
def book_person(cohort_id: uuid.UUID, person_id: uuid.UUID) -> web.Answer:
    """Book this person, after a look at what stands in the way."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    person = people.find(actor, person_id)
    form = BookOtherForm()
    if form.validate_on_submit():
        try:
            asked = approving.approver_if_needed(form, cohort, person_id)
            service.book_other(
                cohort_id, person_id, by=actor, reason=form.reason.data or "", approver=asked
            )
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            booked = f"{person.name} is booked. The confirmation waits ten minutes."
            web.say(f"{person.name}’s manager is asked" if asked else booked)
            return web.see("courses.cohort", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer(
        "courses/book_person.html",
        cohort=cohort,
        person=person,
        form=form,
        standing=standing.of_person(actor, person_id, cohort),
        **approving.asked_of(cohort, person_id),
    )
    return page


@blueprint.post("/cohorts/<uuid:cohort_id>/book/<uuid:person_id>/invite")
@allow(access.MANAGE)
def invite_person(cohort_id: uuid.UUID, person_id: uuid.UUID) -> web.Answer:
    """Send this person the link to book themselves."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    person = people.find(actor, person_id)
    if cohort.state != "published":
        raise Conflict("This date takes no bookings any more.")
    sent = notices.invite(cohort, [person_id], by=actor)
    web.say(
        f"{person.name} gets a message with a link to book"
        if sent
        else f"{person.name} has had the link already"
    )
    return web.see("courses.cohort", cohort_id=cohort_id)


@blueprint.post("/cohorts/<uuid:cohort_id>/book/<uuid:person_id>/wait")
@allow(access.MANAGE)
def wait_person(cohort_id: uuid.UUID, person_id: uuid.UUID) -> web.Answer:
    """Put this person on the waiting list for this date."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    person = people.find(actor, person_id)
    waiting_list.join(cohort.course_id, person_id, by=actor, cohort_id=cohort_id)
    web.say(f"{person.name} is on the waiting list for {cohort.course}")
    return web.see("courses.cohort", cohort_id=cohort_id)


@blueprint.route("/cohorts/<uuid:cohort_id>/book/new", methods=["GET", "POST"])
@allow(access.MANAGE)
def book_new(cohort_id: uuid.UUID) -> web.Answer:
    """Add somebody who is not known yet, then book them."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    form = NewPersonForm()
    form.profession.choices = places.professions()
    form.organisation.choices = places.organisations(actor)
    if form.validate_on_submit():
        new = NewPerson(
            given_name=form.given_name.data,
            family_name=form.family_name.data or "",
            email=form.email.data,
            organisation_id=form.organisation.data,
            profession_id=form.profession.data,
        )
        try:
            person_id = add_person(new, by=actor)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            return web.see("courses.book_person", cohort_id=cohort_id, person_id=person_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer("courses/book_new.html", cohort=cohort, form=form)
    return page


@blueprint.get("/bookings/<uuid:booking_id>")
@allow(access.VIEW)
def booking(booking_id: uuid.UUID) -> web.Answer:
    """One booking: who, what they were when they booked, its history."""
    actor = web.current_actor()
    row = bookings.get(actor, booking_id)
    cohort = cohorts.get(actor, row.cohort_id)
    lines = web.paginate(history.listed(actor, cohort, row.person_id), per_page=100).map(
        history.as_line
    )
    return web.render(
        "courses/booking.html", booking=row, cohort=cohort, page=lines, absences=ABSENCES
    )


@blueprint.route("/bookings/<uuid:booking_id>/off", methods=["GET", "POST"])
@allow(access.MANAGE)
def take_off(booking_id: uuid.UUID) -> web.Answer:
    """Take somebody off; they are told why, unless they never heard of the place."""
    actor = web.current_actor()
    row = _manageable(actor, booking_id)
    form = TakeOffForm()
    if form.validate_on_submit():
        try:
            service.cancel(row.id, why=form.reason.data, by=actor)
        except Complaint as complaint:
            form.add_complaint(Complaint("reason", complaint.text))
        else:
            web.say(f"{row.name} is no longer booked")
            return web.see("courses.cohort", cohort_id=row.cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer("courses/take_off.html", booking=row, form=form)
    return page


@blueprint.route("/bookings/<uuid:booking_id>/move", methods=["GET", "POST"])
@allow(access.MANAGE)
def move(booking_id: uuid.UUID) -> web.Answer:
    """Give somebody another date of the course."""
    actor = web.current_actor()
    row = _manageable(actor, booking_id)
    form = MoveForm()
    form.to.choices = _targets(actor, row)
    if form.validate_on_submit():
        try:
            service.move(row.id, form.to.data, by=actor, why=form.reason.data or "")
        except Complaint as complaint:
            form.add_complaint(Complaint("to", complaint.text))
        else:
            web.say(f"{row.name} has been moved. The message waits ten minutes.")
            return web.see("courses.cohort", cohort_id=form.to.data)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer("courses/move.html", booking=row, form=form)
    return page


@blueprint.route("/bookings/<uuid:booking_id>/let-in", methods=["GET", "POST"])
@allow(access.MANAGE)
def let_complete(booking_id: uuid.UUID) -> web.Answer:
    """Count somebody as completed, with the reason, after a look at what is missing."""
    actor = web.current_actor()
    row = _manageable(actor, booking_id)
    form = LetInForm()
    if form.validate_on_submit():
        try:
            letting_in.let_in(row.id, form.reason.data, by=actor)
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            web.say(f"{row.name} has completed")
            return web.see("courses.cohort", cohort_id=row.cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer(
        "courses/let_complete.html",
        booking=row,
        form=form,
        parts=letting_in.parts(row.id),
        missing=letting_in.missing_of,
    )
    return page


def _manageable(actor: Actor, booking_id: uuid.UUID) -> BookingRow:
    """A live booking of a person whose bookings the actor may change."""
    row = bookings.get(actor, booking_id)
    if not row.manageable:
        raise NotFound
    if row.state != "booked":
        web.gone(
            "This booking has ended",
            f"{row.name} is no longer booked on {row.course} ({row.cohort_code}).",
        )
    return row


def _targets(actor: Actor, row: BookingRow) -> list[tuple[uuid.UUID, str, str]]:
    """Dates of the same course with a place, in the actor's reach."""
    return [
        (
            one.id,
            words.capital(one.when("their")) + (f" ({one.code})" if one.first else ""),
            f"{one.place}, {words.plural(one.places_left, 'place')} left",
        )
        for one in cohorts.managed(actor, catalogue.dates_of(row.course_id))
        if one.id != row.cohort_id and one.places_left
    ]
