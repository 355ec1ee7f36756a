"""The audit trail offers a link only where whoever reads it may open the page behind it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

from lms import audit, clock
from lms.ambassadors.models import Ambassador, Bulletin, CaseStudy, NetworkMeeting, Pledge
from lms.contracts import Actor
from lms.db import unit_of_work, uuid7
from lms.people.models import Locality, Organisation, Person
from lms.records import ImportBatch
from tests import factories
from tests.people.test_people_pages import administrator, two_places
from tests.reports import making

__all__ = ["two_places"]

LINK = re.compile(r'<a class="govuk-link" href="(/[^"]+)">')


def things(place: Locality, organisation: Organisation, worker: Person) -> dict[str, UUID]:
    """One of each thing that has a page, of one place, by the kind that the trail calls it."""
    cohort = factories.cohort(None, place)
    booking = factories.booking(cohort, worker, locality_id=place.id)
    wave = factories.wave(cohort)
    now = clock.now()
    ambassador = factories.keep(
        Ambassador(person_id=worker.id, locality_id=place.id, state="invited", invited_at=now)
    )
    words = dict.fromkeys(("situation", "action", "change", "lesson"), "Words.")
    study = CaseStudy(
        ambassador_id=ambassador.id, state="submitted", submitted_at=now, uses=[], naming="neither",
        consent_version=1, expires_on=date(2030, 1, 1), **words,
    )  # fmt: skip
    meeting = NetworkMeeting(
        locality_id=place.id, title="Meeting", starts_at=now, ends_at=now + timedelta(hours=1)
    )
    bulletin = Bulletin(
        subject="News", body="News.", recipients=1, locality_ids=[place.id], by_label="Priya"
    )
    batch = ImportBatch(
        id=uuid7(), kind="people", importer_key="x", file_name="x.csv", file_sha256="",
        by_label="Priya", subject_type="cohort", subject_id=cohort.id, state="confirmed",
        confirmed_at=now,
    )  # fmt: skip
    return {
        "person": worker.id,
        "courses_cohort": cohort.id,
        "courses_booking": booking.id,
        "courses_venue": factories.venue(locality_id=place.id).id,
        "surveys_wave": wave.id,
        "surveys_assignment": factories.assignment(wave, booking).id,
        "ambassador": ambassador.id,
        "pledge": factories.keep(Pledge(ambassador_id=ambassador.id, strength=4)).id,
        "case_study": factories.keep(study).id,
        "network_meeting": factories.keep(meeting).id,
        "bulletin": factories.keep(bulletin).id,
        "message": factories.message(worker, locality_ids=[place.id]).id,
        "import_batch": factories.keep(batch).id,
    }


def test_a_places_administrator_is_given_links_to_what_they_can_open_and_to_nothing_else(
    session, two_places, as_person
):
    """Whoever works in their place may have done something elsewhere: it stands there unlinked."""
    (here, organisation, worker, coordinator), (there, elsewhere, stranger, _) = two_places
    ada = factories.person("Ada", "Place", organisation_id=organisation.id)
    for role in ("administrator", "analyst"):
        factories.grant(ada, role, "locality", str(here.id))
    mine, theirs = things(here, organisation, worker), things(there, elsewhere, stranger)
    given = making.ids(here, coordinator)
    mine |= {"release": given["release_id"], "return": given["return_id"]}
    priya = Actor(coordinator.id, "Priya", ())
    for ids in (mine, theirs):
        with unit_of_work():
            for kind, key in ids.items():
                audit.write("changed", kind, key, by=priya)
    browser = as_person(ada)
    pages = [browser.get(f"/audit?page={number}").text for number in (1, 2)]
    links = [link for page in pages for link in LINK.findall(page.partition("<table")[2])]
    opened = {link: browser.get(link).status_code for link in links}
    assert {link: code for link, code in opened.items() if code != 200} == {}
    assert len([link for link in links if link.count("/") > 1]) == len(mine)
    assert not [key for key in theirs.values() for page in pages if str(key) in page]


def test_whoever_administers_everything_is_given_every_link(session, two_places, as_person):
    (place, organisation, worker, _), _ = two_places
    ids = things(place, organisation, worker)
    with unit_of_work():
        for kind, key in ids.items():
            audit.write("changed", kind, key, by=Actor(worker.id, "Amara", ()))
    page = as_person(administrator()).get("/audit").text
    assert len(LINK.findall(page.partition("<table")[2])) >= len(ids)
