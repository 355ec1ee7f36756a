"""An ambassador's own pages, by the link of a message and signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from lms.ambassadors import jobs, own_words
from lms.ambassadors.models import Ambassador, CheckIn, ObjectiveWording, Pledge, Tally
from lms.ambassadors.services import tallies
from lms.db import db
from lms.people.models import Person
from lms.testing import Frozen
from lms.testing.client import PageClient
from tests import factories as make
from tests.ambassadors import making
from tests.ambassadors.making import WORDS, World, answered, check_in, pledged, token, world

AsPerson = Callable[[Person], PageClient]
pytestmark = pytest.mark.usefixtures("session")
FIRST = {
    "objectives-0-text": "ask at every visit",
    "objectives-0-known_when": "10 families",
    "objectives-0-by_months": "1",
    "strength": "4",
    "share": "no",
}

SARAH = (
    "'my client Sarah' looks like somebody's name. We never keep families' details. "
    "Take it out and save again. Your other words are kept"
)


@pytest.fixture
def herts(session: object) -> World:
    return world()


def said(answer: object) -> str:
    """The words of a page."""
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def person_of(of: Ambassador) -> Person:
    return db.session.get_one(Person, of.person_id)


def problems(answer: object) -> list[tuple[str, str]]:
    """The lines of the error summary: where each leads, and its words."""
    summary = said(answer).partition('class="govuk-error-summary"')[2].partition("</ul>")[0]
    return [
        (href, " ".join(text.split()))
        for href, text in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', summary, re.S)
    ]


# -- the invitation --------------------------------------------------------------------------------


def test_the_invitation_shows_the_role_and_chooses_nothing(
    herts: World, client: PageClient
) -> None:
    page = said(client.get(f"/a/{token(making.invited(herts), 'ambassador')}"))
    assert "Become an ambassador" in page
    assert "about an hour a month" in page.lower()
    assert "Read the role in full (version 1)" in page
    assert "drafted" not in page
    assert "for D. R." in page
    assert "checked" not in page
    assert "Dilys" not in page


def test_a_bare_press_of_a_mail_scanner_changes_nothing(herts: World, client: PageClient) -> None:
    made = making.invited(herts)
    answer = client.press(f"/a/{token(made, 'ambassador')}", answer=None)
    assert answer.status_code == 422
    assert "Choose yes or not now" in said(answer)
    assert made.state == "invited"


def test_yes_leads_to_the_pledge(herts: World, client: PageClient) -> None:
    made = making.invited(herts)
    path = f"/a/{token(made, 'ambassador')}"
    answer = client.press(path, answer="yes")
    assert (answer.status_code, answer.location) == (303, path)
    assert client.get(path).location == f"{path}/pledge"
    assert made.state == "active"


@pytest.mark.parametrize(
    ("again", "says"),
    [("no", "You will not be asked again unless you say so"), ("yes", "We’ll ask you again on")],
)
def test_not_now_says_whether_we_ask_again(
    herts: World, client: PageClient, again: str, says: str
) -> None:
    path = f"/a/{token(making.invited(herts), 'ambassador')}"
    bare = client.press(path, answer="not_now")
    assert "Choose whether we may ask you again" in said(bare)
    client.press(path, answer="not_now", ask_again=again)
    assert says in said(client.get(path))


# -- the pledge ------------------------------------------------------------------------------------


def test_a_pledge_of_one_objective_fits_one_form(herts: World, client: PageClient) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    page = said(client.get(path))
    assert page.count("I will…") == 1
    assert "Small and certain beats big and vague" in page
    assert client.press(path, **FIRST).location == path
    done = said(client.get(path))
    assert "Your pledge is made" in done
    assert "“ask at every visit”" in done


def test_add_another_works_without_scripts_up_to_five(herts: World, client: PageClient) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    fields = FIRST | {"more": "yes"}
    for objectives in range(2, 6):
        answer = client.post(path, data=fields)
        page = said(answer)
        assert answer.status_code == 422
        assert "There is a problem" not in page
        assert page.count("I will…") == objectives
        assert "ask at every visit" in page
        fields[f"objectives-{objectives - 1}-text"] = ""
    assert "Add another" not in page


def test_what_was_added_and_left_empty_does_not_count(herts: World, client: PageClient) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    fields = FIRST | {
        "objectives-1-text": "",
        "objectives-2-text": "bring leaflets",
        "objectives-2-by_months": "3",
    }
    assert client.post(path, data=fields).status_code == 303
    texts = db.session.scalars(select(ObjectiveWording.text)).all()
    assert sorted(texts) == ["ask at every visit", "bring leaflets"]


def test_a_complaint_stands_at_the_objective_it_is_about(herts: World, client: PageClient) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    fields = FIRST | {
        "objectives-1-text": "",
        "objectives-2-text": "visit my client Sarah",
        "objectives-2-by_months": "3",
    }
    answer = client.post(path, data=fields)
    page = said(answer)
    assert answer.status_code == 422
    assert 'href="#objectives-2-text"' in page
    assert SARAH in page
    assert "ask at every visit" in page
    assert db.session.scalars(select(Pledge)).all() == []


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("objectives-0-text", "Write what you will do"),
        ("objectives-0-by_months", "Choose by when"),
        ("strength", "Choose how committed you feel"),
        ("share", "Choose whether to share your pledge with your manager"),
    ],
)
def test_what_is_missing_is_said_in_the_words_of_the_question(
    herts: World, client: PageClient, field: str, says: str
) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    answer = client.post(path, data={k: v for k, v in FIRST.items() if k != field})
    assert answer.status_code == 422
    assert says in said(answer)


def test_all_that_is_wrong_with_a_pledge_is_said_at_once(herts: World, client: PageClient) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    answer = client.post(
        path,
        data={
            "objectives-0-known_when": "my client Sarah says so",
            "objectives-1-text": "x" * 201,
            "objectives-2-text": "",
        },
    )
    assert answer.status_code == 422
    assert problems(answer) == [
        ("#objectives-0-text", "Write what you will do"),
        ("#objectives-0-known_when", SARAH),
        ("#objectives-0-by_months", "Choose by when"),
        ("#objectives-1-text", "I will… must be 200 characters or fewer"),
        ("#objectives-1-by_months", "Choose by when"),
        ("#strength", "Choose how committed you feel"),
        ("#share", "Choose whether to share your pledge with your manager"),
    ]
    assert db.session.scalars(select(Pledge)).all() == []


def test_all_that_is_wrong_with_new_words_is_said_at_once(herts: World, client: PageClient) -> None:
    of = making.ambassador(herts)
    pledged(of)
    path = f"/a/{token(of, 'ambassador')}/pledge/1"
    answer = client.press(path, text="", known_when="my client Sarah says so")
    assert problems(answer) == [("#text", "Write what you will do"), ("#known_when", SARAH)]


def test_the_second_press_finds_the_pledge_made(herts: World, client: PageClient) -> None:
    path = f"/a/{token(making.ambassador(herts), 'ambassador')}/pledge"
    word = said(client.get(path)).split('name="csrf_token" value="')[1].split('"')[0]
    for _ in range(2):
        assert client.post(path, data=FIRST | {"csrf_token": word}).location == path
    assert len(db.session.scalars(select(Pledge)).all()) == 1


def test_an_objective_is_reworded_by_the_link(herts: World, client: PageClient) -> None:
    of = making.ambassador(herts)
    pledged(of)
    path = f"/a/{token(of, 'ambassador')}/pledge"
    client.press(f"{path}/1", text="ask at the first visit", weight="2")
    page = said(client.get(path))
    assert "“ask at the first visit”" in page
    assert "Counts twice" in page
    assert WORDS[0].text in page
    assert client.get(f"{path}/3").status_code == 404


def test_my_pledge_needs_an_ambassador(herts: World, as_person: AsPerson) -> None:
    assert as_person(herts.person()).get("/pledge").status_code == 404
    browser = as_person(person_of(making.ambassador(herts)))
    page = said(browser.get("/pledge"))
    assert "Make your pledge" in page
    assert 'href="/pledge"' in page


def test_signed_in_the_pledge_shows_how_it_went(
    herts: World, as_person: AsPerson, frozen: Frozen
) -> None:
    frozen("2027-03-02 10:00")
    of = making.ambassador(herts)
    made = pledged(of)
    frozen("2027-04-02 10:22")
    jobs.tick()
    browser = as_person(person_of(of))
    assert "How is your pledge going?" in said(browser.get("/home"))
    answered(made, 1, "partly", "fully", obstacles=("time",), support=5, goals=(1, 1))
    page = said(browser.get("/pledge"))
    for words in ("Partly done", "Not enough time with parents", "Very well", "T = 6"):
        assert words in page


def test_the_link_that_takes_a_pledge_back_stands_with_the_pledge(
    herts: World, as_person: AsPerson
) -> None:
    of = making.ambassador(herts)
    pledged(of)
    browser = as_person(person_of(of))
    browser.press("/pledge/withdraw", "Take my pledge back")
    assert "Take this pledge back" not in said(browser.get("/pledge"))
    pledged(of)
    page = said(browser.get("/pledge"))
    assert page.index("In your own words") < page.index("Take this pledge back")
    assert page.index("Take this pledge back") < page.index("How it is going")
    assert "Earlier pledges" in page.split("Take this pledge back")[1]


def test_sharing_and_taking_back_are_ones_own_to_decide(herts: World, as_person: AsPerson) -> None:
    of = making.ambassador(herts)
    made = pledged(of)
    browser = as_person(person_of(of))
    browser.press("/pledge", share="yes")
    assert made.shared_with_manager
    browser.press("/pledge/withdraw", "Take my pledge back")
    db.session.expire_all()
    assert made.state == "withdrawn"


# -- check-ins -------------------------------------------------------------------------------------


@pytest.fixture
def asked(herts: World, frozen: Frozen) -> CheckIn:
    """Due on 2 April and asked."""
    frozen("2027-03-02 10:00")
    made = pledged(making.ambassador(herts))
    frozen("2027-04-02 10:22")
    jobs.tick()
    return check_in(made, 1)


TAPS = {"status_1": "partly", "status_2": "not_started"}


def test_their_own_words_are_the_questions_at_the_top_of_the_check_in(
    asked: CheckIn, client: PageClient
) -> None:
    page = said(client.get(f"/k/{token(asked, 'check_in')}"))
    assert page.index("On 2 March 2027 you wrote:") < page.index(f"I will {WORDS[0].text}")
    assert page.index(f"I will {WORDS[1].text}") < page.index("What got in the way?")
    for objective in WORDS:
        assert page.count(f"I will {objective.text}") == 1
    assert "checked" not in page
    assert "--small" not in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ask at every visit", "I will ask at every visit"),
        ("Ask at every visit", "I will ask at every visit"),
        ("I will ask at every visit", "I will ask at every visit"),
        ("i’ll ask", "I’ll ask"),
        ("will ask", "I will ask"),
        ("NHS leaflets: bring them", "I will NHS leaflets: bring them"),
        ("A poster goes up", "I will a poster goes up"),
    ],
)
def test_an_objective_goes_on_from_i_will(text: str, says: str) -> None:
    assert own_words.promise(text) == says


def test_a_check_in_is_two_taps_and_a_button(asked: CheckIn, client: PageClient) -> None:
    path = f"/k/{token(asked, 'check_in')}"
    answer = client.press(path, **TAPS)
    assert answer.location == f"{path}?sent=yes"
    assert "Thank you" in said(client.get(answer.location))
    again = said(client.get(path))
    assert "You have already answered" in again
    assert "Partly done" not in again  # a forwarded link shows nothing that was sent


def test_what_was_answered_is_shown_to_whoever_signed_in(
    asked: CheckIn, as_person: AsPerson
) -> None:
    of = db.session.scalars(select(Ambassador)).one()
    browser = as_person(person_of(of))
    path = f"/pledges/check-ins/{asked.id}"
    browser.press(path, **TAPS, sentence="It is a start.", obstacles="time")
    page = said(browser.get(path))
    assert "Partly done" in page
    assert "It is a start." in page
    changed = browser.press(f"{path}?change=yes", status_1="fully")
    assert changed.status_code == 303
    assert making.outcomes(asked)[0] == ("fully", None)


def test_an_objective_without_a_tap_is_asked_for(asked: CheckIn, client: PageClient) -> None:
    answer = client.press(f"/k/{token(asked, 'check_in')}", status_1="fully")
    assert answer.status_code == 422
    assert "Choose how “bring the leaflets to our Tuesday…” is going" in said(answer)


def test_all_that_is_wrong_with_an_answer_is_said_at_once_in_the_order_of_the_page(
    asked: CheckIn, client: PageClient
) -> None:
    answer = client.press(
        f"/k/{token(asked, 'check_in')}", status_1="fully", sentence="Call them on 07700 900123"
    )
    assert [href for href, _ in problems(answer)] == ["#status_2", "#sentence"]


def test_a_familys_detail_is_explained_and_the_rest_kept(
    asked: CheckIn, client: PageClient
) -> None:
    answer = client.press(
        f"/k/{token(asked, 'check_in')}", **TAPS, sentence="Call them on 07700 900123"
    )
    page = said(answer)
    assert answer.status_code == 422
    assert "'07700 900123' looks like a telephone number" in page
    assert page.count(" checked") == 2
    assert making.every_outcome(asked) == []


def test_late_is_said_and_still_taken(asked: CheckIn, client: PageClient, frozen: Frozen) -> None:
    frozen("2027-04-17 10:22")
    jobs.tick()
    path = f"/k/{token(asked, 'check_in')}"
    assert "You can still answer. We mark it as late." in said(client.get(path))
    client.press(path, **TAPS)
    db.session.expire_all()
    assert asked.is_late


def test_a_closed_check_in_leads_to_the_one_that_is_open(
    asked: CheckIn, client: PageClient, as_person: AsPerson, frozen: Frozen
) -> None:
    path = f"/k/{token(asked, 'check_in')}"
    assert client.get(path).status_code == 200
    of = db.session.scalars(select(Ambassador)).one()
    frozen("2027-06-02 10:22")
    jobs.tick()
    page = said(as_person(person_of(of)).get(f"/pledges/check-ins/{asked.id}"))
    assert "This check-in has closed" in page
    assert "Answer the one that is open now" in page
    late = as_person(person_of(of)).post(f"/pledges/check-ins/{asked.id}", data=TAPS)
    assert late.status_code == 422


def test_nobody_elses_check_in_can_be_opened(
    asked: CheckIn, herts: World, as_person: AsPerson
) -> None:
    other = making.ambassador(herts, herts.person("Femi"))
    assert as_person(person_of(other)).get(f"/pledges/check-ins/{asked.id}").status_code == 404


def test_a_link_of_one_purpose_opens_no_page_of_another(asked: CheckIn, client: PageClient) -> None:
    of = db.session.scalars(select(Ambassador)).one()
    assert client.get(f"/k/{token(of, 'ambassador')}").status_code == 404
    assert client.get(f"/a/{token(asked, 'check_in')}").status_code == 404
    assert client.get(f"/t/{token(asked, 'check_in')}").status_code == 404


# -- the tally -------------------------------------------------------------------------------------


@pytest.fixture
def month(herts: World, frozen: Frozen) -> Tally:
    """February's numbers, asked for on 1 March."""
    frozen("2027-01-20 10:00")
    making.ambassador(herts)
    frozen("2027-03-01 06:00")
    tallies.ask()
    return db.session.scalars(select(Tally)).one()


def test_three_numbers_are_kept_and_corrected(month: Tally, client: PageClient) -> None:
    path = f"/t/{token(month, 'tally')}"
    assert "February 2027: conversations and referrals" in said(client.get(path))
    client.press(path, conversations="12", to_counselling="2", to_mediation="0")
    assert (month.conversations, month.to_counselling, month.to_mediation) == (12, 2, 0)
    client.press(path, conversations="13", to_counselling="2", to_mediation="0")
    db.session.expire_all()
    assert month.conversations == 13


def test_nothing_this_month_is_an_answer(month: Tally, client: PageClient) -> None:
    path = f"/t/{token(month, 'tally')}"
    page = said(client.get(f"{path}/nothing"))
    assert page.count('value="0"') == 3
    client.press(f"{path}/nothing", "Nothing this month", nothing="yes")
    db.session.expire_all()
    assert (month.conversations, month.answered_at is not None) == (0, True)


def test_nothing_this_month_leaves_numbers_that_were_given(
    month: Tally, client: PageClient
) -> None:
    path = f"/t/{token(month, 'tally')}"
    left_open = re.search(r'name="csrf_token" value="([^"]*)"', said(client.get(f"{path}/nothing")))
    assert left_open
    client.press(path, conversations="12", to_counselling="2", to_mediation="0")
    page = said(client.get(f"{path}/nothing"))
    assert "You gave your numbers for February 2027 on 1 March 2027." in page
    assert f'href="{path}"' in page
    sent = {"nothing": "yes", "csrf_token": left_open[1]}
    late = client.post(f"{path}/nothing", data=sent)
    assert (late.status_code, late.location) == (303, f"{path}/nothing")
    db.session.expire_all()
    assert month.conversations == 12


@pytest.mark.parametrize("typed", ["", "some", "1.5", "-1", "NaN", "٣", "99999"])
def test_what_is_no_number_is_said_and_not_kept(
    month: Tally, client: PageClient, typed: str
) -> None:
    answer = client.press(
        f"/t/{token(month, 'tally')}", conversations=typed, to_counselling="1", to_mediation="1"
    )
    assert answer.status_code == 422
    assert "whole number" in said(answer) or "must be" in said(answer)
    assert month.answered_at is None


# -- case studies ----------------------------------------------------------------------------------

STORY = {
    "situation": "Parents often stop talking to each other.",
    "action": "I asked how they get on.",
    "change": "They told me more.",
    "lesson": "Ask early.",
    "naming": "role",
    "uses": "bulletin",
    "consent": "yes",
}


def test_a_case_study_is_sent_with_its_consent(herts: World, as_person: AsPerson) -> None:
    browser = as_person(person_of(making.ambassador(herts)))
    answer = browser.press("/case-studies/new", **STORY, then="send")
    page = said(browser.get(answer.location))
    assert "Sent" in page
    assert "My job, without my name" in page
    browser.press(answer.location, "Take it back")
    assert "Taken back" in said(browser.get(answer.location))


def test_a_draft_may_be_unfinished_and_what_is_sent_may_not(
    herts: World, as_person: AsPerson
) -> None:
    browser = as_person(person_of(making.ambassador(herts)))
    refused = browser.press("/case-studies/new", situation="Begun.", then="send")
    assert refused.status_code == 422
    for words in ("Write what you did", "Choose where we may use it", "Tick the box to agree"):
        assert words in said(refused)
    both = browser.press(
        "/case-studies/new", situation="My client Sarah rang.", action="", then="send"
    )
    assert problems(both)[0][0] == "#situation"
    assert ("#action", "Write what you did") in problems(both)
    kept = browser.press("/case-studies/new", situation="Begun.", then="keep")
    assert kept.status_code == 303
    assert "Begun." in said(browser.get(kept.location))


def test_a_case_study_with_a_familys_detail_is_not_kept(herts: World, as_person: AsPerson) -> None:
    browser = as_person(person_of(making.ambassador(herts)))
    told = STORY | {"change": "Mrs Jones rang from 01438 123456"}
    answer = browser.press("/case-studies/new", **told, then="keep")
    assert answer.status_code == 422
    assert "'Mrs Jones' looks like somebody's name" in said(answer)


def test_nobody_reads_somebody_elses_case_study(herts: World, as_person: AsPerson) -> None:
    dilys = as_person(person_of(making.ambassador(herts)))
    femi = as_person(person_of(making.ambassador(herts, herts.person("Femi"))))
    path = dilys.press("/case-studies/new", **STORY, then="send").location
    assert femi.get(path).status_code == 404
    assert femi.get(path.replace("/pledge", "")).status_code == 403


def test_a_stranger_has_no_part_in_it(herts: World, as_person: AsPerson) -> None:
    stranger = as_person(make.person())
    for path in ("/pledge", "/pledge/new", "/case-studies/new"):
        assert stranger.get(path).status_code == 404
    assert stranger.get("/ambassadors").status_code == 403
