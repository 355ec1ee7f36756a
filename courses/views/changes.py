"""Changing and cancelling a cohort: the form, then what people will be told, then the button."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, time
from typing import Any

from flask import url_for

from courses import access
from courses.forms.cohorts import CancelForm, EditForm, ReviewForm
from courses.forms.schedule import ONLINE
from courses.queries import catalogue, cohorts, planning, venues
from courses.queries.cohorts import CohortFacts
from courses.services import cancelling, changing, edits, previews
from courses.services.cancelling import NOWHERE, WAITING_LIST, Fate
from courses.services.edits import Edit, SessionEdit
from courses.services.schedule import trainers_of
from courses.services.telling import Told
from courses.views.blueprint import blueprint
from lms import clock, web
from lms.contracts import Actor
from lms.db import Complaint, Complaints, uuid7
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
    page: web.Answer = answer(
        "courses/edit.html",
        cohort=cohort,
        form=form,
        numbers={str(key): n for key, n in edits.numbers(cohort, _proposed(cohort)).items()},
        fresh={str(one.id) for one in _waiting(cohort)},
    )
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
            told = changing.apply(cohort_id, by=actor, seen=form.seen.data)
        except (Complaint, Complaints) as complaint:
            form.add_complaint(_above(complaint))
        else:
            web.say(f"Saved. {_told(told)}")
            return web.see("courses.cohort", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    form.seen.data = edits.reviewed(cohort)
    page: web.Answer = answer(
        "courses/edit_review.html",
        cohort=cohort,
        form=form,
        review=previews.of_change(cohort, proposed, actor) if proposed else previews.NOTHING,
        told=edits.differences(cohort, proposed) if proposed else [],
        silent=edits.unspoken(cohort, proposed) if proposed else [],
        warnings=edits.warnings(cohort, proposed) if proposed else [],
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
            web.say(f"{cohort.code} is cancelled. {_told(told)}")
            return web.see("courses.cohort", cohort_id=cohort_id)
    answer: Any = web.invalid if form.is_submitted() else web.render
    form.seen.data = edits.reviewed(cohort)
    page: web.Answer = answer(
        "courses/cancel_review.html",
        cohort=cohort,
        form=form,
        reason=reason,
        review=previews.of_cancellation(
            cohort, reason, cancelling.what_people_read(cohort, fate), actor
        ),
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


def _told(told: Told) -> str:
    if not told.words:
        return "Nobody needs to be told."
    return f"{told.words} {'is' if told.people + told.trainers == 1 else 'are'} told."


def _form(actor: Actor, cohort: CohortFacts) -> EditForm:
    now = _proposed(cohort)
    people = planning.trainer_people([one for new in now.sessions for one in new.trainer_ids])
    form = EditForm(
        data={
            "sessions": [_session_data(new, people) for new in now.sessions],
            "added": _usual_times(cohort),
            "capacity": now.capacity,
            "minimum": now.minimum,
            "last_day": now.last_day,
            **now.on_the_day,
        }
    )
    rooms = venues.to_choose(actor, [one for one, _ in cohort.localities])
    known = {one.id for one in rooms}
    also = [(one.venue_id, one.venue) for one in cohort.held if one.venue_id not in known]
    choices = [(str(one.id), one.name) for one in rooms]
    choices += [(str(one), name) for one, name in dict(also).items() if one]
    trainers = [
        (one.id, one.name) for one in planning.trainers(cohort.provider_key, people.values())
    ]
    for part in (*(entry.form for entry in form.sessions), form.added.form):
        part.venue.choices = [*choices, (ONLINE, "Online, by a link")]
        part.trainers.choices = trainers
    fresh = {str(one.id) for one in _waiting(cohort)}
    for entry in form.sessions:
        if entry.form.id.data in fresh:
            entry.form.cancelled.label.text = "Leave this session out again"
    form.added.form.component.choices = [
        (one.id, one.name) for one in planning.workshops(cohort.edition_id)
    ]
    return form


def _proposed(cohort: CohortFacts) -> Edit:
    """What waits for review, else the cohort as it is."""
    return edits.proposed(cohort) or edits.current(cohort)


def _usual_times(cohort: CohortFacts) -> dict[str, Any]:
    """A further session is mostly at the time of the others."""
    if cohort.last is None:
        return {}
    start, end = clock.london(cohort.last.start), clock.london(cohort.last.end)
    return {"start": start.time(), "end": end.time()}


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
    """The cohort as the form says; a new session that is crossed out again was never there."""
    parts = [*(entry.form for entry in form.sessions), form.added.form]
    chosen = {who for part in parts for who in part.trainers.data}
    trainers = trainers_of(list(chosen), cohort.provider_key)
    known = {str(one.id): one for one in (*edits.current(cohort).sessions, *_waiting(cohort))}
    if any(entry.form.id.data not in known for entry in form.sessions):
        raise Conflict("Somebody else has changed the sessions.")
    sessions = [
        _session(known[entry.form.id.data], entry.form, trainers) for entry in form.sessions
    ]
    held = {one.id for one in cohort.held}
    kept = [one for one in sessions if one.id in held or not one.cancelled]
    if form.added.form.wanted:
        kept.append(_addition(form.added.form, cohort, trainers))
    return Edit(
        sessions=tuple(kept),
        capacity=form.capacity.data,
        minimum=form.minimum.data,
        last_day=form.last_day.data,
        on_the_day={name: form[name].data or "" for name in edits.ON_THE_DAY},
    )


def _waiting(cohort: CohortFacts) -> list[SessionEdit]:
    """New sessions that were proposed before and wait for review."""
    return edits.added(cohort, _proposed(cohort))


def _session(known: SessionEdit, form: Any, trainers: dict[uuid.UUID, uuid.UUID]) -> SessionEdit:
    day: date = form.day.data
    start: time = form.start.data
    end: time = form.end.data
    online = form.venue.data in (ONLINE, None)
    return replace(
        known,
        start=clock.at(day, start),
        end=clock.at(day, end),
        venue_id=None if online else uuid.UUID(form.venue.data),
        link=form.link.data if online else "",
        trainer_ids=tuple(sorted(trainers[who] for who in form.trainers.data)),
        cancelled=bool(form.data.get("cancelled")),
    )


def _addition(form: Any, cohort: CohortFacts, trainers: dict[uuid.UUID, uuid.UUID]) -> SessionEdit:
    parts = planning.workshops(cohort.edition_id)
    part = form.component.data or parts[0].id
    now = clock.now()
    return _session(SessionEdit(uuid7(), part, now, now, None, "", ()), form, trainers)


def _complain(form: EditForm, refused: Complaint | Complaints) -> None:
    """Put what is wrong with a session at its field; the further one's where it was typed."""
    several = refused.complaints if isinstance(refused, Complaints) else (refused,)
    names = {entry.form.id.data: entry.name for entry in form.sessions}
    for one in several:
        key, _, field = one.field.rpartition("-")
        name = f"{names.get(key, form.added.name)}-{field}" if key else one.field
        form.add_complaint(Complaint(name, one.text))


def _above(refused: Complaint | Complaints) -> Complaints:
    several = refused.complaints if isinstance(refused, Complaints) else (refused,)
    return Complaints(*(Complaint("", one.text) for one in several))


def _left(cohort: CohortFacts) -> str:
    return f"{words.plural(cohort.places_left, 'place')} left"


def _fates(actor: Actor, cohort: CohortFacts) -> list[tuple[str, str, str]]:
    """Another date with places enough, the waiting list with their old place, or nowhere."""
    others = [
        (
            str(one.id),
            f"Move them to {one.when('their')}",
            ", ".join([*([one.code] if one.first else []), _left(one)]),
        )
        for one in cohorts.managed(actor, catalogue.dates_of(cohort.course_id))
        if one.id != cohort.id and one.places_left >= cohort.seats_taken
    ]
    waiting = (
        WAITING_LIST,
        "Put them on the waiting list",
        "With their old place: where they stood before, or since they booked.",
    )
    return [*others, waiting, (NOWHERE, "Nowhere", "They choose another date themselves.")]
