"""Whatever is changed leaves a line that nobody can take back, and without the line no change."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from flask import g
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from lms import audit
from lms.contracts import SYSTEM, Actor, LinkClaim
from lms.db import commit, db, rollback
from lms.records import AuditEntry
from lms.testing import Database
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.kernel.kit import note, notes

pytestmark = pytest.mark.usefixtures("session")
WHERE = uuid.uuid4()


def lines() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_line_says_who_did_what_to_which_row_and_what_was_there() -> None:
    priya = make.person("Priya", "Nair")
    by = Actor(priya.id, "Priya Nair")
    audit.write("changed", "cohort", WHERE, by=by, before={"seats": 12}, after={"seats": 14})
    commit()
    [line] = lines()
    assert (line.actor_id, line.actor_label, line.verb) == (priya.id, "Priya Nair", "changed")
    assert (line.subject_type, line.subject_id) == ("cohort", WHERE)
    assert (line.before, line.after) == ({"seats": 12}, {"seats": 14})
    assert line.request_id is None


def test_a_line_says_when_somebody_came_by_a_link_and_in_which_request(app: LmsFlask) -> None:
    claim = LinkClaim(uuid.uuid4(), "survey", WHERE, used=False)
    with app.test_request_context("/"):
        g.reference = "ABCD-EFGH-IJKL"
        audit.write("answered", "survey", WHERE, by=Actor(None, "A. H.", (), claim))
        commit()
    [line] = lines()
    assert line.actor_label == "A. H. (personal link)"
    assert line.request_id == "ABCD-EFGH-IJKL"


def test_the_line_goes_when_the_change_goes_and_a_refusals_line_stays() -> None:
    audit.write("changed", "cohort", WHERE, by=SYSTEM)
    audit.write_apart("refused", "cohort", WHERE, by=SYSTEM)
    rollback()
    assert [line.verb for line in lines()] == ["refused"]


def test_only_what_differs_is_kept() -> None:
    before = {"seats": 12, "venue": "Hall", "notes": "tea"}
    after = {"seats": 14, "venue": "Hall"}
    assert audit.changes(before, after) == ({"seats": 12}, {"seats": 14})


@pytest.mark.parametrize("who", ["owner_url", "app_url"])
@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set verb = 'never'",
        "delete from audit_entry",
        "truncate audit_entry",
        "truncate audit_entry cascade",
    ],
)
def test_no_line_can_be_changed_or_taken_away_not_even_by_the_tables_owner(
    database: Database, who: str, statement: str
) -> None:
    audit.write("changed", "cohort", WHERE, by=SYSTEM)
    commit()
    address = getattr(database, who).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
        connection.rollback()
    assert [line.verb for line in lines()] == ["changed"]


def test_a_change_whose_line_cannot_be_written_is_not_made(database: Database) -> None:
    with database.connect() as admin:
        admin.execute("revoke insert on audit_entry from lms_app")
    try:
        note("unseen")
        with pytest.raises(ProgrammingError):
            audit.write("changed", "cohort", WHERE, by=SYSTEM)
        rollback()
    finally:
        with database.connect() as admin:
            admin.execute("grant insert on audit_entry to lms_app")
    assert notes() == []
    assert lines() == []
