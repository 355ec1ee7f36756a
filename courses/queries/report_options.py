"""The courses and cohorts by which a report may be narrowed, for whoever may count them.

`courses.plugin` answers the reports room with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from courses import access
from courses.models import Cohort, Course, Edition, Session
from courses.queries import outcomes
from lms import clock
from lms.contracts import Actor, Filter, Option
from lms.db import db
from lms.web import words


def options(actor: Actor) -> Iterator[Option]:
    """Courses by title, then cohorts by course and code: those that are over, as reports count."""
    rows = db.session.execute(
        select(
            Course.key,
            Course.slug,
            Course.title,
            Cohort.id,
            Cohort.code,
            func.min(func.lower(Session.during)).label("begins"),
            (outcomes.ended_at() <= clock.now()).label("is_over"),
        )
        .join(Edition, Edition.course_id == Course.id)
        .join(Cohort, Cohort.edition_id == Edition.id)
        .outerjoin(Session, (Session.cohort_id == Cohort.id) & Session.holds)
        .where(
            access.cohorts(actor, access.COUNT),
            Cohort.state.not_in(("draft", "scheduled", "cancelled")),
        )
        .group_by(Course.id, Cohort.id)
        .order_by(Course.title, Cohort.code)
    ).all()
    for key, slug, title in dict.fromkeys((row.key, row.slug, row.title) for row in rows):
        yield Option(Filter.COURSE, key, title, slug)
    for row in rows:
        if row.is_over:
            said = _cohort(row.title, row.code, row.begins)
            yield Option(Filter.COHORT, str(row.id), said, row.code)


def _cohort(title: str, code: str, begins: datetime | None) -> str:
    return f"{code}, {title}" + (f", {words.short_date(begins)}" if begins else "")
