"""The queue: once by key, in the change's transaction, in words that are exact and harmless."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from lms import clock, permissions
from lms.contracts import SYSTEM, Actor, BookingNote, Grant, Role, Scope, ScopeKind
from lms.db import Complaint, db, uuid7
from lms.errors import Conflict
from lms.events import PersonErased, publish
from lms.messages import hours, queries, services, wording
from lms.messages.models import Message, MessageChange
from lms.messages.services import NewMessage
from lms.people import links
from lms.people.models import PersonalLink
from lms.people.services import set_email
from tests import factories
from tests.letters import html, path_in
from tests.letters import text as plain
from tests.messages.conftest import send

NEW_LINK = "messages/new-link.txt"
PRIYA = Actor(uuid7(), "Priya Nair", (Grant(Role.COORDINATOR, Scope(ScopeKind.PROGRAMME)),))


def a_link(person, **options):
    return links.grant("red", person_id=person.id, object_id=uuid7(), expires_at=None, **options)


def queue(person, **options):
    options = {
        "kind": "test",
        "klass": "now",
        "template": NEW_LINK,
        "values": {"until": "5pm"},
        "links": {"page": "/home"},
        "by": PRIYA,
    } | options
    return services.queue(person_id=person.id, **options)


def state(message_id):
    db.session.expire_all()
    return db.session.scalar(select(Message.state).where(Message.id == message_id))


def test_a_message_opens_and_ends_as_every_message_does(session):
    message = session.get_one(Message, queue(factories.person("Amara", "Hill")))
    assert message.subject == "Your new link"
    assert message.body.startswith("Hello Amara,\n\n")
    assert "[Open my page]{{link page}}" in message.body
    assert message.body.endswith(
        "Priya Nair, Workforce development team, Demonstration Council\n\n"
        "Reply to this e-mail or call 01632 960 000.\n\n"
        "You are getting this because somebody opened an older link of yours and asked for a new "
        "one."
    )


def test_the_same_key_is_queued_once_ever(session):
    person = factories.person()
    first = queue(person, dedupe_key="wave-invite:1:1")
    assert queue(person, dedupe_key="wave-invite:1:1") is None
    services.cancel(first, by=PRIYA)
    assert queue(person, dedupe_key="wave-invite:1:1") is None
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_change_that_is_rolled_back_leaves_neither_message_nor_job(session):
    person = factories.person()
    savepoint = session.begin_nested()
    queue(person)
    savepoint.rollback()
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    assert session.scalar(text("select count(*) from procrastinate_jobs")) == 0


def test_thousands_are_queued_in_few_statements(session, count_queries):
    people = [factories.person() for _ in range(3)]
    wanted = [
        NewMessage(
            people[n % 3].id, "test", NEW_LINK, {"until": "5pm"}, dedupe_key=f"bulk:{n}",
            links={"page": "/home"},
        )
        for n in range(5000)
    ]  # fmt: skip
    wanted.append(wanted[0])
    with count_queries() as seen:
        ids = services.queue_many(wanted, by=PRIYA)
    assert len(seen) < 60
    assert ids[-1] is None
    assert len({i for i in ids if i}) == 5000
    assert session.scalar(select(func.count()).select_from(MessageChange)) == 5000
    assert session.scalar(text("select count(*) from procrastinate_jobs")) == 1


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("2027-03-04 07:59", "2027-03-04 08:00"),
        ("2027-03-04 08:00", "2027-03-04 08:00"),
        ("2027-03-04 08:01", "2027-03-05 08:00"),
        ("2027-03-04 18:00", "2027-03-05 08:00"),
        ("2027-03-05 09:00", "2027-03-08 08:00"),
        ("2027-03-06 12:00", "2027-03-08 08:00"),
        ("2027-03-25 20:00", "2027-03-30 08:00"),  # over Easter, and the clocks change
        ("2027-10-29 20:00", "2027-11-01 08:00"),
    ],
)
def test_what_may_wait_goes_at_eight_on_the_next_working_day(frozen, asked, goes):
    instant = frozen(asked)
    expected = datetime.fromisoformat(goes)
    assert hours.plan("routine") == ("routine", clock.at(expected.date(), expected.time()))
    assert hours.plan("now") == ("now", instant)


@pytest.mark.parametrize(
    ("asked", "deadline", "urgency", "goes"),
    [
        ("2027-03-05 12:00", "2027-03-09 09:00", "routine", "2027-03-08 08:00"),
        ("2027-03-05 12:00", "2027-03-08 17:00", "now", "2027-03-05 12:00"),
        ("2027-03-05 12:00", "2027-03-07 17:00", "now", "2027-03-05 12:00"),
        ("2027-03-05 06:00", "2027-03-05 17:00", "now", "2027-03-05 08:00"),
        ("2027-03-05 19:00", "2027-03-08 17:00", "now", "2027-03-08 08:00"),
        ("2027-03-05 19:00", "2027-03-07 17:00", "now", "2027-03-05 19:00"),
    ],
)
def test_what_must_be_done_by_the_day_of_its_digest_does_not_wait_for_it(
    frozen, asked, deadline, urgency, goes
):
    frozen(asked)

    def instant(said):
        wall = datetime.fromisoformat(said)
        return clock.at(wall.date(), wall.time())

    planned = hours.plan("routine", deadline=instant(deadline))
    assert planned == (urgency, instant(goes))


def test_a_routine_message_that_was_late_waits_for_the_morning(session, app, frozen, letters):
    frozen("2027-03-04 17:50")
    message = queue(factories.person(), klass="routine")
    frozen("2027-03-04 22:00")
    send(app)
    assert state(message) == "queued"
    frozen("2027-03-05 08:01")
    send(app)
    assert state(message) == "sent"


def test_a_message_that_waits_is_not_sent_before_its_time(session, app, frozen, letters):
    now = frozen("2027-03-04 09:30")
    message = queue(factories.person(), not_before=now + timedelta(minutes=10))
    send(app)
    assert state(message) == "queued"
    frozen("2027-03-04 09:41")
    send(app)
    assert state(message) == "sent"


def test_somebody_without_an_address_has_a_message_to_print(session, app, letters):
    message = queue(factories.person(email=None))
    send(app)
    assert state(message) == "held"
    assert session.get_one(Message, message).last_error == "No e-mail: print"


def test_both_parts_have_the_same_words_and_nothing_of_them_is_markup(session, app, letters):
    name = "<b>{{7*7}}</b> **x** [y]{{link zzz}}\r\nBcc: z@y.uk"
    person = factories.person("<i>Amara</i>", "Hill", email="amara@example.org")
    queue(person, values={"until": name})
    send(app)
    letter = letters.to("amara@example.org")[0]
    assert "Hello <i>Amara</i>," in plain(letter)
    assert "Hello &lt;i&gt;Amara&lt;/i&gt;," in html(letter)
    assert "<b>{{7*7}}</b>" in plain(letter)
    assert "[y]{{link zzz}} Bcc: z@y.uk" in plain(letter)
    assert "<b>" not in html(letter)
    assert letter["Bcc"] is None
    assert path_in(letter, "Open my page") == "/home"


def test_a_name_cannot_write_a_header(session, app, letters):
    person = factories.person("Amara", "Hill", email="amara@example.org")
    session.execute(
        update(type(person)).values(given_name="A\r\nBcc: evil@example.org\r\n\r\nbody")
    )
    message = queue(person)
    session.execute(update(Message).values(subject="Hello\r\nX-Evil: yes\u2028there"))
    send(app)
    assert state(message) == "sent"
    letter = letters.to("amara@example.org")[0]
    assert letter["Bcc"] is None
    assert letter["X-Evil"] is None
    assert letter["Subject"] == "Hello X-Evil: yes there"


def test_links_are_made_at_sending_and_shown_to_nobody_else(
    session, app, as_person, letters, monkeypatch
):
    person = factories.person(email="amara@example.org")
    link = a_link(person)
    monkeypatch.setattr("lms.web.urls.link_endpoints", lambda _: {"red": "people.sign_in_link"})
    message = queue(person, links={"page": link})
    token = links.token(link)
    admin = factories.person()
    factories.grant(admin, "coordinator")
    browser = as_person(admin)
    pages = [
        browser.get(path).text
        for path in (
            "/messages",
            f"/messages/{message}",
            f"/messages/{message}/edit",
            f"/people/{person.id}",
        )
    ]
    send(app)
    pages.append(browser.get(f"/messages/{message}").text)
    assert "Open my page: [personal link]" in pages[1]
    for page in pages:
        assert token not in page
    assert path_in(letters.to("amara@example.org")[0], "Open my page").endswith(token)
    for table in (
        "messages_message",
        "messages_message_change",
        "procrastinate_jobs",
        "procrastinate_events",
        "audit_entry",
    ):
        kept = session.scalar(text(f"select string_agg(t::text, ' ') from {table} t")) or ""
        assert token not in kept, table


def test_a_message_whose_link_was_withdrawn_meanwhile_does_not_go(session, app, letters):
    person = factories.person()
    link = a_link(person)
    message = queue(person, links={"page": link})
    links.revoke(link_ids=[link.id])
    send(app)
    assert state(message) == "cancelled"
    assert letters.all() == []


def test_it_goes_to_the_address_of_the_moment(session, app, letters):
    person = factories.person(email="old@example.org")
    queue(person)
    session.execute(text("update people_person_email set address = 'new@example.org'"))
    send(app)
    assert letters.to("old@example.org") == []
    assert len(letters.to("new@example.org")) == 1


def test_a_message_whose_address_went_away_is_held_to_print(session, app, letters):
    message = queue(factories.person(email="old@example.org"))
    session.execute(text("delete from people_person_email"))
    send(app)
    assert state(message) == "held"


def test_nothing_goes_to_somebody_erased_and_no_message_keeps_its_words(session, app, letters):
    person = factories.person("Amara", "Hill")
    message = queue(person, values={"until": "secret"})
    person.erased_at = clock.now()
    session.flush()
    publish(PersonErased(SYSTEM, person.id))
    send(app)
    assert state(message) == "cancelled"
    kept = session.scalar(text("select m::text from messages_message m"))
    assert "secret" not in kept
    assert "Amara" not in kept
    assert letters.all() == []


def test_an_edit_is_sent_as_it_now_stands_and_both_versions_are_kept(session, app, letters):
    person = factories.person(email="amara@example.org")
    message = queue(person)
    body = session.get_one(Message, message).body
    services.edit(message, subject="Changed", body=body.replace("Here is", "This is"), by=PRIYA)
    send(app)
    letter = letters.to("amara@example.org")[0]
    assert letter["Subject"] == "Changed"
    assert "This is the new link" in plain(letter)
    change = session.scalars(select(MessageChange).where(MessageChange.before.is_not(None))).one()
    assert change.by_label == "Priya Nair"
    assert "Here is" in change.before["body"]


def test_an_edit_neither_takes_a_link_out_nor_puts_another_in(session):
    message = queue(factories.person())
    body = session.get_one(Message, message).body
    for wrong in (body.replace("{{link page}}", ""), body + "\n\n[More]{{link other}}"):
        with pytest.raises(Complaint) as refused:
            services.edit(message, subject="Changed", body=wrong, by=PRIYA)
        assert refused.value.field == "body"


def test_what_went_cannot_be_held_edited_or_cancelled(session, app, letters):
    message = queue(factories.person())
    send(app)
    for verb in (
        services.hold,
        services.cancel,
        services.release,
        services.send_again,
        services.arrived,
    ):
        with pytest.raises(Conflict):
            verb(message, by=PRIYA)
    with pytest.raises(Conflict):
        services.edit(message, subject="x", body="y", by=PRIYA)


def test_hold_keeps_it_back_and_release_lets_it_go(session, app, letters):
    message = queue(factories.person())
    services.hold(message, by=PRIYA)
    send(app)
    assert state(message) == "held"
    services.release(message, by=PRIYA)
    send(app)
    assert state(message) == "sent"
    steps = session.scalars(select(MessageChange.to_state).order_by(MessageChange.id)).all()
    assert steps == ["queued", "held", "queued", "sending", "sent"]


def test_send_now_does_not_wait_for_its_hour(session, app, letters, frozen):
    now = frozen("2027-03-06 21:00")
    message = queue(factories.person(), klass="routine", not_before=now + timedelta(days=3))
    services.send_now(message, by=PRIYA)
    send(app)
    assert state(message) == "sent"


def test_what_is_about_a_thing_is_cancelled_with_it(session, app, letters):
    booking, other = uuid7(), uuid7()
    person = factories.person()
    gone = queue(person, subject_type="booking", subject_id=booking)
    kept = queue(person, subject_type="booking", subject_id=other)
    notice = queue(person, subject_type="booking", subject_id=booking, kind="cancelled")
    count = services.cancel_about(
        "booking", [booking], by=PRIYA, why="The booking was cancelled", kinds=["test"]
    )
    send(app)
    assert count == 1
    assert [state(m) for m in (gone, kept, notice)] == ["cancelled", "sent", "sent"]


def test_notes_of_other_rooms_bring_their_own_links(session):
    person = factories.person()
    one, two = a_link(person), a_link(person)
    note = "Answer now? [Answer now]{{link survey}}"
    values, found = wording.with_notes(
        {"x": 1}, [(note, {"survey": one.id}), (note, {"survey": two.id})]
    )
    assert values["notes"].split("\n\n") == [
        "Answer now? [Answer now]{{link n1-survey}}",
        "Answer now? [Answer now]{{link n2-survey}}",
    ]
    assert found == {"n1-survey": one.id, "n2-survey": two.id}
    assert BookingNote(uuid7(), note).text == note


def test_a_coordinator_sees_messages_of_their_place_and_about_it(session, as_person):
    mine, other = factories.locality(), factories.locality()
    here = factories.person(organisation_id=factories.organisation(locality_id=mine.id).id)
    there = factories.person(organisation_id=factories.organisation(locality_id=other.id).id)
    coordinator = factories.person()
    factories.grant(coordinator, "coordinator", "locality", str(mine.id))
    own, about = queue(here), queue(there, locality_ids=[mine.id])
    foreign, sign_in = queue(there), queue(here, kind="sign-in")
    browser = as_person(coordinator)
    assert browser.get(f"/messages/{own}").status_code == 200
    assert browser.get(f"/messages/{about}").status_code == 200
    for hidden in (foreign, sign_in, uuid7()):
        assert browser.get(f"/messages/{hidden}").status_code == 404
        for verb in ("send", "hold", "cancel", "edit", "sheet"):
            assert browser.post(f"/messages/{hidden}/{verb}").status_code == 404, verb
    assert "Showing 1 to 2 of 2" in browser.get("/messages").text
    assert browser.post(f"/messages/{own}/nonsense").status_code == 404


def test_a_cohort_s_page_lists_what_is_about_it_but_no_sign_in(session, app):
    cohort, person = uuid7(), factories.person()
    listed = queue(person, about_type="cohort", about_id=cohort)
    queue(person, about_type="cohort", about_id=cohort, kind="sign-in")
    queue(person, about_type="cohort", about_id=uuid7())
    rows = [queries.as_row(row) for row in session.execute(queries.about(SYSTEM, "cohort", cohort))]
    assert [row.id for row in rows] == [listed]
    waiting = queries.waiting_about(SYSTEM, "cohort", cohort)
    assert waiting.next_subject == "Your new link"


def test_the_buttons_of_the_page_do_what_they_say(session, app, as_person, letters):
    admin = factories.person()
    factories.grant(admin, "coordinator")
    browser = as_person(admin)
    message = queue(factories.person("Amara"))
    page = f"/messages/{message}"
    assert browser.press(page, "Hold").status_code == 303
    assert "Held" in browser.get(page).text
    assert browser.press(page, "Release").status_code == 303
    body = session.get_one(Message, message).body
    assert browser.press(f"{page}/edit", subject="", body=body).status_code == 422
    assert browser.press(f"{page}/edit", subject="New words", body=body).status_code == 303
    assert "New words" in browser.get(page).text
    assert browser.press(page, "Send now").status_code == 303
    send(app)
    assert "Went on" in browser.get(page).text
    other = queue(factories.person())
    assert browser.press(f"/messages/{other}", "Cancel this message").status_code == 303
    assert state(other) == "cancelled"


def test_a_sheet_has_the_person_s_own_codes_and_is_audited(session, as_person, monkeypatch):
    monkeypatch.setattr("lms.web.urls.link_endpoints", lambda _: {"red": "people.sign_in_link"})
    admin = factories.person()
    factories.grant(admin, "coordinator")
    person = factories.person("Colin", "Marsh", email=None)
    link = a_link(person)
    message = queue(person, links={"page": link})
    browser = as_person(admin)
    assert "No e-mail: print" in browser.get("/messages").text
    sheet = browser.press(f"/messages/{message}", "Open the sheet to print")
    assert sheet.status_code == 200
    assert "<title>QR code: Open my page</title>" in sheet.text
    assert links.token(link) in sheet.text
    assert (
        session.scalar(
            text("select count(*) from audit_entry where verb = 'opened the sheet to print'")
        )
        == 1
    )
    assert browser.press(f"/messages/{message}", "It was handed over").status_code == 303
    assert state(message) == "cancelled"
    with_address = queue(factories.person())
    assert browser.post(f"/messages/{with_address}/sheet").status_code == 404


def test_a_failing_message_is_a_thing_to_do(session, as_person):
    admin = factories.person()
    factories.grant(admin, "coordinator")
    message = queue(factories.person())
    session.execute(update(Message).values(state="failed", last_error="550 no such mailbox"))
    browser = as_person(admin)
    assert "1 message could not be sent" in browser.get("/home").text
    page = browser.get(f"/messages/{message}").text
    assert "550 no such mailbox" in page
    assert "Correct the address" in page


def test_permissions_of_messages_are_for_staff_alone(session, as_person):
    trainee = factories.person()
    message = queue(trainee)
    browser = as_person(trainee)
    for path in ("/messages", f"/messages/{message}", f"/messages/{message}/edit"):
        assert browser.get(path).status_code == 403
    assert permissions.permission("messages.view").roles
    assert session.scalar(select(func.count()).select_from(PersonalLink)) == 0


def test_the_old_address_is_told_of_a_new_one(session, app, letters):
    person = factories.person(email="old@example.org")
    set_email(person.id, "new@example.org", by=SYSTEM)
    send(app)
    [letter] = letters.to("old@example.org")
    assert letter["Subject"] == "Your e-mail address was changed"
    assert "new@example.org" not in letter.as_string()
    assert letters.to("new@example.org") == []


def test_losing_the_only_address_is_told_there_too(session, app, letters):
    person = factories.person(email="old@example.org")
    set_email(person.id, None, by=SYSTEM)
    send(app)
    assert len(letters.to("old@example.org")) == 1
