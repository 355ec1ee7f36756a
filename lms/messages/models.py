"""Tables of the messages' room: what is to be sent to whom, and every change to it.

Its services queue and dispatch; the rooms above only ask for messages and never see a table.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.columns import Change, Named, at_most, one_of
from lms.db import Dated, Model
from lms.people.models import Person

MESSAGE_CLASSES = ("now", "routine")
MESSAGE_STATES = (
    "queued",
    "held",
    "merged",
    "sending",
    "sent",
    "uncertain",
    "failed",
    "bounced",
    "cancelled",
)
NO_ADDRESS = "No e-mail: print"
"""Why a message is held whose person has no address: somebody prints it."""


class Digest(Dated, Model):
    """A person's one letter of a day for what may wait, whether of one message or of several."""

    __tablename__ = "messages_digest"
    __table_args__ = (UniqueConstraint("person_id", "on_date"),)

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT")
    )
    on_date: Mapped[date]


class Message(Dated, Model):
    """One message to one person, with placeholders where personal links will stand."""

    __tablename__ = "messages_message"
    in_trail = Named(("subject",), "messages.message", "message_id", kinds=("message",))
    __table_args__ = (
        one_of("urgency", MESSAGE_CLASSES),
        one_of("state", MESSAGE_STATES),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("state <> 'merged' or digest_id is not null", name="merged"),
        # A calendar file, or words for a former address, cannot be a line of somebody's digest.
        CheckConstraint(
            "urgency = 'now' or (ical is null and to_address is null)", name="may_wait"
        ),
        Index(None, "state", "not_before"),
        Index(None, "subject_type", "subject_id"),
        Index(None, "about_type", "about_id", "not_before"),
        Index(None, "person_id", "created_at"),
        Index(None, "sent_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT")
    )
    # Only where it is not the person's own address of the moment: the one they had before.
    to_address: Mapped[str | None]
    kind: Mapped[str]
    # "class" in the design; a word Python keeps for itself.
    urgency: Mapped[str] = mapped_column(default="now")
    channel: Mapped[str] = mapped_column(default="email")
    # What caused it (a booking, an assignment), and the page that lists it (a cohort); no foreign
    # keys, those rooms are above.
    subject_type: Mapped[str | None]
    subject_id: Mapped[uuid.UUID | None]
    about_type: Mapped[str | None]
    about_id: Mapped[uuid.UUID | None]
    # Places whose coordinators may read it, besides the place where its person works.
    locality_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    template_key: Mapped[str]
    template_version: Mapped[int] = mapped_column(default=1)
    subject: Mapped[str]
    body: Mapped[str]
    # Placeholder name -> a personal link's id, [its id, an endpoint], or a path of this site.
    links: Mapped[dict[str, Any]] = mapped_column(default=dict)
    not_before: Mapped[datetime]
    # By when its reader has to do something: the order of a digest, and how long it can wait.
    deadline: Mapped[datetime | None]
    # What a digest says of it, where its subject does not say enough.
    line: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="queued")
    # The letter of the day that it goes as or, once merged, goes in; what may wait waits for one.
    digest_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("messages_digest.id", ondelete="SET NULL"), index=True
    )
    # When the brake on large runs stopped it.
    stopped_at: Mapped[datetime | None]
    # Set when a person let it go: the brake does not stop it again, and no digest takes it in.
    released_at: Mapped[datetime | None]
    message_id_header: Mapped[str | None] = mapped_column(unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sending_since: Mapped[datetime | None]
    last_error: Mapped[str | None]
    # The address it went to, masked; the address itself is looked up at sending.
    sent_to: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    ical_uid: Mapped[str | None]
    ical_sequence: Mapped[int | None]
    # The calendar file's facts (method, times, place); the file itself is made at sending.
    ical: Mapped[dict[str, Any] | None]
    dedupe_key: Mapped[str] = mapped_column(unique=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class MessageChange(Change, Model):
    """A step in a message's life or an edit of its words (then `before` and `after` hold them)."""

    __tablename__ = "messages_message_change"
    __table_args__ = (at_most("why", 2000), Index(None, "message_id", "at"))

    message_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("messages_message.id", ondelete="RESTRICT")
    )
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
