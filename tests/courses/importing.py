"""What tests of imports share: files made in the test, the upload, the state of the world."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from lms.db import db
from lms.spreadsheets import CSV, Table, write
from lms.testing.client import PageClient

HEADER = ("Surname, Forename", "E-mail", "Job", "Organisation")
UNTOUCHED = (
    "people_person",
    "people_person_email",
    "people_organisation",
    "courses_booking",
    "courses_place",
    "courses_waiting",
    "messages_message",
)
"""Tables that nothing but pressing Add may write to."""


def file_of(
    rows: Sequence[Sequence[Any]], *, form: str = CSV, header: Sequence[str] = HEADER
) -> bytes:
    """A list as a file."""
    return write(form, [Table("People", tuple(header), rows)])


def people(count: int) -> list[tuple[str, str, str, str]]:
    """Rows that raise no question."""
    return [
        (f"Surname{n}, Person", f"person{n}@import.example", "Health visitor", "Herts NHS")
        for n in range(count)
    ]


def send(
    browser: PageClient, cohort_id: object, data: bytes, name: str = "names.csv", **fields: str
) -> TestResponse:
    """Upload a file as the page's form does."""
    return browser.post(
        f"/cohorts/{cohort_id}/import", data={"file": (io.BytesIO(data), name), **fields}
    )


def upload(browser: PageClient, cohort_id: object, data: bytes, name: str = "names.csv") -> str:
    """Upload a file that is taken; the address of its preview."""
    answer = send(browser, cohort_id, data, name)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def counted(*tables: str) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table: db.session.scalar(text(f"select count(*) from {table}")) or 0
        for table in tables or UNTOUCHED
    }
