"""A small programme with one of everything that an address may name, and one person per role.

The tests of the routes open every address of it as everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from textwrap import wrap
from uuid import UUID

from sqlalchemy import select

from certificates import number as numbers
from certificates.models import Certificate, CertificateFile, Preview
from courses.imports import uploads
from courses.imports.services import staging
from courses.models import (
    Approval,
    Booking,
    Cohort,
    Course,
    Edition,
    Offer,
    Place,
    Session,
    Waiting,
)
from courses.services.register import REST
from lms import clock, events
from lms.ambassadors.models import (
    Ambassador,
    Bulletin,
    Candidate,
    CheckIn,
    NetworkMeeting,
    Tally,
)
from lms.ambassadors.services import asking, case_studies, tallies
from lms.ambassadors.services.case_studies import Story
from lms.contracts import SYSTEM, Actor, Grant, Role, Scope, ScopeKind
from lms.db import db
from lms.people import links
from lms.people.models import Locality, Organisation, Person
from surveys.models import Assignment, Wave
from surveys.services import assigning
from tests import factories as make
from tests.ambassadors import making
from tests.certificates.making import shown
from tests.contracts import handed_in
from tests.courses.importing import file_of, people
from tests.reports import making as reporting

ROLES = (
    "nobody",
    "trainee",
    "stranger",
    "trainer",
    "visitor",
    "coordinator",
    "shared",
    "other",
    "manager",
    "analyst",
    "administrator",
)
"""Who opens the addresses: `trainee` is the one on the cohort, `stranger` another; `trainer`
teaches it, `visitor` teaches for another provider; `coordinator` has the trainee's place, `shared`
the other place of the cohort, `other` a place it is not for."""


@dataclass(frozen=True)
class Programme:
    """Ids of the rows that addresses name, tokens by purpose, and people by role."""

    ids: Mapping[str, str]
    drafts: Mapping[str, str]
    tokens: Mapping[str, str]
    people: Mapping[str, UUID]


def build() -> Programme:
    """Make its rows; the caller commits."""
    events.publish(events.Upgraded(SYSTEM))
    herts, essex, kent = (make.locality(name) for name in ("Hertfordshire", "Essex", "Kent"))
    school = make.organisation("Hill School", locality_id=herts.id)
    job = make.profession()
    amara = make.person("Amara", "Okafor", organisation_id=school.id, profession_id=job.id)
    who = _people(herts, essex, kent, school.id) | {"trainee": amara}
    cohort = _cohort(herts, essex, who)
    draft = _draft(herts)
    booking = make.booking(cohort, amara, locality_id=herts.id, organisation_id=school.id)
    assigning.set_waves(cohort.id)
    assigning.assign(cohort.id, [booking.id])
    wave, asked = _asked(cohort)
    certificate = _certificate(booking)
    grant = make.grant(make.person(), "coordinator", "locality", herts.id)
    message = make.message(amara, locality_ids=[herts.id])
    preview = make.keep(Preview(booking_id=booking.id, state="ready", pdf=b"%PDF-"))
    waits, offer = _held(herts, amara)
    approval = _approval(cohort, herts, who["manager"])
    ambassador = _Ambassador.of(amara, herts, school)
    tokens = ambassador.tokens() | _tokens(amara, cohort, certificate, asked, offer)
    tokens["approval"] = links.token(make.personal_link(who["manager"], "approval", approval.id))
    ids = {
        "cohort_id": cohort.id,
        "approval_id": approval.id,
        "booking_id": booking.id,
        "person_id": amara.id,
        "certificate_id": certificate.id,
        "preview_id": preview.id,
        "wave_id": wave.id,
        "assignment_id": asked.id,
        "waiting_id": waits.id,
        "batch_id": _batch(cohort, who["coordinator"]),
        "message_id": message.id,
        "organisation_id": school.id,
        "grant_id": grant.id,
        **ambassador.ids(herts, who["coordinator"]),
        **reporting.ids(herts, who["coordinator"]),
        "report_slug": "programme",
        **handed_in.ids(herts, school),
        "mark_id": make.attendance(_first_place(booking), why=REST).id,
        "venue_id": make.venue(locality_id=herts.id).id,
        "slug": "brief-encounters",
        "code": cohort.code,
        "verdict": "add",
        "form": "csv",
        "verb": "hold",
        "role": "coordinator",
        "step": 1,
        "filename": "build/favicon.svg",
        "number": str(certificate.shown["number"]),
    }
    named = {key: str(value) for key, value in ids.items()}
    return Programme(
        ids=named,
        drafts=named | {"cohort_id": str(draft.id)},
        tokens=tokens,
        people={role: person.id for role, person in who.items()},
    )


def _people(herts: Locality, essex: Locality, kent: Locality, school: UUID) -> dict[str, Person]:
    """One person for each role but the trainee."""
    made = {role: make.person(role.capitalize()) for role in ROLES if role != "nobody"}
    grants = {
        "trainer": ("trainer", "provider", "oneplusone"),
        "visitor": ("trainer", "provider", "tavistock"),
        "coordinator": ("coordinator", "locality", herts.id),
        "shared": ("coordinator", "locality", essex.id),
        "other": ("coordinator", "locality", kent.id),
        "manager": ("manager", "organisation", school),
        "analyst": ("analyst", "programme", ""),
        "administrator": ("administrator", "programme", ""),
    }
    for role, grant in grants.items():
        make.grant(made[role], *grant)
    return made


def _edition() -> tuple[Course, Edition]:
    course = db.session.scalars(
        select(Course).where(Course.key == "oneplusone:brief-encounters")
    ).one()
    edition = db.session.scalars(
        select(Edition).where(Edition.course_id == course.id, Edition.key == "four-sessions")
    ).one()
    return course, edition


def _cohort(herts: Locality, essex: Locality, who: Mapping[str, Person]) -> Cohort:
    """A published cohort for two places that begins in five days."""
    course, edition = _edition()
    cohort = make.cohort(edition, herts, essex, code="BE-01", template=course.template)
    teacher = make.trainer(who["trainer"])
    make.trainer(who["visitor"], provider_key="tavistock")
    first = clock.today() + timedelta(days=5)
    for week in range(4):
        make.teaches(teacher, make.session(cohort, first + timedelta(weeks=week)))
    return cohort


def _first_place(booking: Booking) -> Place:
    """Somebody's place at the first session."""
    places = select(Place).join(Session).where(Place.booking_id == booking.id)
    return db.session.scalars(places.order_by(Session.during).limit(1)).one()


def _draft(herts: Locality) -> Cohort:
    course, edition = _edition()
    return make.cohort(
        edition, herts, code="BE-02", state="draft", template=course.template, draft={}
    )


def _held(herts: Locality, amara: Person) -> tuple[Waiting, Offer]:
    """A place on another date that is held for her."""
    _, edition = _edition()
    cohort = make.cohort(edition, herts, code="BE-03")
    make.session(cohort, clock.today() + timedelta(days=60))
    waits = make.waiting(cohort, amara)
    return waits, make.offer(waits, cohort)


def _approval(cohort: Cohort, herts: Locality, manager: Person) -> Approval:
    """Somebody else's request, which their manager has not answered."""
    asks = make.booking(cohort, state="requested", locality_id=herts.id)
    return make.keep(
        Approval(
            booking_id=asks.id,
            manager_id=manager.id,
            asked_at=clock.now(),
            answer_by=clock.now() + timedelta(days=5),
        )
    )


def _asked(cohort: Cohort) -> tuple[Wave, Assignment]:
    wave = db.session.scalars(
        select(Wave).where(Wave.cohort_id == cohort.id, Wave.kind == "pre")
    ).one()
    return wave, db.session.scalars(select(Assignment).where(Assignment.wave_id == wave.id)).one()


def _certificate(booking: Booking) -> Certificate:
    """One that was issued."""
    pdf, number = b"%PDF-1.7 as it was printed", numbers.new()
    made = make.certificate(
        make.completion(booking),
        number=number,
        shown=shown(number="-".join(wrap(number, 4))).as_json(),
        state="issued",
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        rendered_at=clock.now(),
    )
    make.keep(CertificateFile(certificate_id=made.id, pdf=pdf))
    return made


def _batch(cohort: Cohort, by: Person) -> UUID:
    """A file that the coordinator has uploaded and not yet added."""
    scope = Scope(ScopeKind.PROGRAMME)
    actor = Actor(by.id, "Priya Nair", (Grant(Role.COORDINATOR, scope),))
    upload = uploads.people(file_of(people(2)), "names.csv", provider="oneplusone")
    return staging.stage(cohort.id, upload, by=actor)


def _tokens(
    amara: Person, cohort: Cohort, certificate: Certificate, asked: Assignment, offer: Offer
) -> dict[str, str]:
    """A token for each purpose."""
    course_id = db.session.scalars(
        select(Course.id).where(Course.key == "oneplusone:brief-encounters")
    ).one()
    objects = {
        "booking": cohort.id,
        "certificate": certificate.id,
        "survey": asked.id,
        "waiting": course_id,
        "offer": offer.id,
    }
    return {
        purpose: links.token(make.personal_link(amara, purpose, key))
        for purpose, key in objects.items()
    }


@dataclass(frozen=True)
class _Ambassador:
    """Amara as an ambassador with a pledge that is asked about, and what hangs on it."""

    made: Ambassador
    asked: CheckIn
    month: Tally

    @classmethod
    def of(cls, amara: Person, herts: Locality, school: Organisation) -> _Ambassador:
        """She said yes, finished, pledged, and is asked how it goes."""
        made = making.ambassador(making.World(herts, school, amara), amara)
        asked = making.check_in(making.pledged(made), 1)
        asked.due_on = clock.today()
        db.session.flush()
        asking.ask_due()
        last = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
        made.accepted_at = clock.start_of(last)
        db.session.flush()
        tallies.ask()
        return cls(made, asked, db.session.scalars(select(Tally)).one())

    def ids(self, herts: Locality, by: Person) -> dict[str, UUID | int]:
        """Of the rows that this room's addresses name."""
        making.completed(make.person(organisation_id=None), by.id, herts)
        study = Story("We met.", "I asked.", "More.", "Ask.", ["public"], "role", making.date_in(9))
        meeting = make.keep(
            NetworkMeeting(
                locality_id=herts.id,
                title="Spring",
                starts_at=clock.now() + timedelta(days=2),
                ends_at=clock.now() + timedelta(days=2, hours=2),
            )
        )
        bulletin = make.keep(
            Bulletin(
                subject="News", body="Two things.", recipients=1, locality_ids=[herts.id],
                by_label="Priya Nair",
            )
        )  # fmt: skip
        candidate = db.session.scalars(select(Candidate).where(Candidate.booking_id == by.id)).one()
        return {
            "ambassador_id": self.made.id,
            "check_in_id": self.asked.id,
            "tally_id": self.month.id,
            "candidate_id": candidate.id,
            "case_study_id": case_studies.write(self.made.id, study, send=True, by=SYSTEM),
            "meeting_id": meeting.id,
            "bulletin_id": bulletin.id,
            "position": 1,
        }

    def tokens(self) -> dict[str, str]:
        """By purpose."""
        rows = {"ambassador": self.made, "check_in": self.asked, "tally": self.month}
        return {purpose: making.token(row, purpose) for purpose, row in rows.items()}
