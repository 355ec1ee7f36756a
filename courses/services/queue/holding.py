"""Until when places are held: a moment set anew, or put off while a manager is asked.

Both of a pair are held until the same moment. The caller holds the course.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update

from courses.models import Approval, Offer
from courses.queries import deadlines, offers
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import OfferRow
from courses.services import links
from courses.services.queue import ending, letters
from lms import clock
from lms.contracts import SYSTEM, Actor
from lms.db import db


def longer(cohort: CohortFacts, held: OfferRow) -> datetime:
    """Hold a place, of a pair both, for as long as one offered now would be; until when.

    Never shorter than it was. Whoever has not been told yet reads the later moment at once.
    """
    together = offers.of_pair(held)
    kept = max(one.expires_at for one in together)
    moment = max(kept, deadlines.until(cohort, clock.now()) or kept)
    knows = letters.told(together) | {one.id for one in together if one.agreed_at}
    until(cohort, together, moment, telling=[one for one in together if one.id not in knows])
    return moment


def until(
    cohort: CohortFacts,
    held: Collection[OfferRow],
    moment: datetime,
    *,
    telling: Collection[OfferRow],
    changes: Sequence[str] = (),
    by: Actor = SYSTEM,
) -> None:
    """Hold places until a moment, with a new message to some in place of one that is not true.

    It says what `changes` there were to the date.
    """
    ending.change(held, expires_at=moment)
    db.session.execute(
        update(Approval)
        .where(Approval.booking_id.in_([one.booking_id for one in held]), Approval.answer.is_(None))
        .values(answer_by=moment, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    for one in held:
        links.to_offer(one.id, one.person_id, moment)
    ids = {one.id for one in telling}
    letters.hush(list(ids), by=SYSTEM, why="the place is held until later")
    ending.change(telling, token_version=Offer.token_version + 1)
    rows = [row for row in offers.of_cohort(cohort.id) if row.id in ids]
    letters.offer(cohort, rows, changes=changes, by=by)
