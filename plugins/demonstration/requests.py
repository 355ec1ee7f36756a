"""People who ask to be trained as trainers, and a manager who has yet to answer.

`world` puts it on the play after the runs: two of the manager's team ask, one of them so long ago
that the coordinator is reminded.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from courses.queries import cohorts, standing
from courses.services import booking
from courses.services.requests import Approver
from plugins.demonstration.crowd import Someone
from plugins.demonstration.days import in_hours
from plugins.demonstration.play import Play
from plugins.demonstration.stage import Life, World

RUN = "ttt-2"
TEAM = "Hertfordshire Family Centres"
ASKED = (
    (8, "I would like to bring this to our team day in the autumn."),
    (2, "Two of us could then lead the workshops here, and cover for each other."),
)
"""How many days ago somebody asked, and why."""


def put_on(play: Play, world: World) -> None:
    """Put their requests on the play."""
    life = world.lives.get(RUN)
    if life is None:  # a part of the programme is played
        return
    for number, (days, why) in enumerate(ASKED):
        moment = in_hours(play.now - timedelta(days=days))
        play.at(moment, partial(_ask, life, number, why))


def _ask(life: Life, number: int, why: str) -> None:
    """The next of the team who may go, by the page that books."""
    cohort = cohorts.facts(life.cohort_id)
    may = [
        one
        for one in _team(life.world)
        if not standing.of_person(one.actor, one.id, cohort).refusal
    ]
    if number < len(may):
        asks = may[number]
        booking.book_oneself(cohort.id, asks.id, by=asks.actor, approver=Approver(why=why))


def _team(world: World) -> list[Someone]:
    """Everybody of the team in the order of the programme, each once."""
    found = {
        one.person.id: one.person
        for plan in world.plans.values()
        for one in plan.members
        if one.person.employer.name == TEAM
    }
    return list(found.values())
