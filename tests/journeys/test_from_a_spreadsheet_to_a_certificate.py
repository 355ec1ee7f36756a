"""The main job, whole: a cohort is scheduled and filled from a spreadsheet, people answer, attend,
answer again and download certificates that anyone can verify.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pypdf
from playwright.sync_api import expect

from lms.testing import Frozen
from tests import letters
from tests.journeys.conftest import Visit
from tests.journeys.programme import PRIYA, ROOM, SAM, Programme
from tests.journeys.steps import answer, sign_in
from tests.journeys.visitor import PHONE, Visitor

AMARA = "amara.okafor@nhs.example"
OTHERS = ("dilys.rowe@nhs.example", "femi.adeyemi@police.example", "sian.oneill@nhs.example",
          "j.patel@nhs.example")  # fmt: skip


def untidy(path: Path) -> Path:
    """A list as people keep it: titles, surnames first, a shared mailbox, a total, a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Brief Encounters, Stevenage: names FINAL (2)"],
        [],
        ["Nr", "Surname, Forename", "Team or employer", "E-mail address", "Job role"],
        [1, "Okafor, Amara", "Herts NHS", "Amara.Okafor@NHS.example ", "Health visitor"],
        [2, "Lyons, Beth", "Early Help", "reception@lake.example", "Family support worker"],
        [3, "Marsh, Colin", "St Hugh's", "reception@lake.example", "Volunteer"],
        [],
        [4, "Rowe, Dilys", "Herts NHS", "mailto:dilys.rowe@nhs.example", "Health visitor"],
        [5, "Adeyemi, Femi", "Police", "femi.adeyemi@police.example", "=VLOOKUP(A9,jobs!A:B,2)"],
        [6, "O'Neill, Sian", "Herts NHS", "sian.oneill@nhs.example", "Midwife"],
        [4, "Rowe, Dilys", "Herts NHS", "dilys.rowe@nhs.example", "Health visitor"],
        [7, "Patel, Jay", "Herts NHS", "j.patel@@nhs.example", "Health visitor"],
        ["", "Total 7"],
    ):  # fmt: skip
        sheet.append(row)
    book.save(path)
    return path


def schedule(priya: Visitor) -> str:
    """Put a cohort together step by step and publish it; the path of its page."""
    priya.press("Courses")
    priya.press("Brief Encounters")
    priya.press("Schedule a cohort")
    priya.choose("Which format?", "One full day")
    priya.press("Continue")
    priya.choose("Which places is it for?", "Hertfordshire")
    priya.press("Continue")
    priya.heading("Dates")
    for part, value in (("Day", "18"), ("Month", "3"), ("Year", "2027")):
        priya.fill(part, value)
    priya.fill("Starts", "9.30am")
    priya.fill("Ends", "3:30pm")
    priya.press("Continue")
    priya.heading("Where and who")
    priya.pick("Where", ROOM)
    priya.choose("Who trains", "Sam Ellery")
    priya.press("Continue")
    priya.fill("How many places?", "12")
    priya.press("Continue")
    priya.choose("How are people surveyed?", "Before and after")
    priya.press("Continue")
    priya.heading("Check before you publish")
    priya.press("Publish cohort")
    priya.heading("Brief Encounters: one full day, Hertfordshire")
    return priya.page.url.removeprefix(priya.url)


def import_people(priya: Visitor, cohort: str, file: Path, *, jay: str) -> None:
    """Upload the list, answer what it leaves open (what becomes of Jay too), and add the people."""
    priya.open(f"{cohort}/import")
    priya.page.get_by_label("Choose a file").set_input_files(file)
    priya.press("Check the file")
    priya.reads("Nothing is saved until you press Add", "Headings found in row 3")
    priya.reads("Two people share this address", "A formula with no saved result")
    priya.pick("What to do with row 9, Femi Adeyemi", "Police officer or staff")
    priya.choose("What to do with row 12, Jay Patel", jay)
    priya.press("Save answers")


def pdf_text(file: io.BytesIO) -> str:
    """The words of a PDF."""
    assert file.getvalue().startswith(b"%PDF-")
    return " ".join(pypdf.PdfReader(file).pages[0].extract_text().split())


def test_a_cohort_from_a_spreadsheet_to_certificates(
    programme: Programme, visit: Visit, frozen: Frozen, tmp_path: Path
) -> None:
    site, post = programme.site, programme.site.postbox
    file = untidy(tmp_path / "names FINAL.xlsx")

    frozen("2027-03-02 09:00")
    priya = visit("Priya")
    sign_in(priya, site, PRIYA)
    cohort = schedule(priya)

    # The list is untidy: it is asked about, added, and silently taken back.
    import_people(priya, cohort, file, jay="Leave out")
    priya.press("Add 6 people")
    priya.heading("6 people added")
    refused = openpyxl.load_workbook(priya.download("Download the rows not added"))
    [row] = [row for row in refused.worksheets[0].values if row[1] == "Patel, Jay"]
    assert row[-1].startswith("Row 12. You left this row out. It needed an answer: D12: Not an e-m")
    priya.press("Undo this import")
    priya.heading("6 people added, then taken back")
    frozen("2027-03-02 09:11")
    site.run_jobs()
    assert {one["X-Envelope-To"] for one in post.messages} == {PRIYA, SAM}

    # Once more, with Jay's address put right; the confirmations wait for ten minutes.
    import_people(priya, cohort, file, jay="Use this address")
    priya.press("Add 7 people")
    priya.heading("7 people added")
    site.run_jobs()
    assert {one["X-Envelope-To"] for one in post.messages} == {PRIYA, SAM}
    priya.open(cohort)
    priya.reads("Booked 7 of 12", "Messages waiting 7")
    frozen("2027-03-02 09:22")
    confirmation = site.letter(AMARA, "Booked: Brief Encounters")
    [invitation] = confirmation.iter_attachments()
    assert invitation.get_content_type() == "text/calendar"
    assert "DTSTART;TZID=Europe/London:20270318T093000" in invitation.get_content()

    # Before the course: a link, five taps, a button.
    amara = visit("Amara", width=PHONE)
    amara.open(site.link(AMARA, "Booked: Brief Encounters", "Answer now"))
    amara.heading("Five questions before you start")
    answer(amara, "Not very")
    amara.press("Send my answers")
    amara.heading("Thank you")
    for address in OTHERS:
        amara.open(site.link(address, "Booked: Brief Encounters", "Answer now"))
        answer(amara, "Somewhat")
        amara.press("Send my answers")
    priya.open(cohort)
    priya.reads("Before survey: 5 of 7 booked")

    # On the day: the trainer's phone keeps each mark as it is tapped.
    frozen("2027-03-18 09:35")
    sam = visit("Sam", width=PHONE)
    sign_in(sam, site, SAM)
    sam.press("Open register")
    sam.heading("Register: Thursday 18 March 2027")
    saved = sam.page.locator("[data-saved]")
    sam.choose("Amara Okafor", "Present")
    expect(saved).to_contain_text("Saved")
    sam.choose("Beth Lyons", "Late")
    sam.group("Beth Lyons").get_by_label("Arrived at").fill("9:45am")
    expect(sam.page.locator("#register-counts")).to_contain_text("Here 1 · Late 1")
    sam.open(sam.page.url)
    sam.press("Mark the 5 unmarked as present")
    sam.reads("Here 6 · Late 1 · Left early 0 · Absent 0 · To mark 0")

    # Afterwards: the same questions, a second page that may be skipped, a certificate.
    frozen("2027-03-18 15:35")
    after, ready = "After Brief Encounters", "Your certificate for Brief Encounters"
    amara.open(site.link(AMARA, after, "Answer now"))
    answer(amara, "Quite")
    amara.press("Send my answers")
    amara.heading("About the course")
    amara.group("at the right level").get_by_role("radio", name="Agree", exact=True).check()
    amara.press("Send")
    amara.heading("Thank you")
    for address in OTHERS:
        amara.open(site.link(address, after, "Answer now"))
        answer(amara, "Very")
        amara.press("Send my answers")
        amara.press("Skip this page")
        amara.heading("Thank you")
    # The certificate may wait: it comes the next morning.
    site.run_jobs()
    frozen("2027-03-19 08:00")
    amara.open(site.link(AMARA, ready, "Get my certificate"))
    words = pdf_text(amara.download("Download certificate"))
    said = letters.text(site.letter(AMARA, ready))
    number = re.search(r"Number (\S+)\.", said)
    assert number
    assert "Amara Okafor" in words
    assert number[1] in words

    # Anybody can check it.
    stranger = visit("Stranger", width=PHONE)
    stranger.open("/verify")
    stranger.fill("Certificate number, like 7K3M-9QXT-2HVB", number[1].lower().replace("-", " "))
    stranger.press("Check certificate")
    stranger.heading("Valid")
    stranger.reads("Amara Okafor", "Brief Encounters", "OnePlusOne", "18 March 2027")

    # The team sees who answered, and from five pairs what changed.
    frozen("2027-03-19 09:00")
    sign_in(priya, site, PRIYA)
    priya.open(cohort)
    priya.press("Certificates (7 of 7)")
    priya.open(f"{cohort}/surveys")
    priya.reads("5 of 7", "5 people answered both times")
    helping = priya.row("How comfortable do you feel helping")
    expect(helping).to_contain_text("0 of 5")
    expect(helping).to_contain_text("5 of 5")
