"""The demonstration's world: places, people and the whole programme, made and then played.

`plugin` calls `build` in the transaction of `lms demo`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random

from sqlalchemy import select

from courses.models import Course
from courses.services import venues
from courses.services.venues import Described
from lms import clock
from lms.contracts import SYSTEM, Grant, Role, Scope, ScopeKind
from lms.db import db, fail, keys_from
from lms.people import demo
from lms.people import services as people
from lms.people.services.organisations import add_organisation
from plugins.demonstration import crowd, handed_in, plans, pledges, queueing, requests, runs
from plugins.demonstration.cast import PERSONAS, STAFF, TRAINEES, Part
from plugins.demonstration.crowd import Crowd, Someone
from plugins.demonstration.days import Days
from plugins.demonstration.places import AREAS
from plugins.demonstration.plans import Member, Plan
from plugins.demonstration.play import Play
from plugins.demonstration.programme import RUNS, Run
from plugins.demonstration.stage import World

BEFORE_ALL = timedelta(days=420)
PARTS: Sequence[Callable[[Play, World], None]] = (
    runs.put_on,
    pledges.put_on,
    queueing.put_on,
    handed_in.put_on,
    requests.put_on,
)
"""The parts of the play, each of a file: they put their acts on, in this order, before it begins.

A later one finds `world.lives`, which its acts ask for what has happened by then.
"""
MANAGER, MANAGED = "helen", "Hertfordshire Family Centres"


def build(today: date, seed: int) -> None:
    """Make the world as it was a good year ago, and play it up to this morning."""
    _check_catalogue()
    world = World(Days(today), seed, Crowd(Random(f"{seed} crowd")))  # noqa: S311 - as above
    with keys_from(world.chance("keys")):
        play = Play(world.days.now)
        play.at(world.days.now - BEFORE_ALL, lambda: _furnish(world))
        play.run()
        for run in RUNS:
            world.plans[run.key] = _plan(world, run)
        plans.give_voices(list(world.plans.values()), world.chance("voices"))
        play.at(world.days.now - BEFORE_ALL, lambda: _populate(world))
        for put_on in PARTS:
            put_on(play, world)
        play.run()
        with clock.played(world.days.now):
            demo.set_personas(
                [demo.NewPersona(world.cast[key].id, _about(key)) for key in PERSONAS]
            )
            db.session.flush()


def _check_catalogue() -> None:
    held = set(db.session.scalars(select(Course.key)))
    if missing := sorted({run.course for run in RUNS} - held):
        fail(f"The demonstration needs all bundled providers; missing: {', '.join(missing)}")


def _about(key: str) -> str:
    return next(part.about for part in (*STAFF, *TRAINEES) if part.key == key)


# -- places and people -----------------------------------------------------------------------------


def _furnish(world: World) -> None:
    """Places, employers, rooms and the cast."""
    for area in AREAS:
        place = people.add_locality(area.name, area.ons_code, by=SYSTEM)
        world.localities[area.name] = place
        for one in area.employers:
            parent = world.organisations.get((area.name, one.part_of))
            world.organisations[area.name, one.name] = add_organisation(
                one.name, place, parent_id=parent, by=SYSTEM
            )
        for room in area.rooms:
            described = Described(
                name=room.name,
                address=room.address,
                capacity=room.seats,
                step_free=room.step_free,
                parking=room.parking,
                map_url=room.map_url,
            )
            world.rooms[room.name] = venues.add(described, locality_id=place, by=SYSTEM)
    parts = (*STAFF, *TRAINEES)
    world.cast = {
        part.key: world.crowd.named(part.given, part.family, part.job, part.area, **part.known)
        for part in parts
    }
    crowd.add([world.cast[part.key] for part in STAFF], world.organisations)
    managers = {MANAGED: world.cast[MANAGER].id}
    trainees = [world.cast[part.key] for part in TRAINEES]
    crowd.add(trainees, world.organisations, managers=managers)
    for part in parts:
        _give_role(world, part)
    for key, provider in sorted({(who, run.provider) for run in RUNS for who in run.trainers}):
        _let_train(world.cast[key], provider)


def _give_role(world: World, part: Part) -> None:
    if part.role is None:
        return
    ids = {
        ScopeKind.PROGRAMME: "",
        ScopeKind.PROVIDER: part.scope_of,
        ScopeKind.LOCALITY: str(world.localities[part.area.name]),
        ScopeKind.ORGANISATION: str(world.organisations.get((part.area.name, part.scope_of), "")),
    }
    scope = Scope(part.scope, ids[part.scope])
    person = world.cast[part.key]
    people.give_role(person.id, part.role, scope, by=SYSTEM)
    person.roles = (Grant(part.role, scope),)


def _let_train(person: Someone, provider: str) -> None:
    """The role of a trainer, for whoever trains beside what they are."""
    role = Grant(Role.TRAINER, Scope(ScopeKind.PROVIDER, provider))
    if role not in person.roles:
        people.give_role(person.id, role.role, role.scope, by=SYSTEM)
        person.roles = (*person.roles, role)


def _populate(world: World) -> None:
    """Everybody else, added by the coordinators of their places."""
    known = {id(one) for one in world.cast.values()}
    fresh: dict[int, Someone] = {}
    for plan in world.plans.values():
        for one in (*(m.person for m in plan.members), *plan.queue, *plan.given_up):
            if id(one) not in known:
                fresh[id(one)] = one
    managers = {MANAGED: world.cast[MANAGER].id}
    for area in AREAS:
        theirs = [one for one in fresh.values() if one.area is area]
        crowd.add(theirs, world.organisations, managers=managers, by=world.lead(area).actor)


# -- who is on what -------------------------------------------------------------------------------


def _plan(world: World, run: Run) -> Plan:
    """The people of a run and its days."""
    chance = world.chance(run.key)
    members = [Member(one) for one in _again(world, run)]
    members += _newcomers(world, run)
    chance.shuffle(members)
    plans.attend(run, members, chance)
    plans.answer(run, members, chance)
    queue = [
        world.cast[name] if name in world.cast else world.crowd.some([name], run.lead)[0]
        for name in run.waiting
    ]
    given_up = world.crowd.some(["early-years"] * run.given_up, run.lead)
    plan = Plan(run, members, queue, given_up)
    if run.edition != "e-learning":
        needs = {run.room or run.key, *run.trainers, *(one.person.name for one in members)}
        plan.days = world.days.sessions(
            run.starts, len(world.sessions(run)), run.every, sorted(needs)
        )
    return plan


def _again(world: World, run: Run) -> Sequence[Someone]:
    """People who completed other runs and have not been on this course."""
    been = {
        one.person.name
        for plan in world.plans.values()
        if plan.run.course == run.course
        for one in plan.members
    }
    found: list[Someone] = []
    for key, number in run.again:
        fitting = [
            one.person
            for one in world.plans[key].members
            if one.completes and one.key not in plans.QUIET and one.person.name not in been
        ]
        found += fitting[:number]
    return found


def _newcomers(world: World, run: Run) -> list[Member]:
    """The named ones, and new people for the other places; several places share out the rest."""
    jobs = [job for job, number in run.people for _ in range(number)]
    members = []
    for key in run.cast:
        person = world.cast[key]
        jobs.remove(person.job)
        members.append(Member(person, key))
    for index, job in enumerate(jobs):
        having = [a for a in run.areas if any(job in one.jobs for one in a.employers)]
        area = having[index % len(having)]
        members += [Member(one) for one in world.crowd.some([job], area)]
    return members
