"""What people type or try in addresses: kept exactly, or refused with a sentence; never a fault."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from lms.contracts import SYSTEM
from lms.people.models import Person, PersonEmail
from lms.people.services.taking_back import take_back
from tests import factories as make
from tests.naughty import KEPT, REFUSED

LONG = "must be 200 characters or fewer"


@pytest.fixture
def priya(session, as_person):
    """A coordinator's browser."""
    priya = make.person("Priya", "Nair")
    make.grant(priya, "coordinator")
    return as_person(priya)


@pytest.mark.parametrize("name", KEPT)
def test_a_strange_name_is_kept_as_it_was_typed_and_shown_as_words(priya, session, name):
    somebody = make.person()
    page = f"/people/{somebody.id}/edit"
    assert priya.press(page, given_name=name, family_name="").status_code == 303
    session.expire_all()
    assert session.get_one(Person, somebody.id).given_name == name
    for path in (f"/people/{somebody.id}", page, "/people"):
        shown = priya.get(path).text
        assert name in unescape(shown)
        assert "<script>alert" not in shown


@pytest.mark.parametrize(("name", "said"), [*REFUSED, ("x" * 500, LONG)])
def test_a_name_that_cannot_be_kept_is_refused_at_its_field(priya, session, name, said):
    somebody = make.person("Amara")
    refused = priya.press(f"/people/{somebody.id}/edit", given_name=name)
    assert refused.status_code == 422
    assert f"First name {said}" in unescape(refused.text)
    session.expire_all()
    assert session.get_one(Person, somebody.id).given_name == "Amara"


# -- e-mail --------------------------------------------------------------------------------------


def test_an_address_of_an_international_domain_is_kept_in_its_plain_spelling(priya, session):
    somebody = make.person(email=None)
    page = f"/people/{somebody.id}/edit"
    assert priya.press(page, email="Jo@XN--Bcher-KVA.xn--p1ai").status_code == 303
    kept = select(PersonEmail.address).where(PersonEmail.person_id == somebody.id)
    assert session.scalar(kept) == "jo@xn--bcher-kva.xn--p1ai"
    for look_alike in ("jo@g\u043ev.uk", "jo@bücher.example"):
        refused = priya.press(page, email=look_alike)
        assert refused.status_code == 422
        assert "Enter an e-mail address in the correct format" in refused.text


def test_the_address_of_somebody_who_was_erased_is_anybodys_again(priya, session):
    gone = make.person("Amara", "Okafor", email=None)
    make.address(gone, "desk@health.example", is_primary=True, verified_at=None)
    earlier = gone.id
    assert take_back([earlier], by=SYSTEM) == [earlier]
    given = {"given_name": "Beth", "family_name": "Lyons", "email": "desk@health.example"}
    added = priya.press("/people/new", **given)
    assert added.status_code == 303
    page = priya.get(added.location).text
    assert "Beth Lyons" in page
    assert "Amara" not in page
    assert earlier not in session.scalars(select(PersonEmail.person_id)).all()
    assert priya.get(f"/people/{earlier}/edit").status_code == 404


# -- ids in addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelt",
    [
        lambda key: "{" + key + "}",
        lambda key: key.replace("-", ""),
        lambda key: key[:-1],
        lambda key: key + "0",
        lambda key: f"urn:uuid:{key}",
        lambda key: key.replace("0", "\u0660"),
        lambda key: "null",
    ],
)
def test_an_id_that_is_spelt_otherwise_is_a_page_not_found(priya, spelt):
    key = str(make.person().id)
    for path in ("/people/{}", "/people/{}/edit", "/cohorts/{}", "/cohorts/{}/sessions/1/register"):
        answer = priya.get(path.format(spelt(key)))
        assert answer.status_code == 404
        assert "Page not found" in answer.text


def test_an_id_in_capitals_is_the_same_page(priya):
    somebody = make.person("Amara", "Okafor")
    assert "Amara Okafor" in priya.get(f"/people/{str(somebody.id).upper()}").text
