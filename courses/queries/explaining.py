"""A queue explained: its present order with reasons, and each stored decision replayed and proved.

`lms queue` prints it. People who wait are called by the end of their row's id, not by name.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from courses.models import Cohort, Course, Edition, OfferDecision
from courses.queries import choosing, queue
from courses.queries.queue import Points, Waiter
from lms.contracts import QueueRule
from lms.db import db
from lms.errors import NotFound
from lms.web import words

CALLED = (
    "  People are called by a reference, as a1b2c3d4: it is on the page that their name in the "
    "queue leads to while they wait"
)


@dataclass(frozen=True)
class Decision:
    """A stored decision about free places of a date."""

    kind: str
    cohort: str
    at: datetime
    by: str
    seats: int
    listed: Sequence[Mapping[str, Any]]
    chosen: Sequence[str]
    why: str

    @property
    def disagreements(self) -> list[str]:
        """What does not follow from the stored list, when it is gone through again."""
        if self.kind == "by_hand":
            lines = [choosing.from_stored(kept) for kept in self.listed]
            return [] if lines == choosing.in_order(lines) else ["the list is not in order"]
        return choosing.disagreements(self.listed, self.seats, self.chosen)

    @property
    def agrees(self) -> bool:
        """Whether the same people are chosen again."""
        return not self.disagreements

    def lines(self) -> Iterator[str]:
        """In words: what was free, who stood where, who got it, and whether that is right."""
        said = "given by hand" if self.kind == "by_hand" else "offered"
        free = words.plural(self.seats, "place")
        yield ""
        when = words.datetime_words(self.at).removeprefix("on ")
        yield f"{when}, {self.cohort}: {free} free, {said} by {self.by}"
        if self.why:
            yield f"  reason: {self.why}"
        for nth, kept in enumerate(self.listed, 1):
            yield f"  {nth:>3}. {_said(kept)}: {self._fate(kept)}"
        yield "  agrees" if self.agrees else f"  DISAGREES: {'; '.join(self.disagreements)}"

    def _fate(self, kept: Mapping[str, Any]) -> str:
        if kept["waiting"] in self.chosen:
            return "offered a place"
        if kept["passed"]:
            return f"passed over, {kept['passed']}"
        return kept["unfit"] or "no place left"


@dataclass(frozen=True)
class Explained:
    """A course's queue."""

    course_id: uuid.UUID
    title: str
    waiters: Sequence[Waiter]
    reasons: Mapping[uuid.UUID, Sequence[Points]]
    rules: Sequence[QueueRule]

    def order(self) -> Iterator[str]:
        """The rules, then everybody in order with points and reasons."""
        yield f"{self.title}: {words.plural(len(self.waiters), 'person waits', 'people wait')}"
        yield CALLED
        for rule in self.rules:
            yield f"  {rule.points:+} when {rule.words}"
        yield "  then in the order of joining"
        for nth, one in enumerate(self.waiters, 1):
            reasons = [(r.key, r.points, r.words) for r in self.reasons[one.id]]
            kept = {
                "waiting": str(one.id),
                "points": one.points,
                "joined_at": one.joined_at.isoformat(),
                "reasons": reasons,
                "pair": str(one.pair_id or ""),
            }
            yield f"  {nth:>3}. {_said(kept)}"

    def decisions(self) -> Iterator[Decision]:
        """Every decision, oldest first."""
        rows = db.session.execute(
            select(OfferDecision, Cohort.code)
            .join(Cohort, Cohort.id == OfferDecision.cohort_id)
            .join(Edition, Edition.id == Cohort.edition_id)
            .where(Edition.course_id == self.course_id)
            .order_by(OfferDecision.created_at, OfferDecision.id)
        ).all()
        for made, code in rows:
            yield Decision(
                made.kind,
                code,
                made.created_at,
                made.by_label,
                made.seats,
                made.listed,
                made.chosen,
                made.why,
            )

    def verdict(self, wrong: int) -> str:
        """The last line."""
        number = sum(1 for _ in self.decisions())
        if not number:
            return "No decision has been taken yet."
        all_ = words.plural(number, "decision")
        return f"{wrong} of {all_} disagree" if wrong else f"{all_}, and each agrees with its list"


def of_course(slug: str) -> Explained:
    """The queue of the course of this slug; `NotFound` when there is none."""
    course = db.session.execute(
        select(Course.id, Course.title).where(Course.slug == slug)
    ).one_or_none()
    if course is None:
        raise NotFound
    waiters = queue.line(course.id)
    return Explained(
        course.id,
        course.title,
        waiters,
        queue.reasons([one.id for one in waiters]),
        queue.rules(course.id),
    )


def _said(kept: Mapping[str, Any]) -> str:
    """As "a1b2c3d4, 120 points (Ambassador +100; No GP from Luton yet +20), since 3 Feb 2027"."""
    why = "; ".join(f"{said} {points:+}" for _, points, said in kept["reasons"])
    since = words.short_date(datetime.fromisoformat(kept["joined_at"]))
    points = words.plural(kept["points"], "point")
    pair = f", comes with pair {kept['pair'][-8:]}" if kept["pair"] else ""
    return f"{kept['waiting'][-8:]}, {points}{f' ({why})' if why else ''}, since {since}{pair}"
