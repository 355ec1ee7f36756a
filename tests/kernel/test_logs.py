"""Logs say where an error happened and of what kind it was, never what people had typed."""

from __future__ import annotations

import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.db import db
from lms.logs import Discreet

TYPED = "canary" * 2
"""Frames show our source, so what stands for a person's words is put together elsewhere."""


def logged(error: BaseException) -> str:
    record = logging.LogRecord(
        "lms", logging.ERROR, __file__, 1, "job 7 failed", None, (type(error), error, None)
    )
    return Discreet("%(message)s").format(record)


def test_what_an_error_says_is_left_out_with_all_that_caused_it() -> None:
    try:
        try:
            raise KeyError(TYPED)
        except KeyError as cause:
            raise ValueError(f"{TYPED} cannot be read") from cause
    except ValueError:
        record = logging.LogRecord(
            "lms", logging.ERROR, __file__, 1, "job 7 failed", None, sys.exc_info()
        )
    said = Discreet("%(message)s").format(record)
    assert TYPED not in said
    assert said.startswith("job 7 failed")
    assert said.index("KeyError") < said.rindex("ValueError")
    assert "test_logs.py" in said


@pytest.mark.usefixtures("session")
def test_a_broken_constraint_is_named_without_the_row_that_broke_it() -> None:
    row = text(
        "insert into people_locality (id, name, ons_code, created_at, updated_at) "
        "values (gen_random_uuid(), 'x', :code, now(), now())"
    )
    db.session.execute(row, {"code": TYPED})
    with pytest.raises(IntegrityError) as broken:
        db.session.execute(row, {"code": TYPED})
    said = logged(broken.value)
    assert "uq_people_locality_ons_code" in said
    assert "23505" in said
    assert TYPED not in said


def test_a_slip_in_our_code_says_what_it_was() -> None:
    assert "no attribute 'nmae'" in logged(AttributeError("'Person' has no attribute 'nmae'"))
