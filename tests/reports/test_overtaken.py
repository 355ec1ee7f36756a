"""Two who change the same numbers: the second is told what stands, and nobody's change is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from lms.db import db
from lms.people.models import Person
from lms.reports.models import HeadcountTarget, Indicator, IndicatorSet
from lms.spreadsheets import Table, write_csv
from lms.testing.client import PageClient
from tests import factories as make
from tests.people.test_people_pages import fields_of
from tests.reports.test_delivery import COLUMNS, SOUND, counts, handed_in, keep, upload

AsPerson = Callable[[Person], PageClient]
Two = tuple[PageClient, PageClient, Any]


@pytest.fixture
def two(session: object, as_person: AsPerson) -> Two:
    """Ann's browser and Bea's, and their place."""
    place = make.locality("Northumberland")
    people = [make.person(name, "Weir") for name in ("Ann", "Bea")]
    for person in people:
        make.grant(person, "analyst", "locality", place.id)
    ann, bea = (as_person(person) for person in people)
    return ann, bea, place


def both_save(two: Two, page: str, theirs: dict[str, str], mine: dict[str, str]) -> Any:
    """Ann opens a page, Bea saves hers, Ann saves hers; what Ann then reads and sends."""
    ann, bea, _ = two
    opened = fields_of(ann.get(page).text)
    assert bea.press(page, "Save", **theirs).status_code == 303
    answer = ann.post(page, data=opened | mine)
    text = unescape(answer.text)
    return SimpleNamespace(status=answer.status_code, text=text, fields=fields_of(answer.text))


def test_who_changes_counts_that_a_colleague_has_just_changed_is_told_and_keeps_both(
    two: Two,
) -> None:
    row = handed_in(two[2], milestones=0)
    page = f"/reports/counts/{row.id}"
    base = {"milestone_base": "retained", "locality_id": str(two[2].id)}
    refused = both_save(
        two,
        page,
        {"retained": "30", "starts_on-day": "4"},
        {"milestones": "20"} | base,
    )
    assert refused.status == 409
    assert "Someone else changed this row at" in refused.text
    assert "(Bea Weir)" in refused.text
    assert "Retained is now 30" in refused.text
    assert "From is now 4 October 2021" in refused.text
    assert [(each.retained, each.milestones) for each in counts()] == [(30, 0)]
    assert (refused.fields["retained"], refused.fields["milestones"]) == ("30", "20")
    assert two[0].post(page, data=refused.fields | base).status_code == 303
    db.session.expire_all()
    kept = [(each.retained, each.milestones, each.starts_on) for each in counts()]
    assert kept == [(30, 20, date(2021, 10, 4))]


def test_a_number_that_both_changed_says_what_stands_also_where_that_is_none(two: Two) -> None:
    page = f"/reports/counts/{handed_in(two[2]).id}"
    base = {"milestone_base": "retained", "locality_id": str(two[2].id)}
    refused = both_save(two, page, {"milestones": "0"}, {"milestones": "20"} | base)
    assert "Milestones is now 0. What you gave is kept here" in refused.text
    assert [each.milestones for each in counts()] == [0]


def test_who_changes_a_headcount_that_a_colleague_has_just_changed_is_told(two: Two) -> None:
    hub = make.organisation("Talbot Hub", locality_id=two[2].id)
    job = make.profession("Health visitor")
    row = make.keep(
        HeadcountTarget(
            organisation_id=hub.id,
            profession_id=job.id,
            on_date=date(2026, 3, 1),
            number=12,
            source="Staff list",
            by_label="Ann",
        )
    )
    page = f"/reports/headcounts/{row.id}"
    chosen = {"organisation_id": str(hub.id), "profession_id": str(job.id)}
    refused = both_save(two, page, {"number": "14"}, {"number": "13"} | chosen)
    assert refused.status == 409
    assert "Someone else changed this headcount at" in refused.text
    assert "How many there are is now 14. What you gave is kept here" in refused.text
    assert db.session.scalars(select(HeadcountTarget.number)).all() == [14]


def indicator(two: Two) -> str:
    """The address of an indicator of a set, 22 of 31."""
    sent = two[0].press(
        "/reports/sets/new", "Begin the set", title="Ours", locality_id=str(two[2].id)
    )
    two[0].press(
        f"{sent.location}/indicators/new", "Save", title="Confident", kind="percentage",
        part="22", whole="31", source="Web",
    )  # fmt: skip
    [line] = db.session.scalars(select(Indicator.id))
    return f"{sent.location}/indicators/{line}"


def test_who_changes_an_indicator_that_a_colleague_has_just_changed_is_told(two: Two) -> None:
    refused = both_save(
        two, indicator(two), {"part": "25"}, {"part": "24", "kind": "percentage", "measure": ""}
    )
    assert refused.status == 409
    assert "Someone else changed this indicator at" in refused.text
    assert "How many of them (the part) is now 25. What you gave is kept here" in refused.text
    assert db.session.scalars(select(Indicator.definition)).all() == [{"first": 25, "second": 31}]


def test_an_indicator_that_became_another_kind_meanwhile_is_shown_as_it_is_now(two: Two) -> None:
    page = indicator(two)
    theirs = {"kind": "count", "number": "7"}
    refused = both_save(two, page, theirs, {"source": "A", "kind": "percentage", "measure": ""})
    assert "Where does its figure come from is now A count from elsewhere" in refused.text
    assert "The count is now 7" in refused.text
    assert two[0].post(page, data=refused.fields | {"kind": "count"}).status_code == 303
    db.session.expire_all()
    [line] = db.session.scalars(select(Indicator))
    assert (line.kind, line.definition, line.source) == ("count", {"first": 7}, "A")


def test_who_renames_a_set_that_a_colleague_has_just_renamed_is_told(two: Two) -> None:
    page = indicator(two).partition("/indicators/")[0]
    refused = both_save(two, page, {"title": "Theory of change"}, {"title": "All of ours"})
    assert refused.status == 409
    assert "is now Theory of change. What you gave is kept here" in refused.text
    assert db.session.scalars(select(IndicatorSet.title)).all() == ["Theory of change"]


def test_a_file_keeps_nothing_where_its_preview_is_no_longer_true(two: Two) -> None:
    ann, bea, place = two
    row = handed_in(place)
    file = write_csv([Table("T", COLUMNS, [(*SOUND[:4], 29, *SOUND[5:])])])
    page = upload(ann, "/reports/counts/upload", file, base="retained")
    assert "retained 28 → 29" in page.text
    assert bea.press(f"/reports/counts/{row.id}", "Save", retained="30").status_code == 303
    answer = keep(ann, page)
    assert "Someone else has changed some of it meanwhile" in ann.get(answer.location).text
    db.session.expire_all()
    assert [each.retained for each in counts()] == [30]
