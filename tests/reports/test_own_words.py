"""What is written beside figures is kept for good, so no family's detail may stand in it."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from lms.db import db
from lms.people.models import Person
from lms.reports.models import FrozenReturn, Indicator, IndicatorSet, Making, Restatement
from lms.spreadsheets import Table, write_csv
from lms.testing.client import PageClient
from tests import factories as make
from tests.reports.conftest import Sample, crowd, made
from tests.reports.test_delivery import COLUMNS, NUMBERS, SOUND, WHEN, counts, upload
from tests.reports.test_returns import FORM, compared

OWN = "Told by my client Sarah"
REFUSED = "'my client Sarah' looks like somebody's name"


def refused(answer: Any) -> bool:
    """Whether a form says so and shows the words again."""
    text = unescape(answer.text)
    return answer.status_code == 422 and REFUSED in text and OWN in text


def test_a_return_and_a_restatement_say_nothing_of_a_family(
    as_role: Callable[..., Any], sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    assert refused(ana.post("/reports/returns", data=FORM | {"about": OWN}))
    assert db.session.scalar(select(Making.id)) is None
    at = made(ana, ana.post("/reports/returns", data=FORM))
    sample.people = sample.people[3:]
    compared(ana, at)
    assert refused(ana.press(f"{at}/now", "Restate", reason=OWN))
    assert db.session.scalar(select(Restatement.id)) is None
    assert db.session.scalars(select(FrozenReturn.about)).all() == [FORM["about"]]


class TestHandedIn:
    """Forms and files of counts, headcounts and indicators."""

    @pytest.fixture
    def browser(self, session: object, as_person: Callable[[Person], PageClient]) -> PageClient:
        """An analyst's of the whole programme."""
        ann = make.person("Ann", "Weir")
        make.grant(ann, "analyst")
        return as_person(ann)

    def test_the_source_of_counts_is_no_family(self, browser: PageClient) -> None:
        place = make.locality("Northumberland")
        form = NUMBERS | WHEN | {
            "locality_id": str(place.id), "project": "A", "milestone_base": "retained",
        }  # fmt: skip
        assert refused(browser.press("/reports/counts/new", "Save", source=OWN, **form))
        file = write_csv([Table("T", COLUMNS, [(*SOUND[:-1], OWN)])])
        page = upload(browser, "/reports/counts/upload", file, base="retained")
        assert REFUSED in unescape(page.text)
        assert "0 rows can be saved, 1 row cannot" in page.text
        assert counts() == []

    def test_the_source_of_a_headcount_is_no_family(self, browser: PageClient) -> None:
        hub = make.organisation("Talbot Hub", locality_id=make.locality().id)
        sent = browser.press(
            "/reports/headcounts/new", "Save", organisation_id=str(hub.id),
            profession_id=str(make.profession("GP").id), number="1", source=OWN,
            **{"on_date-day": "1", "on_date-month": "3", "on_date-year": "2026"},
        )  # fmt: skip
        assert refused(sent)

    def test_what_is_said_of_indicators_is_no_family(self, browser: PageClient) -> None:
        begin = "/reports/sets/new"
        assert refused(browser.press(begin, "Begin the set", title="Ours", about=OWN))
        page = browser.press(begin, "Begin the set", title="Ours").location
        assert refused(browser.press(page, "Save", about=OWN))
        form = {"title": "Visits", "kind": "count", "number": "1", "source": OWN}
        assert refused(browser.press(f"{page}/indicators/new", "Save", **form))
        assert db.session.scalars(select(IndicatorSet.about)).all() == [""]
        assert db.session.scalar(select(Indicator.id)) is None
