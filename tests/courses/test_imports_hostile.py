"""Bad names, guests' importers and two people at once: a value kept, a question, or a sentence."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from courses.models import Booking
from lms import clock, hookimpl
from lms.contracts import CanonicalRow, Importer, ImportKind, Sheet, Todo
from lms.db import db
from lms.people import sessions
from lms.people.models import Person
from lms.records import ImportRow
from lms.registry import current_registry
from lms.spreadsheets import XLSX
from lms.testing.client import PageClient, keep
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.courses.conftest import World
from tests.courses.importing import file_of, people, send, upload

KEPT = [
    "O'Brien-Ng",
    "Ó Súilleabháin",
    unicodedata.normalize("NFD", "Ó Sé"),
    "李小龍",
    "محمد",
    "👩🏽‍⚕️x",
    "Z",
    "Null",
    "None",
    "nan",
    "TRUE",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}x",
    '<img src="file:///etc/passwd">',
    "'; DROP TABLE person;--",
    "100%_\\x",
    "-1+1 Smith",
    '=HYPERLINK("http://x","y")',
    "＝1+1 x",
]
ASKED = [
    "x" * 500,
    "a\u202eb",
    "a\u200bb",
    "a\ufffdb",
    "a" + "\u0301" * 200,
    "  \u00a0 ",
    "12345",
    "jo@x.uk",
]


@pytest.fixture
def priya(world: World, as_person: Callable[[Person], PageClient]) -> PageClient:
    """The coordinator's browser, and room for everybody."""
    world.cohort.capacity = 200
    return as_person(world.priya)


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_strange_names_are_kept_exactly_and_shown_harmlessly(
    world: World, priya: PageClient, form: str
) -> None:
    rows = [(name, "Jo", f"n{number}@x.uk") for number, name in enumerate(KEPT)]
    data = file_of(rows, form=form, header=("Surname", "Forename", "E-mail"))
    address = upload(priya, world.cohort.id, data, f"x.{form}")
    page = priya.get(address).get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "<img src" not in page
    answer = priya.press(address, f"Add {len(KEPT)} people", add=str(len(KEPT)))
    assert answer.status_code == 303
    held = set(db.session.scalars(select(Person.family_name)))
    # A family name in capitals or small letters is written as usual; nothing else may be changed.
    usual = {"TRUE": "True", "nan": "Nan"}
    assert {usual.get(name, unicodedata.normalize("NFC", name)) for name in KEPT} <= held


@pytest.mark.parametrize("name", ASKED)
def test_names_that_cannot_be_kept_are_a_question(
    world: World, priya: PageClient, name: str
) -> None:
    data = file_of(
        [(name, "", "a@x.uk"), ("Ok", "Jo", "b@x.uk")], header=("Surname", "Forename", "E-mail")
    )
    address = upload(priya, world.cohort.id, data)
    assert priya.get(address).status_code == 200
    verdicts = select(ImportRow.verdict).order_by(ImportRow.row_no)
    assert db.session.scalars(verdicts).all() == ["left_out", "attention", "add"]


def test_a_name_can_be_typed_where_it_could_not_be_kept(world: World, priya: PageClient) -> None:
    data = file_of([("12345", "", "a@x.uk")], header=("Surname", "Forename", "E-mail"))
    address = upload(priya, world.cohort.id, data)
    empty = priya.press(
        address, "Save answers", name_2="use", name_2_given_name="", name_2_family_name="", save="y"
    )
    assert "Enter a name" in empty.get_data(as_text=True)
    priya.press(
        address,
        "Save answers",
        name_2="use",
        name_2_given_name="Jo",
        name_2_family_name="Li",
        save="y",
    )
    assert priya.press(address, "Add 1 person", add="1").status_code == 303


def test_answers_that_were_not_offered_are_refused(world: World, priya: PageClient) -> None:
    data = file_of([("Brown, Jo", "a@x.uk", "Ward sister", "")])
    address = upload(priya, world.cohort.id, data)
    assert priya.post(address, data={"profession_2": "'; drop"}).status_code == 422


def test_rows_and_verdicts_that_do_not_exist_are_not_found(world: World, priya: PageClient) -> None:
    address = upload(priya, world.cohort.id, file_of([row[:2] for row in people(1)]))
    assert priya.get(f"{address}/rows/nonsense").status_code == 404
    assert priya.get(f"{address}/rows/add?page=99999999").status_code == 200
    assert priya.get(f"{address}/not-added").status_code == 404
    assert priya.get("/imports/example.exe").status_code == 404


# -- providers' own formats --------------------------------------------------------------------


def test_a_providers_own_register_is_read_by_its_importer(world: World, priya: PageClient) -> None:
    course = make.course(provider_key="tavistock", key="tavistock:think-couple", slug="tc")
    cohort = make.cohort(make.edition(course), world.place)
    make.session(cohort)
    rows = [
        ("Reed, Amy", "Herts NHS", "amy@x.uk", "P"),
        ("Total", "", "", "1"),
    ]
    header = ("Delegate", "Agency", "E-mail", "Session 1")
    address = upload(priya, cohort.id, file_of(rows, form=XLSX, header=header), "register.xlsx")
    page = priya.get(address).get_data(as_text=True)
    assert "Read as Tavistock Relationships: register" in page
    assert "is still to come, and a register" in re.sub(r"\s+", " ", page)
    priya.press(address, "Save answers", save="yes")
    assert priya.press(address, "Add 1 person", add="1").status_code == 303


class Clumsy:
    """A guest with an importer that fails where told to."""

    def __init__(self, *, looking: bool) -> None:
        self.looking = looking

    @hookimpl
    def lms_importers(self) -> Iterator[Importer]:
        yield Importer(
            key="Clumsy:list",
            title="Clumsy: list",
            kind=ImportKind.PEOPLE,
            columns=(),
            recognises=self.recognises,
            read=self.read,
        )

    def recognises(self, sheet: Sheet) -> bool:
        if self.looking:
            raise KeyError("clumsy")
        return True

    def read(self, sheet: Sheet) -> Iterator[CanonicalRow]:
        raise KeyError("clumsy")


@pytest.mark.parametrize(("looking", "status"), [(True, 303), (False, 422)])
def test_a_guests_importer_that_fails_is_a_sentence_or_leaves_the_general_reading(
    world: World,
    make_app: Callable[..., LmsFlask],
    looking: bool,
    status: int,
) -> None:
    app = make_app(plugins=[Clumsy(looking=looking)])
    browser = app.test_client()
    assert isinstance(browser, PageClient)
    sign_in(browser, world.priya)
    answer = send(browser, world.cohort.id, file_of(people(1)))
    assert answer.status_code == status
    if status == 422:
        assert "Clumsy: list could not be read" in answer.get_data(as_text=True)


def sign_in(browser: PageClient, who: Person) -> None:
    with browser.session_transaction() as held:
        held[sessions.PERSON], held[sessions.EPOCH] = str(who.id), who.session_epoch
        held[sessions.SINCE] = held[sessions.SEEN] = int(clock.now().timestamp())


# -- two at once -------------------------------------------------------------------------------


def test_add_pressed_by_two_browsers_at_once_adds_once(
    world: World, as_person: Callable[[Person], PageClient]
) -> None:
    browsers = [as_person(world.priya), as_person(world.priya)]
    address = upload(browsers[0], world.cohort.id, file_of([row[:2] for row in people(5)]))
    words = [browser._word_for(address) for browser in browsers]
    keep()
    db.session.remove()
    barrier, statuses = threading.Barrier(2), []

    def press(browser: PageClient, word: str) -> None:
        barrier.wait()
        answer = browser.post(address, data={"add": "5", "csrf_token": word})
        statuses.append(answer.status_code)

    threads = [
        threading.Thread(target=press, args=pair) for pair in zip(browsers, words, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [303, 303]
    assert len(db.session.scalars(select(Booking.id)).all()) == 5


# -- the home page -----------------------------------------------------------------------------


def test_home_says_what_waits_and_what_was_not_added(
    world: World, priya: PageClient, app: LmsFlask
) -> None:
    rows = [*people(1), ("Patel, Jay", "none", "", "")]
    address = upload(priya, world.cohort.id, file_of([row[:2] for row in rows]))

    def lines() -> dict[str, Todo]:
        with app.test_request_context():
            todos, _ = current_registry().todos(world.coordinator, clock.today())
            return {todo.text: todo for todo in todos}

    waits = lines()["Finish importing names.csv"]
    assert waits.due == clock.today() + timedelta(days=1)
    assert waits.reason.startswith(
        "1 row waits for you to press Add, 1 row waits for an answer. The file is forgotten at "
    )
    priya.press(address, "Add 1 person", add="1")
    assert "1 row of names.csv was not added" in lines()


def test_home_says_how_many_rows_wait_for_answers_where_none_can_be_added(
    world: World, priya: PageClient
) -> None:
    rows = [("Patel, Jay", "none", "", ""), ("Rao, Asha", "unknown", "", "")]
    upload(priya, world.cohort.id, file_of([row[:2] for row in rows]))

    home = priya.get("/home").get_data(as_text=True)
    assert "2 rows wait for answers. The file is forgotten at " in home
    assert "0 rows" not in home
