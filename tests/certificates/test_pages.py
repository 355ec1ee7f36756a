"""Certificate pages: for whoever has the link, for their holder, for anybody who checks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from markupsafe import escape
from sqlalchemy import select
from werkzeug.test import TestResponse

from certificates import services
from certificates.models import Certificate
from certificates.plugin import lms_panels
from lms import clock
from lms.contracts import SYSTEM, Actor, Place
from lms.db import db
from lms.people import links
from lms.people.models import Person, PersonalLink
from lms.testing import PageClient, RunJobs
from tests import factories as make
from tests.certificates import making

pytestmark = pytest.mark.usefixtures("session")

SignIn = Callable[[Person], PageClient]


@pytest.fixture
def someone() -> making.Finisher:
    """Amara Okafor, who has finished."""
    return making.finisher()


@pytest.fixture
def certificate(someone: making.Finisher, run_jobs: RunJobs) -> Certificate:
    """Her certificate."""
    services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    run_jobs()
    (made,) = making.of(someone.booking)
    return made


def _newest_link() -> str:
    """The path behind the personal link that was made last."""
    newest = db.session.scalars(
        select(PersonalLink).order_by(PersonalLink.id.desc()).limit(1)
    ).one()
    return f"/c/{links.token(newest)}"


def text(client: PageClient, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return " ".join(response.get_data(as_text=True).split())


# -- behind the link -----------------------------------------------------------------------------


def test_the_link_in_the_message_opens_the_certificate_and_downloads_its_bytes(
    client: PageClient, certificate: Certificate
) -> None:
    path = _newest_link()
    page = text(client, path)
    number = certificate.shown["number"]
    for fact in ("Your certificate", "Brief Encounters", "From 4 to 11 March 2027", number):
        assert fact in page
    file = client.get(f"{path}/{number}.pdf")
    assert file.data == making.pdf_of(certificate)
    assert file.headers["Cache-Control"] == "no-store"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert f'filename="Certificate Brief Encounters {number}.pdf"' in str(
        file.headers["Content-Disposition"]
    )


def test_the_page_behind_a_link_that_was_forwarded_gives_initials_only(
    client: PageClient, certificate: Certificate
) -> None:
    page = text(client, _newest_link())
    assert "For A. O. Not you?" in page
    assert "Okafor" not in page
    assert "example.org" not in page


def test_no_other_number_can_be_downloaded_behind_a_link(
    client: PageClient, certificate: Certificate, run_jobs: RunJobs
) -> None:
    path = _newest_link()
    other = making.finisher(given_name="Beth", family_name="Lyons")
    services.record(other.booking.id, other.completion.id, by=SYSTEM)
    run_jobs()
    number = making.of(other.booking)[0].shown["number"]
    assert client.get(f"{path}/{number}.pdf").status_code == 404


def test_a_changed_token_is_no_page_and_an_expired_one_offers_a_new_one(
    client: PageClient, certificate: Certificate
) -> None:
    path = _newest_link()
    assert client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    newest = db.session.scalars(select(PersonalLink).order_by(PersonalLink.id.desc())).first()
    assert newest is not None
    newest.expires_at = clock.now() - timedelta(seconds=1)
    assert "Send me a new one" in text(client, path, 410)


def test_before_it_is_printed_the_page_says_what_is_happening(
    client: PageClient, someone: making.Finisher
) -> None:
    certificate_id = services.record(someone.booking.id, someone.completion.id, by=SYSTEM)
    granted = links.grant(
        "certificate", person_id=someone.person.id, object_id=certificate_id, expires_at=None
    )
    page = text(client, f"/c/{links.token(granted)}")
    assert "Your certificate is not ready" in page
    assert "We are making your certificate now" in page
    assert ".pdf" not in page


def test_the_link_of_a_replaced_certificate_opens_the_new_one(
    client: PageClient, someone: making.Finisher, certificate: Certificate, run_jobs: RunJobs
) -> None:
    path = _newest_link()
    someone.person.given_name = "Amarachi"
    services.replace(certificate.id, reason="Full name", by=making.coordinator(someone.locality)[1])
    run_jobs()
    new = making.of(someone.booking)[1]
    assert new.shown["number"] in text(client, path)
    assert client.get(f"{path}/{new.shown['number']}.pdf").data == making.pdf_of(new)


def test_the_link_of_a_withdrawn_certificate_says_when_and_why_and_downloads_nothing(
    client: PageClient, someone: making.Finisher, certificate: Certificate
) -> None:
    path = _newest_link()
    services.withdraw(
        certificate.id, reason="Wrong person", by=making.coordinator(someone.locality)[1]
    )
    page = text(client, path)
    assert "This certificate was withdrawn on" in page
    assert "Reason: Wrong person" in page
    assert client.get(f"{path}/{certificate.shown['number']}.pdf").status_code == 404


# -- signed in -----------------------------------------------------------------------------------


def test_its_holder_downloads_it_when_signed_in_and_nobody_else_finds_it(
    client: PageClient, as_person: SignIn, someone: making.Finisher, certificate: Certificate
) -> None:
    page_path = f"/certificates/{certificate.id}"
    file_path = f"{page_path}/{certificate.shown['number']}.pdf"
    assert client.get(file_path).status_code in (302, 303, 401, 403)
    hers = as_person(someone.person)
    assert "Your certificate" in text(hers, page_path)
    assert hers.get(file_path).data == making.pdf_of(certificate)
    record = f"/people/{someone.person.id}"
    assert f'href="{page_path}"' in text(hers, record)
    ada = make.person("Ada")
    make.grant(ada, "administrator")
    assert f'href="{file_path}"' in text(as_person(ada), record)
    stranger = as_person(make.person("Beth"))
    assert stranger.get(page_path).status_code == 404
    assert stranger.get(file_path).status_code == 404


# -- checking ------------------------------------------------------------------------------------


def test_anybody_sees_that_a_certificate_is_valid_and_only_what_it_says(
    client: PageClient, someone: making.Finisher, certificate: Certificate
) -> None:
    page = text(client, f"/verify/{certificate.shown['number']}")
    for fact in (
        "Valid", "Amara Okafor", "Brief Encounters", "OnePlusOne", "Certificate of completion",
        "From 4 to 11 March 2027", "Checked on",
    ):  # fmt: skip
        assert fact in page
    for secret in (str(someone.person.id), str(someone.booking.id), "Ellery", "@example.org"):
        assert secret not in page


def test_the_code_on_the_paper_leads_to_the_page_that_checks_it(
    client: PageClient, certificate: Certificate
) -> None:
    address = certificate.shown["verify_url"]
    assert address == f"http://localhost/verify/{certificate.shown['number']}"
    assert client.get(address.removeprefix("http://localhost")).status_code == 200


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}.", "no-{}"])
def test_a_number_is_found_however_it_is_typed_and_otherwise_it_is_unknown(
    typed: str, client: PageClient, certificate: Certificate
) -> None:
    number = certificate.shown["number"].lower().replace("-", " ").replace("0", "o")
    found = client.get(f"/verify?number={quote(typed.format(number))}")
    assert found.status_code == 303
    status = 404 if typed.startswith("no-") else 200
    assert client.get(found.location).status_code == status


def test_every_number_that_is_none_of_ours_gets_the_same_page(
    client: PageClient, someone: making.Finisher, certificate: Certificate
) -> None:
    waiting = making.finisher(given_name="Beth", family_name="Lyons")
    services.record(waiting.booking.id, waiting.completion.id, by=SYSTEM)
    not_printed = making.of(waiting.booking)[0].number
    wrong_check = certificate.number[:-1] + ("0" if certificate.number[-1] != "0" else "1")
    pages = {
        _without_nonce(client.get(f"/verify/{quote(number)}"), number)
        for number in (not_printed, wrong_check, "000000000000", "x", "<script>", "🎓")
    }
    assert len(pages) == 1
    assert "We have no certificate with that number" in pages.pop()


def _without_nonce(response: TestResponse, number: str) -> str:
    assert response.status_code == 404
    body: str = response.get_data(as_text=True).replace(f"<strong>{escape(number)}</strong>", "")
    return re.sub(r'(nonce|content|value)="[^"]*"', "", body)


@pytest.mark.parametrize("typed", ["7K3M-9QXT-2HVC", "no such/number"])
def test_a_number_that_is_none_of_ours_is_said_and_kept_in_the_box(
    typed: str, client: PageClient
) -> None:
    page = client.get(f"/verify?number={quote(typed, safe='')}")
    if page.status_code == 303:
        page = client.get(page.location)
    assert page.status_code == 404
    assert f"<strong>{typed}</strong>" in page.text
    assert f'value="{typed}"' in page.text


def test_after_a_survey_the_certificate_that_is_there_is_the_next_step(
    someone: making.Finisher, certificate: Certificate
) -> None:
    theirs = Actor(person_id=someone.person.id, name="Amara Okafor")
    (panel,) = lms_panels(Place.ANSWERED, someone.booking.id, theirs)
    assert "/c/" in panel.values["url"]
    other = Actor(person_id=make.person().id, name="Beth Lyons")
    assert list(lms_panels(Place.ANSWERED, someone.booking.id, other)) == []


def test_checking_says_when_a_certificate_was_replaced_or_withdrawn(
    client: PageClient, someone: making.Finisher, certificate: Certificate, run_jobs: RunJobs
) -> None:
    _, priya = making.coordinator(someone.locality)
    new_id = services.replace(certificate.id, reason="Secret reason", by=priya)
    run_jobs()
    page = text(client, f"/verify/{certificate.number}")
    assert "Replaced by a newer certificate on" in page
    assert "Secret reason" not in page
    services.withdraw(new_id, reason="Secret reason", by=priya)
    new = making.of(someone.booking)[1]
    page = text(client, f"/verify/{new.number}")
    assert "Withdrawn on" in page
    assert "does not count any more" in page
    assert "Secret reason" not in page


def test_search_engines_are_told_not_to_list_what_is_checked(
    client: PageClient, certificate: Certificate
) -> None:
    for path in ("/verify", f"/verify/{certificate.number}", "/verify/none"):
        response = client.get(path)
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert 'name="robots" content="noindex' in response.get_data(as_text=True)


def test_an_empty_box_asks_for_the_number(client: PageClient) -> None:
    response = client.get("/verify?number=%20")
    assert response.status_code == 422
    assert "Enter the certificate number, like 7K3M-9QXT-2HVB" in response.get_data(as_text=True)


# -- the team's pages ----------------------------------------------------------------------------


def test_the_cohorts_page_shows_the_rule_the_evidence_and_each_certificate(
    as_person: SignIn, someone: making.Finisher, certificate: Certificate
) -> None:
    making.finisher((someone.cohort, someone.locality), "Beth", "Lyons", "not_completed")
    priya = as_person(making.coordinator(someone.locality)[0])
    page = text(priya, f"/cohorts/{someone.cohort.id}/certificates")
    for words in (
        "Amara Okafor",
        "Yes: Workshop: 6 h attended, 6 h needed",
        "Issued",
        certificate.shown["number"],
    ):
        assert words in page
    assert "Beth Lyons" in page
    file = f"/certificates/{certificate.id}/{certificate.shown['number']}.pdf"
    assert file in page
    assert priya.get(file).data == making.pdf_of(certificate)


def test_the_page_asks_as_many_queries_for_forty_people_as_for_two(
    as_person: SignIn, someone: making.Finisher, certificate: Certificate, count_queries: Callable
) -> None:
    on = (someone.cohort, someone.locality)
    on[0].capacity = 60
    priya = as_person(making.coordinator(on[1])[0])
    path = f"/cohorts/{on[0].id}/certificates"
    making.finisher(on, "Beth", "Lyons")
    priya.get(path)
    with count_queries() as few:
        priya.get(path)
    for n in range(38):
        making.finisher(on, "Person", f"Number {n}")
    with count_queries() as many:
        priya.get(path)
    assert len(many) == len(few)


def test_bulk_issue_shows_one_first_and_then_issues_them_all(
    as_person: SignIn, run_jobs: RunJobs
) -> None:
    on = making.cohort()
    people = [making.finisher(on, name) for name in ("Amara", "Beth")]
    priya = as_person(making.coordinator(on[1])[0])
    path = f"/cohorts/{on[0].id}/certificates"
    asked = priya.press(path, "Issue 2 certificates")
    assert asked.status_code == 303
    assert "The preview is being made" in text(priya, asked.location)
    run_jobs()
    page = text(priya, asked.location)
    assert "Download the preview (PDF)" in page
    assert priya.get(f"{asked.location}/preview.pdf").data.startswith(b"%PDF")
    assert [making.of(p.booking) for p in people] == [[], []]
    issued = priya.press(asked.location, "Issue 2 certificates")
    assert issued.status_code == 303
    assert "2 certificates will be made in the next minutes" in text(priya, path)
    run_jobs()
    assert [[c.state for c in making.of(p.booking)] for p in people] == [["issued"], ["issued"]]


def test_a_preview_is_not_a_certificate(
    as_person: SignIn, client: PageClient, run_jobs: RunJobs
) -> None:
    someone = making.finisher()
    priya = as_person(making.coordinator(someone.locality)[0])
    asked = priya.press(
        f"/cohorts/{someone.cohort.id}/certificates", "Issue 1 certificate"
    ).location
    run_jobs()
    assert client.get("/verify/0000-0000-0000").status_code == 404
    assert db.session.scalars(select(Certificate)).all() == []
    assert client.get(f"{asked}/preview.pdf").status_code != 200


def test_replacing_shows_old_and_new_and_asks_for_a_reason(
    as_person: SignIn, someone: making.Finisher, certificate: Certificate, run_jobs: RunJobs
) -> None:
    someone.person.family_name = "Okafor-Ng"
    priya = as_person(making.coordinator(someone.locality)[0])
    path = f"/certificates/{certificate.id}/replace"
    assert "Amara Okafor-Ng (changed)" in text(priya, path)
    refused = priya.press(path, "Replace and tell Amara Okafor", reason="")
    assert refused.status_code == 422
    assert "Say why the certificate is being replaced" in refused.get_data(as_text=True)
    done = priya.press(path, "Replace and tell Amara Okafor", reason="Married")
    assert done.status_code == 303
    run_jobs()
    assert [c.state for c in making.of(someone.booking)] == ["replaced", "issued"]


def test_withdrawing_asks_for_a_reason_and_can_be_pressed_once(
    as_person: SignIn, someone: making.Finisher, certificate: Certificate
) -> None:
    priya = as_person(making.coordinator(someone.locality)[0])
    path = f"/certificates/{certificate.id}/withdraw"
    button = "Withdraw and tell Amara Okafor"
    assert priya.press(path, button, reason=" ").status_code == 422
    assert priya.press(path, button, reason="A mistake").status_code == 303
    assert [c.state for c in making.of(someone.booking)] == ["withdrawn"]
    assert "so it cannot be withdrawn" in text(priya, path)


def test_only_those_who_issue_certificates_reach_the_teams_pages(
    as_person: SignIn, someone: making.Finisher, certificate: Certificate
) -> None:
    elsewhere = as_person(making.coordinator(make.locality())[0])
    trainer = make.person("Sam", "Ellery")
    make.grant(trainer, "trainer", "provider", "oneplusone")
    trains = as_person(trainer)
    holder = as_person(someone.person)
    for path in (
        f"/cohorts/{someone.cohort.id}/certificates",
        f"/certificates/{certificate.id}/replace",
        f"/certificates/{certificate.id}/withdraw",
    ):
        assert elsewhere.get(path).status_code == 404
        assert trains.get(path).status_code == 403
        assert holder.get(path).status_code == 403


def test_a_certificate_that_does_not_exist_is_not_found(
    as_person: SignIn, someone: making.Finisher
) -> None:
    priya = as_person(making.coordinator(someone.locality)[0])
    for path in ("", "/replace", "/withdraw", "/7K3M-9QXT-2HVB.pdf"):
        assert priya.get(f"/certificates/{uuid.uuid4()}{path}").status_code == 404
