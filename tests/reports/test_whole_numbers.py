"""Counts are whole: whoever tries every table still cannot tell what is hidden.

The tables are small enough to try them all, beside the algebra of the other tests.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from lms.contracts import Audience, Count, DataTable, Draft, Row, Subject, Sum
from lms.reports.disclosure import POLICIES, Policy, hide
from tests.reports.attacks import Tables

OUTSIDE = (POLICIES[Audience.PARTNER], POLICIES[Audience.PUBLICATION])
NUMBERS = some.sampled_from((0, 1, 2, 3, 4, 5, 6, 8, 11, 17))
TABLES = some.integers(1, 3).flatmap(
    lambda wide: some.lists(some.tuples(*[NUMBERS] * wide), min_size=1, max_size=3)
)
Sums = list[tuple[str, tuple[str, ...]]]


def figures_of(table: list[tuple[int, ...]]) -> tuple[dict[str, int], Sums]:
    """Every cell and every total by name, and which are the sum of which."""
    high, wide = range(len(table)), range(len(table[0]))
    values = {f"{r}{c}": table[r][c] for r in high for c in wide}
    sums: Sums = [(f"row {r}", tuple(f"{r}{c}" for c in wide)) for r in high]
    sums += [(f"column {c}", tuple(f"{r}{c}" for r in high)) for c in wide]
    sums += [("all", tuple(f"{r}{c}" for r in high for c in wide))]
    for total, parts in sums:
        values[total] = sum(values[part] for part in parts)
    return values, sums


def draft_of(table: list[tuple[int, ...]]) -> Draft:
    """People in rows and columns, with a total of each and of all."""
    values, sums = figures_of(table)
    wide = range(len(table[0]))
    rows = [Row(f"Row {r}", (*(f"{r}{c}" for c in wide), f"row {r}")) for r in range(len(table))]
    rows.append(Row("All", (*(f"column {c}" for c in wide), "all"), is_total=True))
    counts = tuple(Count(key, value, Subject.PEOPLE) for key, value in values.items())
    heads = (*(f"Column {c}" for c in wide), "All")
    declared = tuple(Sum(total, parts) for total, parts in sums)
    return Draft(counts, (DataTable("t", "T", "Who", heads, tuple(rows)),), declared)


@pytest.mark.parametrize("policy", OUTSIDE, ids=("partner", "publication"))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
@example([(3, 46, 7)])
@example([(1, 5, 8), (5, 1, 8), (8, 8, 1)])
@given(TABLES)
def test_what_is_hidden_may_be_one_number_or_another(
    policy: Policy, table: list[tuple[int, ...]]
) -> None:
    values, sums = figures_of(table)
    hidden = hide(draft_of(table), policy)
    seen = {key: value for key, value in values.items() if key not in hidden}
    assert [key for key, value in seen.items() if 0 < value < 5] == []
    tables = Tables(values, sums, seen)
    sure = [key for key in sorted(hidden) if tables.another(key) is None]
    assert (sure, [values[key] for key in hidden if not values[key]]) == ([], [])


def test_who_tries_every_table_finds_what_the_rest_gives_away() -> None:
    """The eyes of the test above see: one cell alone is what its row leaves, a square is not."""
    values, sums = figures_of([(3, 46, 7), (2, 5, 8)])

    def known(*hidden: str) -> list[str]:
        seen = {key: value for key, value in values.items() if key not in hidden}
        return [key for key in hidden if Tables(values, sums, seen).another(key) is None]

    assert known("00") == ["00"]
    assert known("00", "02") == ["00", "02"]
    assert known("00", "02", "10", "12") == []
