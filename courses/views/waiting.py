"""One's own place in a course's queue: by the link in a message, or signed in.

What dates suit, and the way off the list; of others only how many go before, and by which rules.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import url_for

from courses import access
from courses.forms.booking import AnswerForm
from courses.forms.queue import KEEP, LEAVE, WishesForm
from courses.queries import catalogue, cohorts, offers, queue, waiting
from courses.queries.catalogue import CourseFacts
from courses.queries.queue import Waiter
from courses.services import waiting as service
from courses.services.links import WAITING
from courses.services.queue import moving
from courses.views.blueprint import blueprint
from lms import web
from lms.contracts import Actor
from lms.permissions import allow, by_link


@dataclass(frozen=True)
class Own:
    """Somebody's place in a queue: who, of which course, and the address of the page."""

    actor: Actor
    person_id: uuid.UUID
    course: CourseFacts
    token: str = ""

    def url(self, name: str) -> str:
        """The address of this page or of its other button, by link or signed in."""
        if self.token:
            return url_for(f"courses.link_{name}", token=self.token)
        return url_for(f"courses.own_{name}", slug=self.course.slug)


@blueprint.route("/q/<token>", methods=["GET", "POST"])
@by_link(WAITING)
def link_waiting(token: str) -> web.Answer:
    """One's own place, by the link of a message."""
    return _waiting(_by_link(token))


@blueprint.route("/courses/<slug>/waiting/place", methods=["GET", "POST"])
@allow(access.OWN)
def own_waiting(slug: str) -> web.Answer:
    """One's own place, signed in."""
    return _waiting(_signed_in(slug))


@blueprint.post("/q/<token>/wishes")
@by_link(WAITING)
def link_wishes(token: str) -> web.Answer:
    """Say which dates suit."""
    return _wishes(_by_link(token))


@blueprint.post("/courses/<slug>/waiting/wishes")
@allow(access.OWN)
def own_wishes(slug: str) -> web.Answer:
    """Say which dates suit, signed in."""
    return _wishes(_signed_in(slug))


def _by_link(token: str) -> Own:
    actor = web.current_actor()
    if actor.link is None or actor.person_id is None:
        web.not_found()
    return Own(actor, actor.person_id, catalogue.by_id(actor.link.object_id), token)


def _signed_in(slug: str) -> Own:
    actor = web.current_actor()
    if actor.person_id is None:
        web.not_found()
    return Own(actor, actor.person_id, catalogue.get(slug))


def _waiting(own: Own) -> web.Answer:
    form = _answer_form()
    if form.validate_on_submit():
        if form.answer.data == LEAVE:
            service.leave(own.course.id, own.person_id, by=own.actor)
        return web.see(own.url("waiting"))
    waits = queue.of_person(own.course.id, own.person_id)
    wishes = _wishes_form(own, waits, formdata=None) if waits else None
    return _page(own, form, wishes, waits)


def _wishes(own: Own) -> web.Answer:
    waits = queue.of_person(own.course.id, own.person_id)
    if waits is None:
        return web.see(own.url("waiting"))
    form = _wishes_form(own, waits)
    if not form.validate_on_submit():
        return _page(own, _answer_form(formdata=None), form, waits)
    moving.wants(
        own.course.id,
        own.person_id,
        localities=form.localities.data if "localities" in form else waits.localities,
        editions=form.editions.data if "editions" in form else waits.editions,
        by=own.actor,
    )
    return web.see(own.url("waiting"))


def _page(
    own: Own, form: AnswerForm, wishes: WishesForm | None, waits: Waiter | None
) -> web.Answer:
    refused = bool(form.errors or (wishes and wishes.errors))
    answer = web.invalid if refused else web.render
    held = [one for one in offers.of_person(own.person_id) if one.course_id == own.course.id]
    return answer(
        "courses/own_waiting.html",
        own=own,
        course=own.course,
        position=waiting.position(own.course.id, own.person_id),
        can_change=waiting.what_can_change(own.course.id),
        alone=waits is None or waits.pair_id is None,
        offer=held[0] if held else None,
        held_on=cohorts.facts(held[0].cohort_id) if held else None,
        form=form,
        wishes=wishes,
    )


def _answer_form(**sent: Any) -> AnswerForm:
    form = AnswerForm(**sent)
    form.answer.choices = [(LEAVE, "Leave the waiting list"), (KEEP, "Keep my place")]
    return form


def _wishes_form(own: Own, waits: Waiter, **sent: Any) -> WishesForm:
    """Only questions with more than one answer are asked."""
    kept = {"editions": list(waits.editions), "localities": list(waits.localities)}
    form = WishesForm(data=kept, **sent)
    places = {
        place: name for one in catalogue.dates_of(own.course.id) for place, name in one.localities
    }
    asked = {
        "editions": [(one.id, one.title) for one in own.course.editions],
        "localities": sorted(places.items(), key=lambda place: place[1]),
    }
    for name, choices in asked.items():
        if len(choices) > 1:
            form[name].choices = choices
        else:
            del form[name]
    return form
