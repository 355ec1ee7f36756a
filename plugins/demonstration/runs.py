"""One run from its first draft to its last survey, put on the play act by act.

`world` puts every run on; the acts call the services that pages and jobs call. What people answer
is in `answering`, how registers are marked in `marking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise

from sqlalchemy import select

from courses.models import Cohort, Component
from courses.queries import catalogue
from courses.services import booking, cancelling, cohorts, completion, schedule, waiting
from courses.services.booking import Seat
from courses.services.cancelling import Fate
from lms import clock
from lms.contracts import Design
from lms.db import db
from plugins.demonstration import answering, marking
from plugins.demonstration.crowd import Someone
from plugins.demonstration.days import in_hours, next_working
from plugins.demonstration.marking import Held
from plugins.demonstration.plans import Member
from plugins.demonstration.play import Play
from plugins.demonstration.stage import Life, World
from surveys.services import invitations, opening

PUBLISHED_BEFORE = 52
"""Days from publishing to the first session, unless that is still to come."""
BOOKED = ((0.04, 0.45), (0.3, 0.7), (0.6, 0.9), (0.95, 1.0))
"""When in the time for booking how many have booked: three lists from services, then one by one."""
LAST_DAYS = timedelta(days=9)


def put_on(play: Play, world: World) -> None:
    """Put every act of every run on the play."""
    for key, plan in world.plans.items():
        world.lives[key] = Life(world, play, plan)
        _put_on(world.lives[key])


def _put_on(life: Life) -> None:
    play, world, plan = life.play, life.world, life.plan
    begins = plan.days[0] if plan.days else next_working(_day(world, plan.run.starts))
    published = _published(world, begins, sessions=bool(plan.days))
    play.at(in_hours(published), partial(_publish, life))
    if plan.run.draft:
        return
    _put_on_bookings(life, published, begins)
    if plan.run.cancelled:
        play.at(_moment(world.days.today, time(10, 40), -4), partial(_cancel, life))
        return
    if plan.days:
        _put_on_sessions(life, published)
    else:
        _put_on_online(life, published)


def _day(world: World, offset: int) -> date:
    return world.days.today + timedelta(days=offset)


def _moment(day: date, wall: time, offset: int = 0) -> datetime:
    return clock.at(day + timedelta(days=offset), wall)


def _published(world: World, begins: date, *, sessions: bool) -> datetime:
    """Some weeks before it begins; a few days ago at the latest, so that all can be looked at."""
    day = begins - timedelta(days=PUBLISHED_BEFORE if sessions else 0)
    return _moment(min(day, _day(world, -5)), time(8))


# -- the cohort --------------------------------------------------------------------------------


def _publish(life: Life) -> None:
    """The steps of the scheduling pages, one after the other; a draft stops half-way."""
    run, by = life.run, life.coordinator
    course, edition = life.world.course(run), life.world.edition(run)
    life.cohort_id = schedule.start(course.id, edition.id, by=by)
    places = [life.world.localities[area.name] for area in run.areas]
    schedule.set_audience(life.cohort_id, places, None, by=by)
    sessions = [
        replace(blank, day=day)
        for blank, day in zip(life.world.sessions(run), life.plan.days, strict=True)
    ]
    if run.draft:
        schedule.set_dates(life.cohort_id, sessions[:2], by=by)
        return
    schedule.set_dates(life.cohort_id, sessions, by=by)
    people = [life.world.cast[key].id for key in run.trainers]
    trainers = schedule.trainers_of(people, course.provider_key)
    where = {"venue_id": life.world.rooms[run.room]} if run.room else {"link": LINK}
    schedule.set_places(
        life.cohort_id,
        [replace(one, **where, trainer_ids=tuple(trainers.values())) for one in sessions],
        by=by,
    )
    schedule.set_numbers(
        life.cohort_id, capacity=run.capacity, minimum=min(6, run.capacity), last_day=None, by=by
    )
    if run.design:
        schedule.set_design(life.cohort_id, Design(run.design), by=by)
    _describe(life)
    schedule.publish(life.cohort_id, by=by)


LINK = "https://meet.example/how-to-argue-better"
ON_THE_DAY = {
    "arrival": "9:15am",
    "bring": "a pen; everything else is there",
    "lunch": "bring your own; tea and coffee are provided",
    "day_phone": "01632 960 011",
}


def _describe(life: Life) -> None:
    """What the joining instructions say."""
    cohort = db.session.get_one(Cohort, life.cohort_id)
    if life.run.room:
        for name, words in ON_THE_DAY.items():
            setattr(cohort, name, words)
    cohort.contact = f"{life.coordinator.name}, {life.run.lead.name}"


def _cancel(life: Life) -> None:
    """Called off, and everybody moved to the next date."""
    to = Fate("cohort", life.world.lives["be-8"].cohort_id)
    cancelling.cancel(life.cohort_id, reason=life.run.cancelled, fate=to, by=life.coordinator)


# -- bookings -------------------------------------------------------------------------------------


def _put_on_bookings(life: Life, published: datetime, begins: date) -> None:
    open_until = life.play.now - timedelta(days=6 if life.run.cancelled else 1)
    latest = min(_moment(begins, time(9)) - LAST_DAYS, open_until)
    if not life.plan.days:
        latest = published + timedelta(days=10)
    span = max(latest - published, timedelta(hours=2))
    people = life.plan.members
    start = 0
    for number, (share, until) in enumerate(BOOKED):
        end = round(until * len(people))
        group, start = people[start:end], end
        act = _one_by_one if number == len(BOOKED) - 1 else _together
        life.play.at(in_hours(published + span * share), partial(act, life, group))
    for one in life.plan.given_up:
        life.play.at(in_hours(published + span * 0.5), partial(_one_by_one, life, [Member(one)]))
        life.play.at(in_hours(published + span * 0.9), partial(_give_up, life, one))
    life.play.at(in_hours(published + span), partial(_wait, life))


def _together(life: Life, group: Sequence[Member]) -> None:
    """A service's list, booked by the coordinator."""
    seats = [Seat(one.person.id, team=one.person.employer.name) for one in group]
    ids = booking.book_many(life.cohort_id, seats, source="coordinator", by=life.coordinator)
    life.booked |= {one.person.name: key for one, key in zip(group, ids, strict=True)}


def _one_by_one(life: Life, group: Sequence[Member]) -> None:
    """People who booked for themselves."""
    for one in group:
        (key,) = booking.book_many(
            life.cohort_id, [one.person.id], source="self", by=one.person.actor
        )
        life.booked[one.person.name] = key


def _give_up(life: Life, one: Someone) -> None:
    booking.give_up(life.cohort_id, one.id, by=one.actor)


def _wait(life: Life) -> None:
    """People who want this date and, seeing others free, no other."""
    course = life.world.course(life.run)
    passed = [date.id for date in catalogue.dates_of(course.id) if date.places_left]
    for one in life.plan.queue:
        waiting.join(course.id, one.id, by=one.actor, cohort_id=life.cohort_id, passed=passed)


# -- sessions -----------------------------------------------------------------------------------


def _put_on_sessions(life: Life, published: datetime) -> None:
    play, run = life.play, life.run
    times = [
        (clock.at(day, session.start or time(9)), clock.at(day, session.end or time(17)))
        for day, session in zip(life.plan.days, life.world.sessions(run), strict=True)
    ]
    first, last = times[0][0], times[-1][1]
    answering.put_on_before(life, published, first)
    play.at(first - timedelta(days=7, hours=-1), cohorts.send_joining)
    for days in (7, 2):
        play.at(first - timedelta(days=days, minutes=-45), invitations.remind)
    _put_on_e_learning(life, published + timedelta(days=4), first - timedelta(hours=16))
    for number, (start, end) in enumerate(times, start=1):
        play.at(start + timedelta(minutes=5), cohorts.move_on)
        if number not in run.unmarked:
            marking.put_on(life, Held(start, end, number == 1, number == len(times)))
    play.at(last + timedelta(minutes=10), partial(_finish, life))
    answering.put_on_after(life, last)


def _finish(life: Life) -> None:
    """What the periodic jobs do once the last session has ended; and the story of the day."""
    cohorts.move_on()
    opening.tick()
    if life.run.note:
        state = db.session.scalar(select(Cohort.state).where(Cohort.id == life.cohort_id)) or ""
        cohorts.record(life.cohort_id, state, state, by=life.coordinator, why=life.run.note)


# -- e-learning ------------------------------------------------------------------------------------


def _put_on_online(life: Life, published: datetime) -> None:
    """E-learning alone: five questions, the module, five questions, each in one's own time."""
    booked = published + timedelta(days=11)
    answering.put_on_before(life, published, booked + timedelta(days=6))
    _put_on_e_learning(life, booked + timedelta(days=7), life.play.now - timedelta(days=2))
    answering.put_on_after(life, booked + timedelta(days=7))


def _put_on_e_learning(life: Life, start: datetime, end: datetime) -> None:
    """The provider's lists of who has done the module, in three parts."""
    done = [one for one in life.plan.members if one.online]
    end = min(end, life.play.now - timedelta(hours=14))
    marks = [round(len(done) * part / 3) for part in range(4)]
    for part, (first, last) in enumerate(pairwise(marks)):
        moment = start + (end - start) * ((part + 1) / 3.2)
        if first < last:
            life.play.at(in_hours(moment), partial(_do_e_learning, life, done[first:last]))


def _do_e_learning(life: Life, group: Sequence[Member]) -> None:
    component = db.session.scalars(
        select(Component)
        .join(Cohort, Cohort.edition_id == Component.edition_id)
        .where(Cohort.id == life.cohort_id, Component.kind == "e-learning")
    ).one()
    chance = life.world.chance(f"{life.run.key} e-learning")
    completion.add_component(
        [
            {
                "booking_id": life.booked[one.person.name],
                "component_id": component.id,
                "completed_at": clock.now() - timedelta(hours=chance.randint(2, 60)),
                "minutes": component.required_minutes + chance.randint(0, 25),
                "source": "import_row",
                "source_ref": f"{life.run.key}:{one.person.name}",
                "evidence": {"list": "OnePlusOne e-learning completions"},
            }
            for one in group
        ],
        by=life.coordinator,
    )
