"""A provider from outside: installed by pip, upgraded, run through, removed; its records stay."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from courses.models import Course, Edition
from lms import db as door
from lms import migrate
from lms.contracts import SYSTEM
from lms.db import db
from lms.events import Upgraded, publish
from lms.people.models import Person
from lms.registry import current_registry
from lms.testing import Database, DatabaseServer
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("acme_training")


@dataclass(frozen=True)
class Site:
    """A database that Acme was used on, where Acme is installed, and what was seen."""

    database: Database
    installed: Path
    upgraded: str
    seen: dict[str, Any]


def run(*command: str, database: Database, installed: Path, **settings: str) -> str:
    """A command of the site in a process of its own, with Acme to be found; what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")} | {
        "PYTHONPATH": os.pathsep.join([str(installed), str(ROOT)]),
        "DATABASE_URL": database.app_url,
        "LMS_OWNER_DATABASE_URL": database.owner_url,
        "LMS_ENVIRONMENT": "test",
        "LMS_BASE_URL": "http://localhost",
        "LMS_INSTANCE": str(installed.parent),
        "LMS_SECRET_KEY": "a test's session key, long enough",
        "LMS_LINK_KEY": "a test's link key, also long enough",
        "LMS_DEMO": "0",
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(folder: Path) -> Path:
    """Build and install the package as pip does it anywhere, from a copy and without a network."""
    source, target = folder / "source", folder / "installed"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    subprocess.run(
        [sys.executable, *pip, "--no-deps", "--no-build-isolation", "--target", target, source],
        check=True,
        timeout=240,
    )
    return target


@pytest.fixture(scope="module")
def site(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The journey, made once for this module."""
    folder = tmp_path_factory.mktemp("acme")
    installed = install(folder)
    database = database_server.empty(f"lms_guest_{os.getpid()}")
    where = {"database": database, "installed": installed}
    upgraded = run("-m", "lms.cli", "upgrade", **where, LMS_PLUGINS="acme_training")
    seen = run("-m", "tests.guest.journey", **where, LMS_PLUGINS="acme_training")
    yield Site(database, installed, upgraded, json.loads(seen.splitlines()[-1]))
    database.drop()


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("course", "Tea and talk"),
        ("state", "offered"),
        ("course_page", 200),
        ("cups", 1),
        ("note_in_letter", True),
        ("panel", True),
        ("column", True),
        ("column_of_cohorts", True),
        ("todo", True),
        ("agenda", True),
        ("navigation", True),
        ("own_page", 1),
        ("own_page_for_nobody", 303),
        ("question_drawn", True),
        ("question_refuses", [422, True]),
        ("question_sent", 303),
        ("answers", {"cups": 3}),
        ("verdict", "completed"),
        ("certificate_error", None),
        ("certificate", ["issued", "acme_training:teapot", "3"]),
        ("pdf", "%PDF-"),
        ("priority", [20]),
        ("no_priority", []),
        ("report", 1),
        ("measure", 1),
        ("imported", [True, "Okafor", "a@x.uk"]),
        ("held", [[["Cups", "1"]]]),
        ("held_failed", 0),
        ("survey_in_words", True),
        ("blockers", []),
        ("jobs", True),
        ("version", "1.2"),
        ("cups_before_and_after_erasing", [2, 1]),
        ("troubles", []),
    ],
)
def test_what_acme_brings_works_as_if_it_were_bundled(
    site: Site, what: str, expected: object
) -> None:
    assert site.seen[what] == expected


def test_its_rule_and_its_evidence_are_in_the_record(site: Site) -> None:
    assert "Was here and washed up" in site.seen["evidence"]
    assert "Washed up" in site.seen["evidence"]


def test_the_upgrade_made_its_tables_and_keeps_their_version_apart(site: Site) -> None:
    assert "tables:" in site.upgraded
    with site.database.connect() as admin:
        own = admin.execute("select version_num from alembic_version_acme_training").fetchall()
    assert own == [("acme_training_0001",)]
    assert migrate.drift(site.database.owner_url) == []
    assert migrate.pending(site.database.owner_url) == []


# -- removed -----------------------------------------------------------------------------------


@pytest.fixture
def without(site: Site, make_app: Callable[..., LmsFlask]) -> Iterator[LmsFlask]:
    """The same database under an application that does not know Acme, after its upgrade."""
    app = make_app(on=site.database)
    migrate.upgrade(site.database.owner_url, demo=False)
    with app.app_context():
        publish(Upgraded(by=SYSTEM))
        door.commit()
        yield app
        door.rollback()
        db.session.remove()


@pytest.fixture
def priya(without: LmsFlask, site: Site, as_somebody: Callable[..., PageClient]) -> PageClient:
    """The coordinator's browser."""
    return as_somebody(without, db.session.get_one(Person, site.seen["coordinator"]))


def test_commands_work_after_it_was_removed_and_say_what_is_missing_when_it_is_still_listed(
    site: Site, tmp_path: Path
) -> None:
    where = {"database": site.database, "installed": tmp_path}
    assert "up to date" in run("-m", "lms.cli", "upgrade", **where)
    with pytest.raises(AssertionError, match="'acme_training', which is not installed"):
        run("-m", "lms.cli", "upgrade", **where, LMS_PLUGINS="acme_training")


def test_its_course_stays_readable_and_is_not_offered(
    priya: PageClient, without: LmsFlask, site: Site
) -> None:
    course = db.session.scalars(select(Course).where(Course.slug == site.seen["slug"])).one()
    assert course.state == "provider_gone"
    page = priya.get(f"/courses/{site.seen['slug']}")
    assert page.status_code == 200
    assert "Tea and talk" in page.text
    assert "This course is not offered any more" in page.text
    edition = db.session.scalars(select(Edition).where(Edition.course_id == course.id)).one()
    refused = priya.press(f"/courses/{site.seen['slug']}/cohorts/new", edition=str(edition.id))
    assert refused.status_code == 422
    assert "This format is not offered any more" in refused.text


def test_its_cohort_people_and_register_stay_readable(priya: PageClient, site: Site) -> None:
    page = priya.get(f"/cohorts/{site.seen['cohort']}")
    assert page.status_code == 200
    assert "Okafor" in page.text
    assert "cups of tea" not in page.text
    assert priya.get(f"/cohorts/{site.seen['cohort']}/history").status_code == 200


def test_the_certificate_is_the_same_bytes_and_is_verified(
    priya: PageClient, without: LmsFlask, site: Site
) -> None:
    number = site.seen["number"]
    checked = without.test_client().get(f"/verify/{number}")
    assert checked.status_code == 200
    assert "Amara Okafor" in checked.text
    assert "Acme Training" in checked.text
    file = priya.get(f"/certificates/{site.seen['certificate_id']}/{number}.pdf")
    assert file.status_code == 200
    assert file.data.startswith(b"%PDF-")


def test_the_answer_is_in_the_persons_record_with_the_question_as_it_was_asked(
    without: LmsFlask, site: Site
) -> None:
    records, failed = current_registry().personal_data(site.seen["person"])
    rows = [row for record in records for row in record.rows]
    assert ("How many cups do you take a day?", "3") in rows
    assert failed == []


def test_its_tables_stay_until_somebody_drops_them(site: Site, without: LmsFlask) -> None:
    address = site.database.owner_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as connection:
        assert connection.execute("select count(*) from acme_training_cup").fetchone() == (1,)
    assert migrate.drift(site.database.owner_url) == []
