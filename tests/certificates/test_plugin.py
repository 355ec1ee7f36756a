"""What the room says elsewhere: to-dos, the home page, the cockpit's column, one's own data."""

from __future__ import annotations

import pytest

from certificates import plugin, services
from lms import clock
from lms.contracts import SYSTEM, Actor, Grant, Place, Role, Scope, ScopeKind, Todo
from lms.records import ImportBatch, ImportRow
from lms.testing import MakeApp, RunJobs
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.certificates import making
from tests.certificates.test_services import withdraw_completion

pytestmark = pytest.mark.usefixtures("session")


def holder(of: making.Finisher) -> Actor:
    """The person themselves, signed in."""
    own = Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(of.person.id)))
    return Actor(of.person.id, "Amara Okafor", (own,))


def todos(app: LmsFlask, actor: Actor) -> list[Todo]:
    with app.test_request_context():
        return list(plugin.lms_todos(actor, clock.today()))


def test_one_that_could_not_be_made_is_on_the_coordinators_list_with_the_reason(
    app: LmsFlask, run_jobs: RunJobs
) -> None:
    someone = making.finisher(given_name="A" * 150, family_name="B" * 150)
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    _, priya = making.coordinator(someone.locality)
    (todo,) = todos(app, priya)
    assert todo.text == f"1 certificate of {someone.cohort.code} could not be made"
    assert todo.reason == "The name is too long to print: it has 301 letters."
    assert todo.url == f"/cohorts/{someone.cohort.id}/certificates"
    assert todos(app, making.coordinator(make.locality())[1]) == []
    assert todos(app, holder(someone)) == []


def test_one_that_stands_without_its_rule_is_on_the_list_until_it_is_withdrawn(
    app: LmsFlask, run_jobs: RunJobs
) -> None:
    someone = making.finisher()
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    _, priya = making.coordinator(someone.locality)
    assert todos(app, priya) == []
    withdraw_completion(someone)
    (todo,) = todos(app, priya)
    assert todo.text == f"Amara Okafor no longer meets the rule of {someone.cohort.code}"
    assert todo.verb == "Withdraw or replace it"
    (certificate,) = making.of(someone.booking)
    services.withdraw(certificate.id, reason="The register was corrected", by=priya)
    assert todos(app, priya) == []


def test_the_holders_home_page_offers_what_counts_and_nothing_else(
    app: LmsFlask, run_jobs: RunJobs
) -> None:
    someone, other = making.finisher(), making.finisher(given_name="Beth", family_name="Lyons")
    for each in (someone, other):
        services.record(each.booking.id, each.completion.id, by=SYSTEM)
    with app.test_request_context():
        assert list(plugin.lms_agenda(holder(someone), clock.today())) == []
        run_jobs()
        (mine,) = plugin.lms_agenda(holder(someone), clock.today())
    (certificate,) = making.of(someone.booking)
    assert mine.title == "Certificate of completion: Brief Encounters"
    assert mine.url == f"/certificates/{certificate.id}"
    assert ("Number", certificate.shown["number"]) in mine.facts


def test_the_cockpits_column_tells_completion_and_certificate(run_jobs: RunJobs) -> None:
    on = making.cohort()
    has_one = making.finisher(on, "Amara")
    met = making.finisher(on, "Beth")
    on_track = making.finisher(on, "Colin", verdict="not_yet")
    cannot = making.finisher(on, "Dilys", verdict="not_completed")
    services.record(has_one.booking.id, has_one.completion.id, by=SYSTEM)
    run_jobs()
    _, priya = making.coordinator(on[1])
    (column,) = plugin.lms_booking_columns(on[0].id, priya)
    assert column.title == "Certificate"
    assert column.cells == {
        has_one.booking.id: "Issued",
        met.booking.id: "Completed",
        on_track.booking.id: "On track",
        cannot.booking.id: "⚠ Cannot complete",
    }
    assert column.foot == "1/4"


def test_a_trainer_sees_who_completed_and_not_who_holds_a_certificate(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    trainer = Actor(None, "Sam", (Grant(Role.TRAINER, Scope(ScopeKind.PROVIDER, "oneplusone")),))
    (column,) = plugin.lms_booking_columns(someone.cohort.id, trainer)
    assert column.cells == {someone.booking.id: "Completed"}


def test_the_cohorts_page_has_a_link_with_the_count_for_those_who_issue(
    app: LmsFlask, run_jobs: RunJobs
) -> None:
    on = making.cohort()
    someone = making.finisher(on)
    making.finisher(on, "Beth", verdict="not_yet")
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    with app.test_request_context():
        (panel,) = plugin.lms_panels(Place.COHORT, on[0].id, making.coordinator(on[1])[1])
        assert (panel.values["issued"], panel.values["booked"]) == (1, 2)
        assert list(plugin.lms_panels(Place.COHORT, on[0].id, holder(someone))) == []


def test_after_the_registers_the_cohorts_page_asks_for_certificates_that_are_missing(
    app: LmsFlask, run_jobs: RunJobs
) -> None:
    on = making.cohort()
    has_one = making.finisher(on, "Amara")
    services.record(has_one.booking.id, has_one.completion.id, by=SYSTEM)
    run_jobs()
    with app.test_request_context():
        _, priya = making.coordinator(on[1])
        assert list(plugin.lms_panels(Place.COHORT_NEXT, on[0].id, priya)) == []
        making.finisher(on, "Beth")
        making.finisher(on, "Colin", verdict="not_yet")
        (panel,) = plugin.lms_panels(Place.COHORT_NEXT, on[0].id, priya)
        assert panel.title == "1 certificate to issue"
        _, stranger = making.coordinator(make.locality())
        assert list(plugin.lms_panels(Place.COHORT_NEXT, on[0].id, stranger)) == []


def test_a_persons_page_lists_their_certificates_for_their_own_coordinator(
    app: LmsFlask, run_jobs: RunJobs
) -> None:
    someone = making.finisher()
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    with app.test_request_context():
        _, priya = making.coordinator(someone.locality)
        (panel,) = plugin.lms_panels(Place.PERSON, someone.person.id, priya)
        (held,) = panel.values["certificates"]
        assert held.shown.name == "Amara Okafor"
        _, stranger = making.coordinator(make.locality())
        assert list(plugin.lms_panels(Place.PERSON, someone.person.id, stranger)) == []


def test_an_import_whose_people_hold_certificates_cannot_be_undone_and_says_who(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    row = {"kind": "people", "importer_key": "core", "file_name": "a.csv", "file_sha256": ""}
    batch = make.keep(ImportBatch(**row, by_label="Priya Nair"))
    booked = {"verdict": "add", "target_type": "booking", "target_id": someone.booking.id}
    make.keep(ImportRow(batch_id=batch.id, row_no=1, **booked))
    assert list(plugin.lms_undo_blockers(batch.id)) == []
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    assert list(plugin.lms_undo_blockers(batch.id)) == ["Amara Okafor holds a certificate"]


def test_a_copy_of_ones_data_holds_every_certificate_with_its_last_step(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    (certificate,) = making.of(someone.booking)
    _, priya = making.coordinator(someone.locality)
    services.withdraw(certificate.id, reason="A mistake", by=priya)
    (record,) = plugin.lms_personal_data(someone.person.id)
    rows = dict(record.rows)
    assert rows["Name as printed"] == "Amara Okafor"
    assert (rows["State"], rows["Reason"]) == ("Withdrawn", "A mistake")


def test_the_plain_design_is_there_without_any_provider(make_app: MakeApp) -> None:
    alone = make_app(safe_mode=True)
    assert list(alone.extensions["lms"].designs) == ["core:plain"]
