"""Who may open what: every address as everybody, against a table that a new route must join.

`routes.txt` is that table. After a change that is meant: `LMS_WRITE_ROUTES=1 pytest -k table`, and
read the difference before committing it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms import clock
from lms import db as door
from lms.app import create_app
from lms.contracts import Role
from lms.db import db
from lms.people import sessions
from lms.permissions import access_of
from lms.testing import DatabaseServer, settings_for
from lms.testing.client import check
from lms.web import opening
from lms.web.forms import csrf
from lms.web.opening import LmsFlask
from tests.contracts.programme import ROLES, Programme, build
from tests.contracts.source import files

TABLE = Path(__file__).with_name("routes.txt")
HEAD = """\
# Who gets which answer, for every address; see test_routes.py and programme.py.
# o opens it (or is told what is missing)   - has no access (403)   . finds nothing (404)
# > is sent to the sign-in page
#
"""
NO_SUCH_ID = "01900000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Site:
    """An application on a database with the small programme."""

    app: LmsFlask
    admin: psycopg.Connection[tuple[object, ...]]
    programme: Programme

    def browser(self, role: str) -> FlaskClient:
        """Of somebody with this role, signed in just now."""
        made = self.app.test_client()
        now = int(clock.now().timestamp())
        if role in self.programme.people:
            with made.session_transaction() as held:
                held[sessions.PERSON] = str(self.programme.people[role])
                held[sessions.EPOCH], held[sessions.SINCE] = 0, now
                held[sessions.SEEN] = now
        return made

    def rows(self) -> dict[str, tuple[object, ...]]:
        """Every table with its number of rows and what it holds, in one number."""
        names = self.admin.execute(
            "select c.oid::regclass::text from pg_class c where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace"
        ).fetchall()
        held = "select count(*), coalesce(sum(hashtext(t::text)::bigint), 0) from {} t"
        return {
            str(name): self.admin.execute(held.format(name)).fetchone() or () for (name,) in names
        }


@pytest.fixture(scope="module")
def site(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The programme, built once for this module; nothing the tests send is kept."""
    database = database_server.copy(f"lms_routes_{os.getpid()}")
    app = create_app(settings_for(database, instance=tmp_path_factory.mktemp("routes")))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        programme = build()
        door.commit()
        db.session.remove()
    with database.connect() as admin:
        yield Site(app, admin, programme)
    with app.app_context():
        db.engine.dispose()
    database.drop()


@pytest.fixture
def nothing_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes are made and checked by the database, and then taken back instead of kept."""

    def take_back() -> None:
        db.session.flush()
        db.session.execute(text("set constraints all immediate"))
        door.rollback()

    monkeypatch.setattr(opening, "commit", take_back)
    monkeypatch.setattr(csrf, "valid", lambda word: True)


# -- addresses ---------------------------------------------------------------------------------


def rules(app: LmsFlask) -> list[tuple[str, Rule]]:
    """Every method of every address, but static files."""
    return sorted(
        (
            (method, rule)
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
            if rule.endpoint != "static"
        ),
        key=lambda one: (one[1].endpoint, one[0]),
    )


def address(site: Site, rule: Rule, *, draft: bool = False) -> str:
    """The rule's address in the programme."""
    known = dict(site.programme.drafts if draft else site.programme.ids)
    view = access_of(site.app.view_functions[rule.endpoint])
    if "token" in rule.arguments:
        purpose = view.purpose if view else None
        known["token"] = site.programme.tokens.get(purpose or "survey", "")
    if not rule.endpoint.startswith("certificates."):
        known["number"] = "1"
    path = rule.rule
    for name in rule.arguments:
        path = re.sub(rf"<(\w+:)?{name}>", known[name], path)
    return path


def answer(site: Site, role: str, method: str, path: str) -> TestResponse:
    """What somebody gets."""
    site.admin.execute("delete from rate_event")
    browser = site.browser(role)
    return browser.open(path, method=method, data={} if method == "POST" else None, buffered=True)


def sign(response: TestResponse) -> str:
    """An answer as the table writes it."""
    if response.status_code >= 500:
        return "!"
    if response.status_code == 403:
        return "-"
    if response.status_code == 404:
        return "."
    if response.status_code == 303 and response.location.startswith("/sign-in?next="):
        return ">"
    return "o"


def line(method: str, rule: Rule, signs: list[str]) -> str:
    """One row of the table."""
    return f"{method:5}{rule.endpoint:35}{'  '.join(f'{one:^7}' for one in signs)}".rstrip()


def listed() -> dict[tuple[str, str], list[str]]:
    """The table as it is checked in."""
    found = {}
    for row in TABLE.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            method, endpoint, *signs = row.split()
            found[method, endpoint] = signs
    return found


# -- what is stated ----------------------------------------------------------------------------


def test_every_address_says_who_may_open_it(site: Site) -> None:
    silent = [
        rule.endpoint
        for _, rule in rules(site.app)
        if access_of(site.app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


def test_every_address_asks_for_permissions_that_exist(site: Site) -> None:
    known = set(site.app.extensions["lms"].permissions)
    asked = {
        name
        for _, rule in rules(site.app)
        for name in access_of(site.app.view_functions[rule.endpoint]).permissions
    }
    assert asked <= known


def test_every_permission_opens_something_or_is_asked_in_a_page(site: Site) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in files(".py"))
    for name in site.app.extensions["lms"].permissions:
        assert source.count(f'"{name}"') >= 1


def test_every_address_behind_a_link_has_the_links_token(site: Site) -> None:
    bare = [
        rule.rule
        for _, rule in rules(site.app)
        if access_of(site.app.view_functions[rule.endpoint]).purpose is not None
        if "token" not in rule.arguments
    ]
    assert bare == []


# -- the table ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_kept")
def test_everybody_gets_the_answers_of_the_table(site: Site) -> None:
    found = {}
    lines = []
    before = site.rows()
    for method, rule in rules(site.app):
        path = address(site, rule)
        signs = [sign(answer(site, role, method, path)) for role in ROLES]
        found[method, rule.endpoint] = signs
        lines.append(line(method, rule, signs))
    if os.environ.get("LMS_WRITE_ROUTES"):
        names = f"#{'':39}" + "  ".join(f"{role[:7]:^7}" for role in ROLES)
        TABLE.write_text(f"{HEAD}{names.rstrip()}\n" + "\n".join(lines) + "\n", encoding="utf-8")
    wrong = {
        key: f"answers {signs}, the table says {listed().get(key)}"
        for key, signs in found.items()
        if signs != listed().get(key)
    }
    assert wrong == {}
    assert set(listed()) == set(found)
    after = site.rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"rate_event", "audit_entry"}


def test_the_table_has_no_faults() -> None:
    assert [key for key, signs in listed().items() if "!" in signs] == []


def signs_of(role: str) -> dict[tuple[str, str], str]:
    """A column of the table."""
    return {key: signs[ROLES.index(role)] for key, signs in listed().items()}


ABOUT_A_ROW = {"cohort_id", "booking_id", "person_id", "certificate_id", "preview_id", "batch_id"}
ABOUT_A_ROW |= {"ambassador_id", "candidate_id", "case_study_id", "check_in_id", "meeting_id"}
ABOUT_A_ROW |= {"tally_id", "count_id", "headcount_id", "set_id"}
ABOUT_A_ROW |= {"wave_id", "assignment_id", "message_id", "organisation_id", "grant_id"}


def test_nobody_opens_only_what_is_public_or_behind_a_link(site: Site) -> None:
    opened = {key for key, one in signs_of("nobody").items() if one in "o."}
    for method, rule in rules(site.app):
        access = access_of(site.app.view_functions[rule.endpoint])
        assert access is not None
        is_open = access.public or access.purpose is not None
        assert ((method, rule.endpoint) in opened) is is_open, rule.endpoint


OWN_PLACE = (
    "courses.own_place",
    "courses.own_calendar",
    "courses.own_change",
    "courses.own_wait",
    "courses.own_held",
    "courses.own_take_back",
)
"""Addresses about a published cohort that anybody who is signed in may open, to book themselves."""
COUNTS = ("handed_in.", "indicators.")
"""Counts that services hand in and indicators, which analysts keep: no person stands in a row."""


@pytest.mark.parametrize("role", ["stranger", "visitor", "other", "manager", "analyst"])
def test_whoever_has_no_part_in_a_row_opens_no_address_of_it(site: Site, role: str) -> None:
    mine = signs_of(role)
    part = (*OWN_PLACE, "messages.demo", *(COUNTS if role == "analyst" else ()))
    opened = [
        rule.endpoint
        for method, rule in rules(site.app)
        if ABOUT_A_ROW & rule.arguments
        and mine.get((method, rule.endpoint)) == "o"
        and not rule.endpoint.startswith(part)
    ]
    assert opened == []


def test_out_of_reach_looks_like_not_there(site: Site) -> None:
    browser = site.browser("other")
    for method, rule in rules(site.app):
        open_to_all = rule.endpoint.startswith(OWN_PLACE)
        if method != "GET" or "cohort_id" not in rule.arguments or open_to_all:
            continue
        path = address(site, rule)
        missing = path.replace(site.programme.ids["cohort_id"], NO_SUCH_ID)
        there, not_there = browser.get(path), browser.get(missing)
        assert there.status_code == not_there.status_code, rule.endpoint
        if there.status_code == 404:
            assert _main(there) == _main(not_there), rule.endpoint


def _main(response: TestResponse) -> str:
    return response.text.split("<main")[1].split("</main>")[0]


def test_a_role_is_no_way_round_a_missing_permission(site: Site) -> None:
    permissions = site.app.extensions["lms"].permissions
    held = {
        "manager": {Role.MANAGER, Role.TRAINEE},
        "analyst": {Role.ANALYST, Role.TRAINEE},
        "stranger": {Role.TRAINEE},
    }
    for role, roles in held.items():
        for method, rule in rules(site.app):
            access = access_of(site.app.view_functions[rule.endpoint])
            assert access is not None
            if access.public or access.purpose:
                continue
            may = any(permissions[name].roles & roles for name in access.permissions)
            if not may:
                assert signs_of(role).get((method, rule.endpoint), "-") == "-", rule.endpoint


# -- looking ------------------------------------------------------------------------------------


LOOKING = [(role, False) for role in ("nobody", "trainee", "trainer", "administrator")]
LOOKING += [("coordinator", False), ("coordinator", True)]


@pytest.mark.parametrize(("role", "draft"), LOOKING)
def test_every_page_can_be_looked_at_parses_and_changes_nothing(
    site: Site, role: str, draft: bool
) -> None:
    browser = site.browser(role)
    before = site.rows()
    for method, rule in rules(site.app):
        if method != "GET" or (draft and "cohort_id" not in rule.arguments):
            continue
        path = address(site, rule, draft=draft)
        page = browser.get(path, buffered=True)
        assert page.status_code < 500, path
        if page.mimetype == "text/html" and page.data:
            check(page)
        head = browser.head(path)
        assert head.status_code == page.status_code, path
    after = site.rows()
    assert {name for name in after if after[name] != before[name]} <= {"rate_event"}


def test_a_link_of_one_purpose_opens_no_address_of_another(site: Site) -> None:
    browser = site.browser("nobody")
    for method, rule in rules(site.app):
        purpose = access_of(site.app.view_functions[rule.endpoint]).purpose
        if purpose is None or method != "GET":
            continue
        right = address(site, rule)
        for other, token in site.programme.tokens.items():
            if other != purpose:
                wrong = right.replace(site.programme.tokens[purpose], token)
                assert browser.get(wrong).status_code == 404, (rule.endpoint, other)
