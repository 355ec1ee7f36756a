"""A coordinator puts people on a cohort from a spreadsheet: check, answer, add, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from courses.models import Booking, Cohort, Place, Waiting
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Organisation, Person, PersonEmail
from lms.records import ImportBatch, ImportRow
from lms.spreadsheets import ODS, XLSX, read
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World
from tests.courses.importing import HEADER, counted, file_of, people, send, upload

AsPerson = Callable[[Person], PageClient]


@pytest.fixture
def priya(world: World, as_person: AsPerson) -> PageClient:
    """The coordinator's browser; jobs are on the list."""
    make.profession("Health visitor", code="health-visitor")
    make.profession("Midwife", code="midwife")
    return as_person(world.priya)


def booked(world: World) -> list[str]:
    statement = (
        select(Person.family_name)
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.cohort_id == world.cohort.id, Booking.state == "booked")
        .order_by(Person.sort_key)
    )
    return list(db.session.scalars(statement))


def verdicts(address: str) -> dict[int, str]:
    batch_id = address.rsplit("/", 1)[1].partition("?")[0]
    rows = db.session.execute(
        select(ImportRow.row_no, ImportRow.verdict).where(ImportRow.batch_id == batch_id)
    )
    return {number: verdict for number, verdict in rows}


def text_of(browser: PageClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_nothing_but_the_preview_is_written_before_add(world: World, priya: PageClient) -> None:
    before = counted()
    address = upload(priya, world.cohort.id, file_of(people(3)))
    assert "Check 3 rows from “names.csv”" in text_of(priya, address)
    assert counted() == before


def test_adding_books_people_with_their_job_and_employer_and_messages_wait(
    world: World, priya: PageClient
) -> None:
    address = upload(priya, world.cohort.id, file_of(people(2)))
    answer = priya.press(address, "Add 2 people", add="2")
    assert answer.status_code == 303
    assert booked(world) == ["Surname0", "Surname1"]
    person = db.session.scalars(select(Person).where(Person.family_name == "Surname0")).one()
    assert person.given_name == "Person"
    assert db.session.get_one(Organisation, person.organisation_id).name == "Herts NHS"
    messages = db.session.scalars(select(Message)).all()
    assert {m.state for m in messages} == {"queued"}
    assert {(m.not_before - m.created_at).total_seconds() for m in messages} == {600}
    page = text_of(priya, address)
    assert "2 people added" in page
    assert "2 confirmations go at 9:10am on 1 February 2027" in page


def test_adding_twice_adds_once(world: World, priya: PageClient) -> None:
    address = upload(priya, world.cohort.id, file_of(people(2)))
    priya.press(address, "Add 2 people", add="2")
    before = counted()
    assert priya.post(address, data={"add": "2"}).status_code == 303
    assert counted() == before


@pytest.mark.parametrize("form", [XLSX, ODS])
def test_excel_and_ods_are_read_and_handed_back_in_their_own_format(
    world: World, priya: PageClient, form: str
) -> None:
    rows = [*people(1), ("Patel, Jay", "j.patel.herts.nhs", "Midwife", "Herts NHS")]
    address = upload(priya, world.cohort.id, file_of(rows, form=form), f"x.{form}")
    priya.press(address, "Add 1 person", add="1")
    answer = priya.get(f"{address}/not-added")
    assert f"x - not added.{form}" in answer.headers["Content-Disposition"]
    (sheet,) = read(answer.data, "x")
    assert sheet.rows == (
        (*HEADER, "Reason"),
        (*rows[1], "Row 3. B3: Not an e-mail address (j.patel.herts.nhs)"),
    )


def test_the_returned_file_corrected_and_uploaded_again_adds_the_rest(
    world: World, priya: PageClient
) -> None:
    rows = [*people(1), ("Patel, Jay", "j.patel.x.uk", "Midwife", "")]
    first = upload(priya, world.cohort.id, file_of(rows))
    priya.press(first, "Add 1 person", add="1")
    data = priya.get(f"{first}/not-added").data.replace(b"j.patel.x.uk", b"j.patel@x.uk", 1)
    second = upload(priya, world.cohort.id, data)
    priya.press(second, "Add 1 person", add="1")
    assert booked(world) == ["Patel", "Surname0"]


def test_an_untidy_file_is_read_as_a_person_would(world: World, priya: PageClient) -> None:
    data = (
        "Brief Encounters, Stevenage;;;;\r\n"
        ";;;;\r\n"
        "Nr;Surname, Forename;E-mail;NI number;Job role\r\n"
        "1;O’NEILL, Siân;SIAN@X.UK ;QQ123456C;HV\r\n"
        ";;;;\r\n"
        "2;Müller, Zoë;mailto:zoe@x.uk;;Midwives\r\n"
        "3;O'Neill, Sian;sian@x.uk;;HV\r\n"
        "Nr;Surname, Forename;E-mail;NI number;Job role\r\n"
        ";Total 2;;;\r\n"
        ";Signed: ________;;;\r\n"
    ).encode("cp1252")
    address = upload(priya, world.cohort.id, data)
    page = text_of(priya, address)
    assert "Headings found in row 3" in page
    assert "Not kept: NI number" in page
    assert verdicts(address) == {
        **dict.fromkeys((1, 2, 3, 5, 7, 8, 9, 10), "left_out"),
        **dict.fromkeys((4, 6), "add"),
    }
    raw = db.session.scalars(select(ImportRow.raw)).all()
    assert not [row for row in raw if row and "QQ123456C" in str(row)]
    priya.press(address, "Add 2 people", add="2")
    emails = db.session.scalars(select(PersonEmail.address)).all()
    assert {"sian@x.uk", "zoe@x.uk"} <= set(emails)


def test_an_address_that_is_none_is_asked_about_and_may_be_typed(
    world: World, priya: PageClient
) -> None:
    other = ("Rao, Asha", "a.rao.x.uk", "Midwife", "")
    rows = [*people(1), ("Patel, Jay", "j.patel.x.uk", "Midwife", ""), other]
    address = upload(priya, world.cohort.id, file_of(rows))
    assert "j.patel.x.uk" in text_of(priya, address)
    wrong = priya.press(address, "Save answers", email_3="use", email_3_email="nobody", save="yes")
    assert wrong.status_code == 422
    assert "Enter an e-mail address in the correct format" in wrong.get_data(as_text=True)
    priya.press(address, "Save answers", email_3="use", email_3_email="j.patel@x.uk", save="yes")
    assert verdicts(address)[3] == "add"
    assert "Your answers are kept 1 question is left." in text_of(priya, address)
    priya.press(address, "Save answers", email_4="no_email", save="yes")
    assert "left." not in text_of(priya, address).partition("Your answers are kept")[2]


def test_add_saves_the_answers_first_and_asks_once_more_when_the_number_changes(
    world: World, priya: PageClient
) -> None:
    rows = [*people(1), ("Patel, Jay", "j.patel.x.uk", "Midwife", "")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Add 1 person", add="1", email_3="no_email")
    assert booked(world) == []
    assert "2 people will be added now that your answers are kept" in text_of(priya, address)
    priya.press(address, "Add 2 people", add="2")
    assert booked(world) == ["Patel", "Surname0"]


def test_a_shared_mailbox_is_a_question_and_nobody_gets_the_others_address(
    world: World, priya: PageClient
) -> None:
    rows = [(f"Name{n}, Person", "reception@lake.uk", "", "") for n in range(3)]
    address = upload(priya, world.cohort.id, file_of(rows))
    page = text_of(priya, address)
    assert "Three people share this address" in page
    assert "Rows 2, 3 and 4" in page
    priya.press(address, "Save answers", shared_2="mailbox", save="yes")
    priya.press(address, "Add 3 people", add="3")
    assert len(booked(world)) == 3
    assert "reception@lake.uk" not in db.session.scalars(select(PersonEmail.address)).all()


def test_a_shared_mailbox_may_be_one_person_with_two_names(world: World, priya: PageClient) -> None:
    rows = [("Smith, Jo", "jo@x.uk", "", ""), ("Smith-Jones, Jo", "jo@x.uk", "", "")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Save answers", shared_2="one", save="yes")
    priya.press(address, "Add 1 person", add="1")
    assert booked(world) == ["Smith"]


def test_who_is_known_by_address_is_booked_and_never_changed(
    world: World, priya: PageClient
) -> None:
    herts = make.organisation("Herts NHS", locality_id=world.place.id)
    held = make.person("Siân", "O’Neill", email="sian@x.uk", organisation_id=herts.id)
    rows = [("ONEILL, SIAN", "Sian@X.uk", "Midwife", "Another place")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Add 1 person", add="1")
    assert booked(world) == ["O’Neill"]
    db.session.expire_all()
    assert (held.given_name, held.profession_id, held.organisation_id) == ("Siân", None, herts.id)


@pytest.mark.parametrize(
    ("answer", "people_now", "holder_booked"), [("same", 0, True), ("new", 1, False)]
)
def test_another_name_with_a_known_address_is_a_question(
    world: World, priya: PageClient, answer: str, people_now: int, holder_booked: bool
) -> None:
    herts = make.organisation("Herts NHS", locality_id=world.place.id)
    held = make.person("Sian", "Jones", email="sian@x.uk", organisation_id=herts.id)
    address = upload(priya, world.cohort.id, file_of([("O’Neill, Siân", "sian@x.uk", "", "")]))
    assert "Same e-mail as Sian Jones, added 1 Feb 2027" in text_of(priya, address)
    before = counted("people_person")
    chosen = str(held.id) if answer == "same" else "new"
    priya.press(address, "Save answers", person_2=chosen, save="yes")
    priya.press(address, "Add 1 person", add="1")
    assert counted("people_person")["people_person"] == before["people_person"] + people_now
    assert (booked(world) == ["Jones"]) is holder_booked


def test_the_same_name_at_the_same_employer_with_another_address_is_a_question(
    world: World, priya: PageClient
) -> None:
    herts = make.organisation("Herts NHS", locality_id=world.place.id)
    held = make.person("Sian", "Jones", email="old@x.uk", organisation_id=herts.id)
    rows = [("Jones, Sian", "new@x.uk", "", "Herts NHS")]
    address = upload(priya, world.cohort.id, file_of(rows))
    assert "Same name and organisation as Sian Jones" in text_of(priya, address)
    priya.press(address, "Save answers", person_2=str(held.id), save="yes")
    priya.press(address, "Add 1 person", add="1")
    addresses = select(PersonEmail.address).where(PersonEmail.person_id == held.id)
    assert db.session.scalars(addresses).all() == ["old@x.uk"]


def test_somebody_elsewhere_is_booked_by_address_and_nothing_is_told_about_them(
    world: World, priya: PageClient
) -> None:
    elsewhere = make.organisation("Essex NHS", locality_id=make.locality("Essex").id)
    held = make.person("Secret", "Stranger", email="s@x.uk", organisation_id=elsewhere.id)
    stranger = [("Brown, Jo", "s@x.uk", "Midwife", "")]
    nobody = [("Brown, Jo", "n@x.uk", "Midwife", "")]
    known, unknown = (
        text_of(priya, upload(priya, world.cohort.id, file_of(rows))) for rows in (stranger, nobody)
    )
    assert "Stranger" not in known
    assert known.replace("s@x.uk", "n@x.uk") == unknown
    address = upload(priya, world.cohort.id, file_of(stranger))
    priya.press(address, "Add 1 person", add="1")
    assert db.session.scalars(select(Booking.person_id)).all() == [held.id]


def test_who_is_booked_already_is_said_and_left_alone(world: World, priya: PageClient) -> None:
    make.booking(world.cohort, make.person("Amara", "Okafor", email="amara@x.uk"))
    address = upload(
        priya, world.cohort.id, file_of([("Okafor, Amara", "amara@x.uk", "", ""), *people(1)])
    )
    assert verdicts(address)[2] == "already"
    priya.press(address, "Add 1 person", add="1")
    assert booked(world) == ["Okafor", "Surname0"]


def test_why_somebody_is_let_in_against_a_rule_stands_in_both_histories(
    world: World, priya: PageClient
) -> None:
    follow_on = make.course(
        title="Parents at War", template={"follow_on_of": "oneplusone:brief-encounters"}
    )
    cohort = make.cohort(make.edition(follow_on), world.place, code="PW-01")
    address = upload(priya, cohort.id, file_of(people(1)))
    answers = {"save": "yes", "rule_2": "use"}
    family = priya.press(address, "Save answers", **answers, rule_2_waiver="My client Amy Smith")
    assert family.status_code == 422
    priya.press(address, "Save answers", **answers, rule_2_waiver="Did the course in 2019")
    priya.press(address, "Add 1 person", add="1")
    (made,) = db.session.scalars(select(Booking.id).where(Booking.cohort_id == cohort.id))

    assert "Did the course in 2019" in text_of(priya, f"/cohorts/{cohort.id}/history")
    history = text_of(priya, f"/bookings/{made}").partition("History of this person")[2]
    assert "Did the course in 2019" in history


def test_who_is_elsewhere_at_that_time_is_named_and_may_wait(
    world: World, priya: PageClient
) -> None:
    other = make.cohort(world.edition, world.place, code="TC-04")
    make.session(other, date(2027, 2, 18))
    make.booking(other, make.person("Pat", "Moss", email="pat@x.uk"))
    address = upload(priya, world.cohort.id, file_of([("Moss, Pat", "pat@x.uk", "", "")]))
    assert "Booked on Brief Encounters (TC-04) on Thursday 18 February 2027" in text_of(
        priya, address
    )
    priya.press(address, "Save answers", clash_2="wait", save="yes")
    priya.press(address, "Add 1 person", add="1")
    assert booked(world) == []
    assert len(db.session.scalars(select(Waiting.person_id)).all()) == 1


def test_rows_beyond_the_last_place_are_asked_about_in_their_order(
    world: World, priya: PageClient
) -> None:
    address = upload(priya, world.cohort.id, file_of(people(7)))
    assert verdicts(address) == {
        1: "left_out",
        **dict.fromkeys(range(2, 7), "add"),
        **dict.fromkeys((7, 8), "attention"),
    }
    priya.press(address, "Save answers", full_7="wait", save="yes")
    priya.press(address, "Add 7 people", add="7")
    assert len(booked(world)) == 5
    assert len(db.session.scalars(select(Waiting.person_id)).all()) == 2


def test_a_job_not_on_the_list_is_asked_once_for_all_rows_that_have_it(
    world: World, priya: PageClient
) -> None:
    rows = [(f"Name{n}, Person", f"n{n}@x.uk", "Band 6 ward sister", "") for n in range(3)]
    address = upload(priya, world.cohort.id, file_of(rows))
    assert "3 rows, 1 question" in text_of(priya, address)
    assert "Leave all 3 out" in text_of(priya, address)
    two = text_of(priya, upload(priya, world.cohort.id, file_of(rows[:2]), "two.csv"))
    assert "Leave both out" in two
    priya.press(address, "Save answers", profession_2="later", save="yes")
    assert set(verdicts(address).values()) == {"left_out", "add"}


def test_an_organisation_that_is_nearly_one_we_have_is_asked_about(
    world: World, priya: PageClient
) -> None:
    held = make.organisation("Hertfordshire Community NHS Trust", locality_id=world.place.id)
    rows = [
        ("A, B", "a@x.uk", "", "Hertfordshire Comunity NHS Trust"),
        ("C, D", "c@x.uk", "", "St Hugh’s"),
    ]
    address = upload(priya, world.cohort.id, file_of(rows))
    page = text_of(priya, address)
    assert "perhaps Hertfordshire Community NHS Trust" in page
    assert "1 new organisation: St Hugh’s" in page
    priya.press(address, "Save answers", organisation_2=str(held.id), save="yes")
    priya.press(address, "Add 2 people", add="2")
    names = db.session.scalars(select(Organisation.name).order_by(Organisation.name)).all()
    assert names == ["Hertfordshire Community NHS Trust", "St Hugh’s"]


def test_a_formula_without_a_saved_result_is_a_question_about_its_cell(
    world: World, priya: PageClient
) -> None:
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Name", "E-mail", "Job"])
    book.active.append(["Jo Brown", "jo@x.uk", "=VLOOKUP(A2,Lists!A:B,2)"])
    out = io.BytesIO()
    book.save(out)
    address = upload(priya, world.cohort.id, out.getvalue(), "x.xlsx")
    page = text_of(priya, address)
    assert "A formula with no saved result" in page
    assert "C2" in page


def test_columns_we_are_not_sure_of_are_asked_for_first(world: World, priya: PageClient) -> None:
    data = b"Jo,Brown,jo@x.uk,Midwife\nAmy,Reed,amy@x.uk,Midwife\n"
    address = upload(priya, world.cohort.id, data)
    assert "Which column holds what?" in text_of(priya, address)
    answer = priya.press(
        address,
        "Use these columns",
        heading_row="0",
        given_name="0",
        family_name="1",
        email="2",
        profession="3",
    )
    assert answer.status_code == 303
    assert verdicts(address) == {1: "add", 2: "add"}
    priya.press(address, "Add 2 people", add="2")
    assert booked(world) == ["Brown", "Reed"]


def test_columns_may_be_changed_on_the_preview(world: World, priya: PageClient) -> None:
    rows = [("Jo Brown", "Reed, Amy", "amy@x.uk")]
    data = file_of(rows, header=("Name", "Delegate", "E-mail"))
    address = upload(priya, world.cohort.id, data)
    bad = priya.press(f"{address}/columns", None, name="1", email="1")
    assert bad.status_code == 422
    assert "Choose each column once" in bad.get_data(as_text=True)
    priya.press(f"{address}/columns", None, name="1", email="2")
    priya.press(address, "Add 1 person", add="1")
    assert booked(world) == ["Reed"]


def test_several_sheets_are_asked_about_on_the_upload_page(world: World, priya: PageClient) -> None:
    from lms.spreadsheets import Table, write

    tables = [Table(name, HEADER, people(1)) for name in ("March", "April")]
    data = write(XLSX, tables)
    refused = send(priya, world.cohort.id, data, "x.xlsx")
    assert refused.status_code == 422
    assert "several sheets" in refused.get_data(as_text=True)
    assert send(priya, world.cohort.id, data, "x.xlsx", sheet="April").status_code == 303


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7", "The file is a PDF. Save it as Excel (.xlsx), ODS or CSV"),
        (b"", "The file is empty"),
        (b"Name,E-mail\n", "There is nobody under the headings"),
    ],
)
def test_what_cannot_be_read_is_said_on_the_upload_page(
    world: World, priya: PageClient, data: bytes, sentence: str
) -> None:
    answer = send(priya, world.cohort.id, data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert db.session.scalars(select(ImportBatch.id)).all() == []


def test_no_file_is_said_on_the_field(world: World, priya: PageClient) -> None:
    answer = priya.post(f"/cohorts/{world.cohort.id}/import", data={})
    assert answer.status_code == 422
    assert "Choose a file" in answer.get_data(as_text=True)


def test_undoing_frees_the_places_silently_and_forgets_who_was_new(
    world: World, priya: PageClient, run_jobs: Callable[[], None]
) -> None:
    held = make.person("Amara", "Okafor", email="amara@x.uk")
    rows = [("Okafor, Amara", "amara@x.uk", "", ""), *people(2)]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Add 3 people", add="3")
    assert priya.press(address, "Undo this import").status_code == 303
    run_jobs()
    db.session.expire_all()
    assert booked(world) == []
    assert db.session.scalars(select(Cohort.seats_taken)).all() == [0]
    assert set(db.session.scalars(select(Message.state))) == {"cancelled"}
    named = select(Person.family_name).where(Person.erased_at.is_(None))
    assert set(db.session.scalars(named)) == {"Nair", "Ellery", "Okafor"}
    assert db.session.get_one(Person, held.id).given_name == "Amara"
    assert db.session.scalars(select(Organisation)).all() == []
    assert "The organisation that it brought is removed" in text_of(priya, address)
    assert "Undone by Priya Nair on 1 February 2027 at 9am. 3 people are as they were" in text_of(
        priya, address
    )
    assert priya.post(f"{address}/undo").status_code == 303


def test_an_organisation_that_somebody_else_uses_by_now_stays_when_its_import_is_undone(
    world: World, priya: PageClient, run_jobs: Callable[[], None]
) -> None:
    rows = [("Reed, Amy", "amy@x.uk", "", "Herts NHS"), ("Shah, Ravi", "ravi@x.uk", "", "Surgery")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Add 2 people", add="2")
    assert "It brought 2 new organisations" in text_of(priya, address)
    kept = db.session.scalars(select(Organisation).where(Organisation.name == "Surgery")).one()
    make.person("Robin", "Ellis", organisation_id=kept.id)
    priya.press(address, "Undo this import")
    run_jobs()
    assert db.session.scalars(select(Organisation.name)).all() == ["Surgery"]
    assert "Of the 2 organisations that it brought 1 stays, being in use" in text_of(priya, address)


def test_after_ten_minutes_undoing_tells_the_people_who_were_told(
    world: World, priya: PageClient, frozen: Callable[[str], object], run_jobs: Callable[[], None]
) -> None:
    address = upload(priya, world.cohort.id, file_of([row[:2] for row in people(1)]))
    priya.press(address, "Add 1 person", add="1")
    frozen("2027-02-01 09:11")
    run_jobs()
    assert "Undo now and the people who were told are told of that too" in text_of(priya, address)
    priya.press(address, "Undo this import")
    kinds = set(db.session.scalars(select(Message.kind).where(Message.state == "queued")))
    assert kinds == {"courses.taken_off"}


def test_after_undoing_the_same_file_can_be_imported_again(
    world: World, priya: PageClient, run_jobs: Callable[[], None]
) -> None:
    for _ in range(2):
        address = upload(priya, world.cohort.id, file_of(people(2)))
        priya.press(address, "Add 2 people", add="2")
        priya.press(address, "Undo this import")
        run_jobs()
    assert booked(world) == []


def test_undo_is_refused_by_name_once_somebody_is_marked(world: World, priya: PageClient) -> None:
    address = upload(priya, world.cohort.id, file_of(people(2)))
    priya.press(address, "Add 2 people", add="2")
    place = db.session.scalars(
        select(Place)
        .join(Booking, Booking.id == Place.booking_id)
        .join(Person, Person.id == Booking.person_id)
        .where(Person.family_name == "Surname0")
    ).first()
    assert place is not None
    make.attendance(place)
    refused = priya.post(f"{address}/undo")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "Person Surname0 is marked on a register, so the import can no longer be undone" in page
    assert len(booked(world)) == 2


def test_undo_is_refused_by_name_once_a_survey_is_answered(world: World, priya: PageClient) -> None:
    address = upload(priya, world.cohort.id, file_of(people(1)))
    priya.press(address, "Add 1 person", add="1")
    booking = db.session.scalars(select(Booking)).one()
    wave = make.wave(world.cohort)
    make.assignment(wave, booking, state="submitted", person_id=booking.person_id)
    page = priya.post(f"{address}/undo").get_data(as_text=True)
    assert "Person Surname0 has answered the survey, so the import can no longer be undone" in page


def test_a_row_that_went_stale_is_checked_again_and_comes_back_with_its_reason(
    world: World, priya: PageClient
) -> None:
    address = upload(priya, world.cohort.id, file_of(people(2)))
    late = make.person("Person", "Surname1", email="person1@import.example")
    make.booking(world.cohort, late)
    priya.post(address, data={"add": "2"})
    page = text_of(priya, address)
    assert "1 person added" in page
    assert sorted(verdicts(address).values()) == ["add", "already", "left_out"]


def test_the_same_file_by_two_people_adds_everybody_once(
    world: World, priya: PageClient, as_person: AsPerson
) -> None:
    colleague = make.person("Mo", "Khan")
    make.grant(colleague, "coordinator", "locality", world.place.id)
    mo = as_person(colleague)
    data = file_of(people(2))
    mine, theirs = upload(priya, world.cohort.id, data), upload(mo, world.cohort.id, data)
    priya.press(mine, "Add 2 people", add="2")
    answer = mo.press(theirs, "Add 2 people", add="2")
    assert answer.status_code == 422
    assert "Nobody is left to add" in answer.get_data(as_text=True)
    assert booked(world) == ["Surname0", "Surname1"]
    assert counted("people_person")["people_person"] == 5


def test_only_the_uploader_and_administrators_see_a_batch(
    world: World, priya: PageClient, as_person: AsPerson
) -> None:
    address = upload(priya, world.cohort.id, file_of(people(1)))
    colleague, admin, far = make.person("Mo"), make.person("Ada"), make.person("Far")
    make.grant(colleague, "coordinator", "locality", world.place.id)
    make.grant(admin, "administrator", "locality", world.place.id)
    make.grant(far, "administrator", "locality", make.locality("Essex").id)
    seen = {
        who.given_name: as_person(who).get(address).status_code for who in (colleague, admin, far)
    }
    assert seen == {"Mo": 404, "Ada": 200, "Far": 404}
    assert as_person(colleague).post(f"{address}/undo").status_code == 404


def test_a_cancelled_import_leaves_nothing_of_the_file(world: World, priya: PageClient) -> None:
    address = upload(priya, world.cohort.id, file_of(people(2)))
    assert priya.press(address, "Cancel this import").status_code == 303
    assert priya.get(address).status_code == 404
    assert db.session.scalars(select(ImportRow.id)).all() == []


def test_staged_files_go_after_a_day_and_what_was_read_after_ninety(
    world: World, priya: PageClient, as_person: AsPerson, frozen: Callable[[str], object]
) -> None:
    from courses.imports.services.purging import purge

    staged = upload(priya, world.cohort.id, file_of(people(1)))
    added = upload(priya, world.cohort.id, file_of(people(2)[1:]))
    priya.press(added, "Add 1 person", add="1")
    frozen("2027-02-02 08:59")
    purge()
    assert as_person(world.priya).get(staged).status_code == 200
    frozen("2027-02-02 09:01")
    purge()
    db.session.flush()
    assert as_person(world.priya).get(staged).status_code == 404
    kept = select(ImportRow.raw).where(ImportRow.raw.is_not(None))
    assert len(db.session.scalars(kept).all()) == 2
    frozen("2027-05-03 09:00")
    purge()
    db.session.flush()
    assert db.session.scalars(kept).all() == []


def test_a_cancelled_cohort_takes_nobody(world: World, priya: PageClient) -> None:
    address = upload(priya, world.cohort.id, file_of(people(1)))
    world.cohort.state = "cancelled"
    db.session.flush()
    refused = priya.post(address, data={"add": "1"})
    assert refused.status_code == 422
    assert "takes no bookings: it is cancelled" in refused.get_data(as_text=True)
    assert send(priya, world.cohort.id, file_of(people(1))).status_code == 422


def test_the_preview_asks_as_many_queries_for_many_rows_as_for_few(
    world: World, priya: PageClient, count_queries: Callable[[], object]
) -> None:
    def queries(count: int) -> tuple[int, int, int]:
        world.cohort.capacity = 500
        with count_queries() as uploading:  # type: ignore[attr-defined]
            address = upload(priya, world.cohort.id, file_of(people(count)))
        with count_queries() as looking:  # type: ignore[attr-defined]
            priya.get(address)
        with count_queries() as adding:  # type: ignore[attr-defined]
            priya.post(address, data={"add": str(count)}, headers={"X-CSRF-Token": "x"})
        return len(uploading), len(looking), len(adding)

    few, many = queries(5), queries(200)
    assert many[0] <= few[0] + 2
    assert many[1] == few[1]


def test_examples_are_read_without_a_question(world: World, priya: PageClient) -> None:
    make.profession("Church or faith group volunteer", code="faith-volunteer")
    for form in ("csv", "xlsx", "ods"):
        data = priya.get(f"/imports/example.{form}").data
        address = upload(priya, world.cohort.id, data, f"people.{form}")
        assert "attention" not in verdicts(address).values()


def test_a_trainer_may_not_import(world: World, as_person: AsPerson) -> None:
    sam = as_person(world.sam)
    assert sam.get(f"/cohorts/{world.cohort.id}/import").status_code == 403


def test_names_in_capitals_are_added_as_usual_and_the_preview_says_so(
    world: World, priya: PageClient
) -> None:
    held = make.person("BETH", "LYONS", email="beth@x.uk")
    rows = [
        ("OKAFOR, AMARA", "amara@x.uk", "", ""),
        ("LYONS, BETH", "beth@x.uk", "", ""),
        ("MCDONALD, IAN", "ian@x.uk", "", ""),
        ("smith, Jane", "jane@x.uk", "", ""),
    ]
    address = upload(priya, world.cohort.id, file_of(rows))
    page = text_of(priya, address)
    assert "A name in capitals or in small letters: added as Amara Okafor" in page
    assert "A name in capitals or in small letters: added as Jane Smith" in page
    assert "A name in capitals or in small letters. Is this right?" in page
    form = priya.get(address).get_data(as_text=True)
    assert 'name="name_4_family_name" type="text" value="McDonald"' in form
    priya.press(address, "Save answers", save="yes", name_4_family_name="Macdonald")
    priya.press(address, "Add 4 people", add="4")
    assert booked(world) == ["LYONS", "Macdonald", "Okafor", "Smith"]
    assert (held.given_name, held.family_name) == ("BETH", "LYONS")


def test_the_way_back_to_an_import_and_its_undo_is_on_the_page_of_the_next(
    world: World, priya: PageClient, as_person: AsPerson
) -> None:
    page = f"/cohorts/{world.cohort.id}/import"
    assert "Imports onto this cohort" not in priya.get(page).text
    address = upload(priya, world.cohort.id, file_of([row[:2] for row in people(2)]), "May.csv")
    assert "Not added yet: go on" in priya.get(page).text
    priya.press(address, "Add 2 people", add="2")
    listed = priya.get(page).text
    path = address.removeprefix("http://localhost")
    assert f'href="{path}">2 rows added: look again or undo' in listed
    other = make.person("Asha", "Rao")
    make.grant(other, "coordinator", "locality", world.place.id)
    assert "May.csv" not in as_person(other).get(page).text
    priya.post(f"{address}/undo")
    assert "Undone" in priya.get(page).text
