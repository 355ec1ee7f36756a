"""Reads an upload in a child process, so that no file can hurt the web.

Rooms call `read`; what goes wrong is an `UnreadableFile` with a sentence for the person.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from lms.contracts import Sheet

MOST_BYTES = 5 * 1024 * 1024
SECONDS = 20.0

_FOLDER = str(Path(__file__).resolve().parent)
_BOOT = "import sys; sys.path.append(sys.argv[1]); from parser import main; main()"
_TURNS = threading.BoundedSemaphore(2)
"""Two files at a time in one process: each may use half a gigabyte."""


class UnreadableFile(ValueError):
    """The file cannot be read; the message says what it is and what to do."""


def read(data: bytes, filename: str) -> tuple[Sheet, ...]:
    """The file's visible sheets that hold anything, in their order.

    `filename` is only for messages: the type is told by the content. Raises `UnreadableFile`.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableFile(
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Copy your list alone into a "
            "new spreadsheet and upload that."
        )
    answer = _answer(data, filename)
    if "refused" in answer:
        raise UnreadableFile(answer["refused"])
    return tuple(
        Sheet(
            name=sheet["name"],
            rows=tuple(tuple(row) for row in sheet["rows"]),
            row_numbers=tuple(sheet["row_numbers"]),
            formulas=frozenset(sheet["formulas"]),
            notes=tuple(sheet["notes"]),
        )
        for sheet in answer["sheets"]
    )


def _answer(data: bytes, filename: str) -> dict[str, Any]:
    with _TURNS, _child() as child:
        try:
            said, _ = child.communicate(data, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise _unread(filename) from error
        if child.returncode != 0:
            raise _unread(filename)
    answer: dict[str, Any] = json.loads(said)
    return answer


def _child() -> subprocess.Popen[bytes]:
    # Isolated, and with an empty environment: neither the site's secrets nor its database.
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOT, _FOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        close_fds=True,
    )


def _unread(filename: str) -> UnreadableFile:
    return UnreadableFile(
        f"We could not read this file, “{filename}”. Open it, copy your list into a new "
        "spreadsheet, save it as Excel (.xlsx), ODS or CSV and upload that."
    )
