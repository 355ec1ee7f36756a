"""Mail servers, true and lying: a message is sent, waits, has failed in words, or is uncertain."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import time, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text

from lms import clock, jobs
from lms.db import db
from lms.messages import services
from lms.messages.calendar import Calendar, Entry
from lms.messages.models import Message, MessageChange
from lms.messages.sending import FIND_LOST, LOST_AFTER, SEND, WAITS
from lms.testing.client import in_own_context, keep
from tests import factories
from tests.messages.conftest import send
from tests.messages.test_queue import PRIYA, queue


def smtp(make_app, port, **changes):
    return make_app(mail="smtp", smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", **changes)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A server that hangs is given up soon."""
    monkeypatch.setattr("lms.messages.channels.smtp.TIMEOUT", 0.5)


def row(message_id):
    db.session.expire_all()
    return db.session.get_one(Message, message_id)


def test_a_message_reaches_a_real_server_alone_and_whole(session, make_app, postbox):
    app = smtp(make_app, postbox.port)
    amara = factories.person("Amara", "Ó Súilleabháin", email="amara@example.org")
    beth = factories.person("Beth", "Lyons", email="beth@example.org")
    one, two = queue(amara), queue(beth)
    send(app)
    assert [row(m).state for m in (one, two)] == ["sent", "sent"]
    [letter] = postbox.to("amara@example.org")
    assert len(postbox.messages) == 2
    assert letter["To"].addresses[0].display_name == "Amara Ó Súilleabháin"
    assert letter["From"].addresses[0].addr_spec == "training@council.example"
    assert letter["Reply-To"] == "workforce@council.example"
    assert letter["Message-ID"] == row(one).message_id_header == f"<{one}@council.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert [p.get_content_type() for p in letter.walk()] == [
        "multipart/alternative", "text/plain", "text/html"
    ]  # fmt: skip
    for part in letter.iter_parts():
        assert "beth" not in part.get_content().lower()
    assert row(one).sent_to == "a…@example.org"


def test_lines_that_begin_with_a_full_stop_arrive_as_they_are(session, make_app, postbox):
    app = smtp(make_app, postbox.port)
    message = queue(factories.person(email="amara@example.org"))
    body = row(message).body + "\n\n.\n\n.hidden\n\n..two"
    services.edit(message, subject="Stops", body=body, by=PRIYA)
    send(app)
    [letter] = postbox.to("amara@example.org")
    plain = letter.get_body(("plain",)).get_content()
    assert "\n.\n\n.hidden\n\n..two\n" in plain.replace("\r\n", "\n")


def test_a_calendar_file_has_a_stable_uid_and_names_nobody_else(session, make_app, postbox):
    app = smtp(make_app, postbox.port)
    person = factories.person("Amara", "Hill", email="amara@example.org")
    starts = clock.at(clock.today() + timedelta(days=30), time(9, 30))

    def invite(method, sequence):
        return Calendar(
            method, sequence,
            (
                Entry("session-1@lms", starts, starts + timedelta(hours=3), "Brief Encounters",
                      "Room 2", "Line one\nLine two; BEGIN:VEVENT"),
                Entry("session-2@lms", starts, starts + timedelta(hours=3), "Brief Encounters"),
            ),
        )  # fmt: skip

    queue(person, ical=invite("REQUEST", 0))
    queue(person, ical=invite("CANCEL", 1))
    send(app)
    first, second = postbox.to("amara@example.org")
    files = [p.get_content() for p in first.iter_attachments()]
    cancelled = [p.get_content() for p in second.iter_attachments()]
    assert [p.get_filename() for p in first.iter_attachments()] == [
        "session-1.ics", "session-2.ics"
    ]  # fmt: skip
    part = next(first.iter_attachments())
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    unfolded = [f.replace("\r\n ", "").replace("\n ", "") for f in files + cancelled]
    assert "UID:session-1@lms" in unfolded[0]
    assert "UID:session-1@lms" in unfolded[2]
    assert "SEQUENCE:0" in unfolded[0]
    assert "SEQUENCE:1" in unfolded[2]
    assert "METHOD:CANCEL" in unfolded[2]
    assert "STATUS:CANCELLED" in unfolded[2]
    assert unfolded[0].splitlines().count("BEGIN:VEVENT") == 1
    assert unfolded[0].count("ATTENDEE") == 1
    assert "mailto:amara@example.org" in unfolded[0]
    assert "mailto:workforce@council.example" in unfolded[0]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"connect": "421 too busy"}, "421 too busy"),
        ({"connect": "drop"}, "closed the connection"),
        ({"connect": "hang"}, "did not answer"),
        ({"MAIL": "451 come back"}, "451 come back"),
        ({"RCPT": "450 greylisted"}, "450 greylisted"),
        ({"RCPT": "drop"}, "closed the connection"),
        ({"DATA": "452 no room"}, "452 no room"),
        ({"DATA": "hang"}, "did not answer"),
        ({"content": "451 try later"}, "451 try later"),
    ],
)
def test_what_a_server_did_not_take_is_queued_again_for_later(
    session, make_app, liar, script, words
):
    app = smtp(make_app, liar(**script).port)
    message = queue(factories.person())
    send(app)
    kept = row(message)
    assert kept.state == "queued"
    assert words in kept.last_error
    assert timedelta(seconds=30) < kept.not_before - clock.now() < timedelta(minutes=1, seconds=1)


@pytest.mark.parametrize(
    "script",
    [
        {"RCPT": "550 5.1.1 no such mailbox"},
        {"MAIL": "550 5.7.1 not you"},
        {"DATA": "554 no"},
        {"content": "552 too large"},
    ],
)
def test_what_a_server_refuses_for_good_has_failed_with_its_words(session, make_app, liar, script):
    app = smtp(make_app, liar(**script).port)
    refused, next_one = queue(factories.person()), queue(factories.person())
    send(app)
    kept = row(refused)
    assert kept.state == "failed"
    assert kept.last_error == next(iter(script.values()))
    assert row(next_one).state == "failed"


@pytest.mark.parametrize("script", [{"content": "drop"}, {"content": "hang"}])
def test_silence_after_the_whole_message_is_uncertain_and_never_sent_again_by_itself(
    session, make_app, liar, script, as_person, frozen
):
    server = liar(**script)
    app = smtp(make_app, server.port)
    person = factories.person("Amara")
    message = queue(person)
    send(app)
    assert row(message).state == "uncertain"
    send(app)
    assert len([line for line in server.seen if line == "DATA"]) == 1
    admin = factories.person()
    factories.grant(admin, "coordinator")
    browser = as_person(admin)
    assert "1 message may or may not have arrived" in browser.get("/home").text
    page = f"/messages/{message}"
    assert browser.press(page, "It arrived").status_code == 303
    assert row(message).state == "sent"


def test_sending_an_uncertain_one_again_keeps_its_message_id(
    session, make_app, liar, postbox, as_person
):
    message = queue(factories.person(email="amara@example.org"))
    send(smtp(make_app, liar(content="drop").port))
    first = row(message).message_id_header
    admin = factories.person()
    factories.grant(admin, "coordinator")
    assert as_person(admin).press(f"/messages/{message}", "Send again").status_code == 303
    send(smtp(make_app, postbox.port))
    assert row(message).state == "sent"
    assert postbox.to("amara@example.org")[0]["Message-ID"] == first


def test_one_refused_message_does_not_stop_the_others(session, make_app, postbox):
    app = smtp(make_app, postbox.port)
    bad = queue(factories.person(email="bad@example.org"))
    good = queue(factories.person(email="good@example.org"))
    session.execute(text("update messages_message set links = '{\"page\": 5}' where id = :id"),
                    {"id": bad})  # fmt: skip
    send(app)
    assert row(bad).state == "failed"
    assert row(good).state == "sent"


def test_a_server_that_is_down_stops_the_run_and_nothing_is_lost(session, make_app, liar, postbox):
    app = smtp(make_app, liar(connect="drop").port)
    messages = [queue(factories.person()) for _ in range(3)]
    send(app)
    assert [row(m).attempts for m in messages] == [1, 0, 0]
    assert {row(m).state for m in messages} == {"queued"}
    send(smtp(make_app, postbox.port))
    assert [row(m).state for m in messages[1:]] == ["sent", "sent"]


def test_waits_grow_and_end_in_failure(session, make_app, liar, frozen):
    now = frozen("2027-03-04 09:30")
    app = smtp(make_app, liar(RCPT="450 later").port)
    message = queue(factories.person())
    waits = []
    for _ in range(len(WAITS) + 1):
        send(app)
        kept = row(message)
        if kept.state == "failed":
            break
        waits.append(kept.not_before - now)
        now = kept.not_before
        frozen(clock.london(now).strftime("%Y-%m-%d %H:%M"))
    assert waits == [timedelta(minutes=m) for m in WAITS]
    assert row(message).state == "failed"
    assert row(message).last_error == "450 later"


def test_encryption_is_not_dropped_in_silence(session, make_app, postbox):
    app = make_app(mail="smtp", smtp_host="127.0.0.1", smtp_port=postbox.port, smtp_tls="starttls")
    message = queue(factories.person())
    send(app)
    assert row(message).state == "queued"
    assert postbox.messages == []


CRASH = """
import sys
from lms import jobs
from lms.app import create_app
from lms.messages.sending import SEND
from lms.settings import Settings
app = create_app(Settings.model_validate_json(sys.stdin.read()))
jobs.perform(app, SEND, {})
"""


@pytest.mark.parametrize(
    ("point", "taken"), [("message.before_handover", 0), ("message.after_handover", 1)]
)
def test_a_worker_killed_while_sending_leaves_a_message_that_a_person_decides(
    session, make_app, postbox, settings, point, taken
):
    app = smtp(make_app, postbox.port)
    message = queue(factories.person(email="amara@example.org"))
    keep()
    known = app.extensions["lms_settings"].model_dump(mode="json")
    for name in ("secret_key", "link_key", "smtp_password"):
        known[name] = getattr(app.extensions["lms_settings"], name).get_secret_value()
    killed = subprocess.run(
        [sys.executable, "-c", CRASH],
        input=json.dumps(known), text=True, env=os.environ | {"LMS_CRASH_AT": point},
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert row(message).state == "sending"
    assert len(postbox.messages) == taken
    send(app)
    assert row(message).state == "sending"
    session.execute(
        text("update messages_message set sending_since = sending_since - :lost"),
        {"lost": LOST_AFTER + timedelta(minutes=1)},
    )
    in_own_context(partial(jobs.perform, app, FIND_LOST, {}))
    assert row(message).state == "uncertain"
    send(app)
    assert len(postbox.messages) == taken


def test_two_runs_at_once_send_each_message_once(session, make_app, postbox):
    app = smtp(make_app, postbox.port)
    people = [factories.person(email=f"p{n}@example.org") for n in range(12)]
    for person in people:
        queue(person)
    keep()
    workers = [threading.Thread(target=jobs.perform, args=(app, SEND, {})) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(m["X-Envelope-To"] for m in postbox.messages) == sorted(
        f"p{n}@example.org" for n in range(12)
    )
    assert set(session.scalars(select(Message.state))) == {"sent"}
    steps = session.scalars(select(MessageChange.to_state)).all()
    assert steps.count("sent") == 12
