"""An ambassador on a phone: from the invitation to what came of the pledge after six months."""

from __future__ import annotations

from playwright.sync_api import expect

from lms.ambassadors.models import Ambassador, Pledge
from lms.db import db
from lms.testing import Frozen
from tests import factories as make
from tests.ambassadors import making
from tests.journeys.conftest import Visit
from tests.journeys.programme import PRIYA, Programme
from tests.journeys.steps import sign_in
from tests.journeys.visitor import DESK, PHONE, Visitor

DILYS = "dilys.rowe@nhs.example"
TELL_US = {1: ("One month on: your pledge", "Tell us"),
           3: ("Three months on: your pledge", "Tell us, two minutes"),
           6: ("Six months on: what came of your pledge", "Tell us, two minutes")}  # fmt: skip
FIRST, SECOND = "ask at every 6 to 8 week visit", "bring the leaflets to our team meeting"


def finish(programme: Programme) -> None:
    """Dilys has finished the course and said yes."""
    with programme.site.rows():
        dilys = make.person("Dilys", "Rowe", email=DILYS, profession_id=programme.health_visitor)
        booking_id = making.uuid7()
        place = db.session.get_one(make.Locality, programme.place)
        making.volunteered(dilys, booking_id, place)
        making.completed(dilys, booking_id, place)


def pledge(dilys: Visitor) -> None:
    """Two objectives, the second added by the button."""
    dilys.heading("Make your pledge")
    dilys.fill("I will…", FIRST)
    dilys.fill("I’ll know I have done it when… (optional)", "I have asked 10 families")
    dilys.choose("By", "1 month")
    dilys.press("Add another")
    second = dilys.page.get_by_role("group", name="Objective 2")
    dilys.fill("I will…", SECOND, within=second)
    second.get_by_label("3 months").check()
    dilys.choose("How committed do you feel?", "4 I am determined")
    dilys.choose("Share my pledge with my manager", "No")
    dilys.press("Make my pledge")
    dilys.heading("Your pledge is made")
    dilys.reads(FIRST, SECOND, "4 of 5: I am determined", "2 April 2027", "2 September 2027")


def check_in(dilys: Visitor, programme: Programme, months: int, *taps: str) -> None:
    """One tap for each objective, from the message; then thank you."""
    subject, words = TELL_US[months]
    dilys.open(programme.site.link(DILYS, subject, words))
    dilys.heading("How is your pledge going?")
    dilys.reads("On 2 March 2027 you wrote:", FIRST, SECOND)
    dilys.choose(FIRST, taps[0])
    dilys.choose(SECOND, taps[1])


def test_an_ambassador_pledges_and_says_how_it_goes(
    programme: Programme, visit: Visit, frozen: Frozen
) -> None:
    frozen("2027-03-01 15:00")
    finish(programme)
    frozen("2027-03-02 08:05")
    dilys = visit("Dilys", width=PHONE)
    invitation = ("Would you be an ambassador?", "Read the role and answer")
    dilys.open(programme.site.link(DILYS, *invitation))
    dilys.heading("Become an ambassador")
    dilys.choose("Will you be an ambassador?", "Yes, I’ll be an ambassador")
    dilys.press("Send my answer")
    pledge(dilys)

    frozen("2027-04-02 10:00")
    check_in(dilys, programme, 1, "Not started", "Partly done")
    dilys.choose("What got in the way?", "Not enough time with parents")
    dilys.fill("In a sentence, what happened? (optional)", "Mrs Jones would not talk")
    dilys.press("Send my answer")
    dilys.reads("'Mrs Jones' looks like somebody's name. We never keep families' details.")
    expect(dilys.group(FIRST).get_by_label("Not started")).to_be_checked()
    dilys.fill("In a sentence, what happened? (optional)", "It is a start.")
    dilys.press("Send my answer")
    dilys.heading("Thank you")

    frozen("2027-06-02 10:00")
    programme.site.run_jobs()
    frozen("2027-06-09 10:00")
    programme.site.run_jobs()
    frozen("2027-06-10 08:05")
    reminder = programme.site.link(DILYS, "How is your pledge going?", "Tell us")
    dilys.open(reminder)
    dilys.choose(FIRST, "Partly done")
    dilys.choose(SECOND, "Fully done")
    dilys.press("Send my answer")
    dilys.heading("Thank you")
    dilys.open(reminder)
    dilys.heading("You have already answered")

    frozen("2027-09-02 10:00")
    check_in(dilys, programme, 6, "Fully done", "Fully done")
    dilys.choose("What helped?", "Doing it a few times", "My manager")
    dilys.choose("How well does your manager support you in this? (optional)", "Quite well")
    dilys.press("Send my answer")
    dilys.heading("Thank you")
    dilys.reads("Send your case study", "Make a new pledge")
    with programme.site.rows():
        [of] = db.session.query(Ambassador).all()
        assert [one.state for one in db.session.query(Pledge)] == ["finished"]

    priya = visit("Priya", width=DESK)
    sign_in(priya, programme.site, PRIYA)
    priya.open("/ambassadors")
    priya.reads("Dilys Rowe", "Fully done")
    priya.press("Dilys Rowe")
    priya.reads("Answered at 6 months", "Helped: My manager; doing it a few times")
    assert str(of.id) in priya.page.url
