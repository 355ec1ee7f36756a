"""The programme of the demonstration: which courses ran, run and are to come, and for whom.

Days are counted from today. The numbers follow the published ones: 100 practitioners through Brief
Encounters in Hertfordshire, 60 on Parents at War and 60 places to come, 57 on Think Couple in
Gateshead, 27 at one workshop in Essex, 23 in Luton.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugins.demonstration.places import (
    BLACKPOOL,
    DORSET,
    ESSEX,
    GATESHEAD,
    HERTFORDSHIRE,
    LUTON,
    NORTHUMBERLAND,
    Area,
)

BRIEF = "oneplusone:brief-encounters"
ARGUE = "oneplusone:how-to-argue-better"
BABY = "oneplusone:me-you-and-baby-too"
THINK = "tavistock:think-couple"
CONFLICT = "tavistock:couple-conflict"
PARTNERS = "tavistock:parents-as-partners-facilitator"
WAR = "hertfordshire_mediation:parents-at-war"
TRAINERS = "hertfordshire:train-the-trainer"


@dataclass(frozen=True)
class Run:
    """One cohort. `people` are jobs of newcomers with how many; `again` takes people who did
    other runs; `cast` are named ones, counted within. Of those booked, `absent` missed the last
    session, `overlooked` were marked absent at the first until somebody corrected it, and `pairs`
    answered before and after; `half_answered` is the survey that somebody has only begun.
    """

    key: str
    course: str
    edition: str
    areas: tuple[Area, ...]
    starts: int
    people: tuple[tuple[str, int], ...] = ()
    again: tuple[tuple[str, int], ...] = ()
    cast: tuple[str, ...] = ()
    capacity: int = 20
    room: str = ""
    trainers: tuple[str, ...] = ("sam",)
    design: str = ""
    absent: int = 0
    late: int = 0
    very_late: int = 0
    left_early: int = 0
    overlooked: int = 0
    pairs: int = 0
    before_only: int = 0
    after_only: int = 0
    later: int = 0
    half_answered: str = ""
    ambassadors: int = 0
    unmarked: tuple[int, ...] = ()
    waiting: tuple[str, ...] = ()
    done_online: int = 0
    note: str = ""
    cancelled: str = ""
    draft: bool = False
    given_up: int = 0
    every: int = 7
    story: str = ""

    @property
    def provider(self) -> str:
        """Whose course it is."""
        return self.course.partition(":")[0]

    @property
    def lead(self) -> Area:
        """The place whose coordinator runs it."""
        return self.areas[0]

    @property
    def told_together(self) -> str:
        """Runs whose answers come out as published taken together."""
        return self.story or self.key


MIX = (
    ("early-years", 6),
    ("health-visitor", 5),
    ("gp", 3),
    ("family-worker", 2),
    ("school-staff", 1),
    ("practice-nurse", 1),
    ("police", 1),
    ("faith-volunteer", 1),
)
SMALL_MIX = (("early-years", 4), ("health-visitor", 3), ("family-worker", 2))
HERTS = (HERTFORDSHIRE,)

HERTFORDSHIRE_RUNS = (
    Run(
        "be-1", BRIEF, "four-sessions", HERTS, -330, MIX, room="Stevenage Library, Room 2",
        absent=1, late=2, pairs=17, before_only=1, after_only=1, later=13, ambassadors=13,
        story="hertfordshire",
    ),
    Run(
        "be-2", BRIEF, "one-day", HERTS, -285, MIX, room="Watford Town Hall, Annexe",
        late=5, very_late=1, pairs=16, before_only=3, after_only=1, later=12, ambassadors=13,
        story="hertfordshire",
        note="Six people came late: a lorry had closed the motorway.",
    ),
    Run(
        "be-3", BRIEF, "blended", HERTS, -243, MIX, room="Hatfield Innovation Centre, Elm Room",
        absent=1, pairs=17, before_only=1, after_only=1, later=12, ambassadors=13, done_online=19,
        story="hertfordshire",
    ),
    Run(
        "be-4", BRIEF, "four-sessions", HERTS, -221, MIX, cast=("daniel", "dilys"),
        room="County Hall, Committee Room B",
        absent=1, late=1, left_early=1, pairs=16, before_only=2, after_only=1, later=7,
        ambassadors=13, story="hertfordshire",
    ),
    Run(
        "be-5", BRIEF, "one-day", HERTS, -61, MIX, room="Hemel Hempstead Family Centre",
        absent=1, late=2, overlooked=1, pairs=16, before_only=2, after_only=2, ambassadors=12,
        story="hertfordshire",
    ),
    Run(
        "be-6", BRIEF, "four-sessions", HERTS, -14,
        (("early-years", 6), ("health-visitor", 5), ("family-worker", 4), ("school-staff", 3)),
        cast=("beth",), trainers=("sam", "dilys"), room="Stevenage Library, Room 2", given_up=1,
        before_only=15, overlooked=1, unmarked=(2,),
    ),
    Run(
        "be-7", BRIEF, "one-day", HERTS, 2, MIX, cast=("amara", "joyce"),
        room="Hatfield Innovation Centre, Elm Room", before_only=7, half_answered="pre",
        waiting=(
            "hamid", "early-years", "health-visitor", "gp", "family-worker", "school-staff",
        ),
    ),
    Run(
        "be-8", BRIEF, "blended", HERTS, 31, SMALL_MIX, room="Watford Town Hall, Annexe",
        before_only=2, done_online=2, given_up=1,
    ),
    Run("be-9", BRIEF, "four-sessions", HERTS, 66, capacity=18, draft=True),
    Run(
        "be-10", BRIEF, "e-learning", HERTS, -35,
        (("gp", 6), ("practice-nurse", 3), ("teacher", 3), ("school-staff", 2)), capacity=40,
        done_online=8, pairs=5, before_only=5, after_only=1,
    ),
    Run(
        "be-11", BRIEF, "one-day", HERTS, 12, SMALL_MIX, room="County Hall, Committee Room B",
        cancelled="The trainer is unwell, and nobody else is free that day",
    ),
    Run(
        "war-1", WAR, "one-day", HERTS, -150, again=(("be-1", 10), ("be-2", 10)),
        trainers=("gwen",), room="County Hall, Committee Room B", late=1, pairs=17,
        before_only=1, after_only=1, later=12,
    ),
    Run(
        "war-2", WAR, "one-day", HERTS, -118, again=(("be-2", 8), ("be-3", 12)),
        trainers=("gwen",), room="Stevenage Library, Room 2", late=2, pairs=16, before_only=2,
        after_only=1, later=9,
    ),
    Run(
        "war-3", WAR, "one-day", HERTS, -74, again=(("be-1", 8), ("be-4", 12)),
        trainers=("gwen",), room="County Hall, Committee Room B", pairs=16, before_only=1,
        after_only=2,
    ),
    Run(
        "war-4", WAR, "one-day", HERTS, 24, again=(
            ("be-1", 1), ("be-2", 2), ("be-3", 6), ("be-4", 2), ("be-5", 9),
        ),
        trainers=("gwen",), room="County Hall, Committee Room B", before_only=4,
        waiting=("social-worker", "youth-worker"),
    ),
    Run(
        "war-5", WAR, "one-day", HERTS, 59, again=(("be-4", 4),), trainers=("gwen",),
        room="Hatfield Innovation Centre, Elm Room",
    ),
    Run(
        "war-6", WAR, "one-day", HERTS, 87, trainers=("gwen",),
        room="Hemel Hempstead Family Centre",
    ),
    Run(
        "ttt-1", TRAINERS, "one-day", HERTS, -47, again=(("be-1", 4), ("be-3", 4)),
        trainers=("priya",), room="Hemel Hempstead Family Centre", capacity=10, pairs=7,
        after_only=1,
    ),
    Run(
        "ttt-2", TRAINERS, "one-day", HERTS, 20, again=(("be-5", 3),), trainers=("priya",),
        room="Hemel Hempstead Family Centre", capacity=10,
    ),
)  # fmt: skip

GATESHEAD_TEAMS = (
    ("family-worker", 4),
    ("health-visitor", 4),
    ("social-worker", 3),
    ("youth-justice-worker", 2),
    ("family-group-conference", 2),
    ("early-years", 3),
)
GATES = (GATESHEAD,)

ELSEWHERE_RUNS = (
    Run(
        "tc-1", THINK, "one-day", GATES, -168, (*GATESHEAD_TEAMS, ("youth-worker", 1)),
        trainers=("naomi",), room="Civic Centre, Bewick Room", late=2, pairs=15, before_only=2,
        after_only=1, later=11,
    ),
    Run(
        "tc-2", THINK, "one-day", GATES, -131, (*GATESHEAD_TEAMS, ("youth-worker", 1)),
        trainers=("naomi",), room="Bensham Grove, Hall", design="after_only", after_only=16,
        note="The paper forms never reached the hall, so there is nothing from before the day.",
    ),
    Run(
        "tc-3", THINK, "one-day", GATES, -104, (*GATESHEAD_TEAMS, ("youth-worker", 1)),
        trainers=("naomi",), room="Civic Centre, Bewick Room", late=1, left_early=1, pairs=16,
        before_only=1, after_only=1, later=8,
    ),
    Run(
        "cc-1", CONFLICT, "one-day", GATES, -25,
        (("domestic-abuse", 3), ("social-worker", 1), ("family-worker", 1)), again=(("tc-1", 1),),
        trainers=("naomi",), room="Bensham Grove, Hall", capacity=8, absent=1, pairs=4,
        after_only=1,
    ),
    Run(
        "tc-4", THINK, "one-day", GATES, 1, (("early-years", 4), ("health-visitor", 5)),
        trainers=("naomi",), room="Civic Centre, Bewick Room", before_only=4,
    ),
    Run(
        "essex", BRIEF, "one-day", (ESSEX,), -19,
        (
            ("gp", 6), ("practice-nurse", 3), ("practice-manager", 2), ("reception-manager", 1),
            ("midwife", 4), ("health-visitor", 5), ("early-years", 4), ("family-worker", 2),
        ),
        cast=("chloe",), trainers=("dele",), room="Basildon Family Hub, Room 1", capacity=30,
        late=3, pairs=18, before_only=6, after_only=1, half_answered="post",
    ),
    Run(
        "luton", BABY, "one-day", (LUTON,), -141, (("midwife", 11), ("health-visitor", 12)),
        trainers=("dele",), room="Luton Central Library, Gallery", capacity=24, late=1, pairs=19,
        before_only=2, after_only=1, later=9,
    ),
    Run(
        "blackpool", ARGUE, "blended", (BLACKPOOL,), -136,
        (("family-worker", 6), ("early-years", 5), ("social-worker", 2), ("youth-worker", 1)),
        trainers=("dele",), room="Talbot Road Centre, Room 4", capacity=16, absent=1, pairs=11,
        before_only=1, later=9, done_online=13,
    ),
    Run(
        "dorset", ARGUE, "blended", (DORSET,), -112,
        (("family-worker", 7), ("parenting-practitioner", 5), ("social-worker", 4)),
        trainers=("dele",), room="Dorchester Family Hub, Main Room", capacity=16, pairs=13,
        before_only=1, after_only=1, later=8, done_online=16,
    ),
    Run(
        "north", ARGUE, "blended", (NORTHUMBERLAND, GATESHEAD, BLACKPOOL, DORSET), 38,
        (("family-worker", 5), ("early-years", 3), ("parenting-practitioner", 2)),
        trainers=("dele",), capacity=24, before_only=3, done_online=1,
    ),
    Run(
        "partners", PARTNERS, "facilitator-training", (LUTON, ESSEX), -63,
        (("family-worker", 8),), trainers=("naomi",), room="Luton Central Library, Gallery",
        capacity=10, every=14, before_only=7, absent=1,
    ),
)  # fmt: skip

RUNS: Sequence[Run] = (*HERTFORDSHIRE_RUNS, *ELSEWHERE_RUNS)
