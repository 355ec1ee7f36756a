"""Case studies: an ambassador’s own, and those to review, with what may identify somebody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased

from lms import clock, family_details
from lms.ambassadors import codes, own_words
from lms.ambassadors.access import MANAGE, OWN
from lms.ambassadors.models import Ambassador, CaseStudy
from lms.ambassadors.services.case_studies import PARTS
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Person
from lms.people.names import full
from lms.permissions import where

STATES = {
    "submitted": "Sent",
    "reviewing": "Being reviewed",
    "draft": "Draft",
    "approved": "Ready",
    "expired": "Expired",
    "withdrawn": "Taken back",
}
"""What states are called; "reviewing" is a sent one that somebody reads."""


@dataclass(frozen=True)
class StudyRow:
    """A case study in a list."""

    id: uuid.UUID
    ambassador_id: uuid.UUID
    name: str
    state: str
    situation: str
    created_at: datetime
    submitted_at: datetime | None
    expires_on: date

    @property
    def state_words(self) -> str:
        """Draft, Sent, Being reviewed, Ready, Expired, Taken back."""
        return STATES[self.state]

    @property
    def is_over(self) -> bool:
        """Whether the last day on which it may be used has passed."""
        return self.expires_on < clock.today()

    @property
    def begins(self) -> str:
        """How it begins, as its title."""
        return own_words.beginning(self.situation) or "Not begun"


@dataclass(frozen=True)
class Study(StudyRow):
    """A case study on its page."""

    action: str
    change: str
    lesson: str
    uses: tuple[str, ...]
    naming: str
    consent_version: int
    review_note: str
    reviewer: str
    reviewed_at: datetime | None

    @property
    def texts(self) -> dict[str, str]:
        """The writer's words by part."""
        return {part: getattr(self, part) for part in PARTS}

    @property
    def allowed(self) -> list[str]:
        """Where it may be used, in words."""
        return [codes.USES[use] for use in self.uses]

    @property
    def consent(self) -> str:
        """What was agreed to, as it was put."""
        return codes.CONSENTS[self.consent_version]


def own(actor: Actor) -> list[StudyRow]:
    """The actor's own case studies, newest first."""
    rows = db.session.execute(_columns().where(where(actor, OWN)).order_by(*_newest()).limit(50))
    return [as_row(row) for row in rows]


def listed(actor: Actor, state: str = "") -> Select[Any]:
    """Case studies in the team's sight, those to review first, for `web.paginate`."""
    statement = _columns().where(where(actor, MANAGE), CaseStudy.state != "draft")
    if state == "reviewing":
        statement = statement.where(_reviewed())
    elif state == "submitted":
        statement = statement.where(CaseStudy.state == "submitted", ~_reviewed())
    elif state:
        statement = statement.where(_standing() == state)
    return statement.order_by((CaseStudy.state == "submitted").desc(), *_newest())


def as_row(row: Any) -> StudyRow:
    """A row of `listed`."""
    study: CaseStudy = row.CaseStudy
    reviewing = study.state == "submitted" and study.reviewer_id is not None
    return StudyRow(
        study.id,
        study.ambassador_id,
        full(row.given_name, row.family_name),
        "reviewing" if reviewing else row.standing,
        study.situation,
        study.created_at,
        study.submitted_at,
        study.expires_on,
    )


def find_own(actor: Actor, case_study_id: uuid.UUID) -> Study:
    """One of the actor's own; else `NotFound`."""
    return _find(where(actor, OWN), CaseStudy.id == case_study_id)


def find(actor: Actor, case_study_id: uuid.UUID) -> Study:
    """One in the team's sight; drafts are the writer's alone."""
    return _find(where(actor, MANAGE), CaseStudy.id == case_study_id, CaseStudy.state != "draft")


def reached(actor: Actor) -> Select[Any]:
    """The ids of those in the team's sight."""
    sent = select(CaseStudy.id).join(Ambassador).where(CaseStudy.state != "draft")
    return sent.where(where(actor, MANAGE))


def to_review(actor: Actor) -> int:
    """How many in sight wait for a review."""
    waiting = select(func.count()).select_from(CaseStudy).join(Ambassador)
    waits = waiting.where(where(actor, MANAGE), CaseStudy.state == "submitted")
    return db.session.scalar(waits) or 0


def _find(*conditions: ColumnElement[bool]) -> Study:
    reviewer = aliased(Person)
    row = db.session.execute(
        _columns(reviewer.given_name.label("by_given"), reviewer.family_name.label("by_family"))
        .outerjoin(reviewer, reviewer.id == CaseStudy.reviewer_id)
        .where(*conditions)
    ).one_or_none()
    if row is None:
        raise NotFound
    study: CaseStudy = row.CaseStudy
    return Study(
        **vars(as_row(row)),
        action=study.action,
        change=study.change,
        lesson=study.lesson,
        uses=tuple(study.uses),
        naming=study.naming,
        consent_version=study.consent_version,
        review_note=study.review_note,
        reviewer=full(row.by_given or "", row.by_family or ""),
        reviewed_at=study.reviewed_at,
    )


def _columns(*more: Any) -> Select[Any]:
    return (
        select(
            CaseStudy, _standing().label("standing"), Person.given_name, Person.family_name, *more
        )
        .join(Ambassador, Ambassador.id == CaseStudy.ambassador_id)
        .join(Person, Person.id == Ambassador.person_id)
    )


def _standing() -> ColumnElement[str]:
    """The state, where what may not be used since this morning has expired already."""
    over = (CaseStudy.state == "approved") & (CaseStudy.expires_on < clock.today())
    return case((over, "expired"), else_=CaseStudy.state)


def _newest() -> Sequence[Any]:
    return (CaseStudy.created_at.desc(), CaseStudy.id.desc())


def _reviewed() -> ColumnElement[bool]:
    return (CaseStudy.state == "submitted") & CaseStudy.reviewer_id.is_not(None)


# -- what a reviewer should look at twice --------------------------------------------------------

SUSPECT = re.compile(
    r"(?<=[\w,;] )[A-Z][a-z'’-]+(?: [A-Z][a-z'’-]+)*|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)? (?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December)(?: \d{4})?|\b(?:aged?|twins|triplets)\b[^.,;]{0,12}|\b\d{4,}\b"
)


def marked(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it might tell who somebody is.

    It marks too much rather than too little: names of places, ages, dates, long numbers.
    """
    spans = [(one.start, one.end) for one in family_details.every(text)]
    spans += [found.span() for found in SUSPECT.finditer(text)]
    at = 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        if start > at:
            yield text[at:start], False
        yield text[max(start, at) : end], True
        at = end
    if at < len(text):
        yield text[at:], False
