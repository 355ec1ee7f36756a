"""`lms doctor` finds what is wrong, says how to mend it, and calls sound what is sound."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import make_url

from lms import backup, clock, embedded
from lms.doctor import Finding, examine
from lms.settings import Settings
from lms.testing import settings_for
from lms.testing.server import Database


@pytest.fixture(autouse=True)
def own_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder where this test's secrets would be, with no setting from outside."""
    for name in ("LMS_INSTANCE", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    return tmp_path


def look(settings: Settings, area: str, *, served: bool = False) -> list[Finding]:
    return [finding for finding in examine(settings, served=served) if finding.area == area]


def wrong(settings: Settings, area: str, *, served: bool = False) -> str:
    """What is wrong in an area, and how to mend it, in one text."""
    found = look(settings, area, served=served)
    return "; ".join(f"{each.text}: {each.mend}" for each in found if each.wrong)


def test_a_sound_installation_has_nothing_wrong(settings: Settings) -> None:
    found = list(examine(settings, served=False))
    assert [each for each in found if each.wrong] == []
    assert {each.area for each in found} == {
        *("settings", "calendar", "database", "clock", "tables"),
        *("jobs", "mail", "certificates", "pages", "plugins"),
    }


def test_a_misspelt_setting_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_PROT", "8080")
    assert "LMS_PROT is no setting" in wrong(settings, "settings")


def test_secrets_that_others_can_read_are_wrong(settings: Settings, own_secrets: Path) -> None:
    path = own_secrets / "secrets.env"
    path.write_text("LMS_SECRET_KEY=x\n")
    path.chmod(0o644)
    assert f"chmod 600 {path}" in wrong(settings, "secrets")


def test_a_database_that_does_not_answer_is_wrong_and_the_rest_is_still_looked_at(
    database: Database, tmp_path: Path
) -> None:
    url = make_url(database.app_url).set(query={"host": str(tmp_path)})
    settings = settings_for(database, database_url=url.render_as_string(hide_password=False))
    assert "cannot be reached" in wrong(settings, "database")
    assert look(settings, "certificates")


def test_a_role_that_could_change_the_audit_trail_is_wrong(
    database: Database, settings: Settings
) -> None:
    settings = settings_for(database, database_url=database.owner_url)
    assert "owns" in wrong(settings, "database")
    assert "LMS_OWNER_DATABASE_URL" in wrong(settings, "database")


def test_a_clock_that_goes_wrong_is_found_and_a_demonstrations_day_is_not(
    settings: Settings, seen_from: Callable[[date], None]
) -> None:
    seen_from(date(2027, 3, 9))
    assert wrong(settings, "clock") == ""
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=60)):
        assert "60 seconds apart: let both" in wrong(settings, "clock")


def test_tables_of_an_older_release_are_wrong(new_database: Callable[..., Database]) -> None:
    settings = settings_for(new_database(migrated=False))
    assert "lms upgrade" in wrong(settings, "tables")


def test_a_missing_worker_is_wrong_only_while_the_site_is_served(settings: Settings) -> None:
    assert "lms worker" in wrong(settings, "jobs", served=True)
    assert wrong(settings, "jobs", served=False) == ""


def test_a_job_that_was_given_up_is_wrong(database: Database, settings: Settings) -> None:
    with database.connect() as connection:
        connection.execute(
            "insert into procrastinate_jobs (task_name, queue_name, status) "
            "values ('kernel.purge', 'default', 'failed')"
        )
    assert "1 were given up" in wrong(settings, "jobs")


def test_a_mail_server_that_is_not_there_is_wrong(database: Database) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        settings = settings_for(database, mail="smtp", smtp_host="127.0.0.1", smtp_port=port)
        assert "does not take mail" in wrong(settings, "mail")


def test_bank_holidays_that_run_out_within_a_year_are_wrong(settings: Settings) -> None:
    with clock.played(datetime(2027, 12, 30, 9, tzinfo=UTC)):
        assert wrong(settings, "calendar") == ""
    with clock.played(datetime(2028, 1, 1, 9, tzinfo=UTC)):
        assert "known until 31 December 2028: add the next years" in wrong(settings, "calendar")


def test_each_provider_is_named_with_a_fingerprint(settings: Settings) -> None:
    texts = " ".join(each.text for each in look(settings, "plugins"))
    for provider in ("oneplusone", "tavistock", "hertfordshire_mediation", "hertfordshire"):
        assert provider in texts
    assert "sha256 " in texts


def test_a_backup_holds_the_whole_database_and_is_its_owners_alone(
    database: Database, new_database: Callable[..., Database], settings: Settings, tmp_path: Path
) -> None:
    with database.connect() as connection:
        connection.execute(
            "insert into rate_event (id, key_hash, at, created_at) "
            "values (gen_random_uuid(), 'k', now(), now())"
        )
    made = backup.dump(settings, to=tmp_path / "copy.dump")
    assert made.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("*.part")) == []

    empty = new_database(migrated=False)
    target = make_url(empty.owner_url).set(drivername="postgresql")
    restored = subprocess.run(
        [
            *(embedded.binary("pg_restore"), "--no-owner", "--no-comments"),
            f"--dbname={target.render_as_string(hide_password=False)}",
            str(made),
        ],
        capture_output=True,
        text=True,
    )
    # A server older than 17 does not know one of the settings that pg_restore begins with.
    errors = [line for line in restored.stderr.splitlines() if "ERROR" in line]
    assert [line for line in errors if "transaction_timeout" not in line] == [], restored.stderr
    with empty.connect() as connection:
        assert connection.execute("select count(*) from rate_event").fetchone() == (1,)


def test_a_backup_gives_the_password_to_pg_dump_where_nobody_else_reads_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD $*" > "${2#--file=}"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(embedded, "binary", lambda name: program)
    address = "postgresql+psycopg://lms_owner:s%40cret@db.example:5499/lms?sslmode=require"
    settings = settings_for(database, owner_database_url=address)
    told = backup.dump(settings, to=tmp_path / "copy.dump").read_text(encoding="utf-8")
    assert told.startswith("s@cret ")
    assert "--dbname=postgresql://lms_owner@db.example:5499/lms?sslmode=require" in told


def test_a_backup_that_fails_leaves_no_file(database: Database, tmp_path: Path) -> None:
    url = make_url(database.owner_url).set(database="no_such_database")
    settings = settings_for(database, owner_database_url=url.render_as_string(hide_password=False))
    with pytest.raises(backup.BackupError, match="no_such_database"):
        backup.dump(settings, to=tmp_path / "copy.dump")
    assert list(tmp_path.iterdir()) == []
