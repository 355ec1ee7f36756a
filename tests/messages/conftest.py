"""What the tests of messages share: a mailbox, and mail servers that lie."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from lms import jobs
from lms.messages.sending import SEND
from lms.settings import Settings
from lms.testing.client import in_own_context
from tests.letters import Letters


@pytest.fixture
def letters(settings: Settings) -> Letters:
    """The messages that went out during the test."""
    box = Letters(settings.instance / "mail")
    box.clear()
    return box


def send(app) -> None:
    """Run the sending job once, as the worker does."""
    in_own_context(partial(jobs.perform, app, SEND, {}))


class Liar:
    """A mail server that speaks a script: what it answers to each step, or `drop`, or `hang`.

    `seen` is every line a client sent. Steps: connect, EHLO, MAIL, RCPT, DATA, content.
    """

    def __init__(self, **script: str) -> None:
        self.script = script
        self.seen: list[str] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.done.set()
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(5)

    def _serve(self) -> None:
        while not self.done.is_set():
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError, StopIteration):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        self._answer(connection, "connect", "220 liar")
        for raw in lines:
            line = raw.decode().strip()
            self.seen.append(line)
            verb = line.split(" ")[0].split(":")[0].upper()
            if verb == "QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            self._answer(connection, verb, "354 go on" if verb == "DATA" else "250 ok")
            if verb == "DATA" and self.script.get("DATA", "3")[0] == "3":
                for content in lines:
                    self.seen.append(content.decode().rstrip("\r\n"))
                    if content == b".\r\n":
                        break
                self._answer(connection, "content", "250 taken")

    def _answer(self, connection: socket.socket, step: str, usual: str) -> None:
        said = self.script.get(step, usual)
        if said == "drop":
            raise StopIteration
        if said == "hang":
            self.done.wait(10)
            raise StopIteration
        connection.sendall(f"{said}\r\n".encode())


@pytest.fixture
def liar() -> Iterator[object]:
    """Starts servers: `liar(content="drop").port`."""
    started: list[Liar] = []

    def start(**script: str) -> Liar:
        started.append(Liar(**script))
        return started[-1]

    yield start
    for each in started:
        each.stop()
