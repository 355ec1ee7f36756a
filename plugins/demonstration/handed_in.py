"""What is handed in: the table of delivery as Northumberland published it, headcounts, and costs.

Headcounts are made up, like the people; so is what a day cost.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial

from sqlalchemy import select

from courses.services import costs
from lms import clock
from lms.contracts import Actor
from lms.db import db
from lms.people.models import Profession
from lms.reports.handed_in import services
from lms.reports.handed_in.rows import DeliveryRow, TargetRow
from plugins.demonstration.days import next_working
from plugins.demonstration.places import HERTFORDSHIRE, NORTHUMBERLAND
from plugins.demonstration.play import Play
from plugins.demonstration.stage import Life, World

SOURCE = "Northumberland County Council, Development of the Healthy Relationships Parental Offer"
FIRST, LAST = date(2021, 10, 1), date(2024, 2, 27)
DELIVERED = (
    ("Arguing Better", 13, 41, 34, 28, 22, "retained"),
    ("Getting it Right for Children", 11, 27, 24, 23, 23, "starts"),
    ("Me, You and Baby Too", 5, 13, 10, 10, 10, "retained"),
)
"""Project, projects started, clients enrolled, starts, retained, milestones, and their base."""
HEADCOUNTS = (
    ("Lea Valley Health Visiting", "health-visitor", 34),
    ("Dacorum Vale Health Visiting", "health-visitor", 28),
    ("Oakfield Nurseries", "early-years", 52),
    ("Hertfordshire Family Centres", "early-years", 40),
    ("Fairlands Surgery", "gp", 12),
    ("Ver Valley Practice", "gp", 9),
    ("Hertfordshire Families First", "family-worker", 46),
)
AGREED = "Workforce plan, agreed by the partnership"
A_SESSION, A_PERSON = 480_00, 12_50
"""Pence for a trainer with a room, and for somebody's lunch and papers."""


def put_on(play: Play, world: World) -> None:
    """Hand everything in some weeks ago."""
    day = next_working(world.days.today - timedelta(days=45))
    play.at(clock.at(day, time(14, 10)), partial(_deliveries, world))
    play.at(clock.at(day, time(15, 5)), partial(_headcounts, world, day))
    for life in world.lives.values():
        if life.plan.days and life.plan.days[-1] < day and not life.run.cancelled:
            play.at(clock.at(day, time(16)), partial(_cost, life))


def _deliveries(world: World) -> None:
    place, by = world.localities[NORTHUMBERLAND.name], world.lead(NORTHUMBERLAND).actor
    rows = [
        DeliveryRow(
            place,
            project,
            FIRST,
            LAST,
            projects_started=started,
            clients_enrolled=enrolled,
            clients_starts=starts,
            retained=retained,
            milestones=milestones,
            milestone_base=base,
            source=SOURCE,
        )
        for project, started, enrolled, starts, retained, milestones, base in DELIVERED
    ]
    services.take_in_deliveries(rows, by=by)


def _headcounts(world: World, day: date) -> None:
    by: Actor = world.lead(HERTFORDSHIRE).actor
    jobs = {code: key for code, key in db.session.execute(select(Profession.code, Profession.id))}
    rows = [
        TargetRow(world.organisations[HERTFORDSHIRE.name, employer], jobs[job], day, number, AGREED)
        for employer, job, number in HEADCOUNTS
    ]
    services.take_in_targets(rows, by=by)


def _cost(life: Life) -> None:
    """As the invoices came to; those of the last weeks are still to come."""
    pence = len(life.plan.days) * A_SESSION + len(life.booked) * A_PERSON
    costs.enter(life.cohort_id, pence, by=life.coordinator)
