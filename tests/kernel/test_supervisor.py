"""`lms serve` with real processes: each is killed in turn, and everything is stopped at the end."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Site:
    """A site of its own under `lms serve`, seen from outside."""

    folder: Path
    port: int = field(default_factory=free_port)
    more: dict[str, str] = field(default_factory=dict)
    program: subprocess.Popen[str] | None = None

    def run(self, command: str = "serve") -> subprocess.Popen[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("LMS_") and name != "DATABASE_URL"
        }
        own = {
            "LMS_INSTANCE": str(self.folder),
            "LMS_EMBEDDED_ANYWHERE": "1",
            "LMS_PORT": str(self.port),
            "LMS_WEB_PROCESSES": "1",
            "LMS_DEMO": "0",
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "lms.cli", command],
            env=kept | own | self.more,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self.program

    def serve(self) -> Site:
        """Start it and return when it has printed its address."""
        program = self.run()
        assert program.stdout
        said = []
        for line in program.stdout:
            said.append(line)
            if f"http://127.0.0.1:{self.port}/" in line:
                return self
        pytest.fail("lms serve ended: " + "".join(said))

    @property
    def supervisor(self) -> psutil.Process:
        assert self.program
        return psutil.Process(self.program.pid)

    def processes(self) -> list[psutil.Process]:
        """The supervisor and all that it started."""
        return [self.supervisor, *self.supervisor.children(recursive=True)]

    def find(self, *words: str, below: bool = False) -> psutil.Process | None:
        """The supervisor's child with these words in its command line, or that child's child."""
        for child in self.supervisor.children():
            with contextlib.suppress(psutil.Error):
                line = " ".join(child.cmdline())
                if "launcher.py" not in line and all(word in line for word in words):
                    return next(iter(child.children()), None) if below else child
        return None

    def answers(self, path: str = "") -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=20).close()
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False
        return True

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return until(self.connected, "the database to answer")

    def connected(self) -> psycopg.Connection[tuple[object, ...]] | None:
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(
                host=str(self.folder / "pgdata"), user="lms_owner", dbname="lms", autocommit=True
            )
        return None

    def worker_answers(self) -> bool:
        """Whether a job that is asked for now gets done."""
        with self.connect() as connection:
            row = connection.execute(
                "insert into procrastinate_jobs (task_name, queue_name) "
                "values ('kernel.purge', 'default') returning id"
            ).fetchone()
            assert row
            until(lambda: self.job_is_done(row[0]), "the worker to do a job")
        return True

    def job_is_done(self, number: object) -> bool:
        with self.connect() as connection:
            found = connection.execute(
                "select status from procrastinate_jobs where id = %s", [number]
            ).fetchone()
        return found is None or found == ("succeeded",)


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site that was set up without the demonstration and never served."""
    made = Site(tmp_path_factory.mktemp("set_up") / "instance")
    said, _ = made.run("setup").communicate(timeout=120)
    assert made.program
    assert made.program.returncode == 0, said
    return made.folder


@pytest.fixture
def site(set_up: Path, tmp_path: Path) -> Iterator[Site]:
    found = Site(tmp_path / "instance")
    # Not shutil: the database's files belong to a user of their own.
    subprocess.run(["cp", "-a", set_up, found.folder], check=True)
    yield found
    if found.program is not None:
        left = found.processes() if found.program.poll() is None else []
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        found.program.communicate(timeout=30)


VICTIMS = {
    "the web's master": (("gunicorn",), False),
    "a web process": (("gunicorn",), True),
    "the job worker": (("lms.cli", "worker"), False),
    "the postmaster": (("postgres", "-D"), False),
}


def test_kill_9_of_each_process_in_turn_loses_nothing_and_ctrl_c_stops_all(site: Site) -> None:
    site.serve()
    with site.connect() as connection:
        connection.execute("create table kept as select 'a register' as what")
    for name, (words, below) in VICTIMS.items():
        victim = until(lambda w=words, b=below: site.find(*w, below=b), name)
        victim.kill()
        victim.wait(30)
        until(
            lambda w=words, b=below, v=victim: (site.find(*w, below=b) or v).pid != v.pid,
            f"{name} to be started again",
        )
        until(site.answers, f"the site to answer after kill -9 of {name}")
    assert site.worker_answers()
    with site.connect() as connection:
        assert connection.execute("select what from kept").fetchone() == ("a register",)

    everything = site.processes()
    assert site.program
    site.program.send_signal(signal.SIGINT)
    _, left = psutil.wait_procs(everything[1:], timeout=20)
    assert left == []
    assert site.program.wait(20) == 0


def test_kill_9_of_the_supervisor_leaves_no_orphan_and_the_next_start_recovers(site: Site) -> None:
    site.serve()
    with site.connect() as connection:
        row = connection.execute(
            "insert into procrastinate_jobs (task_name, queue_name, status) "
            "values ('kernel.purge', 'default', 'doing') returning id"
        ).fetchone()
        assert row
    site.answers("s/CANARY-of-a-personal-link")
    site.answers("no/such/CANARY")
    assert "GET" in (site.folder / "web.log").read_text()
    for log in site.folder.glob("*.log"):
        assert "CANARY" not in log.read_text(), log

    everything = site.processes()
    assert len(everything) >= 4
    everything[0].kill()
    _, left = psutil.wait_procs(everything[1:], timeout=30)
    assert left == []

    assert site.program
    site.program.communicate()
    site.serve()
    assert site.answers()
    until(lambda: site.job_is_done(row[0]), "the job a dead worker left to be done")

    other = Site(site.folder)
    refused = other.run()
    said, _ = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert f"as pid {site.program.pid}" in said


def test_a_taken_port_is_refused_naming_who_has_it(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        program = site.run()
        said, _ = program.communicate(timeout=60)
    assert program.returncode == 1
    assert re.search(rf"port {site.port} is taken by pid {os.getpid()} ", said)
    assert "LMS_PORT" in said
    assert "Traceback" not in said


def test_a_wrong_setting_is_refused_by_its_name(site: Site) -> None:
    site.more = {"LMS_WEB_THREADS": "many"}
    program = site.run()
    said, _ = program.communicate(timeout=60)
    assert program.returncode == 1
    assert said.startswith("LMS_WEB_THREADS: ")
    assert "Traceback" not in said


def test_a_database_that_began_without_the_demonstration_never_gets_it(site: Site) -> None:
    site.more = {"LMS_DEMO": "1"}
    program = site.run("setup")
    said, _ = program.communicate(timeout=120)
    assert program.returncode == 1
    assert "LMS_DEMO=0" in said
    assert (site.folder / "secrets.env").stat().st_mode & 0o077 == 0
