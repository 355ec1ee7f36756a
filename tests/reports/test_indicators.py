"""An authority's own indicators: chosen from measures, or entered with their source."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from sqlalchemy import select

from lms.contracts import Audience
from lms.db import db
from lms.reports import measures
from lms.reports.indicators import examples, report
from lms.reports.models import Indicator, IndicatorSet
from tests import factories as make
from tests.courses.over import cohort, person
from tests.reporting import ask, consistent, notes, table
from tests.surveys.told import Person, told


@pytest.fixture(autouse=True)
def at_a_later_time(session, frozen):
    frozen("2027-08-01 09:00")


@pytest.fixture
def herts():
    return make.locality("Hertfordshire")


@pytest.fixture
def browser(herts, as_person):
    ann = make.person("Ann", "Weir")
    make.grant(ann, "analyst", "locality", herts.id)
    return as_person(ann)


def begin(browser, place, **fields):
    """Begin a set by its form; the address of its page."""
    sent = browser.press(
        "/reports/sets/new", "Begin the set", title="Ours", locality_id=str(place.id), **fields
    )
    assert sent.status_code == 303
    return sent.headers["Location"]


def lines():
    return db.session.scalars(select(Indicator).order_by(Indicator.position)).all()


def build(**filters):
    draft = report.build(ask(**filters))
    consistent(draft)
    return draft


def test_hertfordshires_nine_come_along_and_name_measures_that_exist(app, session):
    [example] = [one for one in examples.examples() if one.key == "hertfordshire"]
    assert len(example.lines) == 9
    assert all(line.source for line in example.lines)
    counted = [line.measure for line in example.lines if line.measure]
    assert counted == ["ambassadors", "attended", "change_helping", "conversations"]
    assert all(measures.find(key) for key in counted)


def test_the_example_is_counted_where_we_can_and_says_what_was_not_collected(browser, herts):
    page = begin(browser, herts, example="hertfordshire")
    told([Person(2, 4) for _ in range(6)] + [Person(4, 4) for _ in range(6)], place=herts)
    draft = build()
    grid = table(draft, "indicators")
    names = {name.split(".")[0]: name for name in grid.rows}
    assert len(names) == 9
    assert grid[names["4"], "Number"] == "12"
    rise = [grid[names["5"], c] for c in report.COLUMNS]
    assert rise == ["[z]", "12", "[z]", "6", "12", "100%"]
    assert grid[names["2"], "Number"] == "[x]"
    assert [grid[names["8"], c] for c in ("Before", "After", "% change")] == ["[x]"] * 3
    assert "Website statistics (2); Registers (4)" in notes(draft, "indicators")[0]
    assert notes(draft, "indicators")[1:] == []
    assert draft.place == "Hertfordshire"
    words = html.unescape(browser.get(page).get_data(as_text=True))
    assert "A count from elsewhere, not entered yet" in words


def test_numbers_from_elsewhere_stand_with_their_source_and_period(browser, herts):
    page = begin(browser, herts)
    new = f"{page}/indicators/new"
    for title, kind, numbers in (
        ("Visits", "count", {"number": "157"}),
        ("Confident", "percentage", {"part": "22", "whole": "31"}),
        ("Referrals", "change", {"before": "20", "after": "36"}),
    ):
        sent = browser.press(
            new, "Save", title=title, kind=kind, source="Web", **numbers,
            **{"ends_on-day": "30", "ends_on-month": "6", "ends_on-year": "2027"},
        )  # fmt: skip
        assert sent.status_code == 303
    draft = build()
    grid = table(draft, "indicators")
    assert grid["1. Visits", "Number"] == "157"
    assert [grid["2. Confident", c] for c in ("Number", "Of", "%")] == ["22", "31", "71%"]
    assert [grid["3. Referrals", c] for c in ("Before", "After", "% change")] == [
        "20",
        "36",
        "80%",
    ]
    assert notes(draft, "indicators")[:2] == [
        "Source: Web (1, 2 and 3).",
        "Indicator 1 counts up to 30 June 2027, not the months of the report.",
    ]


def test_the_form_asks_for_the_numbers_of_the_kind_that_was_chosen_and_for_no_others(
    browser, herts
):
    page = begin(browser, herts)
    form = {"title": "Visits", "source": "Web"}
    nothing = browser.press(f"{page}/indicators/new", "Save", **form)
    assert "Choose where the figure comes from" in nothing.get_data(as_text=True)
    unsaid = browser.press(f"{page}/indicators/new", "Save", kind="here", **form)
    assert "Choose what to count" in unsaid.get_data(as_text=True)
    kept = browser.press(
        f"{page}/indicators/new", "Save", kind="count", number="157", part="3", before="9", **form
    )
    assert kept.status_code == 303
    [line] = lines()
    assert (line.kind, line.definition) == ("count", {"first": 157})


def test_every_field_of_the_form_is_labelled_and_stands_under_its_kind_without_scripts(
    browser, herts
):
    page = begin(browser, herts)
    words = html.unescape(browser.get(f"{page}/indicators/new").get_data(as_text=True))
    labels = [
        " ".join(label.split()) for label in re.findall(r"<label[^>]*>(.*?)</label>", words, re.S)
    ]
    assert labels[1:-1][:9] == [
        "Counted here, from our own records",
        "What to count",
        "A count from elsewhere, like 157 visits",
        "The count",
        "A percentage from elsewhere, like 22 of 31 (71%)",
        "How many of them (the part)",
        "Out of how many (the whole)",
        "A change from elsewhere, like from 20 to 36 (up 80%)",
        "The number before",
    ]
    assert words.count("govuk-radios__conditional--hidden") == 4


def test_a_source_with_braces_names_no_figure(browser, herts):
    page = begin(browser, herts)
    form = {"title": "Visits", "kind": "count", "number": "1", "source": "The {old} list"}
    assert browser.press(f"{page}/indicators/new", "Save", **form).status_code == 303
    assert notes(build(), "indicators") == ["Source: The (old) list (1)."]


def test_an_indicators_own_period_goes_before_the_reports(browser, herts):
    page = begin(browser, herts)
    for year in (2026, 2027):
        person(cohort(sessions=1, day=date(year, 3, 3), place=herts), "present")
    browser.press(
        f"{page}/indicators/new",
        "Save",
        title="Attended",
        kind="here",
        measure="attended",
        source="Registers",
        **{"starts_on-day": "1", "starts_on-month": "1", "starts_on-year": "2026"},
        **{"ends_on-day": "31", "ends_on-month": "12", "ends_on-year": "2026"},
    )
    assert table(build(), "indicators")["1. Attended", "Number"] == "1"
    later = build(start=date(2027, 1, 1))
    assert table(later, "indicators")["1. Attended", "Number"] == "1"


@pytest.mark.parametrize(("last", "told"), [("28", True), ("27", False)])
def test_outside_the_team_an_indicator_is_counted_over_whole_months_only(
    browser, herts, last, told
):
    page = begin(browser, herts)
    on = cohort(sessions=1, day=date(2027, 2, 3), place=herts)
    for _ in range(6):
        person(on, "present")
    period = {"starts_on": ("1", "2", "2027"), "ends_on": (last, "2", "2027")}
    days = {
        f"{name}-{part}": value
        for name, day in period.items()
        for part, value in zip(("day", "month", "year"), day, strict=True)
    }
    browser.press(
        f"{page}/indicators/new", "Save", title="Attended", kind="here", measure="attended",
        source="Registers", **days,
    )  # fmt: skip
    assert table(build(), "indicators")["1. Attended", "Number"] == "6"
    outside = build(audience=Audience.PARTNER)
    assert table(outside, "indicators")["1. Attended", "Number"] == ("6" if told else "[z]")
    said = "Indicator 1 is for our team only: it does not count whole months."
    assert (said in notes(outside, "indicators")) is not told


def test_indicators_are_changed_moved_and_removed(browser, herts):
    page = begin(browser, herts, example="hertfordshire")
    first, second, *_ = lines()
    changed = browser.press(
        f"{page}/indicators/{first.id}", "Save", title="Ambassadors", kind="count", number=""
    )
    assert changed.status_code == 303
    assert browser.post(f"{page}/indicators/{second.id}/up").status_code == 303
    db.session.expire_all()
    assert [line.title for line in lines()][:2] == [second.title, "Ambassadors"]
    assert browser.post(f"{page}/indicators/{second.id}/remove").status_code == 303
    db.session.expire_all()
    assert [line.position for line in lines()] == list(range(1, 9))
    assert browser.press(page, "Save", title="Our theory of change").status_code == 303
    assert browser.post(f"{page}/remove").status_code == 303
    assert db.session.scalars(select(IndicatorSet)).all() == []


def test_half_a_share_is_refused_in_words(browser, herts):
    page = begin(browser, herts)
    form = {"title": "Share", "kind": "percentage", "source": "Web"}
    half = browser.press(f"{page}/indicators/new", "Save", part="3", **form)
    assert half.status_code == 422
    assert "Enter both numbers" in half.get_data(as_text=True)
    more = browser.press(f"{page}/indicators/new", "Save", part="9", whole="3", **form)
    assert "The part cannot be more than the whole" in more.get_data(as_text=True)


def test_a_set_of_another_place_or_of_the_whole_programme_is_not_changed(browser, herts, as_person):
    page = begin(browser, herts)
    joan = make.person("Joan")
    make.grant(joan, "analyst", "locality", make.locality("Essex").id)
    other = as_person(joan)
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/remove").status_code == 404
    whole = other.press("/reports/sets/new", "Begin the set", title="All")
    assert whole.status_code == 422


def test_a_measure_that_went_with_its_plugin_stays_as_not_collected(browser, herts):
    begin(browser, herts, example="hertfordshire")
    lines()[0].measure = "gone"
    db.session.flush()
    grid = table(build(), "indicators")
    assert grid["1. Number of ambassadors in place", "Number"] == "[x]"


def test_without_a_set_it_is_said_where_to_choose_indicators():
    assert "No indicators have been chosen yet" in report.build(ask()).empty


def test_an_empty_report_of_indicators_has_a_button_to_where_they_are_chosen(browser):
    words = browser.get("/reports/indicators").get_data(as_text=True)
    assert "Make a set of indicators" in words
    assert 'href="/reports/sets"' in words
