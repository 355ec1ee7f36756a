"""A site to visit: the application behind a real web server, its mail, its jobs and its clock.

The fixtures of the journeys make one; its rows are written by `with site.rows(): ...`.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage

from werkzeug.serving import WSGIRequestHandler, make_server

from lms import db, jobs
from lms.registry import Registry
from lms.testing import run_jobs_of
from lms.web.opening import LmsFlask
from tests import letters
from tests.conftest import Postbox


@dataclass(frozen=True)
class Site:
    """An application on a port of this machine, at the address that its messages name."""

    app: LmsFlask
    url: str
    postbox: Postbox

    @contextmanager
    def rows(self) -> Iterator[None]:
        """Write rows as if they had always been there."""
        with self.app.app_context():
            yield
            db.commit()

    def run_jobs(self) -> None:
        """The worker's work, in a thread of its own: this one belongs to the browser."""
        with ThreadPoolExecutor(1) as worker:
            worker.submit(self._run_jobs).result()

    def _run_jobs(self) -> None:
        """Each periodic job has its turn, then whatever is due."""
        registry: Registry = self.app.extensions["lms"]
        for job in registry.jobs.values():
            if job.cron:
                jobs.perform(self.app, job, {})
        run_jobs_of(self.app)

    def letter(self, address: str, subject: str) -> EmailMessage:
        """The newest message to this address whose subject begins so, once the jobs have run."""
        self.run_jobs()
        sent = self.postbox.to(address)
        found = [one for one in sent if str(one["Subject"]).startswith(subject)]
        assert found, f"{address} got {[str(one['Subject']) for one in sent]}"
        return found[-1]

    def link(self, address: str, subject: str, words: str) -> str:
        """The address of the link that stands after these words in such a message."""
        said = letters.text(self.letter(address, subject))
        found = re.search(rf"{re.escape(words)}: (\S+)", said)
        assert found, said
        assert found[1].startswith(f"{self.url}/"), found[1]
        return found[1]


class Quiet(WSGIRequestHandler):
    """A request handler that logs nothing: an address may hold somebody's link."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(make: Callable[[int], LmsFlask]) -> Iterator[tuple[LmsFlask, int]]:
    """The application that `make` builds for a free port, served there until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        app = make(port)
        server = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=Quiet, fd=door.fileno()
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield app, port
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.db.engine.dispose()
