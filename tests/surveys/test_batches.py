"""However a selection is narrowed, no difference of two is a group of one to four people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.queries.batches import FEWEST, Unit, apart, whole
from tests.reports.attacks import Known


@dataclass(frozen=True)
class Line:
    """People of a cohort and place."""

    unit: Unit
    people: int
    kind: str = "both"
    chosen: bool = True


def line(cohort: str, place: str, people: int, *, chosen: bool = True) -> Line:
    """Cohorts A and B are of one course, C and D of another; each ends a day later."""
    course = "one" if cohort in "AB" else "two"
    ended_at = datetime(2027, 1, ord(cohort) - 64, tzinfo=UTC)
    return Line(Unit(course, ended_at, cohort, place), people, chosen=chosen)


def names(batches: list[list[Line]]) -> list[list[str]]:
    return [[f"{one.unit.cohort}{one.unit.place}" for one in batch] for batch in batches]


sizes = st.dictionaries(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("NSW")),
    st.integers(1, 9),
    min_size=1,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(sizes)
def test_nothing_that_is_told_of_any_cohorts_and_places_gives_a_small_one_away(
    people: dict[tuple[str, str], int],
) -> None:
    everywhere = [line(*unit, number) for unit, number in people.items()]
    told = []
    for cohorts in (some for n in range(1, 5) for some in combinations("ABCD", n)):
        for places in (some for n in range(1, 4) for some in combinations("NSW", n)):
            asked = [x for x in everywhere if x.unit.cohort in cohorts and x.unit.place in places]
            batches = whole(asked, everywhere)
            assert all(sum(one.people for one in batch) >= FEWEST for batch in batches)
            told.append({one.unit: 1 for batch in batches for one in batch})
    known = Known(told)
    small = [one for one in everywhere if one.people < FEWEST]
    assert [one for one in small if known.gives({one.unit: 1})] == []


def test_small_ones_are_put_together_within_course_and_place_before_anything_else() -> None:
    everywhere = [line("A", "N", 3), line("A", "S", 4), line("B", "N", 2), line("C", "S", 4)]
    assert names(whole(everywhere, everywhere)) == [["AN", "BN"], ["AS", "CS"]]


def test_the_few_that_are_left_over_count_nowhere_until_they_are_five() -> None:
    everywhere = [line("A", "N", 7), line("B", "N", 4)]
    assert names(whole(everywhere, everywhere)) == [["AN"]]
    assert whole(everywhere[1:], everywhere) == []


def test_part_of_a_batch_is_not_counted_and_neither_is_part_of_a_cohort() -> None:
    everywhere = [line("A", "N", 3), line("B", "N", 3), line("C", "N", 9)]
    assert names(whole(everywhere[1:], everywhere)) == [["CN"]]
    assert whole([line("C", "N", 8)], everywhere) == []


def test_what_is_told_of_some_of_a_batch_leaves_nobody_over() -> None:
    def batch(some: int, rest: int) -> list[Line]:
        return [line("A", "N", some), line("A", "N", rest, chosen=False)]

    assert [sum(x.people for x in apart([batch(*sizes)], lambda x: x.chosen)) for sizes in (
        (9, 5), (9, 0), (9, 4), (4, 9),
    )] == [9, 9, 0, 0]  # fmt: skip
