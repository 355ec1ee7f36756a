"""Of what a report speaks, in words: course, places, period and cohorts.

It stands over the page and in the line that goes with a quotation, so that neither can be taken for
more than was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.contracts import Count, Draft
from lms.web import words

MOST_NAMES = 3
"""More courses or cohorts are said by their number."""
MOST_PLACES = 12
"""So many places are named; more are counted."""
COUNTED = re.compile(r"\d+ places")


@dataclass(frozen=True)
class Chosen:
    """What was chosen of a report's filters, by name; `known` are places by their key.

    With `by_cohort` the report can be narrowed to cohorts, and says of how many it speaks.
    """

    courses: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    by_cohort: bool = False
    known: Mapping[str, str] = field(default_factory=dict)


def scope_of(draft: Draft, chosen: Chosen) -> tuple[str, ...]:
    """'Brief Encounters', 'Hertfordshire', 'October 2026 to March 2027', '5 cohorts'."""
    parts = (
        _listed(chosen.courses, "course"),
        _places(draft, chosen),
        draft.period,
        _cohorts(draft, chosen),
    )
    return tuple(part for part in parts if part)


def _listed(names: Sequence[str], one: str) -> str:
    return words.listing(names) if len(names) <= MOST_NAMES else words.plural(len(names), one)


def _places(draft: Draft, chosen: Chosen) -> str:
    """The places by name where the draft only says how many they are."""
    if not COUNTED.fullmatch(draft.place):
        return draft.place
    seen = _groups(draft, 1)
    names = chosen.places or sorted(chosen.known[one] for one in seen if one in chosen.known)
    told = words.listing(names) if len(names) <= MOST_PLACES else ""
    return told if draft.place == words.plural(len(names), "place") and told else draft.place


def _cohorts(draft: Draft, chosen: Chosen) -> str:
    if chosen.cohorts:
        several = 1 < len(chosen.cohorts) <= MOST_NAMES
        return ("cohorts " if several else "") + _listed(chosen.cohorts, "cohort")
    number = len(_groups(draft, 0)) if chosen.by_cohort else 0
    return words.plural(number, "cohort") if number else ""


def _groups(draft: Draft, part: int) -> set[str]:
    """The cohorts (0) or places (1) from which anybody was counted."""
    counts = (figure for figure in draft.figures if isinstance(figure, Count))
    return {group[part] for one in counts for group in one.groups if group[part]}
