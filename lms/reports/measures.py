"""Measures of every room by their key: what a report or an indicator borrows from another room.

A guest's measure is asked in its envelope; one that fails or is not there is "not collected".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.contracts import Count, Derived, Figure, Group, Measure, ReportQuery
from lms.envelope import Failed
from lms.registry import current_registry

HOOK = "lms_measures"


def all_of_them() -> list[Measure]:
    """Every measure, by title."""
    return sorted(current_registry().measures.values(), key=lambda measure: measure.title)


def find(key: str) -> Measure | None:
    """A measure; None when no plugin offers it (any more)."""
    return current_registry().measures.get(key)


def figures(key: str, query: ReportQuery) -> tuple[Figure, ...]:
    """What a measure counts, itself first; empty where it cannot be counted now."""
    measure = find(key)
    if measure is None:
        return ()
    registry = current_registry()
    owner = registry.owners[Measure, key]
    if owner.room:
        return tuple(measure.figures(query))
    found = registry.callers.guarded(owner, HOOK, lambda: _checked(measure.figures(query)))
    return () if isinstance(found, Failed) else tuple(found)


def tally(key: str, query: ReportQuery) -> Mapping[Group, int] | None:
    """A count of people by its finest groups; None where nobody counts them."""
    found = figures(key, query)
    return found[0].groups if found and isinstance(found[0], Count) else None


def _checked(found: Sequence[Figure]) -> tuple[Figure, ...]:
    """A guest's figures, if they are some and name one another; raises otherwise."""
    made = tuple(found)
    counts = {figure.key for figure in made if isinstance(figure, Count)}
    for figure in made:
        if not isinstance(figure, Count | Derived):
            raise TypeError(f"a measure gave {type(figure).__name__} and no figure")
        if isinstance(figure, Derived) and not set(figure.of) <= counts:
            raise ValueError(f"{figure.key} is worked out from what is not there")
        groups = figure.groups if isinstance(figure, Count) else {}
        if groups and isinstance(figure, Count) and sum(groups.values()) != figure.value:
            raise ValueError(f"the groups of {figure.key} do not add up to it")
    return made
