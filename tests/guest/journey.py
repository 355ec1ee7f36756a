"""A course of Acme's from the catalogue to the certificate, in a process where Acme is installed.

`test_guest.py` runs it against a real database and reads what it prints: what was seen, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from courses.models import Cohort, Course, Edition, Session
from courses.services import booking, register
from lms import clock, events, jobs
from lms.app import create_app
from lms.contracts import (
    SYSTEM,
    Actor,
    Audience,
    Grant,
    ReportQuery,
    Role,
    Scope,
    ScopeKind,
    Sheet,
)
from lms.db import commit, db, unit_of_work
from lms.people import links, sessions
from lms.people.models import Person
from lms.registry import current_registry
from lms.settings import read_settings
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask
from surveys.models import Assignment, Wave
from surveys.services import assigning
from tests import factories as make

COURSE = "acme_training:tea-and-talk"


def main() -> dict[str, Any]:
    """Everything that was seen on the way."""
    app = create_app(read_settings())
    app.test_client_class = PageClient
    with app.app_context():
        seen = catalogue()
        priya, amara, cohort = programme()
        seen |= booked(cohort, amara, priya)
        seen |= pages(app, priya, cohort)
        seen |= answered(app, cohort, amara)
        seen |= finished(app, cohort, priya)
        seen |= asked(amara, priya, cohort)
        seen |= erased(cohort)
        seen["troubles"] = [[one.plugin, one.hook, one.message] for one in registry().troubles]
        commit()
    return seen


def registry() -> Any:
    return current_registry()


def catalogue() -> dict[str, Any]:
    course = db.session.scalars(select(Course).where(Course.key == COURSE)).one()
    return {"course": course.title, "state": course.state, "slug": course.slug}


def programme() -> tuple[Person, Person, Cohort]:
    """A place with a coordinator, somebody to train, and a published cohort that begins soon."""
    herts = make.locality("Hertfordshire")
    school = make.organisation("Hill School", locality_id=herts.id)
    priya = make.person("Priya", "Nair", organisation_id=school.id)
    make.grant(priya, "coordinator", "locality", herts.id)
    job = make.profession()
    amara = make.person("Amara", "Okafor", organisation_id=school.id, profession_id=job.id)
    course = db.session.scalars(select(Course).where(Course.key == COURSE)).one()
    edition = db.session.scalars(select(Edition).where(Edition.course_id == course.id)).one()
    rule = {
        "components": [
            {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 150}
        ]
    }
    cohort = make.cohort(edition, herts, code="TT-01", template=course.template, rule=rule)
    begins = clock.now() + timedelta(minutes=10)
    during = make.hours(clock.today())
    make.session(cohort, type(during)(begins, begins + timedelta(hours=3), bounds="[)"))
    assigning.set_waves(cohort.id)
    commit()
    return priya, amara, cohort


def coordinator(priya: Person) -> Actor:
    return Actor(priya.id, "Priya Nair", (Grant(Role.COORDINATOR, Scope(ScopeKind.PROGRAMME)),))


def booked(cohort: Cohort, amara: Person, priya: Person) -> dict[str, Any]:
    """Acme hears of the booking and pours a cup."""
    with unit_of_work():
        booking.book_many(cohort.id, [amara.id], source="coordinator", by=coordinator(priya))
    cups = db.session.scalar(text("select count(*) from acme_training_cup"))
    letter = db.session.scalar(text("select body from messages_message limit 1"))
    return {"cups": cups, "note_in_letter": "There will be tea." in str(letter)}


def pages(app: LmsFlask, priya: Person, cohort: Cohort) -> dict[str, Any]:
    """What a coordinator sees of Acme, and what others do not."""
    browser = app.test_client()
    now = int(clock.now().timestamp())
    with browser.session_transaction() as held:
        held[sessions.PERSON], held[sessions.EPOCH] = str(priya.id), priya.session_epoch
        held[sessions.SINCE] = held[sessions.SEEN] = now
    of_cohort = browser.get(f"/cohorts/{cohort.id}")
    home = browser.get("/home")
    listed = browser.get("/cohorts")
    return {
        "panel": "1 cups of tea" in of_cohort.text,
        "column": "Cups" in of_cohort.text,
        "column_of_cohorts": "1 poured" in listed.text,
        "todo": "Order tea" in home.text,
        "agenda": "Tea break" in home.text,
        "navigation": 'href="/x/acme_training/cups"' in home.text,
        "own_page": browser.get("/x/acme_training/cups").text.count("1 cups"),
        "own_page_for_nobody": app.test_client().get("/x/acme_training/cups").status_code,
        "course_page": browser.get("/courses/tea-and-talk").status_code,
    }


def answered(app: LmsFlask, cohort: Cohort, amara: Person) -> dict[str, Any]:
    """Acme's own question is drawn, refuses what it does not offer, and is answered."""
    asked = db.session.scalars(
        select(Assignment)
        .join(Wave, Wave.id == Assignment.wave_id)
        .where(Wave.cohort_id == cohort.id, Wave.kind == "pre")
    ).one()
    live = links.live_for(assigning.LINK, [asked.id])
    address = f"/s/{links.token(live[asked.id])}"
    browser = app.test_client()
    drawn = browser.get(address)
    refused = browser.post(address, data={"q-cups": "7"})
    sent = browser.press(address, **{"q-cups": "3"})
    db.session.expire_all()
    kept = db.session.execute(text("select answers, score from surveys_submission")).one()
    return {
        "question_drawn": '<option value="3">3 ☕</option>' in drawn.text,
        "question_refuses": [refused.status_code, "Choose from 0 to 6 cups" in refused.text],
        "question_sent": sent.status_code,
        "answers": kept.answers,
    }


def finished(app: LmsFlask, cohort: Cohort, priya: Person) -> dict[str, Any]:
    """Acme's rule decides, and its design is printed."""
    session = db.session.scalars(select(Session).where(Session.cohort_id == cohort.id)).one()
    clock.set_today(clock.london(session.during.lower).date())  # a register opens on its day
    with unit_of_work():
        register.mark_rest_present(session.id, by=coordinator(priya))
    verdict = db.session.execute(
        text("select verdict, evidence from courses_completion order by created_at desc limit 1")
    ).one()
    commit()
    jobs.run_pending(app)
    certificate = db.session.execute(
        text(
            "select id, shown->>'number' as number, state, design_key, design_version, last_error"
            " from certificates_certificate"
        )
    ).one()
    pdf = db.session.scalar(text("select pdf from certificates_certificate_file"))
    return {
        "verdict": verdict.verdict,
        "evidence": json.dumps(verdict.evidence),
        "certificate": [certificate.state, certificate.design_key, certificate.design_version],
        "certificate_error": certificate.last_error,
        "certificate_id": str(certificate.id),
        "number": certificate.number,
        "pdf": bytes(pdf or b"")[:5].decode(),
    }


def asked(amara: Person, priya: Person, cohort: Cohort) -> dict[str, Any]:
    """Hooks that no page asks yet, or that a file or a person's request asks."""
    sheet = Sheet("Sheet1", (("Acme Training list",), ("Amara Okafor <a@x.uk>",)), (1, 2))
    importer = registry().importers["acme_training:list"]
    [row] = importer.read(sheet)
    records, failed = registry().personal_data(amara.id)
    query = ReportQuery(SYSTEM, Audience.TEAM, clock.now())
    return {
        "priority": acme_points(amara, COURSE),
        "no_priority": acme_points(amara, "oneplusone:brief-encounters"),
        "report": registry().reports["acme-training-cups"].build(query).figures[0].value,
        "measure": registry().measures["acme_training.cups"].figures(query)[0].value,
        "imported": [importer.recognises(sheet), row.family_name, row.email],
        "held": [r.rows for r in records if r.title == "Tea at Acme Training"],
        "held_failed": len(failed),
        "survey_in_words": any(
            ("How many cups do you take a day?", "3 cups") in r.rows for r in records
        ),
        "blockers": registry().undo_blockers(UUID(int=0)),
        "jobs": "acme_training.wash_up" in registry().jobs,
        "version": {one.name: one.version for one in registry().plugins()}["acme_training"],
        "person": str(amara.id),
        "cohort": str(cohort.id),
        "coordinator": str(priya.id),
    }


def acme_points(amara: Person, course: str) -> list[int]:
    """What Acme adds to the rooms' points in a queue."""
    found = registry().booking_priority(amara.id, course)
    return [one.points for one in found if one.key.startswith("acme")]


def erased(cohort: Cohort) -> dict[str, Any]:
    """Acme forgets whom it is told to forget."""
    other = make.person("Zed", "Young")
    with unit_of_work():
        booking.book_many(cohort.id, [other.id], source="coordinator", by=SYSTEM)
    before = db.session.scalar(text("select count(*) from acme_training_cup"))
    with unit_of_work():
        events.publish(events.PersonErased(by=SYSTEM, person_id=other.id))
    after = db.session.scalar(text("select count(*) from acme_training_cup"))
    return {"cups_before_and_after_erasing": [before, after]}


if __name__ == "__main__":
    if "LMS_PLUGINS" not in os.environ:
        sys.exit("LMS_PLUGINS must name acme_training")
    print(json.dumps(main()))  # noqa: T201
