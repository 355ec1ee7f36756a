"""The embedded PostgreSQL: private, in two roles, and an ordinary start after any kind of death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest

from lms import embedded
from lms.embedded import EmbeddedError, Server
from lms.embedded.places import refuse_place

Start = Callable[..., Server]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def start(instance: Path) -> Iterator[Start]:
    """Start the server of the instance; all that was started is stopped at the end."""
    with ExitStack() as stack:

        def started(folder: Path = instance) -> Server:
            server = embedded.start(folder, anywhere=True, durable=False)
            stack.callback(server.stop)
            return server

        yield started


def count(server: Server) -> int:
    with server.connect("lms_owner", "lms") as connection:
        row = connection.execute("select count(*) from kept").fetchone()
    assert row
    return int(str(row[0]))


def keep_something(server: Server) -> None:
    with server.connect("lms_owner", "lms") as connection:
        connection.execute("create table kept (what text)")
        connection.execute("insert into kept values ('a register')")


def test_nobody_else_on_the_machine_reaches_it(start: Start) -> None:
    server = start()
    with server.connect() as connection:
        said = connection.execute("show listen_addresses").fetchone()
    assert said == ("",)
    assert server.data.stat().st_mode & 0o077 == 0
    assert (server.sockets / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0


def test_the_application_role_owns_nothing_and_makes_nothing(start: Start) -> None:
    server = start()
    keep_something(server)
    with server.connect("lms_app", "lms") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table mine (what text)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from kept")
        privileges = connection.execute(
            "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user"
        ).fetchone()
    assert privileges == (False, False, False)


def test_text_sorts_the_same_on_every_machine(start: Start) -> None:
    with start().connect(database="lms") as connection:
        found = connection.execute(
            "select datlocprovider, datlocale from pg_database where datname = 'lms'"
        ).fetchone()
    assert found == ("b", "C.UTF-8")


def test_a_second_start_joins_the_running_server_and_leaves_it_running(start: Start) -> None:
    first = start()
    second = start()
    assert second.pid == first.pid
    second.stop()
    assert first.alive()


def test_data_survives_kill_9_of_the_postmaster(start: Start) -> None:
    server = start()
    keep_something(server)
    os.kill(server.pid, signal.SIGKILL)
    again = start()
    assert again.pid != server.pid
    assert count(again) == 1


@pytest.mark.parametrize("holder", ["a living stranger", "a zombie", "nobody", "an empty file"])
def test_a_stale_process_number_does_not_stop_a_start(
    start: Start, instance: Path, holder: str
) -> None:
    start().stop()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    number = {
        "a living stranger": str(os.getpid()),
        "a zombie": str(zombie.pid),
        "nobody": "99999999",
        "an empty file": "",
    }[holder]
    stale = instance / "pgdata" / "postmaster.pid"
    stale.write_text(f"{number}\n{instance / 'pgdata'}\n1700000000\n5432\n\n\n\n" if number else "")
    try:
        assert start().alive()
    finally:
        zombie.wait()


def test_a_folder_half_made_by_a_killed_start_is_made_again(start: Start, instance: Path) -> None:
    (instance / "pgdata.new").mkdir(parents=True)
    (instance / "pgdata.new" / "PG_VERSION").write_text("18\n")
    assert start().alive()
    assert not (instance / "pgdata.new").exists()


def test_it_ends_with_the_program_that_started_it_even_by_kill_9(instance: Path) -> None:
    script = (
        "import pathlib, signal, sys; from lms import embedded;"
        "server = embedded.start(pathlib.Path(sys.argv[1]), anywhere=True, durable=False);"
        "print(server.pid, flush=True); signal.pause()"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", script, str(instance)], stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout
        postmaster = psutil.Process(int(program.stdout.readline()))
        program.kill()
    postmaster.wait(30)


def test_another_major_version_is_refused_in_a_sentence_and_kept(
    start: Start, instance: Path
) -> None:
    start().stop()
    version = instance / "pgdata" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 17 .* nothing was changed"):
        start()
    assert version.read_text() == "17\n"


def test_a_path_too_long_for_a_socket_works_and_stays_private(start: Start, tmp_path: Path) -> None:
    server = start(tmp_path / ("a-long-name-" * 8) / "instance")
    assert server.sockets != server.data
    assert server.sockets.stat().st_mode & 0o077 == 0
    with server.connect("lms_app", "lms") as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    server.stop()
    server.sockets.rmdir()


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("/tmp/somewhere/instance", "emptied when the machine restarts"),
        ("/home/ada/OneDrive - Council/training/instance", "synchronised"),
        ("/home/ada/Dropbox/instance", "synchronised"),
    ],
)
def test_folders_that_lose_databases_are_refused(folder: str, why: str) -> None:
    with pytest.raises(EmbeddedError, match=why):
        refuse_place(Path(folder))


def test_network_disks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = psutil._ntuples.sdiskpart("server:/homes", "/mnt/homes", "nfs4", "rw")
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: [disk])
    with pytest.raises(EmbeddedError, match="network disk"):
        refuse_place(Path("/mnt/homes/ada/instance"))


def test_the_log_holds_no_data_of_a_failed_statement(start: Start, instance: Path) -> None:
    server = start()
    with server.connect(database="lms") as connection:
        connection.execute("create table person (email text unique)")
        connection.execute("insert into person values ('canary@council.example')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('canary@council.example')")
    assert "person_email_key" in (instance / "postgres.log").read_text()
    assert "canary" not in (instance / "postgres.log").read_text()
