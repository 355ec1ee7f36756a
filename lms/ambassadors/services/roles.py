"""The role description with its versions, and the role that whoever accepts it holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from lms import audit
from lms.ambassadors.models import Ambassador, RoleDescription
from lms.contracts import SYSTEM, Actor, Role, Scope, ScopeKind
from lms.db import Complaint, db, violations
from lms.people import services as people
from lms.people.models import RoleGrant

FIRST = Path(__file__).parents[1] / "content" / "role-description.md"
"""The first version, drafted for this project; an authority puts its own in its place."""
SOMEBODY_ELSE = Complaint("text", "Somebody else has just saved another version. Look at it first")


def newest() -> RoleDescription:
    """The version that is agreed to now."""
    return db.session.scalars(
        select(RoleDescription).order_by(RoleDescription.version.desc()).limit(1)
    ).one()


def synchronise() -> None:
    """Bring the first version in where there is none."""
    if db.session.scalar(select(RoleDescription.id).limit(1)) is None:
        first = RoleDescription(
            version=1, text=FIRST.read_text(encoding="utf-8"), by_id=None, by_label=SYSTEM.name
        )
        db.session.add(first)
        db.session.flush()


def describe(text: str, *, after: int, by: Actor) -> int:
    """Keep a new version after the one that was read; those who have accepted keep theirs."""
    new = RoleDescription(version=after + 1, text=text, by_id=by.person_id, by_label=by.name)
    with violations(uq_ambassadors_role_description_version=SOMEBODY_ELSE):
        db.session.add(new)
    audit.write("described the role", "role_description", new.id, by=by)
    return new.version


def give(ambassador: Ambassador) -> None:
    """Let somebody who accepted be an ambassador where they work."""
    if ambassador.locality_id:
        scope = Scope(ScopeKind.LOCALITY, str(ambassador.locality_id))
    else:
        scope = Scope(ScopeKind.PROGRAMME)
    if not _held(ambassador):
        people.give_role(ambassador.person_id, Role.AMBASSADOR, scope, by=SYSTEM)


def end(ambassador: Ambassador) -> None:
    """Let somebody be an ambassador no longer."""
    for grant in _held(ambassador):
        people.end_role(grant.id, by=SYSTEM)


def _held(ambassador: Ambassador) -> list[RoleGrant]:
    return list(
        db.session.scalars(
            select(RoleGrant).where(
                RoleGrant.person_id == ambassador.person_id,
                RoleGrant.role == Role.AMBASSADOR.value,
                RoleGrant.ended_at.is_(None),
            )
        )
    )
