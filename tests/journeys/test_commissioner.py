"""A coordinator from a full cohort to the commissioner's pack: whoever waits takes the place that
is given up, everybody comes and answers twice, and what changed is one sentence, the same on the
page, in a version for anybody and in print.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date

import pypdf
from playwright.sync_api import expect
from sqlalchemy import select

from lms.contracts import SYSTEM
from lms.db import db
from lms.testing import Frozen
from surveys.models import Assignment, Wave
from surveys.services import answering
from tests import factories as make
from tests.journeys.conftest import Visit
from tests.journeys.programme import PRIYA, Programme
from tests.journeys.site import Site
from tests.journeys.steps import answer, sign_in
from tests.journeys.visitor import PHONE, Visitor
from tests.surveys.world import FIVE

DAY = date(2027, 3, 18)
QUEUE = "/courses/brief-encounters/queue"
DILYS = "dilys.rowe@nhs.example"
TWELVE = ("Beth Lyons", "Amara Okafor", "Colin Marsh", "Elin Price", "Femi Adeyemi", "Grace Hall",
          "Harun Aziz", "Ines Duarte", "Jay Patel", "Kofi Mensah", "Lucy Ward",
          "Mina Rao")  # fmt: skip
CONFIRMATION, AFTER = "Booked: Brief Encounters", "After Brief Encounters"
NOT_VERY, SOMEWHAT, QUITE = 2, 3, 4
BEFORE_OF_OTHERS = [NOT_VERY] * 6 + [SOMEWHAT] * 5
AFTER_OF_OTHERS = [SOMEWHAT] * 5 + [QUITE] * 6
"""With Dilys twelve, of whom 7 and 5 answered alike each time: enough for anybody to be told."""
SENTENCE = (
    "Before Brief Encounters, 0 of 12 practitioners (0%) were quite or very comfortable helping a "
    "parent with a problem in their relationship; afterwards 7 of the same 12 (58%) were."
)
TITLE = "Quarter 1 2027, for the commissioner"
REPORTS = ("How many started, stayed and finished?", "Did confidence change?",
           "Where do people drop out?")  # fmt: skip
ROWS = """
[...document.querySelectorAll("main tr")].map(
  row => [...row.cells].map(cell => cell.textContent.trim()))
"""
FIGURE = re.compile(r"[+−]?[\d,]+(\.\d+)?%?")


def joins_the_list(dilys: Visitor, programme: Programme) -> None:
    """Somebody with an address of her own meets a date that is full."""
    with programme.site.rows():
        school = make.organisation("Stevenage School", locality_id=programme.place)
        job = programme.health_visitor
        make.person("Dilys", "Rowe", email=DILYS, organisation_id=school.id, profession_id=job)
    sign_in(dilys, programme.site, DILYS)
    dilys.open("/courses/brief-encounters")
    dilys.press("Full: join the waiting list BE-01, 18 March 2027")
    dilys.heading("This date is full")
    dilys.press("Join the waiting list")
    dilys.reads("You are 1st of 1 on the waiting list")


def gives_up(beth: Visitor, site: Site, address: str) -> None:
    """Give a place up by the link in its confirmation."""
    beth.open(site.link(address, CONFIRMATION, "Change or give up my place"))
    beth.press("Change or give up my place")
    beth.choose("What would you like to do?", "Give up my place")
    beth.press("Continue")
    beth.reads("You have given up your place")


def takes_the_place(dilys: Visitor, site: Site) -> None:
    """Open the offer from its message and say yes."""
    dilys.open(site.link(DILYS, "A place on Brief Encounters", "See the place and answer"))
    dilys.heading("A place is being held for you")
    dilys.reads("5pm on Thursday 4 March 2027")
    dilys.choose("Do you want this place?", "Take this place")
    dilys.press("Send my answer")
    dilys.heading("You are booked")


def answers(dilys: Visitor, site: Site, subject: str, word: str) -> None:
    """Answer the five questions by the link in a message."""
    dilys.open(site.link(DILYS, subject, "Answer now"))
    answer(dilys, word)
    dilys.press("Send my answers")


def the_others_answer(site: Site, kind: str, values: Sequence[int]) -> None:
    """Whoever has not answered a survey does, each the same to all five questions."""
    with site.rows():
        asked = db.session.scalars(
            select(Assignment.id)
            .join(Wave, Wave.id == Assignment.wave_id)
            .where(Wave.kind == kind, Wave.is_second.is_(False), Assignment.state == "open")
            .order_by(Assignment.booking_id)
        ).all()
        for one, value in zip(asked, values, strict=True):
            answering.submit(one, dict.fromkeys(FIVE, value), by=SYSTEM)


def marks_everybody(priya: Visitor, cohort: str) -> None:
    """One button for all who are not marked; the other saves that nothing else has changed."""
    priya.open(f"{cohort}/sessions/1/register")
    priya.press("Mark the 12 unmarked as present")
    priya.reads("Here 12 · Late 0 · Left early 0 · Absent 0 · To mark 0")
    priya.press("Save register")
    priya.reads("All marks were kept already", "Here 12")


def quotes(priya: Visitor, sentence: str) -> None:
    """The page's first quotation is this sentence, to the letter."""
    expect(priya.page.locator("blockquote p").first).to_have_text(sentence)


def rows_of(page: Visitor) -> list[list[str]]:
    """The page's tables, headings too, with figures as a file writes them."""
    shown: list[list[str]] = page.page.evaluate(ROWS)
    return [[plain(cell) for cell in row] for row in shown]


def plain(cell: str) -> str:
    """A figure without what only people read: thousands, the true minus, plus."""
    return re.sub("[,+]", "", cell).replace("−", "-") if FIGURE.fullmatch(cell) else cell


def rows_in(file: io.BytesIO) -> list[list[str]]:
    """The tables of a CSV; titles and notes are lines of one cell."""
    lines = csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig")))
    return [line for line in lines if len(line) > 1]


def waits_for(priya: Visitor, site: Site, noun: str) -> None:
    """The page goes on by itself once the worker has made what was asked for."""
    priya.reads(f"We are making this {noun}")
    site.run_jobs()
    priya.page.wait_for_url(re.compile(r"/reports/(releases|returns)/"))
    priya.see()


def freezes_the_quarter(priya: Visitor, site: Site) -> None:
    """Look at what will be kept of three reports, and keep it."""
    priya.open("/reports")
    priya.press("Freeze a return")
    priya.fill("What is this return called?", TITLE)
    priya.choose("Reports", *REPORTS)
    priya.pick("First month", "January 2027")
    priya.pick("Last month", "March 2027")
    priya.choose("Who is this for?", "A partner organisation")
    priya.press("See what will be kept")
    waits_for(priya, site, "preview")
    priya.reads("What will be kept", *REPORTS)
    priya.press("Freeze this return")
    waits_for(priya, site, "return")
    priya.reads("Frozen by Priya")
    priya.heading(TITLE)


def pack_of(priya: Visitor, site: Site) -> str:
    """Ask for the PDF of the page, wait for the job, and read what was downloaded."""
    priya.press("PDF")
    priya.reads("The PDF is being made")
    site.run_jobs()
    priya.page.get_by_text("Download the PDF").wait_for()
    file = priya.download("Download the PDF")
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).split())


def test_a_full_cohort_becomes_a_sentence_that_the_commissioner_can_quote(
    programme: Programme, visit: Visit, frozen: Frozen
) -> None:
    site = programme.site
    frozen("2027-03-02 09:00")
    cohort = programme.cohort(DAY, capacity=12)
    beths = programme.booked(cohort, *TWELVE)[0]
    priya, dilys, beth = visit("Priya"), visit("Dilys", width=PHONE), visit("Beth", width=PHONE)
    joins_the_list(dilys, programme)
    sign_in(priya, site, PRIYA)
    priya.open(cohort)
    priya.reads("Booked 12 of 12 · 1 waits for this course")

    # One gives up, and the thirteenth is in, without anybody's doing.
    frozen("2027-03-02 09:11")
    gives_up(beth, site, beths)
    priya.open(QUEUE)
    expect(priya.row("Dilys Rowe")).to_contain_text("Offered until 5pm on")
    takes_the_place(dilys, site)
    priya.open(QUEUE)
    priya.reads("Nobody is waiting.")
    answers(dilys, site, CONFIRMATION, "Not very")
    dilys.heading("Thank you")
    the_others_answer(site, "pre", BEFORE_OF_OTHERS)

    # Everybody was there, answers again and has a certificate on the next working day.
    frozen("2027-03-19 09:00")
    sign_in(priya, site, PRIYA)
    marks_everybody(priya, cohort)
    answers(dilys, site, AFTER, "Quite")
    dilys.press("Skip this page")
    dilys.heading("Thank you")
    the_others_answer(site, "post", AFTER_OF_OTHERS)
    frozen("2027-03-22 08:00")
    dilys.open(site.link(DILYS, "Your certificate for Brief Encounters", "Get my certificate"))
    dilys.heading("Your certificate")

    assert not [m for m in site.postbox.to(DILYS) if "waiting list" in str(m["Subject"])]

    # The quarter is over: the sentence for the team is the one for anybody.
    frozen("2027-04-01 10:00")
    sign_in(priya, site, PRIYA)
    priya.open(cohort)
    priya.reads("After survey: 12 of 12 who attended (100%)", "Certificates (12 of 12)")
    priya.open("/reports/confidence")
    priya.reads("For: our team only")
    quotes(priya, SENTENCE)
    priya.choose("Who is this for?", "Publication")
    priya.press("Apply filters")
    priya.reads("A version for publication")
    priya.press("Make this version")
    waits_for(priya, site, "version")
    priya.reads("Version 1", "For: publication")
    quotes(priya, SENTENCE)
    rows = rows_of(priya)
    assert ["After", "12", "0", "0", "5", "7", "0"] in rows
    assert rows_in(priya.download("CSV")) == rows

    # The commissioner's pack says it once more, with what else was asked of the quarter.
    freezes_the_quarter(priya, site)
    quotes(priya, SENTENCE)
    said = pack_of(priya, site)
    for words in (TITLE, *REPORTS, "For: a partner organisation", SENTENCE):
        assert words in said
