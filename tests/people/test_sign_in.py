"""Signing in: one link, once, in the browser that asked; the same answer to strangers."""

from __future__ import annotations

import re

from sqlalchemy import select, text

from lms.contracts import SYSTEM
from lms.db import db, uuid7
from lms.people.models import SignInLink
from lms.people.services import set_email, sign_in
from lms.records import AuditEntry
from tests import factories
from tests.letters import html, path_in
from tests.letters import text as plain

ASK = "/sign-in"


def ask(browser, address, **fields):
    return browser.press(ASK, email=address, **fields)


def code_in(letter):
    line = next(x for x in plain(letter).splitlines() if "type this code" in x)
    return line.rsplit(": ", 1)[1]


def link_for(browser, letters, run_jobs, address="priya@example.org"):
    assert ask(browser, address).status_code == 303
    run_jobs()
    return path_in(letters.to(address)[-1], "Sign in")


def test_the_link_signs_in_the_browser_that_asked(session, browser, letters, run_jobs):
    factories.person("Priya", "Nair", email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    assert "p…@example.org" in mine.get(link).text
    answer = mine.press(link, "Sign in")
    assert (answer.status_code, answer.location) == (303, "/home")
    assert "Priya Nair" in mine.get("/home").text
    assert session.scalar(select(AuditEntry.verb)) == "signed in"


def test_opening_the_link_changes_nothing_however_often(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        assert mine.open(link, method=method).status_code == 200
    assert mine.press(link, "Sign in").location == "/home"


def test_another_browser_is_told_where_to_go_and_uses_nothing_up(
    session, browser, letters, run_jobs
):
    factories.person(email="priya@example.org")
    mine, other = browser(), browser()
    link = link_for(mine, letters, run_jobs)
    answer = other.post(link)
    assert answer.status_code == 422
    assert "This is not the browser where you asked" in answer.text
    assert other.get("/home").status_code == 303
    assert mine.press(link, "Sign in").location == "/home"


def test_a_scanner_that_submits_without_our_word_does_nothing(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    assert mine.post(link, csrf=False).status_code == 400
    assert mine.press(link, "Sign in").status_code == 303


def test_the_link_works_once(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    mine.press(link, "Sign in")
    again = mine.get(link)
    assert again.status_code == 410
    assert "This link has expired" in again.text
    assert "Links work once, for 10 minutes." in again.text
    assert mine.post(link).status_code == 410


def test_the_link_works_for_ten_minutes(session, browser, letters, run_jobs, frozen):
    frozen("2027-03-04 09:30")
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    frozen("2027-03-04 09:41")
    gone = mine.get(link)
    assert gone.status_code == 410
    assert 'value="priya@example.org"' in gone.text


def test_only_the_address_that_messages_go_to_signs_in(session, browser, letters, run_jobs):
    person = factories.person(email="priya@example.org")
    factories.address(person, "old@example.org")
    factories.address(person, "typed@example.org", verified_at=None)
    mine = browser()
    for address in ("old@example.org", "typed@example.org"):
        assert ask(mine, address).status_code == 303
        run_jobs()
    assert letters.to("priya@example.org") == []
    assert letters.to("old@example.org") == letters.to("typed@example.org") == []
    assert set(session.scalars(select(SignInLink.person_id))) == {None}


def test_a_link_that_went_to_an_address_they_no_longer_have_lets_nobody_in(
    session, browser, letters, run_jobs
):
    person = factories.person(email="priya@example.org")
    mine, other = browser(), browser()
    link = link_for(mine, letters, run_jobs)
    code = code_in(letters.to("priya@example.org")[-1])
    set_email(person.id, "new@example.org", by=SYSTEM)
    assert mine.get(link).status_code == 410
    assert mine.post(link).status_code == 410
    assert mine.press("/sign-in/sent", code=code).status_code == 410
    assert mine.get("/home").status_code == 303
    assert ask(other, "priya@example.org").status_code == 303
    set_email(person.id, None, by=SYSTEM)
    run_jobs()
    assert len(letters.to("priya@example.org")) == 2  # the link, and that the address has changed


def test_only_the_newest_link_works(session, browser, letters, run_jobs, frozen):
    frozen("2027-03-04 09:30")
    factories.person(email="priya@example.org")
    mine = browser()
    first = link_for(mine, letters, run_jobs)
    frozen("2027-03-04 09:32")
    letters.clear()
    second = link_for(mine, letters, run_jobs)
    assert first != second
    assert mine.get(first).status_code == 410
    assert mine.press(second, "Sign in").status_code == 303


def test_known_and_unknown_addresses_get_the_same_page_and_only_one_a_message(
    session, browser, letters, run_jobs, count_queries
):
    factories.person(email="priya@example.org")
    pages, statements = [], []
    for address in ("priya@example.org", "nobody@example.org"):
        mine = browser()
        mine.get(ASK)
        with count_queries() as seen:
            assert ask(mine, address).location == "/sign-in/sent"
        statements.append(list(seen))
        pages.append(mine.get("/sign-in/sent").text.replace(address, "…"))
    run_jobs()
    clean = [re.sub(r'(nonce|value|content)="[^"]*"', "", page) for page in pages]
    assert clean[0] == clean[1]
    assert statements[0] == statements[1]
    assert [m["To"].addresses[0].addr_spec for m in letters.all()] == ["priya@example.org"]


def test_the_address_may_be_typed_in_capitals_with_spaces(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    ask(browser(), "  Priya@Example.ORG ")
    run_jobs()
    assert len(letters.to("priya@example.org")) == 1


def test_an_address_that_is_none_is_an_error_on_the_field(client):
    for typed in ("", "priya", "a@b@c", "a@x.uk\r\nBcc: z@y.uk", "Jane <j@x.uk>", "a b@x.uk"):
        answer = client.press(ASK, email=typed)
        assert answer.status_code == 422, typed
        assert 'href="#email"' in answer.text


def test_the_code_signs_in_where_it_was_asked_for(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine, other = browser(), browser()
    ask(mine, "priya@example.org")
    run_jobs()
    code = code_in(letters.to("priya@example.org")[0])
    ask(other, "other@example.org")
    assert other.press("/sign-in/sent", code=code).status_code == 422
    answer = mine.press("/sign-in/sent", code=f" {code.lower()} ")
    assert (answer.status_code, answer.location) == (303, "/home")


def test_five_wrong_codes_end_the_request_link_and_all(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    code = code_in(letters.to("priya@example.org")[0])
    for _ in range(5):
        assert mine.press("/sign-in/sent", code="22222222").status_code == 422
    assert mine.press("/sign-in/sent", code=code).status_code == 410
    assert mine.get(link).status_code == 410


def test_codes_for_an_unknown_address_end_in_the_same_way(session, browser, run_jobs):
    mine = browser()
    ask(mine, "nobody@example.org")
    run_jobs()
    answers = [mine.press("/sign-in/sent", code="22222222").status_code for _ in range(6)]
    assert answers == [422] * 5 + [410]


def test_signing_in_replaces_all_that_the_session_held(session, browser, letters, run_jobs):
    person = factories.person(email="priya@example.org")
    mine = browser()
    with mine.session_transaction() as held:
        held["planted"] = "by somebody else"
    mine.press(link_for(mine, letters, run_jobs), "Sign in")
    with mine.session_transaction() as held:
        assert set(held) == {"person", "epoch", "since", "seen"}
        assert held["person"] == str(person.id)


def test_one_gets_to_the_page_that_was_wanted_but_never_to_another_site(
    session, browser, letters, run_jobs, frozen
):
    frozen("2027-03-04 09:30")
    factories.person(email="priya@example.org")
    mine = browser()
    asked = mine.get("/people?q=x")
    assert asked.location == "/sign-in?next=%2Fpeople%3Fq%3Dx"
    mine.press(asked.location, email="priya@example.org")
    run_jobs()
    link = path_in(letters.to("priya@example.org")[-1], "Sign in")
    assert mine.press(link, "Sign in").location == "/people?q=x"
    for wrong in ("//evil.example", "/\\evil.example", "javascript:alert(1)", "https://e.example"):
        assert wrong not in browser().get(f"/sign-in?next={wrong}").text


def test_a_sixth_request_within_a_quarter_hour_is_refused_for_that_address_alone(
    session, browser, frozen
):
    for minute in range(30, 40, 2):
        frozen(f"2027-03-04 09:{minute}")
        assert ask(browser(), "priya@example.org").status_code == 303
    refused = ask(browser(), "priya@example.org")
    assert refused.status_code == 429
    assert "Wait until 9:45am" in refused.text
    assert ask(browser(), "colin@example.org").status_code == 303


def test_pressing_twice_asks_once(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    ask(mine, "priya@example.org")
    assert ask(mine, "priya@example.org").location == "/sign-in/sent"
    run_jobs()
    assert len(letters.to("priya@example.org")) == 1


def test_neither_database_nor_jobs_hold_a_usable_link_or_code(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    token, code = link.rsplit("/", 1)[1], code_in(letters.to("priya@example.org")[0])
    for secret in (token, token[:22], token[22:], code, code.replace(" ", "")):
        for table in db.session.scalars(
            text("select table_name from information_schema.tables where table_schema = 'public'")
        ):
            rows = db.session.scalar(
                text(f"select count(*) from {table} t where t::text like '%' || :secret || '%'"),
                {"secret": secret},
            )
            assert rows == 0, (table, secret)


def test_the_message_says_until_when_in_both_its_parts(session, browser, letters, run_jobs, frozen):
    frozen("2027-03-04 21:05")
    factories.person("Priya", email="priya@example.org")
    ask(browser(), "priya@example.org")
    run_jobs()
    letter = letters.to("priya@example.org")[0]
    assert letter["Subject"] == "Your sign-in link for Family relationships training"
    for words in (plain(letter), html(letter)):
        assert "Hello Priya," in words
        assert "It works once and until 9:15pm." in words
        assert "If you did not ask for it, do nothing" in words


def test_an_erased_person_gets_nothing(session, browser, letters, run_jobs, frozen):
    frozen("2027-03-04 09:30")
    person = factories.person(email="priya@example.org")
    person.erased_at = frozen("2027-03-04 09:30")
    ask(browser(), "priya@example.org")
    run_jobs()
    assert letters.all() == []


def test_a_link_whose_person_was_erased_meanwhile_signs_nobody_in(
    session, browser, letters, run_jobs, frozen
):
    now = frozen("2027-03-04 09:30")
    person = factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    person.erased_at = now
    assert mine.post(link).status_code == 410
    assert mine.get("/home").status_code == 303


def test_tokens_of_mail_programs_work_and_changed_ones_do_not(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    for hanging in (".", "%3E", "=", ")", "%20"):
        assert mine.get(link + hanging).status_code == 200, hanging
    last = "A" if link[-1] != "A" else "B"
    for wrong in (link[:-1], link[:-1] + last, link[:-2], link + "AA", "/sign-in/x"):
        assert mine.get(wrong).status_code == 410, wrong


def test_a_link_made_with_a_retired_key_still_works(session, make_app, browser, run_jobs, letters):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    with mine.session_transaction() as held:
        kept = dict(held)
    later = make_app(
        link_key="another key, long enough",
        link_key_fallbacks=("a test's link key, also long enough",),
    )
    other = later.test_client()
    with other.session_transaction() as held:
        held.update(kept)
    assert other.get(link).status_code == 200
    rotated = make_app(link_key="another key, long enough").test_client()
    assert rotated.get(link).status_code == 410


def test_a_session_ends_after_two_idle_hours_and_after_twelve_in_any_case(
    session, as_person, frozen
):
    frozen("2027-03-04 08:00")
    mine = as_person(factories.person())
    for wall in ("09:55", "11:50", "13:45", "15:40", "17:35", "19:30"):
        frozen(f"2027-03-04 {wall}")
        assert mine.get("/home").status_code == 200, wall
    frozen("2027-03-04 20:01")
    assert mine.get("/home").status_code == 303
    other = as_person(factories.person())
    frozen("2027-03-04 22:02")
    assert other.get("/home").status_code == 303


def test_a_role_given_or_ended_counts_at_the_next_request(session, as_person, frozen):
    person = factories.person()
    mine = as_person(person)
    assert mine.get("/people").status_code == 403
    held = factories.grant(person, "coordinator")
    assert mine.get("/people").status_code == 200
    held.ended_at = frozen("2027-03-04 09:30")
    assert mine.get("/people").status_code in (303, 403)


def test_signing_out_everywhere_ends_other_browsers_at_their_next_request(session, as_person):
    person = factories.person()
    one, two = as_person(person), as_person(person)
    assert two.get("/home").status_code == 200
    assert one.press(f"/people/{person.id}", "Sign out everywhere").location == "/"
    assert one.get("/home").status_code == 303
    assert two.get("/home").status_code == 303


def test_sign_out_forgets_the_session(session, as_person):
    mine = as_person(factories.person())
    assert mine.press("/home", "Sign out").location == "/"
    assert mine.get("/home").status_code == 303
    with mine.session_transaction() as held:
        assert "person" not in held


def test_a_forged_or_foreign_session_is_nobody(session, as_person, client):
    factories.person()
    client.set_cookie("lms", "eyJwZXJzb24iOiJ4In0.forged.signature")
    assert client.get("/home").status_code == 303
    for claims in (
        {"person": str(uuid7()), "epoch": 0, "since": 9e9, "seen": 9e9},
        {"person": "x", "epoch": 0, "since": 9e9, "seen": 9e9},
        {"person": None},
        {"person": str(uuid7()), "epoch": "x", "since": None, "seen": []},
    ):
        with client.session_transaction() as held:
            held.clear()
            held.update(claims)
        assert client.get("/home").status_code == 303


def test_a_request_opens_with_one_query_for_who_asks(session, as_person, count_queries):
    person = factories.person()
    for place in range(4):
        factories.grant(person, "coordinator", "locality", str(factories.locality(f"P{place}").id))
    mine = as_person(person)
    mine.get("/me")
    with count_queries() as seen:
        mine.get("/me")
    assert len([s for s in seen if "people_role_grant" in s]) == 1


def test_refused_sign_ins_are_in_the_audit_trail(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine, other = browser(), browser()
    link = link_for(mine, letters, run_jobs)
    other.post(link)
    mine.press("/sign-in/sent", code="22222222")
    verbs = set(session.scalars(select(AuditEntry.verb)))
    assert verbs == {"refused sign-in: another browser", "refused sign-in: wrong code"}


def test_two_presses_at_once_sign_in_once(session, browser, letters, run_jobs):
    factories.person(email="priya@example.org")
    mine = browser()
    link = link_for(mine, letters, run_jobs)
    page = mine.get(link)
    assert page.status_code == 200
    first = mine.press(link, "Sign in")
    assert first.status_code == 303
    used = session.scalars(select(SignInLink.used_at)).all()
    assert len([at for at in used if at]) == 1
    assert mine.post(link).status_code == 410


def test_addresses_that_strangers_typed_are_forgotten_after_a_day(session, browser, frozen):
    frozen("2027-03-04 09:30")
    ask(browser(), "nobody@example.org")
    frozen("2027-03-05 09:30")
    sign_in.tidy()
    assert session.scalar(select(SignInLink.address)) == "nobody@example.org"
    frozen("2027-03-05 09:41")
    sign_in.tidy()
    assert session.scalar(select(SignInLink.address)) is None
