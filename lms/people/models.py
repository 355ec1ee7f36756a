"""Tables of the people's room: places, organisations, people, their roles, links and requests.

Services and queries of this room use them; rooms above refer to them by foreign key.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, event, func, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms import clock
from lms.columns import Named, Signed, at_most, one_of
from lms.db import AppendOnly, Dated, Model
from lms.people.names import sort_key

ROLES = (
    "coordinator",
    "trainer",
    "ambassador",
    "trainee",
    "manager",
    "analyst",
    "administrator",
)
SCOPE_KINDS = ("programme", "locality", "organisation", "provider", "cohort")
OWN, SAID, SHARED = SHARING = ("own", "said", "shared")
DATA_REQUEST_KINDS = ("access", "erasure")
DATA_REQUEST_STATES = ("open", "done", "refused")


class Locality(Dated, Model):
    """A local authority's area, known by its ONS code."""

    __tablename__ = "people_locality"
    in_trail = Named(("name",), kinds=("locality",))
    __table_args__ = (at_most("name", 200),)

    name: Mapped[str]
    ons_code: Mapped[str] = mapped_column(unique=True)


class Organisation(Dated, Model):
    """An employer or group within a locality; `parent` is the larger body it belongs to."""

    __tablename__ = "people_organisation"
    in_trail = Named(("name",), kinds=("organisation",))
    __table_args__ = (at_most("name", 200),)

    name: Mapped[str]
    locality_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_locality.id", ondelete="RESTRICT"), index=True
    )
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_organisation.id", ondelete="RESTRICT"), index=True
    )

    locality: Mapped[Locality] = relationship(lazy="raise_on_sql")
    parent: Mapped[Organisation | None] = relationship(
        lazy="raise_on_sql", remote_side="Organisation.id"
    )


Index(
    "uq_people_organisation_locality_id_name",
    Organisation.locality_id,
    func.lower(Organisation.name),
    unique=True,
)


class Profession(Dated, Model):
    """A job people may have; a retired one stays readable and is no longer offered."""

    __tablename__ = "people_profession"
    __table_args__ = (at_most("name", 200),)

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    retired_at: Mapped[datetime | None]


def _sort_key_of_new_row(context: DefaultExecutionContext) -> str:
    row = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return sort_key(row["given_name"], row["family_name"])


class Person(Dated, Model):
    """One human being, one row, however often imported; never deleted, erased in place."""

    __tablename__ = "people_person"
    in_trail = Named(("given_name", "family_name"), "people.person", "person_id", kinds=("person",))
    __table_args__ = (
        at_most("given_name", 200),
        at_most("family_name", 200),
        CheckConstraint(
            "erased_at is not null or btrim(given_name || family_name) <> ''", name="named"
        ),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_self"),
        Index(None, "sort_key", "id"),
    )

    given_name: Mapped[str]
    family_name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), default=_sort_key_of_new_row)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_organisation.id", ondelete="RESTRICT"), index=True
    )
    profession_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_profession.id", ondelete="RESTRICT"), index=True
    )
    manager_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="SET NULL"), index=True
    )
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT"), index=True
    )
    # Who put the person in: somebody without an organisation is in their sight alone.
    added_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="SET NULL"), index=True
    )
    erased_at: Mapped[datetime | None]
    # Counted up to end every session of this person at the next request.
    session_epoch: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    profession: Mapped[Profession | None] = relationship(lazy="raise_on_sql")
    manager: Mapped[Person | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[manager_id], remote_side="Person.id"
    )
    emails: Mapped[list[PersonEmail]] = relationship(
        lazy="raise_on_sql",
        back_populates="person",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


@event.listens_for(Person, "before_update")
def _keep_sort_key(_mapper: object, _connection: object, person: Person) -> None:
    person.sort_key = sort_key(person.given_name, person.family_name)


class PersonEmail(Dated, Model):
    """An address of a person: a way to reach them, never their identity."""

    __tablename__ = "people_person_email"
    __table_args__ = (
        CheckConstraint("char_length(address::text) <= 254", name="address_length"),
        one_of("sharing", SHARING),
        Index(
            "uq_people_person_email_primary",
            "person_id",
            unique=True,
            postgresql_where=text("is_primary"),
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str] = mapped_column(CITEXT(), unique=True)
    verified_at: Mapped[datetime | None]
    is_primary: Mapped[bool] = mapped_column(default=False)
    # Whether others read this mailbox: nobody says so, an import says so, or it is so; then nobody
    # signs in by it. `services.mailboxes` derives it from what imports say and a person decided.
    sharing: Mapped[str] = mapped_column(default=OWN)

    person: Mapped[Person] = relationship(lazy="raise_on_sql", back_populates="emails")


class MailboxSaying(Dated, Model):
    """An import says that several people read a mailbox, whoever has its address, if anybody does.

    `decides` is whether who imported it may decide that for whoever had the address then.
    """

    __tablename__ = "people_mailbox_saying"
    __table_args__ = (
        UniqueConstraint("import_id", "address"),
        CheckConstraint("char_length(address::text) <= 254", name="address_length"),
    )

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(CITEXT(), index=True)
    decides: Mapped[bool]


class MailboxDecision(Dated, Model):
    """What a person decided of a mailbox: it holds for the address, whoever has it then."""

    __tablename__ = "people_mailbox_decision"
    __table_args__ = (
        one_of("answer", (OWN, SHARED)),
        CheckConstraint("char_length(address::text) <= 254", name="address_length"),
    )

    address: Mapped[str] = mapped_column(CITEXT(), unique=True)
    answer: Mapped[str]
    decided_at: Mapped[datetime]


class PersonMerge(Signed, AppendOnly, Model):
    """Two rows found to be one person; `moved` says what moved, so that it can be undone."""

    __tablename__ = "people_person_merge"
    __table_args__ = (
        CheckConstraint("from_person_id <> into_person_id", name="two_people"),
        at_most("why", 2000),
    )

    from_person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT"), index=True
    )
    into_person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT"), index=True
    )
    moved: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(default="")
    # Set on the row that takes an earlier merge back.
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person_merge.id", ondelete="RESTRICT"), unique=True
    )


class RoleGrant(Dated, Model):
    """A role of a person within a scope, until ended; `scope_id` is empty for the programme."""

    __tablename__ = "people_role_grant"
    __table_args__ = (
        one_of("role", ROLES),
        one_of("scope_kind", SCOPE_KINDS),
        CheckConstraint("(scope_kind = 'programme') = (scope_id = '')", name="scope_id"),
        Index(
            "uq_people_role_grant_active",
            "person_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index(None, "scope_kind", "scope_id", "role"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str]
    scope_kind: Mapped[str] = mapped_column(default="programme")
    scope_id: Mapped[str] = mapped_column(default="")
    granted_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="SET NULL"), index=True
    )
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])


class SignInLink(Dated, Model):
    """A request to sign in: the address is looked up in the job, so the person comes later.

    The token is remade from `key` and the link key at sending; no row holds a usable one.
    """

    __tablename__ = "people_sign_in_link"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 16", name="key"),
        CheckConstraint("code_tries between 0 and 5", name="code_tries"),
        Index(None, "address", "created_at"),
    )

    key: Mapped[bytes] = mapped_column(unique=True)
    address: Mapped[str] = mapped_column(CITEXT())
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), index=True
    )
    # The browser that asked: only it may sign in by the link.
    nonce_sha256: Mapped[bytes] = mapped_column(index=True)
    # The code to type is remade from `key` as the token is.
    code_tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PersonalLink(Dated, Model):
    """One link to one thing for one person; its token is remade from `key` at sending."""

    __tablename__ = "people_personal_link"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 16", name="key"),
        Index(None, "purpose", "object_id"),
    )

    key: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), index=True
    )
    # What it opens (an assignment, a booking, ...); no foreign key, those rooms are above.
    object_id: Mapped[uuid.UUID]
    opens_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Persona(Dated, Model):
    """Demonstration only: somebody whom a visitor may be at one press, and what they will see."""

    __tablename__ = "people_persona"

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), unique=True
    )
    position: Mapped[int]
    about: Mapped[str]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class PersonalDataRequest(Dated, Model):
    """A person's request to see or to erase what is held about them."""

    __tablename__ = "people_personal_data_request"
    __table_args__ = (
        one_of("kind", DATA_REQUEST_KINDS),
        one_of("state", DATA_REQUEST_STATES),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people_person.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
