"""What the team does with certificates: issue what is missing, replace, withdraw, within reach."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from certificates import services
from certificates.models import Certificate, CertificateChange
from lms.contracts import SYSTEM, Actor, Grant, Role, Scope, ScopeKind
from lms.db import Complaint, db
from lms.errors import NotFound
from lms.events import CompletionWithdrawn, publish
from lms.messages.models import Message
from lms.testing import RunJobs
from tests import factories as make
from tests.certificates import making

pytestmark = pytest.mark.usefixtures("session")


def issued(someone: making.Finisher, run_jobs: RunJobs) -> Certificate:
    """Somebody's certificate, printed."""
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    (certificate,) = making.of(someone.booking)
    return certificate


def history(certificate: Certificate) -> list[tuple[str | None, str, str]]:
    rows = db.session.scalars(
        select(CertificateChange)
        .where(CertificateChange.certificate_id == certificate.id)
        .order_by(CertificateChange.id)
    )
    return [(row.from_state, row.to_state, row.by_label) for row in rows]


def bodies(kind: str) -> list[str]:
    found = select(Message.body).where(Message.kind == kind).order_by(Message.id)
    return list(db.session.scalars(found))


def withdraw_completion(someone: making.Finisher) -> None:
    """What courses writes and says when a corrected register undoes a completion."""
    later = make.completion(someone.booking, "not_completed", replaces_id=someone.completion.id)
    publish(CompletionWithdrawn(SYSTEM, someone.cohort.id, someone.booking.id, later.id))


def test_a_replaced_certificate_says_so_and_a_new_one_with_the_corrected_name_takes_its_place(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher(family_name="Okafro")
    old = issued(someone, run_jobs)
    someone.person.family_name = "Okafor"
    _, priya = making.coordinator(someone.locality)
    new_id = services.replace(old.id, reason="The name was spelt wrongly", by=priya)
    run_jobs()
    before, after = making.of(someone.booking)
    assert (before.state, before.shown["name"]) == ("replaced", "Amara Okafro")
    assert (after.id, after.state, after.shown["name"]) == (new_id, "issued", "Amara Okafor")
    assert after.replaces_id == before.id
    assert after.number != before.number
    assert history(before)[-1] == ("issued", "replaced", "Priya Nair")
    (told,) = bodies("certificate_replaced")
    assert "Priya Nair replaced your certificate" in told
    assert "The name was spelt wrongly" in told
    assert after.shown["number"] in told
    assert len(bodies("certificate_ready")) == 1


def test_a_withdrawn_certificate_says_so_and_its_holder_is_told_why(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    certificate = issued(someone, run_jobs)
    _, priya = making.coordinator(someone.locality)
    services.withdraw(certificate.id, reason="Issued to the wrong person", by=priya)
    assert [c.state for c in making.of(someone.booking)] == ["withdrawn"]
    assert history(certificate)[-1] == ("issued", "withdrawn", "Priya Nair")
    (told,) = bodies("certificate_withdrawn")
    assert "Reason: Issued to the wrong person" in told


def test_only_what_is_issued_now_can_be_replaced_or_withdrawn(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    certificate = issued(someone, run_jobs)
    _, priya = making.coordinator(someone.locality)
    services.withdraw(certificate.id, reason="A mistake", by=priya)
    for verb in (services.withdraw, services.replace):
        with pytest.raises(Complaint, match="Somebody else has changed this certificate"):
            verb(certificate.id, reason="Again", by=priya)


def test_a_coordinator_of_another_place_cannot_find_it_even_on_a_shared_cohort(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    certificate = issued(someone, run_jobs)
    elsewhere = make.locality()
    make.keep(making.CohortLocality(cohort_id=someone.cohort.id, locality_id=elsewhere.id))
    _, stranger = making.coordinator(elsewhere)
    for verb in (services.withdraw, services.replace):
        with pytest.raises(NotFound):
            verb(certificate.id, reason="Mine now", by=stranger)
    assert services.earned_without(someone.cohort.id, stranger) == []


def test_a_trainer_cannot_issue_or_withdraw(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    certificate = issued(someone, run_jobs)
    held = Grant(Role.TRAINER, Scope(ScopeKind.PROGRAMME))
    trainer = Actor(make.person("Sam").id, "Sam", (held,))
    with pytest.raises(NotFound):
        services.withdraw(certificate.id, reason="No", by=trainer)


# -- a corrected register ------------------------------------------------------------------------


def test_a_certificate_stands_when_the_register_is_corrected_afterwards(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    issued(someone, run_jobs)
    withdraw_completion(someone)
    assert [c.state for c in making.of(someone.booking)] == ["issued"]
    assert bodies("certificate_withdrawn") == []


def test_one_not_printed_yet_never_is_when_the_register_is_corrected_first(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    withdraw_completion(someone)
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["withdrawn"]
    assert bodies("certificate_ready") == []


def test_replacing_one_whose_rule_is_not_met_any_more_certifies_the_hours_attended(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher(attended=None)
    old = issued(someone, run_jobs)
    first, second = db.session.query(making.Place).filter_by(booking_id=someone.booking.id)
    make.attendance(first, "present", minutes=180)
    make.attendance(second, "late", minutes=150)
    withdraw_completion(someone)
    _, priya = making.coordinator(someone.locality)
    services.replace(old.id, reason="The register was corrected", by=priya)
    run_jobs()
    _, new = making.of(someone.booking)
    assert (new.kind, new.state) == ("attendance", "issued")
    assert new.shown["kind_words"] == "attended 5.5 of 6 hours of"


# -- in bulk -----------------------------------------------------------------------------------


def test_issuing_what_is_missing_asks_for_those_who_met_the_rule_and_for_nobody_twice(
    run_jobs: RunJobs,
) -> None:
    on = making.cohort()
    has_one, met, withdrawn = (making.finisher(on, name) for name in ("Amara", "Beth", "Colin"))
    not_met = making.finisher(on, "Dilys", verdict="not_yet")
    issued(has_one, run_jobs)
    _, priya = making.coordinator(on[1])
    services.withdraw(issued(withdrawn, run_jobs).id, reason="A mistake", by=priya)
    assert services.issue_missing(on[0].id, by=priya) == 1
    assert services.issue_missing(on[0].id, by=priya) == 0
    run_jobs()
    states = [[c.state for c in making.of(p.booking)] for p in (has_one, met, withdrawn, not_met)]
    assert states == [["issued"], ["issued"], ["withdrawn"], []]


def test_a_failed_one_is_among_those_missing_and_is_tried_again(run_jobs: RunJobs) -> None:
    someone = making.finisher(given_name="A" * 150, family_name="B" * 150)
    assert issued(someone, run_jobs).state == "failed"
    someone.person.given_name, someone.person.family_name = "Amara", "Okafor"
    _, priya = making.coordinator(someone.locality)
    assert services.issue_missing(someone.cohort.id, by=priya) == 1
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["issued"]


def test_the_kind_of_certificate_decides_its_words(run_jobs: RunJobs) -> None:
    accredited = making.finisher(making.cohort("accreditation"))
    certificate = issued(accredited, run_jobs)
    assert certificate.kind == "accreditation"
    assert certificate.shown["kind_title"] == "Certificate of accreditation"
    assert certificate.shown["kind_words"] == "is accredited to facilitate"
