"""A place that is held for somebody: by the link of the offer, or on the page of one's own place.

Whichever way they came, the same page shows until when, and one button answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from courses.forms.queue import ANSWERS, LEAVE, TAKE, OfferForm
from courses.queries import approving as approval_queries
from courses.queries import cohorts, offers, own
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import ACCEPTED, OfferRow
from courses.services import approving as approval
from courses.services import links
from courses.services.links import OFFER
from courses.services.queue import answering
from courses.views import approving
from courses.views.blueprint import blueprint
from lms import web
from lms.contracts import Actor
from lms.db import Complaint
from lms.people import links as people_links
from lms.permissions import by_link


@dataclass(frozen=True)
class Held:
    """An offer as its person sees it: where its button leads, and where one goes from there.

    `place` is the page of their place on that date, "" behind the offer's own link.
    """

    actor: Actor
    offer: OfferRow
    cohort: CohortFacts
    action: str
    place: str = ""


@blueprint.route("/o/<token>", methods=["GET", "POST"])
@by_link(OFFER)
def link_offer(token: str) -> web.Answer:
    """A place that is held, by the link of its message."""
    actor = web.current_actor()
    found = offers.get(actor.link.object_id) if actor.link else None
    if found is None or found.person_id != actor.person_id:
        web.not_found()
    action = url_for("courses.link_offer", token=token)
    return page(Held(actor, found, cohorts.facts(found.cohort_id), action))


@blueprint.post("/o/<token>/take-back")
@by_link(OFFER)
def link_offer_take_back(token: str) -> web.Answer:
    """Take the question to one's manager back, and with it the place that is held."""
    actor = web.current_actor()
    found = offers.get(actor.link.object_id) if actor.link else None
    if found is None or found.person_id != actor.person_id:
        web.not_found()
    approval.give_up_asking(found.cohort_id, found.person_id, by=actor)
    return web.see("courses.link_offer", token=token)


def page(held: Held) -> web.Answer:
    """The offer, or its answer; one that has ended says how."""
    form = OfferForm()
    if held.offer.agreed_at:
        form.answer.choices = [one for one in ANSWERS if one[0] != TAKE]
        form.answer.label.text = "Have you changed your mind?"
    if form.is_submitted() and not held.offer.is_open:
        return _on(held, held.offer)
    if form.validate_on_submit():
        try:
            return _on(held, _answer(held, form))
        except Complaint as complaint:
            form.add_complaint(complaint)
    if asked := approval_queries.pending_of(held.cohort.id, held.offer.person_id):
        if held.place:
            return web.see(held.place)
        return approving.waiting_page(asked, token=True, take_back=f"{held.action}/take-back")
    answer = web.invalid if form.is_submitted() else web.render
    return answer(
        "courses/own_offer.html",
        held=held,
        offer=held.offer,
        cohort=held.cohort,
        form=form,
        facts=own.facts(held.cohort),
        why_ended=own.why_ended(held.offer),
        where=own.where_they_wait(held.cohort.course_id, held.offer.person_id),
        **approving.asked_of(held.cohort, held.offer.person_id),
    )


def _answer(held: Held, form: OfferForm) -> OfferRow:
    if form.answer.data == TAKE:
        asked = approving.approver_if_needed(form, held.cohort, held.offer.person_id)
        needs = form.needs.data or ""
        return answering.accept(held.offer.id, by=held.actor, needs=needs, approver=asked)
    return answering.decline(held.offer.id, leave=form.answer.data == LEAVE, by=held.actor)


def _on(held: Held, offer: OfferRow) -> web.Answer:
    """To the page of the place once it is taken, else back to how the offer stands."""
    if held.place:
        return web.see(held.place)
    if offer.state != ACCEPTED:
        return web.see(held.action)
    made = links.to_cohort(held.cohort, [offer.person_id])[offer.person_id]
    return web.see("courses.link_place", token=people_links.token(made))
