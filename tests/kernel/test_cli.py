"""The command line: every command explains itself, and refusals are sentences with an exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms import hosting, migrate
from lms.cli import COMMANDS, cli
from lms.cli.site import application
from lms.settings import Settings, variable
from lms.testing.server import Database

Run = Callable[..., Result]


@pytest.fixture
def run(
    new_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    """Runs a command against a new database: `run("upgrade", migrated=False)`."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("LMS_SECRET_KEY", "a test's session key, long enough")
    monkeypatch.setenv("LMS_LINK_KEY", "a test's link key, also long enough")

    def run(*arguments: str, on: Database | None = None, migrated: bool = True) -> Result:
        database = on or new_database(migrated=migrated)
        monkeypatch.setenv("DATABASE_URL", database.app_url)
        monkeypatch.setenv("LMS_OWNER_DATABASE_URL", database.owner_url)
        return CliRunner().invoke(cli, arguments)

    return run


def test_every_command_explains_itself() -> None:
    said = CliRunner().invoke(cli, ["--help"])
    assert said.exit_code == 0
    for name in COMMANDS:
        helped = CliRunner().invoke(cli, [name, "--help"])
        assert helped.exit_code == 0
        assert len(helped.output.splitlines()[2].split()) > 3, f"{name} does not say what it does"


def test_upgrade_makes_the_tables_and_brings_in_what_providers_ship(
    run: Run, new_database: Callable[..., Database]
) -> None:
    database = new_database(migrated=False)
    first = run("upgrade", on=database)
    assert (first.exit_code, "steps applied" in first.output) == (0, True), first.output
    assert migrate.is_demo(database.owner_url) is False
    with database.connect() as connection:
        courses = connection.execute("select count(*) from courses_course").fetchone()
    assert courses
    assert int(str(courses[0])) > 5
    again = run("upgrade", on=database)
    assert (again.exit_code, again.output) == (0, "tables: up to date\n")


def test_an_upgrade_that_changes_tables_makes_a_copy_first(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(migrate, "pending", lambda url, guest=None: ["a step to come"])
    done = run("upgrade", "--copy")
    assert done.exit_code == 0, done.output
    copies = list((tmp_path / "backups").glob("before-upgrade-*.dump"))
    assert len(copies) == 1
    assert str(copies[0]) in done.output


def test_the_demonstration_is_refused_in_a_database_that_began_without_it(run: Run) -> None:
    refused = run("upgrade", "--demo")
    assert isinstance(refused.exception, migrate.MigrationError)
    assert "LMS_DEMO=0" in str(refused.exception)


def test_doctor_answers_1_and_says_how_to_mend_it(run: Run) -> None:
    found = run("doctor", migrated=False)
    assert found.exit_code == 1
    assert "WRONG tables" in found.output
    assert "mend: run `lms upgrade`" in found.output


def test_a_backup_goes_where_it_is_told(run: Run, tmp_path: Path) -> None:
    made = run("backup", str(tmp_path / "copy.dump"))
    assert made.exit_code == 0, made.output
    assert (tmp_path / "copy.dump").read_bytes().startswith(b"PGDMP")


def test_commands_act_on_the_database_of_the_environment(
    run: Run, new_database: Callable[..., Database]
) -> None:
    database = new_database()
    run("upgrade", on=database)
    with application() as app:
        assert app.config["SQLALCHEMY_DATABASE_URI"] == database.app_url


def test_the_first_administrator_is_made_from_the_machine_itself(
    run: Run, new_database: Callable[..., Database]
) -> None:
    database = new_database()
    done = run("invite-administrator", "Ada de Souza", "Ada@Council.Example", on=database)
    assert done.exit_code == 0, done.output
    assert "/sign-in" in done.output
    with database.connect() as connection:
        found = connection.execute(
            "select given_name, family_name, address::text, role, scope_kind "
            "from people_person p join people_person_email e on e.person_id = p.id "
            "join people_role_grant g on g.person_id = p.id"
        ).fetchall()
    assert found == [("Ada de", "Souza", "ada@council.example", "administrator", "programme")]


def test_inviting_an_administrator_twice_says_so_and_makes_nobody_twice(
    run: Run, new_database: Callable[..., Database]
) -> None:
    database = new_database()
    run("invite-administrator", "Ada Souza", "ada@council.example", on=database)
    again = run("invite-administrator", "Ada Souza", "ada@council.example", on=database)
    assert again.exit_code == 1
    assert "They have this role there already" in again.output
    with database.connect() as connection:
        assert connection.execute("select count(*) from people_person").fetchone() == (1,)


def test_an_address_that_is_none_is_refused_in_a_sentence(run: Run) -> None:
    refused = run("invite-administrator", "Ada Souza", "ada at council")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")


def test_revoking_all_signs_everybody_out_and_ends_requests_to_sign_in(
    run: Run, new_database: Callable[..., Database]
) -> None:
    database = new_database()
    run("invite-administrator", "Ada Souza", "ada@council.example", on=database)
    with database.connect() as connection:
        before = connection.execute("select session_epoch from people_person").fetchone()
        connection.execute(
            "insert into people_sign_in_link (id, key, address, nonce_sha256, code_tries, "
            "expires_at, created_at, updated_at) values (gen_random_uuid(), '0123456789abcdef', "
            "'ada@council.example', 'n', 0, now() + interval '10 minutes', now(), now())"
        )
    done = run("revoke-all", "--yes", on=database)
    assert done.exit_code == 0, done.output
    assert "1 people signed out" in done.output
    with database.connect() as connection:
        after = connection.execute("select session_epoch from people_person").fetchone()
        live = connection.execute(
            "select count(*) from people_sign_in_link where expires_at > now()"
        ).fetchone()
    assert before
    assert after == (int(str(before[0])) + 1,)
    assert live == (0,)


def test_wiring_prints_hooks_and_events_without_asking_a_database(run: Run) -> None:
    said = run("wiring", migrated=False)
    assert said.exit_code == 0, said.output
    assert "| `lms_on_event` |" in said.output
    assert "| `CompletionRecorded` |" in said.output


def test_a_database_that_does_not_answer_is_a_sentence_and_not_a_traceback(
    run: Run, new_database: Callable[..., Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = new_database()
    run("upgrade", on=database)
    monkeypatch.setenv("DATABASE_URL", "postgresql://lms_app@127.0.0.1:1/lms")
    refused = CliRunner().invoke(cli, ["upgrade"])
    assert isinstance(refused.exception, hosting.Unreachable)
    assert str(refused.exception).startswith("DATABASE_URL: ")
