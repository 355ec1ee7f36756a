"""What a cohort cost: entered on a page of its own, reported per person."""

from __future__ import annotations

import uuid

from courses import access
from courses.forms.costs import CostForm
from courses.queries import cohorts
from courses.queries import costs as queries
from courses.services import costs
from courses.views.blueprint import blueprint
from lms import web
from lms.permissions import allow
from lms.versions import Overtaken, seen


@blueprint.route("/cohorts/<uuid:cohort_id>/cost", methods=["GET", "POST"])
@allow(access.MANAGE)
def cost(cohort_id: uuid.UUID) -> web.Answer:
    """Enter what a cohort cost."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    known = queries.of_cohort(cohort_id)
    form = CostForm(costs_pence=known, seen=seen({costs.FIELD: known}))
    if not form.validate_on_submit():
        show = web.invalid if form.is_submitted() else web.render
        return show("courses/cost.html", form=form, cohort=cohort)
    try:
        costs.enter(cohort_id, form.costs_pence.data, seen=form.seen.data or "", by=actor)
    except Overtaken as overtaken:
        stands = queries.of_cohort(cohort_id)
        mine, now = ({costs.FIELD: pence} for pence in (form.costs_pence.data, stands))
        said = "" if stands is None else f"£{form.costs_pence.written(stands)}"
        form.take_over(overtaken, what="cost", mine=mine, now=now, said={costs.FIELD: said})
        return web.conflict("courses/cost.html", form=form, cohort=cohort)
    web.say("The cost was saved")
    return web.see("courses.cohort", cohort_id=cohort_id)
