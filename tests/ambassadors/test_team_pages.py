"""The board, stories, reminders, meetings and the bulletin; and what managers never see."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from lms.ambassadors import jobs, own_words
from lms.ambassadors.models import (
    Ambassador,
    Bulletin,
    Candidate,
    CaseStudy,
    NetworkAttendance,
    NetworkMeeting,
    Pledge,
    Tally,
)
from lms.ambassadors.queries import board
from lms.ambassadors.services import tallies
from lms.contracts import SYSTEM
from lms.db import db
from lms.messages.models import Message
from lms.people.models import Person
from lms.testing import Frozen
from lms.testing.client import PageClient
from tests import factories as make
from tests.ambassadors import making
from tests.ambassadors.making import WORDS, World, answered, pledged, world
from tests.ambassadors.test_own_pages import STORY

AsPerson = Callable[[Person], PageClient]
pytestmark = pytest.mark.usefixtures("session")
SENTENCE = "It is a start in our clinic."


@pytest.fixture
def herts(session: object) -> World:
    return world()


def said(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def person_of(of: Ambassador) -> Person:
    return db.session.get_one(Person, of.person_id)


@pytest.fixture
def pledge(herts: World, frozen: Frozen) -> Pledge:
    """Made on 2 March by Dilys, whose manager is Ruth; answered on 2 April."""
    frozen("2027-03-02 10:00")
    ruth = make.person("Ruth", "Calder")
    dilys = herts.person(manager_id=ruth.id)
    made = pledged(making.ambassador(herts, dilys), share=True)
    frozen("2027-04-02 10:22")
    jobs.tick()
    answered(made, 1, "partly", "fully", obstacles=("manager",), support=1, sentence=SENTENCE)
    return made


# -- the board -------------------------------------------------------------------------------------


def test_a_board_without_ambassadors_says_how_they_come(herts: World, as_person: AsPerson) -> None:
    making.completed(herts.person(), making.uuid7(), herts.place)
    page = said(as_person(herts.priya).get("/ambassadors"))
    assert "No ambassadors yet" in page
    assert "1 person has finished" in page


def test_the_board_shows_words_for_each_sign(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    page = said(as_person(herts.priya).get("/ambassadors"))
    for words in ("1 active", "Dilys Rowe", "Partly done", "Fully done", "on time", SENTENCE,
                  "2 Mar 2027", "due 2 Jun"):  # fmt: skip
        assert words in page


def test_who_waits_longest_stands_first_and_filters_narrow(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-01-05 10:00")
    pledged(making.ambassador(herts, herts.person("Femi")))
    frozen("2027-01-20 10:00")
    pledged(making.ambassador(herts, herts.person("Beth")))
    making.ambassador(herts, herts.person("Aled"))
    for day in ("2027-02-05 10:22", "2027-02-12 10:22", "2027-02-20 10:22", "2027-02-21 10:22"):
        frozen(day)
        jobs.tick()
    browser = as_person(herts.priya)
    page = said(browser.get("/ambassadors"))
    assert page.index("Femi Rowe") < page.index("Beth Rowe") < page.index("Aled Rowe")
    assert "overdue 16 days" in page
    assert "Call" in page
    only = said(browser.get("/ambassadors?check=no_reply"))
    assert "Femi Rowe" in only
    assert "Beth Rowe" not in only
    assert "Aled Rowe" in said(browser.get("/ambassadors?check=no_pledge"))
    assert "Beth Rowe" in said(browser.get("/ambassadors?q=beth"))
    assert "No ambassador matches" in said(browser.get("/ambassadors?q=nobody"))


def test_a_barrier_that_was_ticked_is_not_quoted_as_own_words(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    said_it = pledged(making.ambassador(herts))
    ticked = pledged(making.ambassador(herts, herts.person("Femi")))
    frozen("2027-04-02 10:22")
    jobs.tick()
    answered(said_it, 1, "partly", "fully", obstacles=("time",), sentence=SENTENCE)
    answered(ticked, 1, "partly", "fully", obstacles=("caseload", "onward"))
    page = said(as_person(herts.priya).get("/ambassadors"))
    assert f"“{SENTENCE}”" in page
    assert "Too much other work" in page
    assert "“Too much other work" not in page


def test_a_name_is_found_however_it_is_typed(herts: World, as_person: AsPerson) -> None:
    making.ambassador(herts, herts.person("Siân"))
    making.ambassador(herts, make.person("Aled", "Price", organisation_id=herts.school.id))
    browser = as_person(herts.priya)
    for typed in ("Siân", "SIAN", "Rowe", "Sian Rowe", "rowe siân"):
        page = said(browser.get("/ambassadors", query_string={"q": typed}))
        assert "Siân Rowe" in page, typed
        assert "Aled Price" not in page, typed


def test_the_whole_list_of_a_filter_is_one_page_to_print(herts: World, as_person: AsPerson) -> None:
    for number in range(26):
        making.ambassador(herts, herts.person(f"Anna{number}"))
    making.invited(herts, herts.person("Femi"))
    browser = as_person(herts.priya)
    page = said(browser.get("/ambassadors"))
    assert page.count("Anna") == 25
    assert 'href="/ambassadors?all=print"' in page
    printed = said(browser.get("/ambassadors?all=print"))
    assert printed.count("Anna") == 26
    assert "Active: 26 ambassadors. Made on" in printed
    assert "Femi" not in printed
    assert "<select" not in printed
    assert "pagination" not in printed
    assert "Femi" in said(browser.get("/ambassadors?all=print&state=invited"))
    narrowed = said(browser.get("/ambassadors?check=no_pledge&q=anna1"))
    assert 'href="/ambassadors?all=print&check=no_pledge&q=anna1"' in narrowed
    assert "Active, No pledge yet, “anna1”: 11 ambassadors" in said(
        browser.get("/ambassadors?all=print&check=no_pledge&q=anna1")
    )


def test_a_list_that_is_too_long_to_print_says_so(
    herts: World, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "MOST_PRINTED", 2)
    for name in ("Anna", "Beth", "Cara"):
        making.ambassador(herts, herts.person(name))
    page = said(as_person(herts.priya).get("/ambassadors?all=print"))
    assert "Only the first 2 fit on this list" in page
    assert "Beth Rowe" in page
    assert "Cara Rowe" not in page


def test_a_page_of_many_takes_as_many_queries_as_a_page_of_one(
    herts: World, pledge: Pledge, as_person: AsPerson, count_queries: Any
) -> None:
    browser = as_person(herts.priya)
    browser.get("/ambassadors")
    with count_queries() as few:
        browser.get("/ambassadors")
    for _ in range(4):
        pledged(making.ambassador(herts))
    browser.get("/ambassadors")
    with count_queries() as many:
        browser.get("/ambassadors")
    assert len(many) == len(few)


def test_another_places_board_and_story_look_like_not_there(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    essex = world("Essex")
    browser = as_person(essex.priya)
    assert "Dilys" not in said(browser.get("/ambassadors"))
    there = browser.get(f"/ambassadors/{pledge.ambassador_id}")
    nowhere = browser.get(f"/ambassadors/{uuid.uuid4()}")
    assert there.status_code == nowhere.status_code == 404
    for path in ("hand-on", "leaving", "stays"):
        url = f"/ambassadors/{pledge.ambassador_id}/{path}"
        assert browser.post(url, data={}).status_code == 404


# -- reminding -------------------------------------------------------------------------------------


def test_reminding_shows_the_message_first_and_writes_to_those_of_the_filter(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    pledged(making.ambassador(herts))
    pledged(making.ambassador(world("Essex")))
    frozen("2027-04-02 10:22")
    jobs.tick()
    browser = as_person(herts.priya)
    page = said(browser.get("/ambassadors/remind"))
    for words in ("Remind 1 person", "Dilys Rowe", "How is your pledge going?", "[personal link]"):
        assert words in page
    before = len(db.session.scalars(select(Message)).all())
    browser.press("/ambassadors/remind", "Remind 1 person")
    browser.press("/ambassadors/remind", "Remind 1 person")
    assert len(db.session.scalars(select(Message)).all()) == before + 1


def test_who_has_read_that_we_do_not_ask_again_is_named_and_not_written_to(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-01-05 10:00")
    late = pledged(making.ambassador(herts, herts.person("Femi")))
    frozen("2027-01-20 10:00")
    pledged(making.ambassador(herts, herts.person("Beth")))
    for day in ("2027-02-05 10:22", "2027-02-12 10:22", "2027-02-20 10:22", "2027-02-21 10:22"):
        frozen(day)
        jobs.tick()
    assert making.check_in(late, 1).reminders_sent == 2
    browser = as_person(herts.priya)
    assert "Remind 1 person" in said(browser.get("/ambassadors"))
    page = said(browser.get("/ambassadors/remind"))
    gets_it, left_out = page.split("Who does not get it")
    assert "Beth Rowe" in gets_it
    assert "Femi Rowe" not in gets_it
    assert "Femi Rowe" in left_out
    before = set(db.session.scalars(select(Message.id)))
    browser.press("/ambassadors/remind", "Remind 1 person")
    new = [one for one in db.session.scalars(select(Message)) if one.id not in before]
    assert [db.session.get_one(Person, one.person_id).given_name for one in new] == ["Beth"]


def test_where_all_have_had_their_last_reminder_nobody_is_reminded(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-01-05 10:00")
    pledged(making.ambassador(herts, herts.person("Femi")))
    for day in ("2027-02-05 10:22", "2027-02-12 10:22", "2027-02-19 10:22"):
        frozen(day)
        jobs.tick()
    browser = as_person(herts.priya)
    assert "/ambassadors/remind" not in said(browser.get("/ambassadors"))
    page = said(browser.get("/ambassadors/remind"))
    assert "Nobody to remind" in page
    assert "Femi Rowe" in page
    before = len(db.session.scalars(select(Message)).all())
    browser.post("/ambassadors/remind", data={})
    assert len(db.session.scalars(select(Message)).all()) == before


# -- the story -------------------------------------------------------------------------------------


def test_the_story_is_in_the_order_of_time(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    page = said(as_person(herts.priya).get(f"/ambassadors/{pledge.ambassador_id}"))
    places = [page.index(words) for words in (
        "Finished the course", "Said yes to hearing more", "Was invited", "Became an ambassador",
        "Made a pledge", "Answered at 1 month",
    )]  # fmt: skip
    assert places == sorted(places)
    assert WORDS[0].text in page
    assert SENTENCE in page


def test_how_somebody_is_supported_by_their_manager_is_on_no_page_of_the_team(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    browser = as_person(herts.priya)
    for path in ("/ambassadors", f"/ambassadors/{pledge.ambassador_id}"):
        assert "Not at all" not in said(browser.get(path))


# -- managers --------------------------------------------------------------------------------------


def test_a_manager_sees_a_shared_pledge_and_no_answer(pledge: Pledge, as_person: AsPerson) -> None:
    ruth = db.session.scalars(select(Person).where(Person.given_name == "Ruth")).one()
    make.grant(ruth, "manager", "programme")
    browser = as_person(ruth)
    home = said(browser.get("/home"))
    assert WORDS[0].text in home
    for answer in ("Partly done", SENTENCE, "No support from manager"):
        assert answer not in home
    for path in (f"/ambassadors/{pledge.ambassador_id}", "/ambassadors"):
        assert browser.get(path).status_code == 403
    asked = making.check_in(pledge, 1)
    assert browser.get(f"/pledges/check-ins/{asked.id}").status_code == 404


def test_a_pledge_that_is_not_shared_is_not_on_the_managers_page(
    herts: World, as_person: AsPerson
) -> None:
    ruth = make.person("Ruth", "Calder")
    pledged(making.ambassador(herts, herts.person(manager_id=ruth.id)), share=False)
    assert WORDS[0].text not in said(as_person(ruth).get("/home"))


def test_a_coordinator_who_is_the_manager_sees_no_answer_either(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    of = db.session.get_one(Ambassador, pledge.ambassador_id)
    person_of(of).manager_id = herts.priya.id
    db.session.flush()
    browser = as_person(herts.priya)
    for path in ("/ambassadors", f"/ambassadors/{of.id}"):
        page = said(browser.get(path))
        assert "Dilys Rowe" in page
        for answer in ("Partly done", SENTENCE, "No support from manager"):
            assert answer not in page


def test_a_staff_download_of_what_is_held_leaves_answers_out(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    of = db.session.get_one(Ambassador, pledge.ambassador_id)
    path = f"/people/{of.person_id}/held"
    theirs = said(as_person(person_of(of)).press(path, file="json"))
    staff = said(as_person(herts.priya).press(path, file="json", reason="asked"))
    assert SENTENCE in theirs
    assert WORDS[0].text in theirs
    assert WORDS[0].text in staff
    for answer in (SENTENCE, "Partly done", "No support from manager", "Not at all"):
        assert answer not in staff


# -- inviting, leaving -----------------------------------------------------------------------------


def test_inviting_by_hand_is_for_ones_own_places(herts: World, as_person: AsPerson) -> None:
    making.completed(herts.person(), making.uuid7(), herts.place)
    candidate = db.session.scalars(select(Candidate)).one()
    essex = as_person(world("Essex").priya)
    assert essex.post(f"/ambassadors/invite/{candidate.id}").status_code == 404
    browser = as_person(herts.priya)
    browser.press("/ambassadors/invite", "Invite Dilys Rowe")
    assert db.session.scalars(select(Ambassador.state)).all() == ["invited"]
    assert "Nobody is left to invite" in said(browser.get("/ambassadors/invite"))


def test_a_leaver_is_noted_and_handed_on_from_the_board(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    heir = making.ambassador(herts, herts.person("Femi"))
    browser, path = as_person(herts.priya), f"/ambassadors/{pledge.ambassador_id}"
    day = {"leaves_on-day": "30", "leaves_on-month": "4", "leaves_on-year": "2027"}
    browser.press(path, "Note their last day", **day)
    listed = said(browser.get("/ambassadors"))
    assert "Dilys Rowe leaves on 30 April 2027" in listed
    assert "Hand on the pledge" in listed
    assert "Choose who takes over their pledge" in said(browser.get("/home"))
    answer = browser.press(f"{path}/hand-on", to=str(heir.id), why="A new post")
    assert answer.location == path
    story = said(browser.get(path))
    assert "Left and handed on to Femi Rowe" in story
    assert WORDS[0].text in story
    mine = said(as_person(person_of(heir)).get("/pledge"))
    assert "From Dilys Rowe" in mine
    assert WORDS[0].text in mine
    assert SENTENCE not in mine


def test_what_is_handed_on_is_shown_before_it_is(
    herts: World, pledge: Pledge, as_person: AsPerson
) -> None:
    for name in ("Femi", "Beth"):
        making.ambassador(herts, herts.person(name)).mentor_id = pledge.ambassador_id
    db.session.flush()
    page = said(as_person(herts.priya).get(f"/ambassadors/{pledge.ambassador_id}/hand-on"))
    assert "Dilys Rowe stops being an ambassador" in page
    assert "Their pledge of 2 March 2027" in page
    for objective in WORDS:
        assert f"“{objective.text}”" in page
    looks_after = page.split("The 2 ambassadors they look after")[1]
    assert looks_after.index("Beth Rowe") < looks_after.index("Femi Rowe") < page.index("</html>")


def test_somebody_with_nothing_to_hand_on_is_said_to_have_nothing(
    herts: World, as_person: AsPerson
) -> None:
    of = making.ambassador(herts)
    priya, at = as_person(herts.priya), f"/ambassadors/{of.id}/hand-on"
    page = said(priya.get(at))
    assert "no pledge at the moment and look after nobody" in page
    assert "Who takes over?" not in page
    assert priya.press(at, "Note that they have left").status_code == 303
    db.session.expire_all()
    assert of.state == "left"


# -- case studies, meetings, bulletin, role ---------------------------------------------


def test_a_review_marks_what_may_identify_and_approves_or_asks(
    herts: World, as_person: AsPerson
) -> None:
    of = making.ambassador(herts)
    writer, priya = as_person(person_of(of)), as_person(herts.priya)
    told = STORY | {"situation": "We met in Hatfield on 3 May."}
    writer.press("/case-studies/new", **told, then="send")
    study = db.session.scalars(select(CaseStudy)).one()
    path = f"/case-studies/{study.id}"
    listed = said(priya.get("/case-studies"))
    assert "We met in Hatfield" in listed
    assert '<strong class="govuk-tag govuk-tag--blue">Sent</strong>' in listed
    page = said(priya.get(path))
    assert "<mark>Hatfield</mark>" in page
    assert "<mark>3 May</mark>" in page
    priya.press(path, "I am reading it")
    assert "Being reviewed" in said(writer.get(f"/pledge{path}"))
    refused = priya.press(path, note="")
    assert refused.status_code == 422
    priya.press(path, note="Leave the place out")
    assert "Leave the place out" in said(writer.get(f"/pledge{path}"))
    assert priya.get(path).status_code == 404  # a draft is the writer's alone
    writer.press(f"/pledge{path}", situation="We met.", consent="yes", then="send")
    priya.press(path, "Approve")
    db.session.expire_all()
    assert study.state == "approved"
    assert '"govuk-tag govuk-tag--green">Ready</strong>' in said(priya.get("/case-studies"))
    assert as_person(world("Essex").priya).get(path).status_code == 404


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("", ""),
        ("We met.\nThen we talked.", "We met."),
        ("Parents waiting in our reception often argued under their breath", "Parents waiting in…"),
        ("Parents, waiting", "Parents, waiting"),
        ("Parents waiting in, and then", "Parents waiting in…"),
        ("Antidisestablishmentarianism", "Antidisestablishmen…"),
    ],
)
def test_a_long_text_is_cut_after_a_word(text: str, begins: str) -> None:
    assert own_words.beginning(text, 19) == begins


def test_a_meeting_is_planned_and_who_was_there_is_counted(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    dilys = making.ambassador(herts)
    making.ambassador(herts, herts.person("Femi"))
    browser = as_person(herts.priya)
    fields = {
        "locality": str(herts.place.id), "title": "Spring meeting", "place": "12 High Street",
        "day-day": "10", "day-month": "3", "day-year": "2027", "start": "2pm", "end": "4pm",
    }  # fmt: skip
    wrong = browser.press("/ambassadors/meetings/new", **fields | {"end": "1pm"})
    assert "must end after it starts" in said(wrong)
    path = browser.press("/ambassadors/meetings/new", **fields).location
    assert "Network meeting: Spring meeting" in said(as_person(person_of(dilys)).get("/home"))
    browser.press(f"{path}/edit", title="Network meeting: this year")
    home = said(as_person(person_of(dilys)).get("/home"))
    assert "Network meeting: this year" in home
    assert "Network meeting: Network meeting" not in home
    frozen("2027-03-10 16:30")
    browser = as_person(herts.priya)
    browser.press(path, "Save who was there", present=str(dilys.id))
    assert db.session.scalars(select(NetworkAttendance.ambassador_id)).all() == [dilys.id]
    assert '"govuk-tag govuk-tag--green">Held</strong>' in said(
        browser.get("/ambassadors/meetings")
    )
    assert as_person(world("Essex").priya).get(path).status_code == 404
    meeting = db.session.scalars(select(NetworkMeeting)).one()
    assert f"/ambassadors/meetings/{meeting.id}" == path


def test_a_bulletin_is_shown_before_it_goes_and_goes_once_to_each(
    herts: World, as_person: AsPerson
) -> None:
    for _ in range(2):
        making.ambassador(herts)
    making.ambassador(world("Essex"))
    browser = as_person(herts.priya)
    words = {"subject": "News", "body": "Two things.\n\nCall me: 01438 000000."}
    shown = browser.press("/ambassadors/bulletin", "See how it looks", **words)
    assert shown.status_code == 200
    assert "2 people will get this e-mail" in said(shown)
    assert "Hello (first name)," in said(shown)
    assert db.session.scalars(select(Bulletin)).all() == []
    form = browser.get("/ambassadors/bulletin")
    once = said(form).split('name="once" value="')[1].split('"')[0]
    for _ in range(2):
        browser.post("/ambassadors/bulletin", data=words | {"send": "yes", "once": once})
    sent = db.session.scalars(select(Message).where(Message.kind == "bulletin")).all()
    assert len(sent) == 2
    assert sent[0].urgency == "routine"
    assert "Two things.\n\nCall me: 01438 000000." in sent[0].body


def test_a_bulletin_can_be_read_on_the_site_by_those_it_was_for(
    herts: World, as_person: AsPerson
) -> None:
    """In a day's digest a message is one line: its link must lead to the whole."""
    dilys = making.ambassador(herts)
    elsewhere = making.ambassador(world("Essex"))
    words = {"subject": "News", "body": "Two things.\n\nAnd a third.", "send": "yes"}
    as_person(herts.priya).post("/ambassadors/bulletin", data=words)
    bulletin = db.session.scalars(select(Bulletin)).one()
    [letter] = db.session.scalars(select(Message).where(Message.kind == "bulletin"))
    path = f"/bulletins/{bulletin.id}"
    assert letter.links == {"page": path}
    assert "And a third." in said(as_person(person_of(dilys)).get(path))
    assert as_person(person_of(elsewhere)).get(path).status_code == 404


def test_a_bulletin_names_no_family(herts: World, as_person: AsPerson) -> None:
    making.ambassador(herts)
    answer = as_person(herts.priya).press(
        "/ambassadors/bulletin", subject="News", body="My client Sarah says thank you."
    )
    assert answer.status_code == 422
    assert "looks like somebody's name" in said(answer)


def test_only_an_administrator_of_the_programme_describes_the_role(
    herts: World, as_person: AsPerson
) -> None:
    assert as_person(herts.priya).get("/ambassadors/role").status_code == 403
    ruth = make.person("Ruth")
    make.grant(ruth, "administrator", "programme")
    browser = as_person(ruth)
    assert "This first version was drafted" in said(browser.get("/ambassadors/role"))
    browser.press("/ambassadors/role", text="## What it is\n\nAn hour a month.\n\n- One\n- Two")
    page = said(browser.get("/ambassadors/role"))
    assert "version 2" in page
    assert "<li>Two</li>" in page
    assert "drafted" not in page


def test_the_tally_of_the_month_is_counted_above_the_board(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-01-20 10:00")
    for _ in range(2):
        making.ambassador(herts)
    frozen("2027-03-01 06:00")
    tallies.ask()
    tallies.ask()
    found = db.session.scalars(select(Tally)).all()
    assert len(found) == 2
    tallies.enter(found[0].id, conversations=8, to_counselling=1, to_mediation=0, by=SYSTEM)
    page = said(as_person(herts.priya).get("/ambassadors"))
    assert "1 of 2" in page
    assert "tallies in for February" in page
