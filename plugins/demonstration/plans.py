"""Who is on each run and what they do there, drawn by chance before the play begins.

`world` plans every run in the order of the programme, then `runs` puts them on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from random import Random

from plugins.demonstration.crowd import Someone
from plugins.demonstration.programme import Run
from plugins.demonstration.voices import Voice, comments, feedback, since_then, speak

QUIET = ("amara", "joyce", "daniel", "chloe")
"""Of the cast, those who have a survey still to answer."""
KEEN = "dilys"
"""Of the cast, the one who becomes an ambassador."""


@dataclass
class Member:
    """Somebody on a run: what they answer, whether they were there.

    `overlooked` were there and marked absent at first; `half_answers` is the survey ("pre" or
    "post") that they have begun and not sent.
    """

    person: Someone
    key: str = ""
    answers_before: bool = False
    answers_after: bool = False
    answers_later: bool = False
    lateness: int = 0
    leaves_early: bool = False
    misses_the_last: bool = False
    overlooked: bool = False
    online: bool = False
    half_answers: str = ""
    voice: Voice = field(default_factory=Voice)
    feedback: dict[str, object] = field(default_factory=dict)
    since: dict[str, object] = field(default_factory=dict)

    @property
    def completes(self) -> bool:
        """Whether the rule can be met, as far as the register goes."""
        return not (self.misses_the_last or self.lateness > 30)


@dataclass
class Plan:
    """A run with its people and days."""

    run: Run
    members: list[Member]
    queue: list[Someone]
    given_up: list[Someone]
    days: list[date] = field(default_factory=list)


def attend(run: Run, members: list[Member], random: Random) -> None:
    """Decide who misses the last session, comes late, leaves early, does the e-learning."""
    _draw(run, [one for one in members if not one.key], random)
    for one in members:
        if one.key == "beth":
            one.lateness = 20
    online = [one for one in members if one.completes]
    for one in online[: run.done_online]:
        one.online = True


def _draw(run: Run, members: list[Member], random: Random) -> None:
    drawn = iter(random.sample(members, len(members)))
    for one in islice(drawn, run.absent):
        one.misses_the_last = True
    for one in islice(drawn, run.late):
        one.lateness = random.randint(8, 25)
    for one in islice(drawn, run.very_late):
        one.lateness = random.randint(45, 70)
    for one in islice(drawn, run.left_early):
        one.leaves_early = True
    for one in islice(drawn, run.overlooked):
        one.overlooked = True


def answer(run: Run, members: Sequence[Member], random: Random) -> None:
    """Decide who answers which survey: `run.pairs` both, some only one, some months later."""
    there = [one for one in members if _there(run, one) and one.key not in QUIET[:2]]
    there.sort(key=lambda one: one.key not in QUIET)
    both = [one for one in there if one.key != "chloe"][: run.pairs]
    for one in both:
        one.answers_before = one.answers_after = True
    rest = [one for one in members if one not in both and one.key not in QUIET[:2]]
    rest.sort(key=lambda one: one.key != "chloe")
    for one in rest[: run.before_only]:
        one.answers_before = True
    after = [one for one in rest[run.before_only :] if _there(run, one)]
    for one in after[: run.after_only]:
        one.answers_after = True
    later = [one for one in there if one.answers_after and one.key not in QUIET]
    for one in random.sample(later, min(run.later, len(later))):
        one.answers_later = True
    _begin_answering(run, members)
    _speak_afterwards(run, members, random)


def _begin_answering(run: Run, members: Sequence[Member]) -> None:
    """Somebody who has not answered has begun, of the cast where one can."""
    said = {"pre": "answers_before", "post": "answers_after"}.get(run.half_answered)
    if said is not None:
        open_ = [one for one in members if not getattr(one, said) and one.key not in QUIET[:2]]
        open_.sort(key=lambda one: one.key == "")
        open_[0].half_answers = run.half_answered


def _there(run: Run, one: Member) -> bool:
    return one.online if run.edition == "e-learning" else not one.misses_the_last


def _speak_afterwards(run: Run, members: Sequence[Member], random: Random) -> None:
    """The skippable pages, which nearly everybody fills in who answers the five questions."""
    said = [one for one in members if one.answers_after]
    said.sort(key=lambda one: (one.key != KEEN, not one.completes))
    keen = ["interested"] * run.ambassadors + ["later", "declined"] * len(said)
    words = comments(random, online=run.done_online > 0) + [""] * len(said)
    asked = run.course.endswith(":brief-encounters")
    for one, ambassador, comment in zip(said, keen, words, strict=False):
        one.feedback = feedback(random, comment=comment, ambassador=ambassador if asked else None)
    for one in members:
        if one.answers_later:
            one.since = since_then(random)


def give_voices(plans: Sequence[Plan], random: Random) -> None:
    """The answers themselves; runs of one story come out exactly as published taken together."""
    stories: dict[str, list[Member]] = {}
    for plan in plans:
        for one in plan.members:
            pair = "both" if one.answers_before and one.answers_after else plan.run.key
            stories.setdefault(f"{plan.run.told_together} {pair}", []).append(one)
    for members in stories.values():
        voices = speak([one.person.job for one in members], random)
        for one, voice in zip(members, voices, strict=True):
            one.voice = voice
