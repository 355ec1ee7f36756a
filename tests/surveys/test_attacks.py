"""Somebody reads several versions side by side, subtracts, and still finds nobody.

The reports are the real ones, of people made up so that a subtraction would give few of them away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from courses.models import Cohort
from courses.reports import cost, coverage, funnel, programme
from lms import clock
from lms.contracts import Audience, Group, Report, Subject
from lms.db import db
from lms.reports.disclosure import POLICIES, Earlier, Told, hide, told
from lms.reports.documents.document import Document
from lms.reports.documents.writing import Heading, write
from lms.reports.models import HeadcountTarget
from surveys.reports import confidence
from tests import factories as make
from tests.courses.over import cohort, person
from tests.reporting import ask
from tests.surveys.told import Person, pairs
from tests.surveys.told import told as surveyed

JANUARY, APRIL = date(2027, 1, 20), date(2027, 4, 20)
TO_MARCH, FROM_APRIL = {"end": date(2027, 3, 31)}, {"start": date(2027, 4, 1)}


@pytest.fixture(autouse=True)
def at_a_later_time(session: object, frozen: Any) -> None:
    frozen("2027-08-01 09:00")


@dataclass
class Reader:
    """Somebody outside, who keeps every version that they have read."""

    audience: Audience = Audience.PUBLICATION
    known: list[Told] = field(default_factory=list)

    def read(self, report: Report, **filters: Any) -> Document:
        """Ask for a version, as one more beside those before."""
        draft = report.build(ask(audience=self.audience, **filters))
        before = {str(self.audience): tuple(self.known)}
        policy = POLICIES[self.audience]
        hidden = hide(draft, policy, Earlier(**before))
        self.known += told(draft, hidden)
        return write(draft, Heading("", "", "", clock.now()), policy, hidden)


def cells(document: Document, key: str, row: str = "All") -> dict[str, str]:
    """A row of a table by its headings; nothing where there is no such row."""
    for table in document.tables:
        if table.key == key:
            found = [one for one in table.rows if one.label == row]
            if found:
                texts = [cell.text for cell in found[0].cells]
                return dict(zip(table.columns, texts, strict=True))
    return {}


def numbers(*texts: str) -> list[int] | None:
    """The numbers, if every one of them is told."""
    return [int(text) for text in texts] if all(text.isdigit() for text in texts) else None


def group_of(on: Cohort) -> Group:
    """The finest group of people of no place and no job."""
    return (str(on.id), "", "")


def words(document: Document) -> str:
    return " ".join(saying.text for saying in document.sayings)


def test_who_did_not_answer_later_is_not_the_difference_of_two_rows() -> None:
    surveyed([Person(1 + n % 5, 3 + n % 3, later=4 if n else None) for n in range(12)])
    seen = Reader().read(confidence.REPORT)
    later = cells(seen, "later_6", "Against before")
    assert cells(seen, "change", "Helping with a problem")["People"] == "12"
    assert (later["People"], later["Mean first"]) == ("[c]", "[c]")


def test_both_comparisons_months_later_are_of_the_same_people() -> None:
    """Two more who answered after and later, but not before, would be their difference."""
    surveyed(
        [*[Person(2 + n % 2, 4, 4) for n in range(20)], Person(None, 4, 4), Person(None, 5, 5)]
    )
    seen = Reader().read(confidence.REPORT)
    rows = [
        cells(seen, "later_6", f"Against {word}")["People"] for word in ("before", "straight after")
    ]
    assert rows[0] == rows[1] != "22"


def test_those_who_came_in_between_are_not_given_away_by_two_periods() -> None:
    on = make.edition()
    first, second = (cohort(sessions=1, day=day, on=on) for day in (JANUARY, APRIL))
    for n in range(20):
        person(first, "present", completed=n < 12)
    for n in range(10):
        person(second, "present", completed=n < 9)
    reader = Reader()
    was, now = (cells(reader.read(funnel.REPORT, **f), "funnel") for f in (TO_MARCH, {}))
    both = numbers(was["Attended"], was["Completed"], now["Attended"], now["Completed"])
    assert both is None or (both[2] - both[0]) - (both[3] - both[1]) not in range(1, 5)


def test_what_one_report_hides_no_other_tells_on_the_same_day() -> None:
    on = cohort(sessions=1, costs_pence=100_000)
    for n in range(20):
        person(on, "present" if n else "absent", completed=n > 0)
    reader = Reader()
    drop = cells(reader.read(funnel.REPORT), "funnel")
    spent = cells(reader.read(cost.REPORT), "cost")
    table = cells(reader.read(programme.REPORT), "practitioners")
    assert spent["Attended"] == "19"
    assert [drop["Invited"], drop["Booked"], table["Enrolled"]] == ["[c]", "[c]", "[c]"]


def test_nor_does_one_that_is_read_first() -> None:
    on = cohort(sessions=1, costs_pence=100_000)
    for n in range(20):
        person(on, "present" if n else "absent", completed=n > 0)
    reader = Reader()
    reader.known.append(Told("enrolled", Subject.PEOPLE, 20, {group_of(on): 20}))
    spent = reader.read(cost.REPORT)
    assert cells(spent, "cost")["Attended"] == "[c]"
    assert "19" not in words(spent)


def test_the_few_who_answered_before_only_are_in_no_period_of_a_version() -> None:
    on = make.edition()
    surveyed([*pairs(9, 2, 4), *pairs(7, 3, 4), *[Person(1)] * 4], day=JANUARY, on=on)
    surveyed([*pairs(8, 2, 4), *pairs(6, 3, 4), *[Person(2)] * 6], day=APRIL, on=on)
    reader = Reader(Audience.PARTNER)
    said = [words(reader.read(confidence.REPORT, **f)) for f in (TO_MARCH, {}, FROM_APRIL)]
    assert "of the same 16" in said[0]
    assert "of 20 before" not in said[0]
    assert "of 40 before" not in said[1]
    assert not any("their mean was" in each for each in said[:2])


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.PUBLICATION])
def test_those_too_few_for_our_own_team_are_told_to_nobody_else(audience: Audience) -> None:
    surveyed(pairs(30, 2, 4), day=JANUARY)
    surveyed(pairs(3, 1, 5), day=APRIL)
    said = words(Reader(audience).read(confidence.REPORT))
    assert "of the same 30" in said
    assert "Some people who answered both times are not counted" in said


def test_a_distribution_is_not_completed_by_the_mean_that_another_question_tells() -> None:
    """Whoever asks for another question first finds this one's means among the others."""
    spread = [
        Person(before, 4)
        for before, n in ((1, 4), (2, 20), (3, 30), (4, 23), (5, 5))
        for _ in range(n)
    ]
    surveyed(spread)
    reader = Reader()
    levels = cells(reader.read(confidence.REPORT), "levels", "Before")
    other = reader.read(confidence.REPORT, choices={"question": "identifying"})
    mean = cells(other, "others", "Helping with a problem")["Mean first"]
    open_ = [text for text in levels.values() if text == "[c]"]
    assert mean == "[c]" or len(open_) >= 4


def test_an_employer_is_not_the_difference_of_two_breakdowns() -> None:
    place, visitor = make.locality(), make.profession("Health visitor")
    hub, hospital = (make.organisation(name, locality_id=place.id) for name in ("Hub", "Hospital"))
    on: Cohort = cohort(sessions=1, place=place)
    for employer, number in ((hub, 3), (hospital, 17)):
        make.keep(
            HeadcountTarget(
                organisation_id=employer.id, profession_id=visitor.id, number=40,
                on_date=date(2027, 3, 1), source="Staff list", by_label="Priya Nair",
            )
        )  # fmt: skip
        for _ in range(number):
            person(
                on, "present", completed=True, organisation_id=employer.id,
                locality_id=place.id, profession_id=visitor.id,
            )  # fmt: skip
    db.session.flush()
    for order in (("organisation", "job"), ("job", "organisation")):
        reader = Reader(Audience.PARTNER)
        seen = {by: reader.read(coverage.REPORT, breakdown=by) for by in order}
        larger = cells(seen["organisation"], "coverage", "Hospital: Health visitor")["Trained"]
        whole = cells(seen["job"], "coverage", "Health visitor")["Trained"]
        assert numbers(larger, whole) is None
