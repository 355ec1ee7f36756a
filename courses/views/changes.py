"""Changing and cancelling a cohort: the form, then what people will be told, then the button."""

from __future__ import annotations

import uuid
from datetime import date, time
from typing import Any

from flask import url_for

from courses import access
from courses.forms.cohorts import CancelForm, EditForm, ReviewForm
from courses.forms.schedule import ONLINE
from courses.queries import catalogue, cohorts, planning
from courses.queries.cohorts import CohortFacts
from courses.services import cancelling, changing, edits
from courses.services.cancelling import NOWHERE, WAITING_LIST, Fate
from courses.services.edits import Edit, SessionEdit
from courses.services.schedule import trainers_of
from courses.views.blueprint import blueprint
from lms import clock, web
from lms.contracts import Actor
from lms.db import Complaint, Complaints
from lms.errors import Conflict
from lms.permissions import allow
from lms.web import words


@blueprint.route("/cohorts/<uuid:cohort_id>/edit", methods=["GET", "POST"])
@allow(access.MANAGE)
def edit(cohort_id: uuid.UUID) -> web.Answer:
    """The cohort as it shall be; nothing changes before the review."""
    actor = web.current_actor()
    cohort = _known(actor, cohort_id)
    form = _form(actor, cohort)
    if form.validate_on_submit() and form.check():
        try:
            changing.propose(cohort_id, _read(form, cohort), by=actor)
        except (Complaint, Complaints) as complaint:
            _complain(form, complaint)
        else:
            return web.see("courses.edit_review", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer("courses/edit.html", cohort=cohort, form=form)
    return page


@blueprint.route("/cohorts/<uuid:cohort_id>/edit/review", methods=["GET", "POST"])
@allow(access.MANAGE)
def edit_review(cohort_id: uuid.UUID) -> web.Answer:
    """What people will be told, old and new side by side; the button does it."""
    actor = web.current_actor()
    cohort = _known(actor, cohort_id)
    proposed = edits.proposed(cohort)
    form = ReviewForm()
    if proposed is None and not form.is_submitted():
        return web.see("courses.edit", cohort_id=cohort_id)
    if form.validate_on_submit():
        try:
            told = changing.apply(cohort_id, by=actor, seen=form.seen.data or "")
        except (Complaint, Complaints) as complaint:
            form.add_complaint(_above(complaint))
        else:
            who = words.plural(told, "person is", "people are")
            web.say("Saved. " + (f"{who} told." if told else "Nobody needs to be told."))
            return web.see("courses.cohort", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    form.seen.data = edits.reviewed(cohort)
    page: web.Answer = answer(
        "courses/edit_review.html",
        cohort=cohort,
        form=form,
        told=edits.differences(cohort, proposed) if proposed else [],
        silent=edits.unspoken(cohort, proposed) if proposed else [],
        short=edits.too_short(cohort, proposed) if proposed else [],
    )
    return page


@blueprint.route("/cohorts/<uuid:cohort_id>/cancel", methods=["GET", "POST"])
@allow(access.MANAGE)
def cancel(cohort_id: uuid.UUID) -> web.Answer:
    """Why, and what becomes of the people; the message is shown before the button does it."""
    actor = web.current_actor()
    cohort = _known(actor, cohort_id)
    waits = cancelling.proposed(cohort)
    start = {"reason": waits[0], "fate": waits[1].value} if waits else {}
    form = CancelForm(data=start or ({} if cohort.seats_taken else {"fate": NOWHERE}))
    form.fate.choices = _fates(actor, cohort)
    if form.validate_on_submit():
        fate = Fate.read(form.fate.data)
        cancelling.propose(cohort_id, reason=form.reason.data, fate=fate, by=actor)
        return web.see("courses.cancel_review", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer("courses/cancel.html", cohort=cohort, form=form)
    return page


@blueprint.route("/cohorts/<uuid:cohort_id>/cancel/review", methods=["GET", "POST"])
@allow(access.MANAGE)
def cancel_review(cohort_id: uuid.UUID) -> web.Answer:
    """What people will be told; the button cancels."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    waits = cancelling.proposed(cohort)
    if waits is None:
        return web.see("courses.cohort", cohort_id=cohort_id)
    reason, fate = waits
    form = ReviewForm()
    if form.validate_on_submit():
        try:
            if form.seen.data != edits.reviewed(cohort):
                raise edits.OTHER_PROPOSAL
            told = cancelling.cancel(cohort_id, reason=reason, fate=fate, by=actor)
        except Complaint as complaint:
            form.add_complaint(_above(complaint))
        else:
            who = words.plural(told, "person is", "people are")
            web.say(f"{cohort.code} is cancelled. {who} told.")
            return web.see("courses.cohort", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    form.seen.data = edits.reviewed(cohort)
    page: web.Answer = answer(
        "courses/cancel_review.html",
        cohort=cohort,
        form=form,
        reason=reason,
        what=cancelling.what_people_read(cohort, fate),
    )
    return page


def _known(actor: Actor, cohort_id: uuid.UUID) -> CohortFacts:
    """A cohort that may still change; what is over says so."""
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    if cohort.state not in changing.CHANGEABLE:
        web.gone(
            f"{cohort.code} cannot be changed",
            f"It is {cohort.state}.",
            next_url=url_for("courses.cohort", cohort_id=cohort_id),
            next_text="See the cohort",
        )
    return cohort


def _form(actor: Actor, cohort: CohortFacts) -> EditForm:
    now = edits.proposed(cohort) or edits.current(cohort)
    people = planning.trainer_people([one for new in now.sessions for one in new.trainer_ids])
    form = EditForm(
        data={
            "sessions": [_session_data(new, people) for new in now.sessions],
            "capacity": now.capacity,
            "minimum": now.minimum,
            "last_day": now.last_day,
            **now.on_the_day,
        }
    )
    rooms = planning.venues(actor, [one for one, _ in cohort.localities])
    known = {one.id for one in rooms}
    also = [(one.venue_id, one.venue) for one in cohort.held if one.venue_id not in known]
    venues = [(str(one.id), one.name) for one in rooms]
    venues += [(str(one), name) for one, name in dict(also).items() if one]
    trainers = [(one.id, one.name) for one in planning.trainers(cohort.provider_key)]
    for entry in form.sessions:
        entry.form.venue.choices = [*venues, (ONLINE, "Online, by a link")]
        entry.form.trainers.choices = trainers
    return form


def _session_data(new: SessionEdit, people: dict[uuid.UUID, uuid.UUID]) -> dict[str, Any]:
    start, end = clock.london(new.start), clock.london(new.end)
    return {
        "id": str(new.id),
        "day": start.date(),
        "start": start.time(),
        "end": end.time(),
        "venue": str(new.venue_id) if new.venue_id else ONLINE if new.link else None,
        "link": new.link,
        "trainers": [people[one] for one in new.trainer_ids if one in people],
        "cancelled": new.cancelled,
    }


def _read(form: EditForm, cohort: CohortFacts) -> Edit:
    chosen = {who for entry in form.sessions for who in entry.form.trainers.data}
    trainers = trainers_of(list(chosen), cohort.provider_key)
    held = {str(session.id): session.id for session in cohort.held}
    if any(entry.form.id.data not in held for entry in form.sessions):
        raise Conflict("Somebody else has changed the sessions.")
    return Edit(
        sessions=tuple(
            _session(held[entry.form.id.data], entry.form, trainers) for entry in form.sessions
        ),
        capacity=form.capacity.data,
        minimum=form.minimum.data,
        last_day=form.last_day.data,
        on_the_day={name: form[name].data or "" for name in edits.ON_THE_DAY},
    )


def _session(session_id: uuid.UUID, form: Any, trainers: dict[uuid.UUID, uuid.UUID]) -> SessionEdit:
    day: date = form.day.data
    start: time = form.start.data
    end: time = form.end.data
    online = form.venue.data in (ONLINE, None)
    return SessionEdit(
        id=session_id,
        start=clock.at(day, start),
        end=clock.at(day, end),
        venue_id=None if online else uuid.UUID(form.venue.data),
        link=form.link.data if online else "",
        trainer_ids=tuple(sorted(trainers[who] for who in form.trainers.data)),
        cancelled=form.cancelled.data,
    )


def _complain(form: EditForm, refused: Complaint | Complaints) -> None:
    """Put what is wrong with a session on its date."""
    several = refused.complaints if isinstance(refused, Complaints) else (refused,)
    names = {f"session-{n}": f"sessions-{n - 1}-day" for n in range(1, len(form.sessions) + 1)}
    for one in several:
        form.add_complaint(Complaint(names.get(one.field, one.field), one.text))


def _above(refused: Complaint | Complaints) -> Complaints:
    several = refused.complaints if isinstance(refused, Complaints) else (refused,)
    return Complaints(*(Complaint("", one.text) for one in several))


def _fates(actor: Actor, cohort: CohortFacts) -> list[tuple[str, str, str]]:
    """Another date with places enough, the waiting list with their old place, or nowhere."""
    others = [
        (
            str(one.id),
            f"Move them to {words.weekday_date(one.first.start) if one.first else one.code}",
            f"{one.code}, {words.plural(one.places_left, 'place')} left",
        )
        for one in catalogue.dates_of(cohort.course_id)
        if one.id != cohort.id
        and one.places_left >= cohort.seats_taken
        and cohorts.reaches(actor, one.id, access.MANAGE)
    ]
    waiting = (
        WAITING_LIST,
        "Put them on the waiting list",
        "In the place their booking gives them.",
    )
    return [*others, waiting, (NOWHERE, "Nowhere", "They choose another date themselves.")]
