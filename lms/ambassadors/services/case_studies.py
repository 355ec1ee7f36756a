"""Case studies: written by an ambassador, reviewed before use, good for the places and the time
the writer allows, and taken back whenever they like.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select, update

from lms import audit, clock
from lms.ambassadors.codes import CONSENT, NAMING, USES
from lms.ambassadors.models import Ambassador, CaseStudy
from lms.ambassadors.services.words import refuse_family_details
from lms.contracts import Actor
from lms.db import Complaint, db
from lms.errors import Conflict, NotFound

YEARS = 2
"""For how long a case study may be used where the writer says nothing else."""
OVER = Complaint(
    "",
    "The day until which it may be used has passed. Ask for a change, so that the writer can "
    "choose another",
)
MOVES = {
    "draft": ("submitted", "withdrawn"),
    "submitted": ("draft", "approved", "withdrawn"),
    "approved": ("expired", "withdrawn"),
}


@dataclass(frozen=True)
class Story:
    """What the writer says, where it may be used, under which name, and until when."""

    situation: str
    action: str
    change: str
    lesson: str
    uses: Sequence[str]
    naming: str
    expires_on: date

    @property
    def texts(self) -> dict[str, str]:
        """The writer's own words by field."""
        return {part: getattr(self, part) for part in PARTS}


PARTS = ("situation", "action", "change", "lesson")


def write(ambassador_id: uuid.UUID, story: Story, *, send: bool, by: Actor) -> uuid.UUID:
    """Keep a new case study, as a draft or sent for review; its id."""
    _check(story)
    state = db.session.scalar(select(Ambassador.state).where(Ambassador.id == ambassador_id))
    if state != "active":
        raise Conflict
    made = CaseStudy(ambassador_id=ambassador_id, **_columns(story))
    db.session.add(made)
    db.session.flush()
    if send:
        _submit(made)
    audit.write("sent" if send else "wrote", "case_study", made.id, by=by)
    return made.id


def rewrite(case_study_id: uuid.UUID, story: Story, *, send: bool, by: Actor) -> None:
    """Change a draft, and send it for review."""
    _check(story)
    found = _locked(case_study_id)
    if found.state != "draft":
        raise Conflict
    for name, value in _columns(story).items():
        setattr(found, name, value)
    if send:
        _submit(found)
    db.session.flush()
    audit.write("sent" if send else "changed", "case_study", case_study_id, by=by)


def take_back(case_study_id: uuid.UUID, *, by: Actor) -> None:
    """Withdraw the consent: it may not be used any more, wherever it stands."""
    _move(case_study_id, "withdrawn")
    audit.write("took back", "case_study", case_study_id, by=by)


def approve(case_study_id: uuid.UUID, *, by: Actor) -> None:
    """Let it be used where and as long as the writer allows, if that is not over."""
    found = _locked(case_study_id)
    if found.state == "submitted" and found.expires_on < clock.today():
        raise OVER
    _move(case_study_id, "approved")
    found.reviewer_id, found.reviewed_at, found.review_note = by.person_id, clock.now(), ""
    db.session.flush()
    audit.write("approved", "case_study", case_study_id, by=by)


def ask_for_change(case_study_id: uuid.UUID, note: str, *, by: Actor) -> None:
    """Give it back to the writer with what should be otherwise."""
    refuse_family_details({"note": note})
    found = _move(case_study_id, "draft")
    found.reviewer_id, found.reviewed_at, found.review_note = by.person_id, clock.now(), note
    db.session.flush()
    audit.write("asked for a change of", "case_study", case_study_id, by=by)


def begin_review(case_study_id: uuid.UUID, *, by: Actor) -> None:
    """Say that one is reading it; the writer sees that somebody does."""
    found = _locked(case_study_id)
    if found.state != "submitted":
        raise Conflict
    found.reviewer_id = by.person_id
    db.session.flush()
    audit.write("began to review", "case_study", case_study_id, by=by)


def expire_due() -> None:
    """What may be used until yesterday may not be used today."""
    db.session.execute(
        update(CaseStudy)
        .where(CaseStudy.state == "approved", CaseStudy.expires_on < clock.today())
        .values(state="expired", updated_at=clock.now())
    )


def _check(story: Story) -> None:
    if set(story.uses) - set(USES) or story.naming not in NAMING:
        raise Complaint("uses", "Choose where we may use it")
    if story.expires_on <= clock.today():
        raise Complaint("expires_on", "The date until which we may use it must be in the future")
    refuse_family_details(story.texts)


def _columns(story: Story) -> dict[str, object]:
    return asdict(story) | {
        "uses": [use for use in USES if use in story.uses],
        "consent_version": CONSENT,
    }


def _submit(found: CaseStudy) -> None:
    found.state, found.submitted_at, found.reviewer_id = "submitted", clock.now(), None
    db.session.flush()


def _move(case_study_id: uuid.UUID, to: str) -> CaseStudy:
    found = _locked(case_study_id)
    if to not in MOVES.get(found.state, ()):
        raise Conflict
    found.state = to
    db.session.flush()
    return found


def _locked(case_study_id: uuid.UUID) -> CaseStudy:
    found = db.session.scalar(
        select(CaseStudy).where(CaseStudy.id == case_study_id).with_for_update()
    )
    if found is None:
        raise NotFound
    return found
