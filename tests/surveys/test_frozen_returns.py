"""A return of real reports: who is erased changes no figure, a process that dies leaves no row."""

from __future__ import annotations

import multiprocessing
from datetime import datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update

from courses.models import Booking, Cohort
from lms import clock, jobs
from lms import db as door
from lms.app import create_app
from lms.contracts import SYSTEM, Audience
from lms.db import db, one_moment, unit_of_work
from lms.people import sessions
from lms.people.models import PersonEmail
from lms.people.services.taking_back import take_back
from lms.reports.asking import Asked, Wanted
from lms.reports.documents import Document
from lms.reports.documents.comparing import differences
from lms.reports.models import FrozenReturn, Release
from lms.reports.queries import returns
from lms.reports.queries.making import find as making_of
from lms.reports.services import making
from lms.reports.services import returns as services
from lms.settings import Settings
from lms.testing import RunJobs
from tests import factories as make
from tests.surveys.told import Person, pairs, told

REPORTS = ("programme", "confidence", "funnel")


@pytest.fixture
def cohort(session: object, frozen: Any) -> Cohort:
    """Thirty of one place and job who moved, and three who gave only one form."""
    frozen("2027-08-01 09:00")
    herts, visitor = make.locality("Hertfordshire"), make.profession("Health visitor")
    people = [*pairs(18, 2, 4), *pairs(12, 3, 5), Person(2), Person(None, 4), Person(4)]
    return told(people, place=herts, job=visitor)


def wanted(audience: Audience) -> Wanted:
    return Wanted("Quarter 1 2027", "", REPORTS, Asked("programme", audience, "2027-01", "2027-03"))


def freeze(audience: Audience) -> Any:
    door.commit()  # a transaction of its own begins
    with unit_of_work():
        one_moment()
        return services.freeze(wanted(audience), by=SYSTEM)


@pytest.mark.parametrize("audience", [Audience.TEAM, Audience.PUBLICATION])
def test_an_erased_person_changes_no_figure_of_a_return_and_leaves_nothing_to_restate(
    cohort: Cohort, audience: Audience
) -> None:
    made = freeze(audience)
    before = returns.find(SYSTEM, made).documents
    someone = db.session.scalars(
        select(Booking.person_id).where(Booking.cohort_id == cohort.id).limit(1)
    ).one()
    db.session.execute(update(PersonEmail).values(verified_at=None))
    assert take_back([someone], by=SYSTEM) == [someone]
    door.commit()

    kept = returns.find(SYSTEM, made)

    assert kept.documents == before
    now = services.documents_now(kept.questions(), SYSTEM)
    assert seen(now)
    found = differences(kept.current, now)
    assert (found.restated, found.unseen) == ((), 0)
    with pytest.raises(door.Complaint, match="Nothing that can be told"):
        services.restate(made, "Somebody was erased", found.mark, by=SYSTEM)


def seen(documents: list[Document]) -> bool:
    """Whether there is a figure to compare."""
    tables = [table for document in documents for table in document.tables]
    return any(cell.value for table in tables for row in table.rows for cell in row.cells)


def die_freezing(settings: dict[str, Any], now: datetime) -> None:
    """Work in a process of its own, which dies where `LMS_CRASH_AT` says."""
    with time_machine.travel(now):
        app = create_app(Settings(**settings))
        with app.app_context():
            jobs.run_pending(app)


@pytest.mark.parametrize("point", ["return.frozen", "report.made"])
def test_a_worker_that_dies_while_freezing_keeps_nothing_and_the_next_keeps_it_all(
    cohort: Cohort,
    settings: Settings,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    """After the last version and the return were written, before the end of the transaction."""
    analyst = make.person("Ana")
    make.grant(analyst, "analyst")
    by = sessions.acting(analyst.id)
    assert by is not None
    asked = making.ask_return(wanted(Audience.PARTNER), by=by)
    door.commit()
    monkeypatch.setenv("LMS_CRASH_AT", point)
    fork = multiprocessing.get_context("spawn")

    process = fork.Process(target=die_freezing, args=(settings.model_dump(), clock.now()))
    process.start()
    process.join(120)
    monkeypatch.delenv("LMS_CRASH_AT")

    assert process.exitcode == -9
    for table in (FrozenReturn, Release):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    assert making_of(by, asked).state == "pending"
    assert jobs.put_back_doing() == 1
    run_jobs()
    kept = db.session.scalars(select(FrozenReturn.id)).all()
    assert kept == [making_of(by, asked).made_id]
    assert db.session.scalar(select(func.count()).select_from(Release)) == len(REPORTS)
