"""Personal links: one purpose, one person, one thing; no token kept, no session from it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from flask import g
from sqlalchemy import text

from lms import clock, jobs
from lms.contracts import SYSTEM, Actor, LinkClaim
from lms.db import db, uuid7
from lms.errors import NotFound
from lms.messages.sending import SEND
from lms.people import links, tokens
from lms.people.services import set_email
from lms.testing.client import in_own_context, keep
from lms.web.forms import csrf
from tests import factories
from tests.letters import path_in
from tests.people.conftest import doors

THING = uuid7()


@pytest.fixture
def house(make_app):
    """The application with the doors plugin."""
    made = make_app(plugins=[doors()])
    with made.app_context():
        yield made


def granted(purpose="red", *, days=7, **options):
    person = factories.person("Amara", "Hill")
    link = links.grant(
        purpose,
        person_id=person.id,
        object_id=THING,
        expires_at=clock.now() + timedelta(days=days),
        **options,
    )
    return link, links.token(link)


def test_a_link_opens_the_page_of_its_purpose_for_its_person(house):
    _, token = granted()
    page = house.test_client().get(f"/x/doors/red/{token}")
    assert page.status_code == 200
    assert page.text == f"Amara Hill red {THING} ()"


def test_a_link_for_another_purpose_is_a_page_not_found(house):
    _, token = granted("red")
    wrong = house.test_client().get(f"/x/doors/blue/{token}")
    assert wrong.status_code == 404
    assert "Page not found" in wrong.text


def test_one_changed_character_anywhere_is_not_found(house):
    _, token = granted()
    browser = house.test_client()
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        assert browser.get(f"/x/doors/red/{changed}").status_code == 404, place


def test_what_mail_programs_add_is_passed_over_and_what_they_cut_is_not(house):
    _, token = granted()
    browser = house.test_client()
    for hanging in (".", ",", ")", "%3E", "=", "==", "%22", "%0A", "!"):
        assert browser.get(f"/x/doors/red/{token}{hanging}").status_code == 200, hanging
    for cut in (token[:-1], token[1:], token[:20], "x", token + "A", token + ".A"):
        assert browser.get(f"/x/doors/red/{cut}").status_code == 404, cut


def test_an_expired_link_says_until_when_and_offers_a_new_one(house, frozen):
    frozen("2027-03-04 09:30")
    _, token = granted(days=1)
    frozen("2027-03-06 09:30")
    page = house.test_client().get(f"/x/doors/red/{token}")
    assert page.status_code == 410
    assert "This link has expired" in page.text
    assert "9:30am on Friday 5 March 2027" in page.text
    assert f'action="/links/{token}/new"' in page.text


def test_a_new_link_goes_to_the_address_on_file_and_opens_the_same_page(house, frozen, letters):
    frozen("2027-03-04 09:30")
    _, token = granted(days=1)
    address = db.session.scalar(text("select address from people_person_email"))
    frozen("2027-03-06 21:30")
    answer = house.test_client().post(f"/links/{token}/new")
    assert answer.status_code == 200
    assert address not in answer.text
    in_own_context(partial(jobs.perform, house, SEND, {}))
    [letter] = letters.to(address)
    fresh = path_in(letter, "Open my page")
    assert token not in fresh
    assert house.test_client().get(fresh).text == f"Amara Hill red {THING} ()"


def test_asking_again_and_again_for_a_new_link_is_refused(house, frozen):
    frozen("2027-03-04 09:30")
    _, token = granted(days=1)
    frozen("2027-03-06 09:30")
    browser = house.test_client()
    answers = [browser.post(f"/links/{token}/new").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert db.session.scalar(text("select count(*) from messages_message")) == 1


def test_a_withdrawn_link_is_gone_and_cannot_be_had_again(house):
    link, token = granted()
    assert links.revoke(link_ids=[link.id]) == 1
    browser = house.test_client()
    page = browser.get(f"/x/doors/red/{token}")
    assert page.status_code == 410
    assert "This link has been withdrawn" in page.text
    assert "/new" not in page.text
    assert browser.post(f"/links/{token}/new").status_code == 404


def test_a_link_that_does_not_open_yet_says_from_when(house, frozen):
    now = frozen("2027-03-04 09:30")
    _, token = granted(opens_at=now + timedelta(days=2))
    page = house.test_client().get(f"/x/doors/red/{token}")
    assert page.status_code == 410
    assert "9:30am on Saturday 6 March 2027" in page.text


def test_an_erased_person_s_link_is_gone(house, frozen):
    now = frozen("2027-03-04 09:30")
    link, token = granted()
    db.session.execute(text("update people_person set erased_at = :now"), {"now": now})
    assert house.test_client().get(f"/x/doors/red/{token}").status_code == 410
    assert link.revoked_at is None


def test_a_link_beats_the_session_for_that_request_and_never_enters_it(house, frozen):
    staff = factories.person("Priya", "Nair")
    factories.grant(staff, "administrator")
    _, token = granted()
    browser = house.test_client()
    now = int(clock.now().timestamp())
    with browser.session_transaction() as held:
        held.update(person=str(staff.id), epoch=0, since=now, seen=now)
    assert browser.get("/x/doors/open").text == "Priya Nair"
    assert browser.get(f"/x/doors/red/{token}").text.startswith("Amara Hill")
    assert browser.get("/x/doors/open").text == "Priya Nair"
    with browser.session_transaction() as held:
        assert held["person"] == str(staff.id)
    stranger = house.test_client()
    stranger.get(f"/x/doors/red/{token}")
    assert stranger.get("/x/doors/open").text == "nobody"
    assert stranger.get("/home").status_code == 303


def test_a_link_carries_no_role_of_its_person(house):
    link, token = granted()
    db.session.execute(
        text(
            "insert into people_role_grant (id, person_id, role, scope_kind, scope_id,"
            " created_at, updated_at) values (:id, :person, 'administrator', 'programme', '',"
            " now(), now())"
        ),
        {"id": uuid7(), "person": link.person_id},
    )
    assert house.test_client().get(f"/x/doors/red/{token}").text.endswith("()")


def test_opening_a_link_does_not_use_it_and_its_button_does(house):
    link, token = granted()
    browser = house.test_client()
    browser.get(f"/x/doors/red/{token}")
    browser.open(f"/x/doors/red/{token}", method="HEAD")
    db.session.refresh(link)
    assert link.used_at is None
    browser.post(f"/x/doors/red/{token}", headers={"X-CSRF-Token": word_for(house, link)})
    db.session.refresh(link)
    assert link.used_at is not None


def word_for(house, link):
    """The form's word that a page behind this link would carry."""
    with house.test_request_context():
        g.actor = Actor(
            link.person_id, "", link=LinkClaim(link.id, link.purpose, link.object_id, False)
        )
        return csrf.token()


def test_links_withdraw_by_person_and_by_thing(session):
    one, _ = granted()
    other, _ = granted("blue")
    assert links.revoke(object_ids=[THING], purpose="blue") == 1
    assert links.revoke(person_id=one.person_id) == 1
    assert links.revoke(person_id=one.person_id) == 0
    with pytest.raises(ValueError, match="which links"):
        links.revoke()
    assert other.purpose == "blue"


def test_changing_an_address_withdraws_the_links_that_went_there(session):
    link, token = granted()
    assert set_email(link.person_id, "new@example.org", by=SYSTEM)
    session.refresh(link)
    assert link.revoked_at is not None
    assert len(token) == 44


def test_the_database_holds_no_token(session):
    _, token = granted()
    row = session.scalar(text("select t::text from people_personal_link t"))
    assert token not in row
    assert token[:16] not in row


def test_another_key_makes_another_token_and_the_retired_one_is_still_read(house, make_app):
    link, token = granted()
    keep()
    later = make_app(
        plugins=[doors()],
        link_key="another key, long enough",
        link_key_fallbacks=("a test's link key, also long enough",),
    )
    with later.app_context():
        assert links.token(link) != token
        assert links.find(token, ["red"]).person_id == link.person_id
    with make_app(link_key="another key, long enough").app_context(), pytest.raises(NotFound):
        links.find(token, ["red"])


def test_a_code_sent_before_the_key_changed_can_still_be_typed(app, make_app):
    with app.app_context():
        sent = tokens.code("sign-in", b"k" * 16)
    with make_app(
        link_key="another key, long enough",
        link_key_fallbacks=("a test's link key, also long enough",),
    ).app_context():
        assert tokens.code("sign-in", b"k" * 16) != sent
        assert tokens.same_code("sign-in", b"k" * 16, sent)
    with make_app(link_key="another key, long enough").app_context():
        assert not tokens.same_code("sign-in", b"k" * 16, sent)


def test_a_token_made_for_signing_in_opens_no_personal_link(session):
    link, _ = granted()
    with pytest.raises(NotFound):
        links.find(tokens.make("sign-in", link.key), ["red"])


def test_thousands_of_links_are_granted_in_few_statements(session, count_queries):
    person = factories.person()
    wanted = [links.NewLink("red", person.id, uuid7(), None) for _ in range(3000)]
    with count_queries() as seen:
        made = links.grant_many(wanted)
    assert [link.object_id for link in made] == [link.object_id for link in wanted]
    assert len(seen) < 20
