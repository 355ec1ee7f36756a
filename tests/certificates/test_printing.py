"""The job that prints: one certificate and one message, whatever dies or runs twice."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import ProgrammingError

from certificates import jobs, services
from certificates.models import Certificate, CertificateFile
from courses.queries import told
from lms import clock
from lms.contracts import SYSTEM
from lms.db import db
from lms.events import CompletionRecorded, publish
from lms.jobs import perform
from lms.messages.models import Message
from lms.settings import Settings
from lms.testing import RunJobs
from lms.testing.client import keep
from lms.web.opening import LmsFlask
from tests.certificates import making

pytestmark = pytest.mark.usefixtures("session")


def complete(someone: making.Finisher) -> None:
    """What courses says when the rule is met."""
    facts = vars(told.of(someone.booking.id))
    ids = (someone.cohort.id, someone.booking.id, someone.completion.id)
    publish(CompletionRecorded(SYSTEM, *ids, **facts))


def messages() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_a_completion_brings_a_printed_certificate_and_one_message_with_its_link(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    complete(someone)
    assert [c.state for c in making.of(someone.booking)] == ["pending"]
    run_jobs()
    (certificate,) = making.of(someone.booking)
    assert certificate.state == "issued"
    assert certificate.pdf_sha256 == hashlib.sha256(making.pdf_of(certificate)).hexdigest()
    assert (
        certificate.shown
        | {
            "name": "Amara Okafor",
            "course": "Brief Encounters",
            "format": "Two mornings",
            "dates": "from 4 to 11 March 2027",
            "hours_participatory": "6",
            "hours_cpd": "6.5",
            "trainer": "Sam Ellery",
            "signatory_name": "Priya Nair",
            "kind_words": "completed",
        }
        == certificate.shown
    )
    (message,) = messages()
    assert (message.person_id, message.kind) == (someone.person.id, "certificate_ready")
    assert message.subject == "Your certificate for Brief Encounters"
    assert certificate.shown["number"] in message.body
    assert list(message.links) == ["certificate"]


def test_the_completion_told_twice_makes_one_certificate(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    complete(someone)
    complete(someone)
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["issued"]
    assert len(messages()) == 1


def test_the_job_run_again_changes_nothing(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    complete(someone)
    run_jobs()
    (before,) = making.of(someone.booking)
    frozen = (before.pdf_sha256, before.rendered_at, making.pdf_of(before))
    jobs.print_certificate(str(before.id))
    (after,) = making.of(someone.booking)
    assert (after.pdf_sha256, after.rendered_at, making.pdf_of(after)) == frozen
    assert len(messages()) == 1


def test_several_are_printed_together_and_one_that_cannot_be_keeps_none_of_the_others() -> None:
    on = making.cohort()
    amara = making.finisher(on)
    long = making.finisher(on, given_name="A" * 150, family_name="B" * 150)
    beth = making.finisher(on, given_name="Beth", family_name="Lyons")
    people = (amara, long, beth)
    for someone in people:
        complete(someone)
    jobs.print_together([str(one.id) for who in people for one in making.of(who.booking)])
    found = [making.of(someone.booking)[0] for someone in people]
    assert [one.state for one in found] == ["issued", "failed", "issued"]
    for one in (found[0], found[2]):
        assert one.pdf_sha256 == hashlib.sha256(making.pdf_of(one)).hexdigest()
    assert {one.person_id for one in messages()} == {amara.person.id, beth.person.id}


def test_two_copies_of_the_job_at_once_make_one_certificate_and_one_message(
    app: LmsFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = making.finisher()
    complete(someone)
    (certificate,) = making.of(someone.booking)
    keep()
    both_printed = threading.Barrier(2, timeout=30)
    printed = jobs.render

    def slow(*args: Any) -> bytes:
        made = printed(*args)
        both_printed.wait()
        return made

    monkeypatch.setattr(jobs, "render", slow)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            perform(app, jobs.RENDER, {"certificate": str(certificate.id)})
        except BaseException as error:
            failed.append(error)

    copies = [threading.Thread(target=work) for _ in range(2)]
    for copy in copies:
        copy.start()
    for copy in copies:
        copy.join()
    assert failed == []
    assert [c.state for c in making.of(someone.booking)] == ["issued"]
    assert db.session.scalar(select(func.count()).select_from(CertificateFile)) == 1
    assert len(messages()) == 1


@pytest.mark.parametrize("point", ["certificate.rendered", "certificate.stored"])
def test_a_worker_killed_at_any_point_leaves_it_pending_and_the_next_run_finishes(
    point: str, settings: Settings, run_jobs: RunJobs
) -> None:
    someone = making.finisher()
    complete(someone)
    (certificate,) = making.of(someone.booking)
    keep()
    died, said = _in_a_worker_of_its_own(settings, str(certificate.id), crash_at=point)
    assert died == -9, said
    assert [c.state for c in making.of(someone.booking)] == ["pending"]
    assert db.session.scalar(select(func.count()).select_from(CertificateFile)) == 0
    assert messages() == []
    run_jobs()
    (after,) = making.of(someone.booking)
    assert after.state == "issued"
    assert after.pdf_sha256 == hashlib.sha256(making.pdf_of(after)).hexdigest()
    assert len(messages()) == 1


WORKER = """
import sys
from certificates import jobs
from lms.app import create_app
from lms.jobs import perform
from lms.settings import Settings
perform(create_app(Settings.model_validate_json(sys.stdin.read())), jobs.RENDER,
        {"certificate": sys.argv[1]})
"""


def _in_a_worker_of_its_own(
    settings: Settings, certificate: str, *, crash_at: str
) -> tuple[int, str]:
    told = settings.model_dump(mode="json")
    told |= {
        name: getattr(settings, name).get_secret_value() for name in ("secret_key", "link_key")
    }
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", WORKER, certificate],
        input=json.dumps(told),
        text=True,
        cwd=root,
        env=os.environ | {"LMS_CRASH_AT": crash_at, "PYTHONPATH": str(root)},
        capture_output=True,
        timeout=60,
    )
    return done.returncode, done.stderr


# -- what was issued stays ---------------------------------------------------------------------


def test_a_later_change_of_name_course_or_design_changes_nothing_that_was_issued(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher()
    complete(someone)
    run_jobs()
    (before,) = making.of(someone.booking)
    shown, pdf = before.shown, making.pdf_of(before)
    someone.person.family_name = "Married"
    someone.cohort.template = making.template("accreditation", "tavistock:letterpress")
    db.session.flush()
    jobs.print_certificate(str(before.id))
    (after,) = making.of(someone.booking)
    assert (after.shown, making.pdf_of(after)) == (shown, pdf)


@pytest.mark.parametrize(
    "change",
    [
        {"shown": {"name": "Somebody Else"}},
        {"number": "000000000000"},
        {"pdf_sha256": "0" * 64},
        {"state": "pending"},
        {"kind": "accreditation"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_to_change_what_was_issued(
    change: dict[str, Any], run_jobs: RunJobs
) -> None:
    someone = making.finisher()
    complete(someone)
    run_jobs()
    with pytest.raises(ProgrammingError, match="was issued and stays as it is"):
        db.session.execute(update(Certificate).values(**change))


# -- failures ----------------------------------------------------------------------------------


def test_a_name_that_cannot_be_printed_fails_visibly_and_is_printed_once_corrected(
    run_jobs: RunJobs,
) -> None:
    long = making.finisher(given_name="A" * 150, family_name="B" * 150)
    complete(long)
    run_jobs()
    (failed,) = making.of(long.booking)
    assert failed.state == "failed"
    assert failed.last_error == "The name is too long to print: it has 301 letters."
    assert messages() == []
    long.person.given_name, long.person.family_name = "Amara", "Okafor"
    _, coordinator = making.coordinator(long.locality)
    services.retry(failed.id, by=coordinator)
    run_jobs()
    (printed,) = making.of(long.booking)
    assert (printed.state, printed.shown["name"]) == ("issued", "Amara Okafor")
    assert len(messages()) == 1


def test_one_that_fails_does_not_hold_up_the_others(run_jobs: RunJobs) -> None:
    on = making.cohort()
    long = making.finisher(on, "A" * 150, "B" * 150)
    well = making.finisher(on, "Beth", "Lyons")
    complete(long)
    complete(well)
    run_jobs()
    assert [c.state for c in making.of(long.booking)] == ["failed"]
    assert [c.state for c in making.of(well.booking)] == ["issued"]


def test_a_design_whose_provider_has_gone_is_printed_plainly(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    someone.cohort.template = making.template(design="gone:away")
    db.session.flush()
    complete(someone)
    run_jobs()
    (certificate,) = making.of(someone.booking)
    assert (certificate.state, certificate.design_key) == ("issued", "core:plain")


def test_one_whose_job_was_lost_is_printed_by_the_sweep(run_jobs: RunJobs) -> None:
    someone = making.finisher()
    certificate = making.make.certificate(
        someone.completion, shown=making.shown().as_json(), updated_at=clock.now()
    )
    jobs.sweep()
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["pending"]
    certificate.updated_at = clock.now() - timedelta(minutes=11)
    jobs.sweep()
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["issued"]


def test_somebody_without_an_address_gets_a_certificate_and_a_message_to_print(
    run_jobs: RunJobs,
) -> None:
    someone = making.finisher(email=None)
    complete(someone)
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["issued"]
    assert [m.state for m in messages()] == ["held"]
