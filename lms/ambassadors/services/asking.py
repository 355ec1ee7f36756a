"""Check-ins by the clock: asked on their day, reminded of twice, closed in time.

`tick` is part of the hourly job; however late it runs, it asks once and reminds once at a time.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from lms import clock
from lms.ambassadors import checkpoints
from lms.ambassadors.codes import MONTHS
from lms.ambassadors.models import Ambassador, CheckIn, Objective, ObjectiveWording, Pledge
from lms.ambassadors.services import letters, pledging
from lms.ambassadors.services.letters import CHECK_IN, Letter
from lms.contracts import SYSTEM, Actor
from lms.db import crash_point, db, uuid7
from lms.events import AddressChanged, CheckInDue, publish
from lms.messages import services as messages
from lms.messages import wording
from lms.people import links
from lms.web import words

LAST = MONTHS[-1]
MOST_REMINDERS = len(checkpoints.REMINDERS)
REPLY_TIME = checkpoints.LATE_AFTER
"""Whoever is asked late, after the program stood still, has at least so long."""


def tick() -> None:
    """Close, ask and remind, in this order, so that nobody is asked about two at once."""
    close_due()
    ask_due()
    remind_due()


def close_due() -> None:
    """A check-in ends on the day the next falls due; the last one ends its pledge with it."""
    now, today = clock.now(), clock.today()
    closed = db.session.execute(
        update(CheckIn)
        .where(CheckIn.state.in_(pledging.OPEN), CheckIn.closes_on <= today)
        .values(state="closed", updated_at=now)
        .returning(CheckIn.id, CheckIn.pledge_id, CheckIn.months)
    ).all()
    ids = [row.id for row in closed]
    messages.cancel_about("check_in", ids, by=SYSTEM, why="the check-in has closed")
    for row in closed:
        if row.months == LAST:
            pledging.end(row.pledge_id, "finished", by=SYSTEM)


def ask_due() -> None:
    """Ask about every pledge whose day has come, with its words as they stand now."""
    now = clock.now()
    opened = db.session.scalars(
        update(CheckIn)
        .where(
            CheckIn.state == "scheduled",
            CheckIn.due_on <= clock.today(),
            CheckIn.pledge_id == Pledge.id,
            Pledge.state == "live",
        )
        .values(state="due", invited_at=now, updated_at=now)
        .returning(CheckIn.id)
    ).all()
    if not opened:
        return
    asked = _asked(opened)
    wordings = _wordings([row.pledge_id for row in asked])
    for row in asked:
        said = wordings[row.pledge_id]
        db.session.execute(update(CheckIn).where(CheckIn.id == row.id).values(wording=said))
    crash_point("check_in.asked")

    def message(row: Row[Any]) -> tuple[str, str]:
        return "check_in", f"check-in:{row.id}:0"

    _write(asked, message, by=SYSTEM, at_once=True)
    for row in asked:
        publish(CheckInDue(SYSTEM, row.ambassador_id, row.person_id, row.id))


def ask_at_new_address(event: AddressChanged) -> None:
    """Ask somebody again about what is open: the links that they had went with their address."""
    opened = db.session.scalars(
        select(CheckIn.id)
        .join(Pledge, Pledge.id == CheckIn.pledge_id)
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .where(Ambassador.person_id == event.person_id, CheckIn.state == "due")
    ).all()
    messages.cancel_about("check_in", opened, by=event.by, why="their address has changed")

    def message(row: Row[Any]) -> tuple[str, str]:
        return "check_in", f"check-in:{row.id}:0:{uuid7()}"

    _write(_asked(opened), message, by=event.by, at_once=True)


def remind_due() -> None:
    """Write to those whose next reminder has come due; one each, whatever was missed."""
    today = clock.today()
    rows = _asked(
        db.session.scalars(
            select(CheckIn.id)
            .where(CheckIn.state == "due", CheckIn.reminders_sent < MOST_REMINDERS)
            .order_by(CheckIn.id)
            .with_for_update(skip_locked=True)
        ).all()
    )
    numbers = {
        row.id: checkpoints.reminders_due(clock.london(row.invited_at).date(), today)
        for row in rows
    }
    chosen = [row for row in rows if numbers[row.id] > row.reminders_sent]

    def message(row: Row[Any]) -> tuple[str, str]:
        last = "last_reminder" if numbers[row.id] == MOST_REMINDERS else "reminder"
        return last, f"check-in:{row.id}:{numbers[row.id]}"

    for key in _write(chosen, message, by=SYSTEM):
        sent = numbers[key]
        db.session.execute(update(CheckIn).where(CheckIn.id == key).values(reminders_sent=sent))


def remind_now(check_in_ids: Sequence[uuid.UUID], *, by: Actor) -> int:
    """Remind by hand whoever of these has not answered, once a day; how many are written to.

    Nobody is written to who has had the last reminder: it says that we do not ask again.
    """
    rows = [
        row
        for row in _asked(check_in_ids)
        if row.state == "due" and row.reminders_sent < MOST_REMINDERS
    ]
    day = clock.today().isoformat()

    def message(row: Row[Any]) -> tuple[str, str]:
        return "reminder", f"check-in:{row.id}:{day}"

    return len(_write(rows, message, by=by, at_once=True))


def _asked(check_in_ids: Sequence[uuid.UUID]) -> Sequence[Row[Any]]:
    """Check-ins with whose they are and what a message says of them."""
    if not check_in_ids:
        return []
    objectives = select(func.count()).where(Objective.pledge_id == Pledge.id)
    columns: Sequence[Any] = (
        CheckIn.id,
        CheckIn.pledge_id,
        CheckIn.months,
        CheckIn.state,
        CheckIn.due_on,
        CheckIn.closes_on,
        CheckIn.invited_at,
        CheckIn.reminders_sent,
        Pledge.made_at,
        Ambassador.id.label("ambassador_id"),
        Ambassador.person_id,
        objectives.scalar_subquery().label("objectives"),
    )
    return db.session.execute(
        select(*columns)
        .join(Pledge, Pledge.id == CheckIn.pledge_id)
        .join(Ambassador, Ambassador.id == Pledge.ambassador_id)
        .where(CheckIn.id.in_(check_in_ids), Ambassador.state == "active")
        .order_by(CheckIn.id)
    ).all()


def _wordings(pledge_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The objectives of pledges as they stand now, in their order."""
    rows = db.session.execute(
        select(
            Objective.pledge_id,
            Objective.id,
            Objective.position,
            ObjectiveWording.text,
        )
        .join(ObjectiveWording, ObjectiveWording.objective_id == Objective.id)
        .where(Objective.pledge_id.in_(pledge_ids))
        .ext(distinct_on(Objective.pledge_id, Objective.position))
        .order_by(
            Objective.pledge_id,
            Objective.position,
            ObjectiveWording.at.desc(),
            ObjectiveWording.id.desc(),
        )
    )
    found: dict[uuid.UUID, list[dict[str, Any]]] = {key: [] for key in pledge_ids}
    for pledge_id, objective_id, position, said in rows:
        found[pledge_id].append(
            {"objective_id": str(objective_id), "position": position, "text": said}
        )
    return found


def _write(
    rows: Sequence[Row[Any]],
    message: Callable[[Row[Any]], tuple[str, str]],
    *,
    by: Actor,
    at_once: bool = False,
) -> list[uuid.UUID]:
    """Queue one message each: `message(row)` gives its template and its key; whose are new."""
    held = _linked(rows)
    written = letters.write(
        [
            Letter(
                row.ambassador_id,
                "check-in",
                message(row)[0],
                message(row)[1],
                ("check_in", row.id),
                values_of(row),
                {"check_in": held[row.id]},
                at_once=at_once,
                deadline=clock.start_of(row.closes_on),
            )
            for row in rows
        ],
        by=by,
    )
    return [letter.about[1] for letter in written]


def _linked(rows: Sequence[Row[Any]]) -> dict[uuid.UUID, uuid.UUID]:
    """The link to each check-in: the one that lives, or another where there is none (any more)."""
    held = links.live_for(CHECK_IN, [row.id for row in rows])
    for row in rows:
        if row.id not in held:
            until = clock.start_of(row.due_on + checkpoints.LINK_LASTS)
            pairs = [(row.id, row.person_id)]
            held |= letters.grant(CHECK_IN, pairs, expires_at=max(until, clock.now() + REPLY_TIME))
    return held


def values_of(row: Any) -> dict[str, Any]:
    """What a message says of a check-in: counts and dates, never the ambassador's own words."""
    return {
        "months": row.months,
        "date": words.date(row.made_at),
        "objectives": row.objectives,
        "closes": words.date(row.closes_on),
    }


def preview(check_in_ids: Sequence[uuid.UUID], *, by: Actor) -> tuple[str, str]:
    """Subject and text of the reminder as the first of these would get it, with no link in it."""
    rows = _asked(check_in_ids[:1])
    if not rows:
        return "", ""
    template = "ambassadors/mail/reminder.txt"
    made = wording.make(template, values_of(rows[0]), first_name="(first name)", by=by)
    return made[0], wording.plain(made[1], {"check_in": None})
