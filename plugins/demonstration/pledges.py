"""Ambassadors in the demonstration: from the invitation to the check-in after six months.

Of the practitioners of Brief Encounters in Hertfordshire 64 become ambassadors; nearly all pledge
before they leave the invitation, and fewer answer each time they are asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

import yaml
from sqlalchemy import select

from lms import clock
from lms.ambassadors.codes import BARRIERS, HELPS, MONTHS
from lms.ambassadors.models import Ambassador, CheckIn, Pledge, Tally
from lms.ambassadors.services import (
    asking,
    bulletins,
    case_studies,
    check_ins,
    leaving,
    meetings,
    pledging,
    recruiting,
    roles,
    tallies,
)
from lms.ambassadors.services.case_studies import Story
from lms.ambassadors.services.check_ins import Reply
from lms.ambassadors.services.meetings import NewMeeting
from lms.ambassadors.services.pledging import NewWords
from lms.contracts import Actor
from lms.db import db
from plugins.demonstration.crowd import Someone
from plugins.demonstration.days import in_hours, next_working
from plugins.demonstration.places import HERTFORDSHIRE
from plugins.demonstration.plans import KEEN
from plugins.demonstration.play import Play
from plugins.demonstration.stage import Life, World

WORDS = Path(__file__).parent / "content" / "pledges.yaml"
JOINS = 13
"""Days after the last session on which those who said yes look at the role."""
PLEDGED = 0.98
ANSWERED = {1: 0.88, 3: 0.77, 6: 0.66}
"""Shares of those asked who answer: the published range at six months is 57 to 75 %."""
OUTCOMES = {
    1: {"not_started": 35, "partly": 45, "fully": 17, "no_longer_relevant": 3},
    3: {"not_started": 16, "partly": 40, "fully": 40, "no_longer_relevant": 4},
    6: {"not_started": 7, "partly": 20, "fully": 67, "no_longer_relevant": 6},
}
REPLIES_AFTER = (1, 3, 8, 15, 19)
"""Days after the asking on which people answer: at once, when reminded, or late."""
CASE_STUDIES_AFTER = 187


@cache
def _words() -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return held


def put_on(play: Play, world: World) -> None:
    """Everything that ambassadors do, from the first course on."""
    recruiting_lives = [life for life in world.lives.values() if life.run.ambassadors]
    for life in recruiting_lives:
        day = next_working(life.plan.days[-1] + timedelta(days=JOINS))
        play.at(clock.at(day, time(12, 35)), partial(_join, life))
    _put_on_tallies(play, world)
    _put_on_network(play, world)
    for number, life in enumerate(recruiting_lives[:2]):
        day = next_working(life.plan.days[-1] + timedelta(days=CASE_STUDIES_AFTER))
        play.at(clock.at(day, time(11)), partial(_tell, life, number * 2))


# -- pledging ------------------------------------------------------------------------------------


def _join(life: Life) -> None:
    """Those who were invited agree to the role and pledge."""
    chance, version = life.world.chance(f"{life.run.key} pledges"), roles.newest().version
    people = _by_id(life)
    for ambassador_id, person_id in _ambassadors(life, "invited"):
        one = people[person_id]
        recruiting.accept(ambassador_id, role_version=version, by=one.actor)
        if chance.random() < PLEDGED or one is life.world.cast[KEEN]:
            _pledge(ambassador_id, one, chance)
    _put_on_check_ins(life, clock.today())


def _pledge(ambassador_id: uuid.UUID, one: Someone, chance: Random) -> None:
    number = chance.choices((1, 2, 3, 4), (20, 40, 30, 10))[0]
    pledging.make_pledge(
        ambassador_id,
        [
            NewWords(said["text"], chance.choice((3, 6)), said["known"])
            for said in chance.sample(_words()["objectives"], number)
        ],
        strength=chance.choices((2, 3, 4, 5), (5, 30, 45, 20))[0],
        share=chance.random() < 0.4,
        by=one.actor,
    )


def _put_on_check_ins(life: Life, pledged: date) -> None:
    """Each asking on its day, its reminders, and what people answer in between."""
    for months in MONTHS:
        due = clock.add_months(pledged, months)
        for days in (0, 7, 14, 15):
            life.play.at(clock.at(due + timedelta(days=days), time(7, 22)), asking.tick)
        for part, days in enumerate(REPLIES_AFTER):
            moment = in_hours(clock.at(due + timedelta(days=days), time(11 + part % 3, 10)))
            life.play.at(moment, partial(_reply, life, months, part))
    end = clock.add_months(pledged, MONTHS[-1]) + timedelta(days=60)
    life.play.at(clock.at(end, time(7, 22)), asking.tick)


def _reply(life: Life, months: int, part: int) -> None:
    """Of those asked, the share whose turn it is to answer."""
    people = _by_id(life)
    chance = life.world.chance(f"{life.run.key} {months}")
    turns = {name: (chance.random() < ANSWERED[months], _turn(chance)) for name in sorted(people)}
    spoken = life.world.chance(f"{life.run.key} {months} {part}")
    for check_in, person_id in _asked(life, months):
        one = people[person_id]
        waits = months == MONTHS[-1] and one is life.world.cast[KEEN]  # for a visitor to answer
        if turns[person_id] == (True, part) and not waits:
            check_ins.answer(check_in.id, _answer(check_in, months, spoken), by=one.actor)


def _turn(chance: Random) -> int:
    return chance.choices(range(len(REPLIES_AFTER)), (40, 25, 20, 10, 5))[0]


def _answer(check_in: CheckIn, months: int, chance: Random) -> Reply:
    kinds, weights = zip(*OUTCOMES[months].items(), strict=True)
    outcomes = {
        uuid.UUID(asked["objective_id"]): (chance.choices(kinds, weights)[0], None)
        for asked in check_in.wording or ()
    }
    said = {outcome for outcome, _ in outcomes.values()}
    return Reply(
        outcomes,
        obstacles=_some(BARRIERS, chance) if said - {"fully"} else (),
        helped=_some(HELPS, chance) if said & {"fully", "partly"} else (),
        support=chance.choices((2, 3, 4, 5), (10, 25, 40, 25))[0],
        sentence=chance.choice(_words()["sentences"]) if chance.random() < 0.3 else "",
    )


def _some(codes: dict[str, str], chance: Random) -> Sequence[str]:
    """One or two of the codes, those named first more often."""
    common = [code for code in codes if code != "other"]
    weights = range(len(common), 0, -1)
    return sorted(set(chance.choices(common, weights, k=chance.choice((1, 1, 2)))))


# -- tallies, meetings, words ----------------------------------------------------------------------


def _put_on_tallies(play: Play, world: World) -> None:
    """Every month is asked about on the first of the next, and most answer within ten days."""
    month = world.days.today.replace(day=1)
    for back in range(10, -1, -1):
        first = clock.add_months(month, -back)
        play.at(clock.at(first, time(5, 38)), tallies.ask)
        for part, days in enumerate((2, 5, 9)):
            moment = clock.at(next_working(first + timedelta(days=days)), time(15, 20))
            play.at(moment, partial(_count, world, first, part))


def _count(world: World, first: date, part: int) -> None:
    chance = world.chance(f"tally {first} {part}")
    month = tallies.last_month(first)
    open_ = db.session.execute(
        select(Tally.id, Ambassador.person_id)
        .join(Ambassador, Ambassador.id == Tally.ambassador_id)
        .where(Tally.month == month, Tally.answered_at.is_(None))
        .order_by(Tally.id)
    ).all()
    people = _everybody(world)
    for tally_id, person_id in open_:
        if chance.random() < (0.35, 0.3, 0.25)[part]:
            talks = chance.choices((0, 1, 2, 3, 4, 6, 9), (15, 20, 22, 18, 12, 8, 5))[0]
            tallies.enter(
                tally_id,
                conversations=talks,
                to_counselling=min(chance.choice((0, 0, 0, 1, 1, 2)), talks),
                to_mediation=min(chance.choice((0, 0, 0, 0, 1)), talks),
                by=people[person_id].actor,
            )


def _put_on_network(play: Play, world: World) -> None:
    for number, meeting in enumerate(_words()["meetings"]):
        day = next_working(world.days.today + timedelta(days=meeting["days"]))
        announced = min(day - timedelta(days=24), world.days.today - timedelta(days=3))
        play.at(clock.at(announced, time(9, 40)), partial(_meet, play, world, number, day))
    for days, act in ((40, _write_bulletin), (6, _leave)):
        day = next_working(world.days.today - timedelta(days=days))
        play.at(clock.at(day, time(10, 15)), partial(act, world))


def _meet(play: Play, world: World, number: int, day: date) -> None:
    said = _words()["meetings"][number]
    start = clock.at(day, time(14))
    meeting = NewMeeting(
        world.localities[HERTFORDSHIRE.name],
        said["title"],
        said["place"],
        start,
        start + timedelta(hours=1.5),
    )
    meeting_id = meetings.add(meeting, by=_lead(world))
    play.at(start + timedelta(hours=3), partial(_mark, world, meeting_id))


def _mark(world: World, meeting_id: uuid.UUID) -> None:
    chance, active = world.chance(f"meeting {clock.today()}"), _active()
    present = [one for one in active if chance.random() < 0.42]
    meetings.mark(meeting_id, present, shown=(), among=active, by=_lead(world))


def _write_bulletin(world: World) -> None:
    said = _words()["bulletin"]
    places = [world.localities[HERTFORDSHIRE.name]]
    bulletins.send(said["subject"], said["body"], _active(), places=places, by=_lead(world))


def _leave(world: World) -> None:
    """Somebody has said that they will go; the pledge is to be handed on."""
    for leaver in _active()[:1]:
        leaving.say_leaving(leaver, clock.add_months(clock.today(), 1), by=_lead(world))


def _tell(life: Life, first: int) -> None:
    """Two case studies of a run: one is approved, the other waits to be read."""
    people, told = _by_id(life), _words()["case_studies"][first : first + 2]
    for number, (said, (ambassador_id, person_id)) in enumerate(
        zip(told, _ambassadors(life, "active"), strict=False)
    ):
        story = Story(
            **said,
            uses=("bulletin", "training") if number else ("bulletin", "reports", "public"),
            naming="role" if number else "name",
            expires_on=clock.add_months(clock.today(), 12 * case_studies.YEARS),
        )
        by = people[person_id].actor
        case_study_id = case_studies.write(ambassador_id, story, send=True, by=by)
        if number == 0:
            case_studies.approve(case_study_id, by=life.coordinator)


# -- who they are ----------------------------------------------------------------------------------


def _lead(world: World) -> Actor:
    return world.lead(HERTFORDSHIRE).actor


def _everybody(world: World) -> dict[uuid.UUID, Someone]:
    lives = (life for life in world.lives.values() if life.run.ambassadors)
    return {person_id: one for life in lives for person_id, one in _by_id(life).items()}


def _by_id(life: Life) -> dict[uuid.UUID, Someone]:
    return {one.person.id: one.person for one in life.plan.members}


def _ambassadors(life: Life, state: str) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Ambassadors of a run in a state, with their people, in the order of invitation."""
    rows = db.session.execute(
        select(Ambassador.id, Ambassador.person_id)
        .where(
            Ambassador.origin_booking_id.in_(list(life.booked.values())),
            Ambassador.state == state,
        )
        .order_by(Ambassador.id)
    )
    return [(row.id, row.person_id) for row in rows]


def _active() -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(Ambassador.id).where(Ambassador.state == "active").order_by(Ambassador.id)
        )
    )


def _asked(life: Life, months: int) -> Sequence[Any]:
    return db.session.execute(
        select(CheckIn, Ambassador.person_id)
        .join(Pledge, Pledge.id == CheckIn.pledge_id)
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .where(
            Ambassador.origin_booking_id.in_(list(life.booked.values())),
            CheckIn.months == months,
            CheckIn.state == "due",
        )
        .order_by(CheckIn.id)
    ).all()
