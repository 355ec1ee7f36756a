"""A message as it leaves: to the address of that moment, with the links of that moment.

The sender composes between two commits and hands the result to a channel; the outbox of the
demonstration shows the same.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from flask import render_template
from sqlalchemy import select

from lms import clock
from lms.db import db
from lms.messages import calendar, wording
from lms.messages.channels import Letter
from lms.messages.models import Message
from lms.people import links
from lms.people.models import Person, PersonEmail
from lms.people.names import full
from lms.people.services import sign_in
from lms.web.context import settings

SIGN_IN = "sign-in:"
"""Prefix of the one kind of link that is not a personal link."""
DEAD_LINK = "Its link has been withdrawn or has run out"


@dataclass(frozen=True)
class Dropped:
    """Why a message is not to go any more."""

    why: str


@dataclass(frozen=True)
class Addresses:
    """Where the links of a message lead now, and the code of a sign-in message."""

    by_name: dict[str, str]
    code: str
    missing: tuple[str, ...]


def compose(message_id: uuid.UUID) -> Letter | Dropped | None:
    """The message to hand over; why it must not go; or None: it has no address to go to."""
    row = db.session.execute(
        select(Message, Person, PersonEmail.address)
        .join(Person, Person.id == Message.person_id)
        .outerjoin(PersonEmail, (PersonEmail.person_id == Person.id) & PersonEmail.is_primary)
        .where(Message.id == message_id)
    ).one()
    message: Message = row.Message
    if row.Person.erased_at:
        return Dropped("The person has been erased")
    address = message.to_address or row.address
    if address is None:
        return None
    reached = addresses(message)
    if reached.missing:
        return Dropped(DEAD_LINK)
    name = full(row.Person.given_name, row.Person.family_name)
    email = _email(message, name, address, reached)
    return Letter(email.as_bytes(), address, str(message.id))


def addresses(message: Message) -> Addresses:
    """Where each link of a message leads; a dead one is missing."""
    found: dict[str, str] = {}
    code = ""
    wanted: dict[str, links.Target] = {}
    for name, target in message.links.items():
        if isinstance(target, list):
            wanted[name] = uuid.UUID(target[0]), target[1]
        elif target.startswith("/"):
            found[name] = settings().base_url + target
        elif target.startswith(SIGN_IN):
            mail = sign_in.mail(uuid.UUID(target.removeprefix(SIGN_IN)))
            if mail:
                found[name], code = mail.url, mail.code
        else:
            wanted[name] = uuid.UUID(target), None
    found |= links.urls_to(wanted) if wanted else {}
    return Addresses(found, code, tuple(name for name in message.links if name not in found))


def message_id_of(message_id: uuid.UUID) -> str:
    """The Message-ID header: the same however often the message is tried."""
    domain = settings().mail_from.rpartition("@")[2]
    return f"<{message_id}@{domain}>"


def _email(message: Message, name: str, address: str, reached: Addresses) -> EmailMessage:
    known = settings()
    email = EmailMessage(policy=SMTP)
    headers: dict[str, Any] = {
        "From": formataddr((wording.one_line(known.team), known.mail_from)),
        "To": formataddr((wording.one_line(name), address)),
        "Reply-To": known.team_email,
        "Subject": wording.one_line(message.subject),
        "Date": format_datetime(clock.now()),
        "Message-ID": message_id_of(message.id),
        "Auto-Submitted": "auto-generated",
    }
    for header, value in headers.items():
        email[header] = value
    text = wording.plain(message.body, reached.by_name, reached.code)
    email.set_content(text, charset="utf-8", cte="quoted-printable")
    html = render_template(
        "messages/email.html",
        subject=message.subject,
        body=wording.html(message.body, reached.by_name, reached.code),
    )
    email.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    if message.ical:
        _attach_calendar(email, message.ical, name, address)
    return email


def _attach_calendar(email: EmailMessage, ical: dict[str, Any], name: str, address: str) -> None:
    what = calendar.from_json(ical)
    made = calendar.files(what, attendee=address, name=name, settings=settings())
    for number, content in enumerate(made, start=1):
        email.add_attachment(
            content,
            maintype="text",
            subtype="calendar",
            filename="course.ics" if len(made) == 1 else f"session-{number}.ics",
            params={"method": what.method, "charset": "utf-8"},
        )
