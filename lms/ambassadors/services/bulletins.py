"""The bulletin: one message to each ambassador of the writer's places, kept as it went out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from lms import audit, family_details
from lms.ambassadors.models import Bulletin
from lms.ambassadors.services import letters
from lms.ambassadors.services.letters import Letter
from lms.ambassadors.services.words import refuse_family_details
from lms.contracts import Actor
from lms.db import db
from lms.messages import wording

TEMPLATE = "bulletin"


def check(subject: str, body: str) -> None:
    """Refuse families' details; how to reach colleagues may stand in a bulletin."""
    texts = {"subject": subject, "body": body}
    refuse_family_details(texts, allowed=family_details.CONTACTS)


def send(
    subject: str,
    body: str,
    recipients: Sequence[uuid.UUID],
    *,
    places: Sequence[uuid.UUID],
    by: Actor,
) -> int:
    """Queue the bulletin for these ambassadors; how many will get it."""
    check(subject, body)
    bulletin = Bulletin(
        subject=subject,
        body=body,
        recipients=len(recipients),
        locality_ids=list(places),
        by_id=by.person_id,
        by_label=by.name,
    )
    db.session.add(bulletin)
    db.session.flush()
    written = letters.write(
        [
            Letter(
                ambassador_id,
                "bulletin",
                TEMPLATE,
                f"bulletin:{bulletin.id}:{ambassador_id}",
                ("bulletin", bulletin.id),
                _values(subject, body),
                {"page": f"/bulletins/{bulletin.id}"},
            )
            for ambassador_id in recipients
        ],
        by=by,
    )
    audit.write("sent", "bulletin", bulletin.id, by=by, after={"recipients": len(written)})
    return len(written)


def preview(subject: str, body: str, *, by: Actor) -> tuple[str, str]:
    """Subject and text as they would go."""
    template = f"ambassadors/mail/{TEMPLATE}.txt"
    made = wording.make(template, _values(subject, body), first_name="(first name)", by=by)
    return made[0], wording.plain(made[1], {"page": None})


def _values(subject: str, body: str) -> dict[str, object]:
    """The text as paragraphs of lines: line breaks are the writer's, hidden signs are not kept."""
    paragraphs = [part.split("\n") for part in re.split(r"\n\s*\n", body.strip())]
    return {"subject_line": subject, "paragraphs": paragraphs}
