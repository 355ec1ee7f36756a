"""The monthly tally: three numbers asked for once a month, and no room for words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms import audit, clock
from lms.ambassadors.models import Ambassador, Tally
from lms.ambassadors.services import letters
from lms.ambassadors.services.letters import TALLY, Letter
from lms.contracts import SYSTEM, Actor
from lms.db import db, uuid7
from lms.errors import NotFound
from lms.messages import services as messages
from lms.people import links
from lms.web import words

LINK_LASTS = timedelta(days=60)


def last_month(today: date) -> date:
    """The first day of the month that is over."""
    return clock.add_months(today.replace(day=1), -1)


def month_words(month: date) -> str:
    """'February 2027'."""
    return words.date(month).partition(" ")[2]


def ask() -> None:
    """Ask everybody who was an ambassador last month for its numbers, once.

    Whoever became one in this month is asked about it in the next.
    """
    today, now = clock.today(), clock.now()
    month = last_month(today)
    asked = select(Ambassador.id).where(
        Ambassador.state == "active", Ambassador.accepted_at < clock.start_of(today.replace(day=1))
    )
    new = [
        {
            "id": uuid7(),
            "ambassador_id": ambassador_id,
            "month": month,
            "created_at": now,
            "updated_at": now,
        }
        for ambassador_id in db.session.scalars(asked.order_by(Ambassador.id))
    ]
    if not new:
        return
    made = db.session.scalars(insert(Tally).on_conflict_do_nothing().returning(Tally.id), new).all()
    _write(made, month)


def _write(tally_ids: Sequence[uuid.UUID], month: date) -> None:
    rows = db.session.execute(
        select(Tally.id, Tally.ambassador_id, Ambassador.person_id)
        .join(Ambassador, Ambassador.id == Tally.ambassador_id)
        .where(Tally.id.in_(tally_ids))
        .order_by(Tally.id)
    ).all()
    pairs = [(row.id, row.person_id) for row in rows]
    granted = letters.grant(TALLY, pairs, expires_at=clock.now() + LINK_LASTS)
    letters.write(
        [
            Letter(
                row.ambassador_id,
                "tally",
                "tally",
                f"tally:{row.id}",
                ("tally", row.id),
                {"month": month_words(month)},
                {
                    "numbers": granted[row.id],
                    "nothing": (granted[row.id], "ambassadors.tally_nothing"),
                },
            )
            for row in rows
        ],
        by=SYSTEM,
    )


def enter(
    tally_id: uuid.UUID,
    *,
    conversations: int,
    to_counselling: int,
    to_mediation: int,
    by: Actor,
) -> None:
    """Keep a month's three numbers; entering others corrects them."""
    tally = db.session.scalar(select(Tally).where(Tally.id == tally_id).with_for_update())
    if tally is None:
        raise NotFound
    tally.conversations = conversations
    tally.to_counselling = to_counselling
    tally.to_mediation = to_mediation
    tally.answered_at = tally.answered_at or clock.now()
    db.session.flush()
    if by.link:
        links.use(by.link.link_id)
    messages.cancel_about("tally", [tally_id], by=by, why="they have answered")
    audit.write("entered the tally", "tally", tally_id, by=by)
