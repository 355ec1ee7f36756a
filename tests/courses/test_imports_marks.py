"""A provider's register brings marks: onto the right session, never over ours, undone again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from courses.imports.known import KnownSession
from courses.imports.marking import sessions_of
from courses.models import Booking, Cohort, Place, Session
from courses.queries import completion, register
from courses.services import register as marking
from courses.services.register import NewMark
from lms import clock
from lms.contracts import Actor, SessionMark
from lms.db import db, unit_of_work, uuid7
from lms.people.models import Person
from lms.spreadsheets import XLSX
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.importing import counted, file_of, upload

AsPerson = Callable[[Person], PageClient]
HEADER = ("Name", "Agency", "E-mail", "Session 1\n18 February 2027", "Session 2\n25 February 2027")
FIRST, SECOND = date(2027, 2, 18), date(2027, 2, 25)


@dataclass
class Course:
    """A cohort of Tavistock's that is over, with two people booked; and Priya's browser."""

    cohort: Cohort
    sessions: list[Session]
    amara: Booking
    beth: Booking
    page: PageClient
    by: Actor

    def send(self, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> str:
        """Upload a register; the address of its preview."""
        return upload(
            self.page, self.cohort.id, file_of(rows, form=XLSX, header=header), "register.xlsx"
        )

    def text(self, address: str) -> str:
        """A page in words."""
        body = self.page.get(address).get_data(as_text=True)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))

    def mark(self, booking: Booking, mark: str, session: int = 0) -> None:
        """A trainer's own mark."""
        with unit_of_work():
            marking.save(
                self.sessions[session].id,
                [NewMark(place_of(booking, self.sessions[session]), mark)],
                by=Actor(None, "Sam Ellery"),
            )

    def marks(self, session: int = 0) -> dict[str, str]:
        """The register as it stands."""
        return {
            line.name: line.mark.mark if line.mark else ""
            for line in register.lines(self.sessions[session].id)
        }


def place_of(booking: Booking, session: Session) -> uuid.UUID:
    return db.session.scalars(
        select(Place.id).where(Place.booking_id == booking.id, Place.session_id == session.id)
    ).one()


@pytest.fixture
def course(session: object, frozen: Callable[[str], object], as_person: AsPerson) -> Course:
    frozen("2027-03-01 09:00")
    place, priya = make.locality("Gateshead"), make.person("Priya", "Nair")
    make.grant(priya, "coordinator", "locality", place.id)
    edition = make.edition(make.course(key="tavistock:think-couple", provider_key="tavistock"))
    make.component(edition, key="workshop", required_minutes=300)
    rule = {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 300}
    cohort = make.cohort(
        edition, place, code="TC-01", state="finished", rule={"components": [rule]}
    )
    held = [make.session(cohort, FIRST), make.session(cohort, SECOND)]
    return Course(
        cohort,
        held,
        make.booking(cohort, make.person("Amara", "Okafor", email="amara@x.uk")),
        make.booking(cohort, make.person("Beth", "Lyons", email="beth@x.uk")),
        as_person(priya),
        Actor(priya.id, "Priya Nair"),
    )


def amara(*marks: str) -> tuple[str, ...]:
    return ("Okafor, Amara", "Health visiting", "amara@x.uk", *marks)


def beth(*marks: str) -> tuple[str, ...]:
    return ("Lyons, Beth", "Health visiting", "beth@x.uk", *marks)


def test_marks_go_onto_the_sessions_of_their_columns_and_completion_follows(
    course: Course,
) -> None:
    address = course.send(amara("P", "L 9:50"), beth("A", "E 12:15"))
    page = course.text(address)
    assert "Session 1 present; Session 2 late, 9:50am" in page
    assert "4 marks will be taken over" in page
    assert course.marks() == {"Amara Okafor": "", "Beth Lyons": ""}
    answer = course.page.press(address, "Add 4 marks", add="0 and 4 marks")
    assert answer.status_code == 303
    assert course.marks() == {"Amara Okafor": "present", "Beth Lyons": "absent"}
    assert course.marks(1) == {"Amara Okafor": "late", "Beth Lyons": "left_early"}
    minutes = [line.mark.minutes for line in register.lines(course.sessions[1].id) if line.mark]
    assert minutes == [160, 165] or minutes == [165, 160]
    verdicts = completion.current([course.amara.id, course.beth.id])
    assert verdicts[course.amara.id].verdict == "completed"
    assert verdicts[course.beth.id].verdict == "not_completed"


def test_the_history_says_that_a_mark_is_from_the_file(course: Course) -> None:
    course.page.press(course.send(amara("P", "")), "Add 1 mark", add="0 and 1 marks")
    history = course.text(f"/cohorts/{course.cohort.id}/sessions/1/register/history")
    assert "From the file register.xlsx" in history
    assert "From the file register.xlsx" in course.text(f"/cohorts/{course.cohort.id}/history")


def test_who_was_not_booked_is_booked_and_marked_at_once(course: Course) -> None:
    new = ("Marsh, Colin", "", "colin@x.uk", "P", "P")
    address = course.send(new, amara("P", "P"))
    course.page.press(address, "Add 1 person and 4 marks", add="1 and 4 marks")
    assert course.marks()["Colin Marsh"] == "present"
    assert "1 person and 4 marks added" in course.text(address)


def test_a_mark_that_somebody_made_stays_and_the_conflict_is_asked(course: Course) -> None:
    course.mark(course.amara, "absent")
    address = course.send(amara("P", "P"))
    page = course.text(address)
    assert "Our register says absent (Sam Ellery) for session 1 on 18 February 2027" in page
    assert "Add 1 mark" not in page
    course.page.press(address, "Save answers", save="yes")
    assert "Session 1 as we had it; Session 2 present" in course.text(address)
    course.page.press(address, "Add 1 mark", add="0 and 1 marks")
    assert course.marks()["Amara Okafor"] == "absent"
    assert course.marks(1)["Amara Okafor"] == "present"


def test_a_mark_made_after_the_preview_is_not_overwritten(course: Course) -> None:
    address = course.send(amara("P", ""), beth("P", ""))
    course.mark(course.amara, "absent")
    course.page.press(address, "Add 2 marks", add="0 and 2 marks")
    assert course.marks() == {"Amara Okafor": "absent", "Beth Lyons": "present"}
    assert "1 row was not added" in course.text(address)


def test_the_same_file_again_takes_nothing_over(course: Course) -> None:
    course.page.press(course.send(amara("P", "L 9:50")), "Add 2 marks", add="0 and 2 marks")
    again = course.send(amara("P", "L"))
    page = course.text(again)
    assert "Session 1 as it is; Session 2 as it is" in page
    assert course.page.post(again, data={"add": "0"}).status_code == 422


def test_a_lone_number_beside_late_is_not_taken_for_a_time(course: Course) -> None:
    assert "10 is not a time of the session" in course.text(course.send(amara("L 10", "P")))
    assert "is not a time" not in course.text(course.send(amara("L 1000", "P")))


def test_late_without_a_time_is_asked_once_for_a_session_and_kept_as_answered(
    course: Course,
) -> None:
    address = course.send(amara("L", "P"), beth("L", "P"))
    page = course.text(address)
    assert "Late needs a time; session 1 on 18 February 2027 ran from 9:30am to 12:30pm" in page
    wrong = course.page.press(
        address, "Save answers", save="yes", mark_time_2D="use", mark_time_2D_time="8am"
    )
    assert wrong.status_code == 303
    assert "8am is not a time of the session" in course.text(address)
    course.page.press(
        address, "Save answers", save="yes", mark_time_2D="use", mark_time_2D_time="9.50am"
    )
    course.page.press(address, "Add 4 marks", add="0 and 4 marks")
    arrived = {line.mark.arrived_at for line in register.lines(course.sessions[0].id) if line.mark}
    assert arrived == {datetime(2027, 2, 18, 9, 50, tzinfo=UTC)}


def test_a_word_we_do_not_know_is_asked_about_with_its_cell(course: Course) -> None:
    address = course.send(amara("Apols", "P"))
    page = course.text(address)
    assert "D2" in page
    assert "Apols" in page
    assert "Not a mark that we know" in page
    course.page.press(address, "Save answers", save="yes", mark_word_2D="absent")
    course.page.press(address, "Add 2 marks", add="0 and 2 marks")
    assert course.marks()["Amara Okafor"] == "absent"


def test_a_column_of_another_date_is_asked_about_and_may_be_given_a_session(
    course: Course,
) -> None:
    header = (*HEADER[:3], "Session 1\n19 February 2027")
    address = course.send(amara("P"), beth("A"), header=header)
    page = course.text(address)
    assert "“Session 1 19 February 2027” is not clearly one session of this cohort" in page
    course.page.press(
        address, "Save answers", save="yes", mark_session_2D=str(course.sessions[0].id)
    )
    course.page.press(address, "Add 2 marks", add="0 and 2 marks")
    assert course.marks() == {"Amara Okafor": "present", "Beth Lyons": "absent"}


def test_a_session_still_to_come_is_not_marked(course: Course) -> None:
    course.sessions.append(make.session(course.cohort, date(2027, 3, 8)))
    make.place(course.amara, course.sessions[2])
    address = course.send(amara("P", "P", "P"), header=(*HEADER, "Session 3"))
    assert "is still to come, and a register is marked from its day" in course.text(address)
    course.page.press(address, "Save answers", save="yes")
    course.page.press(address, "Add 2 marks", add="0 and 2 marks")
    assert course.marks(2)["Amara Okafor"] == ""


def test_undo_takes_the_marks_off_and_leaves_what_somebody_has_changed_since(
    course: Course, frozen: Callable[[str], object]
) -> None:
    address = course.send(amara("P", "P"), beth("P", "P"))
    course.page.press(address, "Add 4 marks", add="0 and 4 marks")
    frozen("2027-03-01 09:05")
    lines = {line.name: line for line in register.lines(course.sessions[0].id)}
    beths = lines["Beth Lyons"]
    assert beths.mark is not None
    with unit_of_work():
        correction = NewMark(beths.place_id, "absent", seen=beths.mark.id)
        marking.save(course.sessions[0].id, [correction], by=course.by, why="Was ill")
    assert course.page.press(address, "Undo this import").status_code == 303
    assert course.marks() == {"Amara Okafor": "", "Beth Lyons": "absent"}
    assert course.marks(1) == {"Amara Okafor": "", "Beth Lyons": ""}
    assert completion.current([course.amara.id])[course.amara.id].verdict == "not_yet"
    assert "The marks are off the register" in course.text(address)
    history = course.text(f"/cohorts/{course.cohort.id}/sessions/1/register/history")
    assert "Mark taken back" in history


def test_after_an_undo_the_same_people_can_be_marked_again(course: Course) -> None:
    address = course.send(amara("P", "P"))
    course.page.press(address, "Add 2 marks", add="0 and 2 marks")
    course.page.press(address, "Undo this import")
    course.mark(course.amara, "absent")
    assert course.marks()["Amara Okafor"] == "absent"


def test_undo_takes_off_who_was_booked_and_marked_by_the_file(course: Course) -> None:
    address = course.send(("Marsh, Colin", "", "colin@x.uk", "P", "P"))
    course.page.press(address, "Add 1 person and 2 marks", add="1 and 2 marks")
    assert course.page.press(address, "Undo this import").status_code == 303
    assert "Colin Marsh" not in course.marks()


def test_undo_is_refused_where_somebody_marked_a_person_of_the_file_otherwise(
    course: Course,
) -> None:
    address = course.send(("Marsh, Colin", "", "colin@x.uk", "P", ""))
    course.page.press(address, "Add 1 person and 1 mark", add="1 and 1 marks")
    colin = db.session.scalars(select(Booking).where(Booking.source == "import")).one()
    course.mark(colin, "absent", 1)
    assert course.page.post(f"{address}/undo").status_code == 422
    assert "Colin Marsh is marked on a register" in course.text(address)
    assert course.marks()["Colin Marsh"] == "present"


def test_nothing_is_marked_where_adding_fails_half_way(course: Course) -> None:
    address = course.send(("Marsh, Colin", "", "colin@x.uk", "P", "P"), amara("P", "P"))
    with unit_of_work():
        course.cohort.state = "closed"
    before = counted("courses_attendance", "courses_booking")
    course.page.post(address, data={"add": "1 and 4 marks"})
    assert counted("courses_attendance", "courses_booking") == before


def known(*days: tuple[int, int, str]) -> list[KnownSession]:
    """Sessions by number, day of March 2027 and component."""
    return [
        KnownSession(
            uuid7(),
            number,
            part,
            clock.at(date(2027, 3, day), datetime.min.time().replace(hour=10)),
            clock.at(date(2027, 3, day), datetime.min.time().replace(hour=16)),
        )
        for number, day, part in days
    ]


COURSE = known((1, 4, "Training"), (2, 11, "Training"), (4, 18, "Supervision of a first group"))


@pytest.mark.parametrize(
    ("heading", "number"),
    [
        ("Session 1", 1),
        ("Session 2", 2),
        ("Session 3", None),
        ("Session 4", 4),
        ("Session 5", None),
        ("Supervision 1", 4),
        ("Supervision 2", None),
        ("4 March 2027", 1),
        ("Session 1 11th Mar", 2),
        ("Thursday 11 March 2027", 2),
        ("2027-03-18", 4),
        ("18/03/2027", 4),
        ("Session 1 4 March 2026", None),
        ("4 March 2027, 11 March 2027", None),
        ("Day 2 (pm)", 2),
        ("Session", None),
        ("30 February 2027", None),
    ],
)
def test_a_column_is_the_session_of_its_date_or_else_of_its_number(
    heading: str, number: int | None
) -> None:
    (found,) = sessions_of([SessionMark(heading, "present", cell="E5")], COURSE).values()
    assert (found.number if found else None) == number


def test_two_columns_are_never_one_session_without_being_asked() -> None:
    both = [SessionMark("Session 1", "present", cell="E5"), SessionMark("Day 1", "p", cell="F5")]
    assert [bool(one) for one in sessions_of(both, COURSE).values()] == [True, False]


def test_the_only_column_is_the_only_session() -> None:
    (found,) = sessions_of([SessionMark("Session", "present")], COURSE[:1]).values()
    assert found is COURSE[0]
