"""What people are told about their place in a queue and about places held for them.

The queue's services call these in the transaction of the change, so that a message exists if and
only if the change does.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from courses.queries import catalogue, waiting
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import OfferRow
from courses.services import links, notices
from courses.services.describing import about
from lms.contracts import Actor
from lms.db import db
from lms.messages.models import Message
from lms.messages.services import NewMessage, cancel_about, queue_many
from lms.messages.services.deciding import PRINTED
from lms.web import words

TEMPLATES = "courses/messages"
OFFER, WAITING = "offer", "waiting"
TOO_NEAR = "it is now too near to hold places, and whoever books first has them"


def joined(course_id: uuid.UUID, person_id: uuid.UUID, *, by: Actor) -> None:
    """Tell somebody their place in the queue, why, and what can change it."""
    place = waiting.position(course_id, person_id)
    if place is None:
        return
    message = NewMessage(
        person_id=person_id,
        kind="courses.waiting",
        template=f"{TEMPLATES}/waiting.txt",
        values={
            "course": catalogue.by_id(course_id).title,
            "nth": waiting.ordinal(place.nth),
            "of": place.of,
            "why": place.why,
            "can_change": waiting.what_can_change(course_id),
        },
        subject_type=WAITING,
        subject_id=place.id,
        links={"list": links.to_list(course_id, person_id)},
    )
    queue_many([message], by=by)


def of_held(until: datetime, *, pair: bool = False, changes: Sequence[str] = ()) -> dict[str, Any]:
    """What the message about a held place says of its deadline, and of changes to the date."""
    return {
        "until": words.weekday_datetime(until),
        "until_time": words.time(until),
        "until_date": words.short_date(until),
        "pair": pair,
        "changes": changes,
    }


def of_ended(reason: str, place: str) -> dict[str, str]:
    """What the message about a place that is held no longer says: why, and where they wait now."""
    return {"reason": reason, "place": place}


def off(reason: str) -> str:
    """Why a place is held no longer on a date that will not take place."""
    return f"the course will not take place on this date. Reason: {words.capital(reason)}"


def offer(
    cohort: CohortFacts, held: Sequence[OfferRow], *, by: Actor, changes: Sequence[str] = ()
) -> None:
    """Tell people that a place is held for them, and until when; each deadline is told once.

    The link works until then, so that a message about a deadline that has passed never goes.
    """
    places = {one.id: links.to_offer(one.id, one.person_id, one.expires_at) for one in held}
    allowed = notices.readers(cohort, [one.booking_id for one in held])
    queue_many(
        [
            _about(
                cohort,
                one,
                "offer",
                of_held(one.expires_at, pair=one.pair_id is not None, changes=changes),
                {"answer": places[one.id]},
                allowed[one.booking_id],
                key=str(one.version),
            )
            for one in held
        ],
        by=by,
    )


def lapsed(cohort: CohortFacts, ended: Sequence[OfferRow], *, by: Actor) -> None:
    """Tell people that the place they did not answer for has been passed on."""
    _ended(cohort, ended, "offer_lapsed", by)


def pair_ended(cohort: CohortFacts, ended: Sequence[OfferRow], *, by: Actor) -> None:
    """Tell people that the place held for them goes on, since who comes with them cannot."""
    reason = "the person who comes with you cannot come on this date"
    _ended(cohort, ended, "offer_ended", by, reason=reason)


def revoked(cohort: CohortFacts, ended: Sequence[OfferRow], *, reason: str, by: Actor) -> None:
    """Tell people that the date whose place was held for them will not take place."""
    _ended(cohort, ended, "offer_ended", by, reason=off(reason))


def too_near(cohort: CohortFacts, ended: Sequence[OfferRow], *, by: Actor) -> None:
    """Tell people that the date is too near by now for its places to be held."""
    _ended(cohort, ended, "offer_ended", by, reason=TOO_NEAR)


def unanswered(cohort: CohortFacts, ended: Sequence[OfferRow], *, by: Actor) -> None:
    """Tell people who said yes that the place goes on, since their manager said nothing."""
    _ended(cohort, ended, "offer_ended", by, reason="your manager did not answer in time")


def told(held: Sequence[OfferRow]) -> set[uuid.UUID]:
    """Those of these offers whose people have been told how they stand: the newest message has
    gone, or has been printed and handed over.
    """
    newest = {_key(OFFER, one.id, one.version): one.id for one in held}
    rows = db.session.scalars(
        select(Message.dedupe_key).where(Message.dedupe_key.in_(newest), _gone())
    )
    return {newest[key] for key in rows}


def heard_of(held: Sequence[OfferRow]) -> set[uuid.UUID]:
    """Those whose people know of the place, or may: they agreed, or some message was let go."""
    rows = db.session.scalars(
        select(Message.subject_id).where(
            Message.subject_type == OFFER,
            Message.subject_id.in_([one.id for one in held]),
            Message.kind == "courses.offer",
            _gone() | Message.state.in_(("sending", "uncertain")),
        )
    )
    return {one for one in rows if one is not None} | {one.id for one in held if one.agreed_at}


def _gone() -> ColumnElement[bool]:
    printed = (Message.state == "cancelled") & (Message.last_error == PRINTED)
    return Message.state.in_(("sent", "bounced")) | printed


def hush_place(waiting_ids: Sequence[uuid.UUID], *, by: Actor, why: str) -> None:
    """Never send what waits about these people's places in the queue: it is not true any more."""
    cancel_about(WAITING, waiting_ids, by=by, why=why)


def hush(offer_ids: Sequence[uuid.UUID], *, by: Actor, why: str) -> None:
    """Never send what waits about these offers."""
    cancel_about(OFFER, offer_ids, by=by, why=why)


def _ended(
    cohort: CohortFacts, ended: Sequence[OfferRow], template: str, by: Actor, reason: str = ""
) -> None:
    if not ended:
        return
    places = waiting.places(cohort.course_id)
    allowed = notices.readers(cohort, [one.booking_id for one in ended])
    queue_many(
        [
            _about(
                cohort,
                one,
                template,
                of_ended(reason, places.get(one.person_id, ""))
                | {"deadline": words.weekday_datetime(one.expires_at)},
                {"list": links.to_list(one.course_id, one.person_id)},
                allowed[one.booking_id],
            )
            for one in ended
        ],
        by=by,
    )


def _about(
    cohort: CohortFacts,
    one: OfferRow,
    template: str,
    values: Mapping[str, Any],
    found: dict[str, uuid.UUID],
    allowed: Sequence[uuid.UUID],
    key: str = "",
) -> NewMessage:
    return NewMessage(
        person_id=one.person_id,
        kind=f"courses.{template}",
        template=f"{TEMPLATES}/{template}.txt",
        klass="now",
        values={**about(cohort), **values},
        subject_type=OFFER,
        subject_id=one.id,
        about_type="cohort",
        about_id=cohort.id,
        locality_ids=allowed,
        links=found,
        dedupe_key=_key(template, one.id, key),
    )


def _key(template: str, offer_id: uuid.UUID, which: object) -> str:
    """A message about an offer exists once, one about its place once for each deadline."""
    return f"courses.{template}:{offer_id}:{which}"
