"""What the report of confidence is made of: who was asked and answered, and what, as counts.

`surveys.reports.confidence` loads it once, in a fixed number of queries, and tells it in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from courses.queries import tallies
from lms.contracts import Actor, Audience, Item, ReportQuery, Subject
from lms.reports.drafting import Figures
from surveys.queries import batches, counted
from surveys.queries.counted import Questionnaire
from surveys.queries.lines import People, Roll, Said
from surveys.reports import wording
from surveys.reports.paired import Asked, tally, with_both
from surveys.reports.paired import after as after_wave
from surveys.reports.paired import before as before_wave

TOOK_PART = tallies.TOOK_PART
SHARED = ("enrolled", "completed")
"""Measures of the room below, which no questionnaire has for itself."""
WITHIN = {
    "enrolled": tallies.WITHIN["enrolled"],
    "completed": tallies.WITHIN["completed"],
    "answered_after": (TOOK_PART, "enrolled", "invited"),
    "answered_before": ("asked_before", "enrolled", "invited"),
    "answered_both": (
        "answered_before", "answered_after", TOOK_PART, "asked_before", "enrolled", "invited",
    ),
    "others": (TOOK_PART, "enrolled", "invited"),
    "only_after_answered": ("only_after_took_part", "enrolled", "invited"),
}  # fmt: skip
"""Who answered what, and among whom they are; the others are among those who were booked."""
Batches = Sequence[Sequence[Said]]


@dataclass(frozen=True)
class FollowUp:
    """What was asked so many months later."""

    months: int
    roll: Sequence[Roll]
    batches: Batches


@dataclass(frozen=True)
class Material:
    """A question of a questionnaire with all that was counted, and the figures to keep it under.

    `answers` are all that were given; those of `batches` may be told, to our own team and to
    others alike. `everywhere` says when everybody answered, to put them in batches by.
    """

    query: ReportQuery
    asked: Questionnaire
    item: Item
    everybody: Sequence[Roll]
    answers: Sequence[Said]
    batches: Batches
    everywhere: Sequence[Said]
    follow_ups: Sequence[FollowUp]
    figures: Figures

    @property
    def team(self) -> bool:
        """Whether only our own team reads it."""
        return self.query.audience is Audience.TEAM

    @cached_property
    def roll(self) -> list[Roll]:
        """People on dates that were surveyed before and after."""
        return [line for line in self.everybody if not line.after_only]

    @cached_property
    def said(self) -> list[Said]:
        """Answers to the question on dates that were surveyed before and after."""
        return self.to(self.item)

    def to(self, item: Item) -> list[Said]:
        """Answers to one of the questions on dates that were surveyed before and after."""
        told = (line for batch in self.batches for line in batch)
        return [line for line in told if line.item == item.key and not line.after_only]

    def only_after(self) -> list[Said]:
        """Answers to the question on dates that were surveyed only afterwards."""
        told = (line for batch in self.batches for line in batch)
        return [line for line in told if line.item == self.item.key and line.after_only]

    def left_out(self, chosen: Callable[[Said], bool]) -> int:
        """How many of those chosen answered the question and are in no batch of this selection."""
        given = [line for line in self.answers if line.item == self.item.key and chosen(line)]
        told = [line for line in (*self.said, *self.only_after()) if chosen(line)]
        return sum(line.people for line in given) - sum(line.people for line in told)

    def apart(self, of: Batches, chosen: Callable[[Said], bool]) -> list[Said]:
        """Those chosen of batches; for our own team none that leave one to four of a batch over."""
        own = [[x for x in batch if x.item == self.item.key and not x.after_only] for batch in of]
        if self.team:
            return batches.apart(own, chosen)
        return [line for batch in own for line in batch if chosen(line)]

    @cached_property
    def pairs(self) -> int:
        """How many answered the question before and after."""
        return sum(line.people for line in with_both(self.said, before_wave, after_wave))

    @cached_property
    def course(self) -> str:
        """The course's title where there is one, else "the training"."""
        titles = {line.course for line in self.everybody}
        return titles.pop() if len(titles) == 1 else "the training"

    def under(self, item: Item) -> Asked:
        """Where figures of a question are kept."""
        return Asked(self.figures, self.asked.key, item, outside=not self.team)

    def key(self, item: Item) -> str:
        """A question's name among the keys of figures."""
        return re.sub(r"[^a-z0-9]", "_", item.key.lower())

    def people(
        self,
        key: str,
        lines: Iterable[People],
        subject: Subject = Subject.PEOPLE,
        of: Iterable[str] = (),
    ) -> str:
        """Keep how many people these are; they are among those of the counts `of`.

        What was answered is another measure for each questionnaire.
        """
        own = key in SHARED or self.asked.key == wording.CORE
        within = (*self.figures.among(*of), *WITHIN.get(key, ("enrolled", "invited")))
        return self.figures.count(
            key,
            tally(lines),
            subject=subject,
            measure=key if own else f"{self.asked.key}/{key}",
            within=tuple(dict.fromkeys(within)),
        )

    def three_times(self, wave: FollowUp) -> list[Said]:
        """Answers to the question of those who gave one before, after and in this wave."""
        both = [with_both(batch, before_wave, after_wave) for batch in wave.batches]
        return self.apart(both, lambda line: line.later is not None)


def load(query: ReportQuery) -> Material | None:
    """Everything that the question asks for; None where its questionnaire was never kept."""
    query = replace(query, actor=counted.counting(query.actor))
    survey, key = _chosen(query.choices.get("question", ""))
    asked = counted.questionnaire(survey)
    if asked is None or not asked.items:
        return None
    months = counted.follow_ups(query, asked)
    said = {each: counted.said(query, asked, each) for each in (months or [0])}
    everywhere = counted.everywhere(query, asked)
    told: dict[int, Batches] = {
        each: batches.whole(lines, everywhere) for each, lines in said.items()
    }
    waves = [FollowUp(each, counted.roll(query, asked, each), told[each]) for each in said]
    return Material(
        query=query,
        asked=asked,
        item=_item(asked, key),
        everybody=waves[0].roll,
        answers=said[waves[0].months],
        batches=waves[0].batches,
        everywhere=everywhere,
        follow_ups=waves if months else (),
        figures=Figures(),
    )


def questions(actor: Actor) -> list[tuple[str, str]]:
    """The questions to choose from: those of the core first, the main one at the top."""
    kept = sorted(counted.questionnaires(), key=lambda key: (key != wording.CORE, key))
    found = [asked for key in kept if (asked := counted.questionnaire(key)) is not None]
    return [
        (_value(asked.key, item), wording.label(asked.key, item))
        for asked in found
        for item in sorted(asked.items, key=lambda item: item.construct != asked.primary)
    ]


def _value(survey: str, item: Item) -> str:
    return item.key if survey == wording.CORE else f"{survey}/{item.key}"


def _chosen(value: str) -> tuple[str, str]:
    survey, _, key = value.rpartition("/")
    return survey or wording.CORE, key


def _item(asked: Questionnaire, key: str) -> Item:
    """The question asked for, else the main one, else the first."""
    named = [item for item in asked.items if item.key == key]
    main = [item for item in asked.items if item.construct == asked.primary]
    return (named or main or list(asked.items))[0]
