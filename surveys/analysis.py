"""The plain before-and-after table of a cohort: counts and means over pairs, never one person.

The cohort's survey page calls it. It counts in the database, shows nothing under five pairs, and
moves in daily steps, so that nobody can watch one form come in.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from lms import clock
from lms.contracts import ConfidenceChange, Item
from lms.db import db
from surveys.queries.batches import FEWEST
from surveys.services.instruments import items_of

Answers = Mapping[Any, Any]

TOP = 2
"""How many of the highest answers count as "quite or very"."""


@dataclass(frozen=True)
class Paired:
    """One question answered twice by the same `n` people; shares in people, means on the scale."""

    construct: str
    question: str
    n: int
    before_top: int
    after_top: int
    before_mean: float
    after_mean: float
    before: tuple[int, ...]
    after: tuple[int, ...]
    options: tuple[str, ...]


@dataclass(frozen=True)
class BeforeAfter:
    """The table, or how many pairs there are so far when they are too few.

    `left_out` are those that are not counted, as fewer than five came from their place.
    """

    pairs: int
    left_out: int
    rows: tuple[Paired, ...]
    as_of: datetime

    @property
    def shown(self) -> bool:
        """Whether there are enough pairs."""
        return self.pairs >= FEWEST


PAIRS = text("""
select before.answers as before, after.answers as after, instrument.definition as definition,
  coalesce(booking.locality_id, home.locality_id) as place
from surveys_wave as first
join surveys_assignment as a on a.wave_id = first.id
join courses_booking as booking on booking.id = a.booking_id
left join lateral (
  select min(shared.locality_id::text)::uuid as locality_id from courses_cohort_locality as shared
  where shared.cohort_id = booking.cohort_id having count(*) = 1
) as home on true
join surveys_submission as before on before.assignment_id = a.id
join surveys_wave as second on second.cohort_id = first.cohort_id
  and second.kind = 'post' and not second.is_second
  and second.instrument_id = first.instrument_id
join surveys_assignment as b on b.wave_id = second.id and b.booking_id = a.booking_id
join surveys_submission as after on after.assignment_id = b.id
join surveys_instrument as instrument on instrument.id = first.instrument_id
where first.cohort_id = :cohort_id and first.kind = 'pre' and not first.is_second
  and before.submitted_at < :until and after.submitted_at < :until
""")

LEVELS = text("""
select submission.answers as before, submission.answers as after,
  instrument.definition as definition,
  coalesce(booking.locality_id, home.locality_id) as place
from surveys_wave as wave
join surveys_assignment as a on a.wave_id = wave.id
join courses_booking as booking on booking.id = a.booking_id
left join lateral (
  select min(shared.locality_id::text)::uuid as locality_id from courses_cohort_locality as shared
  where shared.cohort_id = booking.cohort_id having count(*) = 1
) as home on true
join surveys_submission as submission on submission.assignment_id = a.id
join surveys_instrument as instrument on instrument.id = wave.instrument_id
where wave.cohort_id = :cohort_id and wave.kind = 'post' and not wave.is_second
  and submission.submitted_at < :until
""")

SCORES = text("""
select count(*) as pairs, avg(before.score) as before, avg(after.score) as after
from surveys_wave as first
join surveys_assignment as a on a.wave_id = first.id
join surveys_submission as before on before.assignment_id = a.id
join surveys_wave as second on second.cohort_id = first.cohort_id
  and second.kind = 'post' and not second.is_second
  and second.instrument_id = first.instrument_id
join surveys_assignment as b on b.wave_id = second.id and b.booking_id = a.booking_id
join surveys_submission as after on after.assignment_id = b.id
where a.booking_id = any(:booking_ids) and first.kind = 'pre' and not first.is_second
  and before.submitted_at < :until and after.submitted_at < :until
  and before.score is not null and after.score is not null
""")


def before_and_after(cohort_id: uuid.UUID) -> BeforeAfter:
    """The same people's answers before and after, by question, up to last midnight."""
    return _table(PAIRS, cohort_id)


def levels(cohort_id: uuid.UUID) -> BeforeAfter:
    """A cohort that was asked only afterwards: how people answered, never how they changed."""
    return _table(LEVELS, cohort_id)


def confidence(booking_ids: Sequence[uuid.UUID]) -> ConfidenceChange:
    """Means of the primary question before and after over these bookings, from five pairs on."""
    until = clock.start_of(clock.today())
    found = db.session.execute(SCORES, {"booking_ids": list(booking_ids), "until": until}).one()
    if found.pairs < FEWEST:
        return ConfidenceChange(found.pairs, None, None)
    return ConfidenceChange(found.pairs, float(found.before), float(found.after))


def _table(statement: TextClause, cohort_id: uuid.UUID) -> BeforeAfter:
    until = clock.start_of(clock.today())
    rows = db.session.execute(statement, {"cohort_id": cohort_id, "until": until}).mappings().all()
    told = _told(rows)
    if len(told) < FEWEST:
        return BeforeAfter(len(rows), 0, (), until)
    made = [_paired(item, rows) for item in _scales(told[0]["definition"])]
    found = tuple(row for row in made if row is not None)
    return BeforeAfter(len(told), len(rows) - len(told), found, until)


def _told(rows: Sequence[Answers]) -> list[Answers]:
    """Those of places from which five or more answered; those of the others if they are five.

    A report may be narrowed to a place, and what it says is not to leave few of the cohort over.
    """
    by_place: dict[Any, list[Answers]] = {}
    for row in rows:
        by_place.setdefault(row["place"], []).append(row)
    few = [row for some in by_place.values() if len(some) < FEWEST for row in some]
    many = [row for some in by_place.values() if len(some) >= FEWEST for row in some]
    return [*many, *few] if len(few) >= FEWEST else many


def _scales(definition: Answers) -> list[Item]:
    return [item for item in items_of(dict(definition)) if item.type == "scale"]


def _paired(item: Any, rows: Sequence[Answers]) -> Paired | None:
    """One question over the pairs that answered it twice; None when they are too few."""
    values = [int(value) for value, _ in item.options]
    both = [row for row in rows if item.key in row["before"] and item.key in row["after"]]
    pairs = [(int(row["before"][item.key]), int(row["after"][item.key])) for row in _told(both)]
    if len(pairs) < FEWEST:
        return None
    top = set(values[-TOP:])
    before, after = Counter(b for b, _ in pairs), Counter(a for _, a in pairs)
    return Paired(
        construct=item.construct,
        question=item.text,
        n=len(pairs),
        before_top=sum(before[value] for value in top),
        after_top=sum(after[value] for value in top),
        before_mean=sum(b for b, _ in pairs) / len(pairs),
        after_mean=sum(a for _, a in pairs) / len(pairs),
        before=tuple(before[value] for value in values),
        after=tuple(after[value] for value in values),
        options=tuple(words for _, words in item.options),
    )
