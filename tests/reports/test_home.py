"""What reports say on the home page and in the navigation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from lms import hookimpl
from lms.contracts import SYSTEM, Audience, Report
from lms.db import db, one_moment, rollback, unit_of_work
from lms.reports.asking import Asked, Wanted
from lms.reports.home import last_quarter
from lms.reports.services import returns
from lms.testing import Frozen, MakeApp
from tests import factories as make
from tests.people.test_people_pages import signed_in
from tests.reports.conftest import crowd
from tests.reports.kit import report
from tests.reports.test_pages import text_of

TO_DO = "Freeze the return: October to December 2026"


class Dated:
    """A guest with a report whose data reaches to a day."""

    name = "dated"
    latest: date | None = date(2026, 11, 12)

    @hookimpl
    def lms_reports(self) -> list[Report]:
        """The report."""
        return [replace(report(lambda: crowd(A=40)), latest=lambda actor: self.latest)]


@pytest.fixture
def dated() -> Dated:
    """The guest."""
    return Dated()


@pytest.fixture
def site(make_app: MakeApp, dated: Dated, frozen: Frozen) -> Iterator[Any]:
    """An application with that guest, in February 2027."""
    frozen("2027-02-10 09:30")
    app = make_app(plugins=[dated])
    with app.app_context():
        yield app
        rollback()
        db.session.remove()


def home(site: Any, role: str) -> str:
    """Somebody's home page."""
    person = make.person()
    make.grant(person, role)
    return text_of(signed_in(site, person).get("/home"))


def test_an_analyst_finds_each_report_and_how_far_its_data_reaches(site: Any) -> None:
    page = home(site, "analyst")
    assert "There is data up to 12 November 2026. No return has been frozen yet." in page
    assert 'href="/reports/sample">How did people answer?</a>, up to 12 Nov 2026' in page
    assert "<h2" in page.partition("There is data up to")[0]


def test_a_quarter_with_data_and_without_a_return_is_to_be_frozen(site: Any) -> None:
    page = home(site, "coordinator")
    assert TO_DO in page
    assert "start=2026-10&amp;end=2026-12&amp;report=sample" in page
    with unit_of_work():
        one_moment()
        asked = Asked("sample", Audience.TEAM, "2026-10", "2026-12")
        returns.freeze(Wanted("Autumn", "", ("sample",), asked), by=SYSTEM)
    page = home(site, "coordinator")
    assert TO_DO not in page
    assert ">Autumn</a>, was frozen on 10 February 2027" in page


def test_a_quarter_without_data_is_not_asked_for(site: Any, dated: Dated) -> None:
    dated.latest = date(2026, 9, 30)
    assert TO_DO not in home(site, "analyst")


def test_a_manager_has_a_way_to_reports_and_nothing_to_freeze(site: Any) -> None:
    page = home(site, "manager")
    assert 'href="/reports"' in page
    assert TO_DO not in page


@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2027, 1, 1), (date(2026, 10, 1), date(2026, 12, 31))),
        (date(2027, 3, 31), (date(2026, 10, 1), date(2026, 12, 31))),
        (date(2027, 5, 31), (date(2027, 1, 1), date(2027, 3, 31))),
    ],
)
def test_the_last_quarter_is_over(today: date, quarter: tuple[date, date]) -> None:
    assert last_quarter(today) == quarter
