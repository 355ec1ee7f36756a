"""A return is frozen whole, once, at one moment; what differs later is said with its reason."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text

from lms import db as door
from lms.contracts import SYSTEM, Audience
from lms.db import Complaint, db, one_moment, unit_of_work
from lms.reports.asking import Asked, Wanted
from lms.reports.documents import Document
from lms.reports.models import FrozenReturn, Pack, Release, Restatement
from lms.reports.queries import returns
from lms.reports.services import releases
from lms.reports.services import returns as services
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.reports.conftest import Sample, crowd, made
from tests.reports.kit import Trainee
from tests.reports.test_pages import text_of, words_of

Sign = Callable[..., Any]
FORM = {
    "title": "Quarter 1 2026",
    "report": ["sample", "again"],
    "start": "2026-01",
    "end": "2026-03",
    "audience": "team",
    "about": "For the board.",
}


def wanted(audience: Audience = Audience.TEAM) -> Wanted:
    """Both reports of a quarter."""
    asked = Asked("sample", audience, "2026-01", "2026-03")
    return Wanted("Quarter 1 2026", "", ("sample", "again"), asked)


def frozen(audience: Audience = Audience.TEAM) -> Any:
    """That return, frozen by the system."""
    with unit_of_work():
        one_moment()
        return services.freeze(wanted(audience), by=SYSTEM)


def restate(frozen_id: Any, reason: str) -> None:
    """Restate a return as it compares now, by the system."""
    with unit_of_work():
        one_moment()
        shown = services.compare(frozen_id, by=SYSTEM).mark
        services.restate(frozen_id, reason, shown, by=SYSTEM)


def compared(browser: Any, at: str) -> str:
    """What the page says of how a return compares with now, once the job has compared it."""
    return words_of(browser.get(made(browser, browser.press(at, "Compare with now"))))


def test_a_return_keeps_its_numbers_definitions_policy_and_filters(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    looked = ana.get(made(ana, ana.post("/reports/returns", data=FORM | {"look": "yes"})))
    assert "What will be kept" in words_of(looked)
    assert "How did people answer? 1 table" in words_of(looked)
    assert all(f'value="{FORM[name]}"' in text_of(looked) for name in ("title", "start", "end"))
    assert db.session.scalar(select(FrozenReturn.id)) is None
    at = made(ana, ana.post("/reports/returns", data=FORM))
    sample.people = crowd(A=70)
    page = words_of(ana.get(at))
    assert "30 of 40 who attended answered (75%)." in page
    assert "Frozen by Ana" in page
    assert "Attended Was at one session at least." in page
    assert "Filters: From: January 2026; To: March 2026." in page
    assert "Quarter 1 2026" in words_of(ana.get("/reports"))
    row = db.session.scalars(select(FrozenReturn)).one()
    assert (row.slugs, row.policy["audience"]) == (["sample", "again"], "team")


def test_a_second_return_of_the_same_is_refused_at_its_field(as_role: Sign, sample: Sample) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    made(ana, ana.post("/reports/returns", data=FORM))
    again = ana.post("/reports/returns", data=FORM | {"title": "Another name"})
    assert again.status_code == 422
    assert "These reports of this period are frozen already" in words_of(again)
    assert made(ana, ana.post("/reports/returns", data=FORM | {"audience": "publication"}))


def test_what_is_missing_is_asked_for_in_words(as_role: Sign) -> None:
    ana = as_role("analyst").browser
    bad = ana.post("/reports/returns", data=FORM | {"start": "2026-05", "title": ""})
    assert (bad.status_code, "Enter a title" in words_of(bad)) == (422, True)
    bad = ana.post("/reports/returns", data=FORM | {"start": "2026-05"})
    assert "The last month must not be before the first" in words_of(bad)


def test_a_restatement_needs_a_reason_and_stands_beside_the_numbers(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    at = made(ana, ana.post("/reports/returns", data=FORM))
    assert "Nothing has changed" in compared(ana, at)
    sample.people = sample.people[3:]
    assert "40 → 37" in compared(ana, at)
    refused = ana.post(f"{at}/restate", data={"reason": ""})
    assert (refused.status_code, "Say why the figures changed" in words_of(refused)) == (422, True)
    assert "40 → 37" in words_of(refused)
    reason = {"reason": "3 duplicates merged"}
    assert made(ana, ana.press(f"{at}/now", "Restate", **reason)) == at
    page = words_of(ana.get(at))
    assert "40 → 37" in page
    assert "Reason: 3 duplicates merged" in page
    assert "30 of 40 who attended answered (75%)." in page
    assert ana.get(f"{at}/now").location == at  # how it compared before is over
    assert "Nothing has changed" in compared(ana, at)
    once_more = ana.post(f"{at}/restate", data={"reason": "Once more"})
    assert made(ana, once_more) is None
    assert "Nothing was restated" in words_of(ana.get(once_more.location))
    ana.post(f"{at}/download", data={"format": "pdf"})
    file = ana.post(f"{at}/download", data={"format": "csv"}).get_data(as_text=True)
    assert "Restated by Ana" in file
    assert "Reason: 3 duplicates merged" in file
    assert "Answers, All, Attended: 40 → 37" in file
    [held] = db.session.scalars(select(Pack.documents))
    assert all(f'"{Document.from_json(one).restated[0]}"' in file for one in held)


def test_a_restatement_outside_the_team_never_isolates_fewer_than_five(
    site: LmsFlask, sample: Sample
) -> None:
    sample.people = [Trainee("A", "N", "gp", None)] * 40
    kept = frozen(Audience.PARTNER)
    sample.people = sample.people[3:]
    with pytest.raises(Complaint, match="Nothing that can be told"):
        restate(kept, "3 duplicates merged")
    sample.people = sample.people[10:]
    restate(kept, "13 booked twice")
    [cells] = db.session.scalars(select(Restatement.cells))
    assert {(cell["before"], cell["after"]) for cell in cells} == {("40", "27")}


def test_only_what_the_comparison_showed_is_restated(as_role: Sign, sample: Sample) -> None:
    """The reason was given for those figures; a return is never put right again."""
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    at = made(ana, ana.post("/reports/returns", data=FORM))
    sample.people = sample.people[3:]
    assert "40 → 37" in compared(ana, at)
    reason = {"reason": "3 duplicates merged"}
    unseen = ana.post(f"{at}/restate", data=reason)
    assert made(ana, unseen) is None
    assert "What differs has changed since you compared. Compare again" in words_of(
        ana.get(unseen.location)
    )
    sample.people = sample.people[5:]
    late = ana.press(f"{at}/now", "Restate", **reason)
    assert made(ana, late) is None
    assert db.session.scalar(select(Restatement.id)) is None
    again = ana.press(late.location, "Compare again")
    assert "40 → 32" in words_of(ana.get(made(ana, again)))
    assert made(ana, ana.press(f"{at}/now", "Restate", reason="8 duplicates merged")) == at
    assert "40 → 32" in words_of(ana.get(at))


def test_what_a_comparison_shows_outside_the_team_is_what_a_restatement_keeps(
    as_role: Sign, sample: Sample
) -> None:
    """Each version is held against those before it, also those that the restatement makes."""
    sample.people = crowd(A=40, B=30)
    ana = as_role("analyst").browser
    at = made(ana, ana.post("/reports/returns", data=FORM | {"audience": "partner"}))
    versions = db.session.scalar(select(func.count()).select_from(Release))
    for gone in (2, 7, 11):
        sample.people = sample.people[gone:]
        page = compared(ana, at)
        assert db.session.scalar(select(func.count()).select_from(Release)) == versions
        if "Restate" in page:
            assert made(ana, ana.press(f"{at}/now", "Restate", reason="Duplicates merged")) == at
            versions = db.session.scalar(select(func.count()).select_from(Release))
    assert "Duplicates merged" in words_of(ana.get(at))


def test_two_who_freeze_at_once_make_one_return(site: LmsFlask, sample: Sample) -> None:
    sample.people = crowd(A=40)
    start = Barrier(2)

    def press() -> str:
        with site.app_context():
            try:
                with unit_of_work():
                    one_moment()
                    db.session.execute(text("select 1"))
                    start.wait(30)
                    services.freeze(wanted(), by=SYSTEM)
            except Complaint:
                return "refused"
            finally:
                db.session.remove()
            return "frozen"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(each.result(60) for each in [pool.submit(press) for _ in range(2)])
    assert said == ["frozen", "refused"]
    assert db.session.scalar(select(func.count()).select_from(FrozenReturn)) == 1


def test_two_versions_made_at_once_do_not_overlook_each_other(
    site: LmsFlask, sample: Sample
) -> None:
    """Each alone may be told; together they would give the three of cohort B away."""
    sample.people = [Trainee("A", "N", "gp", 4)] * 30
    with unit_of_work():
        one_moment()
        releases.release(Asked("sample", Audience.PARTNER), by=SYSTEM)
    sample.people = [*sample.people, *[Trainee("B", "N", "gp", 4)] * 10]
    start, asked = Barrier(2), [Asked(slug, Audience.PARTNER) for slug in ("sample", "again")]

    def press(one: Asked) -> str:
        with site.app_context():
            try:
                with unit_of_work():
                    one_moment()
                    db.session.execute(text("select 1"))
                    start.wait(30)
                    releases.release(one, by=SYSTEM)
            except Exception as error:
                return type(getattr(error, "orig", error)).__name__
            finally:
                db.session.remove()
            return "made"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(each.result(60) for each in [pool.submit(press, one) for one in asked])
    assert said == ["SerializationFailure", "made"]
    assert db.session.scalars(select(Release.number).order_by(Release.number)).all() == [1, 2]


def test_a_return_is_of_one_moment(site: LmsFlask, sample: Sample) -> None:
    """What others commit while it is counted is not in it."""
    with unit_of_work():
        one_moment()
        assert db.session.scalar(text("select count(*) from rate_event")) == 0
        with door.apart() as other:
            other.execute(
                text(
                    "insert into rate_event (id, key_hash, at, created_at)"
                    " values (gen_random_uuid(), 'x', now(), now())"
                )
            )
        assert db.session.scalar(text("select count(*) from rate_event")) == 0


def test_a_return_that_dies_on_the_way_leaves_nothing(site: LmsFlask, sample: Sample) -> None:
    sample.people = crowd(A=40)

    def dies() -> None:
        with unit_of_work():
            one_moment()
            services.freeze(wanted(Audience.PARTNER), by=SYSTEM)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert db.session.scalar(select(func.count()).select_from(FrozenReturn)) == 0
    assert db.session.scalar(select(func.count()).select_from(Release)) == 0


def test_who_sees_more_places_reads_a_return_and_restates_it_not(
    as_role: Sign, sample: Sample
) -> None:
    """They would count everybody now, and call it a difference."""
    sample.people = crowd(A=40)
    here = as_role("coordinator", make.locality("Hertfordshire")).browser
    everywhere = as_role("analyst").browser
    at = made(here, here.post("/reports/returns", data=FORM))
    assert "Compare with now" in words_of(here.get(at))
    assert "Compare with now" not in words_of(everywhere.get(at))
    assert everywhere.get(f"{at}/now").status_code == 404
    asked = "/reports/sample?audience=partner"
    version = made(here, here.press(asked, "Make this version"))
    sample.people = crowd(A=60)
    assert "the data has changed since" in words_of(here.get(version))
    assert "the data has changed since" not in words_of(everywhere.get(version))


def test_a_return_out_of_reach_is_not_found(as_role: Sign, sample: Sample) -> None:
    sample.people = crowd(A=40)
    kept = frozen()
    essex = make.locality("Essex")
    browser = as_role("analyst", essex).browser
    for path in ("", "/now"):
        assert browser.get(f"/reports/returns/{kept}{path}").status_code == 404
    assert "Quarter 1 2026" not in words_of(browser.get("/reports"))
    assert returns.find(SYSTEM, kept).title == "Quarter 1 2026"
