"""People, organisations, roles and the trail: within one's scope, and nothing of it beyond."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select, text

import lms
from lms import audit, clock
from lms.ambassadors.models import Ambassador, Objective, Pledge
from lms.contracts import SYSTEM
from lms.db import Complaint, Model, unit_of_work, uuid7
from lms.people import links, services
from lms.people.models import Organisation, Person, PersonEmail, RoleGrant
from lms.people.queries import trail
from lms.people.services import NewPerson
from lms.records import AuditEntry
from tests import factories


@pytest.fixture
def two_places(session):
    """Two authorities, each with an organisation, somebody in it and a coordinator."""
    places = []
    for name in ("Hertfordshire", "Gateshead"):
        place = factories.locality(name)
        organisation = factories.organisation(f"{name} NHS", locality_id=place.id)
        worker = factories.person("Amara", f"of {name}", organisation_id=organisation.id)
        coordinator = factories.person("Priya", f"for {name}", organisation_id=organisation.id)
        factories.grant(coordinator, "coordinator", "locality", str(place.id))
        places.append((place, organisation, worker, coordinator))
    return places


def administrator():
    person = factories.person("Ada", "Administrator")
    factories.grant(person, "administrator")
    return person


def test_the_list_holds_one_s_own_authority_and_nobody_else(two_places, as_person):
    (_, _, _, coordinator), _ = two_places
    page = as_person(coordinator).get("/people").text
    assert "Amara of Hertfordshire" in page
    assert "of Gateshead" not in page


def test_search_by_name_and_address_stays_in_scope(two_places, as_person, session):
    (_, _, mine, coordinator), (_, _, theirs, _) = two_places
    browser = as_person(coordinator)
    address = session.scalar(select(PersonEmail.address).where(PersonEmail.person_id == theirs.id))
    assert "Amara of Hertfordshire" in browser.get("/people?q=AMARA").text
    assert "Nobody called" in browser.get(f"/people?q={address}").text
    own = session.scalar(select(PersonEmail.address).where(PersonEmail.person_id == mine.id))
    assert "Amara of Hertfordshire" in browser.get(f"/people?q={own}").text


def test_search_takes_signs_of_patterns_as_they_are_and_accents_either_way(session, as_person):
    factories.person("Siân", "O'Brien-Ng")
    factories.person("100%", "Under_score")
    browser = as_person(administrator())
    assert "Siân" in browser.get("/people?q=sian o'brien").text
    assert "Siân" not in browser.get("/people?q=%25").text
    assert "100%" in browser.get("/people?q=%25").text
    assert "100%" in browser.get("/people?q=under_").text
    assert "Siân" not in browser.get("/people?q=_").text
    assert browser.get("/people?q=\\").status_code == 200
    assert browser.get("/people?page=-1&q=%00").status_code in (200, 400)


@pytest.mark.parametrize("path", ["", "/edit", "/held", "/roles/new"])
def test_somebody_of_another_authority_is_a_page_not_found(two_places, as_person, path):
    (_, _, _, coordinator), (_, _, theirs, _) = two_places
    browser = as_person(coordinator)
    missing = browser.get(f"/people/{uuid7()}{path}")
    answer = browser.get(f"/people/{theirs.id}{path}")
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert strip(answer.text) == strip(missing.text)
    assert browser.post(f"/people/{theirs.id}{path}").status_code in (404, 405)


def strip(page):
    return re.sub(r'(nonce|value|content)="[^"]*"', "", page)


def test_everybody_sees_their_own_record_and_no_other(two_places, as_person):
    (_, _, mine, _), (_, _, theirs, _) = two_places
    browser = as_person(mine)
    assert browser.get("/me").location == f"/people/{mine.id}"
    assert "Your record" in browser.get(f"/people/{mine.id}").text
    assert browser.get(f"/people/{theirs.id}").status_code == 404
    assert browser.get("/people").status_code == 403
    assert browser.get(f"/people/{mine.id}/edit").status_code == 403


@pytest.mark.parametrize("role", ["analyst", "manager", "trainer", "ambassador", "trainee"])
def test_no_role_of_the_whole_programme_opens_somebody_else_s_record(session, as_person, role):
    person, other = factories.person(), factories.person()
    factories.grant(person, role)
    browser = as_person(person)
    for path in (f"/people/{other.id}", f"/people/{other.id}/held"):
        assert browser.get(path).status_code == 404, path
    assert browser.get(f"/people/{person.id}").status_code == 200


def test_somebody_without_an_organisation_is_seen_by_who_added_them(two_places, as_person):
    (_, _, _, one), (_, _, _, other) = two_places
    browser = as_person(one)
    answer = browser.press("/people/new", given_name="Colin", family_name="Marsh")
    assert answer.status_code == 303
    assert "Colin Marsh" in browser.get("/people").text
    assert as_person(other).get(answer.location).status_code == 404


def test_adding_somebody_needs_a_name_and_a_free_address(two_places, as_person, session):
    (_, organisation, worker, coordinator), (_, theirs, _, _) = two_places
    browser = as_person(coordinator)
    taken = session.scalar(select(PersonEmail.address).where(PersonEmail.person_id == worker.id))
    for wrong, field in (
        ({"given_name": " \u00a0 "}, "given_name"),
        ({"given_name": "Beth", "email": taken.upper()}, "email"),
        ({"given_name": "Beth", "email": "beth@"}, "email"),
        ({"given_name": "Beth", "organisation": str(theirs.id)}, "organisation"),
    ):
        answer = browser.press("/people/new", **wrong)
        assert answer.status_code == 422, wrong
        assert f'href="#{field}"' in answer.text, wrong
    assert session.scalar(select(Person.id).where(Person.given_name == "Beth")) is None
    done = browser.press("/people/new", given_name="Beth", organisation=str(organisation.id))
    assert done.status_code == 303


def test_the_same_name_in_the_same_organisation_is_asked_about(two_places, as_person, session):
    (_, organisation, _, coordinator), _ = two_places
    browser = as_person(coordinator)
    fields = {
        "given_name": "AMARA",
        "family_name": "of Hertfordshire",
        "organisation": str(organisation.id),
    }
    asked = browser.press("/people/new", **fields)
    assert asked.status_code == 422
    assert "There is a Amara of Hertfordshire there already" in asked.text
    # Browsers send what was typed again, with the box ticked.
    again = browser.post("/people/new", data={**fields, "same_name": "yes", "once": "k1"})
    assert again.status_code == 303
    names = session.scalars(select(Person.sort_key)).all()
    assert names.count("of hertfordshire amara") == 2


NAMES = [
    "O'Brien-Ng",
    "李小龍",
    "محمد",
    "👩🏽‍⚕️",
    "X",
    "Null",
    "None",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    '<img src="file:///etc/passwd">',
    '=HYPERLINK("http://x","y")',
    "＝1+1",
    "'; DROP TABLE person;--",
    "%",
    "{{link survey}}",
    "N" * 200,
]
REFUSED = [
    "",
    "  \u00a0",
    "N" * 201,
    "a\u202eb",
    "a\u200bb",
    "a\x00b",
    "a\nb\x07",
    "e" + "\u0301" * 200,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_exactly_and_shown_as_text(session, as_person, name):
    browser = as_person(administrator())
    answer = browser.press("/people/new", given_name=name, family_name="Test")
    assert answer.status_code == 303, answer.text
    assert session.scalar(select(Person.given_name).where(Person.family_name == "Test")) == name
    page = browser.get(answer.location).text
    assert "<script>alert" not in page
    assert "<img src=" not in page
    assert "49 Test" not in page


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_cannot_be_kept_is_an_error_on_the_field(session, as_person, name):
    browser = as_person(administrator())
    answer = browser.press("/people/new", given_name=name, family_name="")
    assert answer.status_code in (400, 422)
    assert session.scalar(select(Person.id).where(Person.added_by_id.is_not(None))) is None


def test_composed_and_decomposed_letters_are_the_same_name(session):
    ids = services.add_people(
        [NewPerson("Ó", "Súilleabháin"), NewPerson("O\u0301", "Su\u0301illeabha\u0301in")],
        by=SYSTEM,
    )
    kept = session.scalars(select(Person.given_name).where(Person.id.in_(ids))).all()
    assert kept == ["Ó", "Ó"]
    assert set(session.scalars(select(Person.sort_key).where(Person.id.in_(ids)))) == {
        "suilleabhain o"
    }


def test_thousands_are_added_in_few_statements_and_nobody_changed(session, count_queries):
    before = factories.person("Same", "Name", email="same@example.org")
    people = [NewPerson("Same", "Name", f"p{n}@example.org") for n in range(5000)]
    with count_queries() as seen:
        ids = services.add_people(people, by=SYSTEM)
    assert len(set(ids)) == 5000
    assert len(seen) < 40
    session.refresh(before)
    assert before.given_name == "Same"
    with pytest.raises(Complaint) as refused:
        services.add_people([NewPerson("New", "", "SAME@example.org")], by=SYSTEM)
    assert refused.value.field == "email"
    with pytest.raises(Complaint, match="twice"):
        services.add_people(
            [NewPerson("A", "", "one@x.uk"), NewPerson("B", "", "ONE@x.uk")], by=SYSTEM
        )


def test_a_change_of_post_is_kept_with_its_date_and_who_made_it(two_places, as_person, session):
    (_, organisation, worker, coordinator), _ = two_places
    job = factories.profession("Health visitor")
    browser = as_person(coordinator)
    answer = browser.press(f"/people/{worker.id}/edit", given_name="Amara", profession=str(job.id))
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Health visitor, Hertfordshire NHS" in page
    assert "changed by Priya for Hertfordshire" in page
    entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "changed")).one()
    assert entry.after == {"profession": "Health visitor"}
    assert organisation.name == "Hertfordshire NHS"


def test_the_second_to_change_a_person_is_told_what_changed_and_loses_nothing(
    two_places, as_person, session
):
    (_, organisation, worker, coordinator), _ = two_places
    job = factories.profession("Health visitor")
    path = f"/people/{worker.id}/edit"
    browser = as_person(coordinator)
    opened = fields_of(browser.get(path).text)
    browser.press(path, given_name="Amarah", profession=str(job.id))
    mine = {"given_name": "Amy", "family_name": "Okafor", "profession": ""}
    answer = browser.post(path, data=opened | mine)
    assert answer.status_code == 409
    assert "Someone else changed this person at" in answer.text
    assert "(Priya for Hertfordshire)" in answer.text
    assert "First name is now Amarah. What you gave is kept here" in answer.text
    assert "Job is now Health visitor" in answer.text
    shown = fields_of(answer.text)
    assert (shown["given_name"], shown["family_name"]) == ("Amy", "Okafor")
    session.expire_all()
    assert session.get_one(Person, worker.id).given_name == "Amarah"
    assert browser.post(path, data=shown | {"profession": str(job.id)}).status_code == 303
    session.expire_all()
    person = session.get_one(Person, worker.id)
    assert (person.given_name, person.family_name) == ("Amy", "Okafor")
    assert (person.profession_id, person.organisation_id) == (job.id, organisation.id)


def test_who_is_second_does_not_take_back_a_name_that_they_never_touched(two_places, as_person):
    (_, _, worker, coordinator), _ = two_places
    path = f"/people/{worker.id}/edit"
    browser = as_person(coordinator)
    opened = fields_of(browser.get(path).text)
    browser.press(path, given_name="Amarah")
    answer = browser.post(path, data=opened | {"family_name": "Okafor-Bell"})
    assert "First name is now Amarah" in answer.text
    shown = fields_of(answer.text)
    assert (shown["given_name"], shown["family_name"]) == ("Amarah", "Okafor-Bell")


def test_two_who_make_the_same_change_are_not_held_up(two_places, as_person):
    (_, _, worker, coordinator), _ = two_places
    path = f"/people/{worker.id}/edit"
    browser = as_person(coordinator)
    opened = fields_of(browser.get(path).text)
    browser.press(path, given_name="Amy")
    assert browser.post(path, data=opened | {"given_name": "Amy"}).status_code == 303


def test_a_form_that_does_not_say_what_it_showed_overwrites_nothing(two_places, as_person):
    (_, _, worker, coordinator), _ = two_places
    path = f"/people/{worker.id}/edit"
    browser = as_person(coordinator)
    opened = fields_of(browser.get(path).text)
    del opened["seen"]
    for seen in ({}, {"seen": ""}, {"seen": "x.y"}):
        sent = opened | {"given_name": "Amy"} | seen
        assert browser.post(path, data=sent).status_code == 409


def fields_of(page):
    """The text and hidden fields of a page's form, as a browser would send them."""
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page)
    }


def test_a_first_address_leaves_the_links_that_were_given_on_paper(session):
    person = factories.person(email=None)
    link = links.grant("blue", person_id=person.id, object_id=uuid7(), expires_at=None)
    assert services.set_email(person.id, "first@example.org", by=SYSTEM)
    session.refresh(link)
    assert link.revoked_at is None
    assert services.set_email(person.id, "second@example.org", by=SYSTEM)
    session.refresh(link)
    assert link.revoked_at is not None


def test_the_trail_has_no_address_in_it(two_places, as_person, session):
    (_, _, worker, coordinator), _ = two_places
    as_person(coordinator).press(f"/people/{worker.id}/edit", email="new.address@example.org")
    assert (
        session.scalar(select(PersonEmail.address).where(PersonEmail.person_id == worker.id))
        == "new.address@example.org"
    )
    trail = session.scalar(text("select string_agg(a::text, ' ') from audit_entry a"))
    assert "example.org" not in trail


def test_nobody_redirects_the_sign_in_of_somebody_with_more_roles(two_places, as_person, session):
    (_, _, worker, coordinator), _ = two_places
    factories.grant(worker, "administrator")
    answer = as_person(coordinator).press(f"/people/{worker.id}/edit", email="mine@example.org")
    assert answer.status_code == 422
    assert "administrator as well" in answer.text
    assert (
        session.scalar(select(PersonEmail.id).where(PersonEmail.address == "mine@example.org"))
        is None
    )


def test_all_that_is_held_comes_as_a_file_with_everything_in_it_and_is_audited(session, as_person):
    person = factories.person("=cmd", "Hill", email="amara@example.org")
    factories.grant(person, "manager")
    admin = administrator()
    browser = as_person(admin)
    path = f"/people/{person.id}/held"
    assert browser.press(path, file="csv").status_code == 422
    answer = browser.press(path, file="csv", reason="asked")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert ["About you", "Name", "'=cmd Hill"] in rows
    assert ["About you", "E-mail address", "amara@example.org"] in rows
    whole = json.loads(browser.press(path, file="json", reason="asked").data)
    assert {"About you", "Roles", "Messages to you"} <= {part["title"] for part in whole["parts"]}
    assert whole["could_not_be_read"] == []
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "downloaded everything held")
    ).all()
    assert [e.after["file"] for e in entries] == ["csv", "json"]
    assert {e.subject_id for e in entries} == {person.id}
    own = as_person(person).press(path, file="json")
    assert own.status_code == 200


def test_organisations_are_added_and_renamed_within_one_s_place(two_places, as_person, session):
    (place, mine, _, coordinator), (other, theirs, _, _) = two_places
    browser = as_person(coordinator)
    page = browser.get("/organisations").text
    assert "Hertfordshire NHS" in page
    assert "Gateshead" not in page
    assert (
        browser.press("/organisations/new", name="Early Help", locality=str(other.id)).status_code
        == 422
    )
    assert (
        browser.press(
            "/organisations/new", name="hertfordshire nhs", locality=str(place.id)
        ).status_code
        == 422
    )
    made = browser.press(
        "/organisations/new", name="Early Help", locality=str(place.id), parent=str(mine.id)
    )
    assert made.status_code == 303
    assert "Early Help" in browser.get("/organisations").text
    assert browser.get(f"/organisations/{theirs.id}/rename").status_code == 404
    assert browser.press(f"/organisations/{mine.id}/rename", name="Early help").status_code == 422
    assert browser.press(f"/organisations/{mine.id}/rename", name="Herts NHS").status_code == 303
    assert (
        session.scalar(select(Organisation.name).where(Organisation.id == mine.id)) == "Herts NHS"
    )
    assert browser.get("/organisations/places/new").status_code == 403


def test_the_tree_of_organisations_comes_in_pages_and_by_place(session, as_person):
    north, south = factories.locality("Northumberland"), factories.locality("Sussex")
    empty = factories.locality("Anglesey")
    council = factories.organisation("A council", locality_id=north.id)
    help_ = factories.organisation("Z early help", locality_id=north.id, parent_id=council.id)
    factories.organisation("B team", locality_id=north.id, parent_id=help_.id)
    for number in range(48):
        factories.organisation(f"School {number:02}", locality_id=north.id)
    other = factories.organisation("Sussex NHS", locality_id=south.id, parent_id=council.id)
    factories.person(organisation_id=other.id)
    browser = as_person(administrator())
    first, second = (browser.get(f"/organisations?page={number}").text for number in (1, 2))
    names = re.findall(r'role="rowheader">([^<]+)<|<h2[^>]*>([^<]+) <span', first)
    shown = [one or place for one, place in names]
    assert shown[:5] == ["Anglesey", "Northumberland", "A council", "Z early help", "B team"]
    assert "No organisation here yet" in first
    assert "School 45" in first
    assert "School 46" not in first
    assert "School 46" in second
    assert "Sussex NHS" in second
    assert "School" not in browser.get(f"/organisations?place={south.id}").text
    assert browser.get(f"/organisations?place={empty.id}&page=9").status_code == 200
    assert "Sussex NHS" in browser.get("/organisations?place=nonsense&page=2").text


def test_an_administrator_adds_places_by_their_ons_code(session, as_person):
    browser = as_person(administrator())
    path = "/organisations/places/new"
    assert browser.press(path, name="Dudley", ons_code="Dudley").status_code == 422
    assert browser.press(path, name="Dudley", ons_code="e08000027").status_code == 303
    assert browser.press(path, name="Dudley again", ons_code="E08000027").status_code == 422
    assert "E08000027" in browser.get("/organisations").text


def test_a_coordinator_makes_a_coordinator_of_their_place_and_nothing_more(
    two_places, as_person, session
):
    (place, _, worker, coordinator), (other, _, _, _) = two_places
    browser = as_person(coordinator)
    path = f"/people/{worker.id}/roles/new"
    offered = browser.get(path).text
    assert f'value="coordinator locality {place.id}"' in offered
    assert 'value="administrator' not in offered
    assert str(other.id) not in offered
    for wrong in (
        "administrator programme ",
        "coordinator programme ",
        f"coordinator locality {other.id}",
        "trainer provider oneplusone",
        "nonsense",
    ):
        assert browser.press(path, role=wrong).status_code == 422, wrong
    assert browser.press(path, role=f"coordinator locality {place.id}").status_code == 303
    assert browser.press(path, role=f"coordinator locality {place.id}").status_code == 422
    granted = session.scalars(select(RoleGrant).where(RoleGrant.person_id == worker.id)).one()
    assert (granted.role, granted.granted_by_id) == ("coordinator", coordinator.id)


def test_nobody_gives_themselves_a_role(session, as_person):
    admin = administrator()
    answer = as_person(admin).press(f"/people/{admin.id}/roles/new", role="coordinator programme ")
    assert answer.status_code == 422
    assert "You cannot give yourself a role" in answer.text


def test_the_last_administrator_stays(session, as_person):
    admin = administrator()
    browser = as_person(admin)
    grant = session.scalars(select(RoleGrant)).one()
    answer = browser.post(f"/roles/{grant.id}/end")
    assert answer.status_code == 422
    assert "last administrator" in answer.text
    second = administrator()
    assert browser.post(f"/roles/{grant.id}/end").status_code == 303
    assert browser.get("/roles").status_code == 403
    assert as_person(second).get("/roles").status_code == 200


def test_a_coordinator_ends_no_role_outside_their_scope(two_places, as_person, session):
    (_, _, worker, coordinator), (_, _, _, other) = two_places
    browser = as_person(coordinator)
    theirs = session.scalars(select(RoleGrant).where(RoleGrant.person_id == other.id)).one()
    assert browser.post(f"/roles/{theirs.id}/end").status_code == 404
    high = factories.grant(worker, "administrator")
    assert browser.post(f"/roles/{high.id}/end").status_code == 404
    page = browser.get("/roles").text
    assert "Priya for Hertfordshire" in page
    assert "Gateshead" not in page


def test_the_page_of_a_role_says_what_it_may_do(session, as_person):
    browser = as_person(administrator())
    page = browser.get("/roles/see/administrator").text
    assert "Read the audit trail" in page
    assert "Read the audit trail" not in browser.get("/roles/see/trainer").text
    assert browser.get("/roles/see/king").status_code == 404


def test_the_trail_is_filtered_by_its_address_and_its_download_is_in_it(session, as_person):
    admin = administrator()
    browser = as_person(admin)
    browser.press("/people/new", given_name="Beth")
    browser.press("/organisations/places/new", name="Dudley", ons_code="E08000027")
    page = browser.get("/audit?subject=locality").text
    assert "ONS code: E08000027" in page
    assert "Added Beth" not in strip(page).replace("Added the locality", "")
    assert browser.get("/audit?since=nonsense&until=31 February 2027&page=abc").status_code == 200
    assert "Nothing was done that fits" in browser.get("/audit?until=4 March 2020").text
    answer = browser.post("/audit/download?subject=locality")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["locality"]
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.subject_type == "audit trail")
    ).one()
    assert entry.after == {"subject": "locality", "rows": 1}


def test_an_administrator_of_one_place_reads_what_its_people_did(two_places, as_person):
    (place, _, _, mine), (_, _, _, theirs) = two_places
    factories.grant(mine, "administrator", "locality", str(place.id))
    as_person(mine).press("/people/new", given_name="Beth")
    as_person(theirs).press("/people/new", given_name="Colin")
    page = as_person(mine).get("/audit").text
    assert "Priya for Hertfordshire" in page
    assert "Gateshead" not in page


def test_the_plugins_page_names_what_each_adds_and_what_is_left_out(session, make_app):
    app = make_app(disabled_plugins=("tavistock",))
    admin = administrator()
    browser = signed_in(app, admin)
    page = browser.get("/plugins").text
    assert "oneplusone" in page
    assert "Left out" in page
    assert "tavistock" in page
    rows = re.findall(r'role="rowheader">([^<]+)<.*?__value[^>]*>([^<]+)<', page, re.S)
    assert dict(rows)["oneplusone"] == dict(rows)["courses"] == lms.__version__
    assert [name for name, version in rows if version == "–"] == ["tavistock"]


def signed_in(app: Any, person: Any) -> Any:
    browser = app.test_client()
    now = int(clock.now().timestamp())
    with browser.session_transaction() as held:
        held.update(person=str(person.id), epoch=person.session_epoch, since=now, seen=now)
    return browser


@pytest.mark.parametrize("path", ["/people", "/roles", "/audit", "/organisations"])
def test_the_number_of_queries_does_not_grow_with_the_rows(session, as_person, count_queries, path):
    admin = administrator()
    place = factories.locality()

    def more(number):
        for _ in range(number):
            organisation = factories.organisation(locality_id=place.id)
            person = factories.person(organisation_id=organisation.id)
            factories.grant(person, "coordinator", "locality", str(place.id))
            services.end_sessions(person.id, by=SYSTEM)

    browser = as_person(admin)
    more(1)
    browser.get(path)
    with count_queries() as few:
        browser.get(path)
    more(15)
    with count_queries() as many:
        browser.get(path)
    assert len(many) == len(few)


def test_the_trail_takes_any_day_that_is_typed(session, as_person):
    browser = as_person(administrator())
    for typed in ("9999-12-31", "0001-01-01", "31/12/9999", "2026-02-30", "tomorrow"):
        assert browser.get("/audit", query_string={"until": typed}).status_code == 200, typed


def test_the_trail_calls_things_by_their_names_and_not_by_their_tables(session, as_person):
    admin = administrator()
    with unit_of_work():
        audit.write("published", "courses_cohort", None, by=SYSTEM)
    page = as_person(admin).get("/audit").text
    assert "Published cohort" in strip(page)
    assert "courses cohort" not in page


def test_the_trail_says_in_words_what_was_done_to_which_thing(session, as_person):
    admin = administrator()
    cohort, dilys = factories.cohort(), factories.person("Dilys", "Rowe")
    booking = factories.booking(cohort, dilys)
    with unit_of_work():
        cost = {"before": {"pence": None}, "after": {"pence": 120_000}}
        audit.write("cost.entered", "courses_cohort", cohort.id, by=SYSTEM, **cost)
        verdict = {"after": {"verdict": "not_completed", "fields": []}}
        audit.write("completion", "courses_booking", booking.id, by=SYSTEM, **verdict)
        audit.write("published", "courses_cohort", cohort.id, by=SYSTEM)
        told = {"booking": str(booking.id)}
        audit.write("changed", "courses_cohort", cohort.id, by=SYSTEM, after=told)
    page = as_person(admin).get("/audit").text
    seen = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert f"Entered the cost of the cohort {cohort.code}" in seen
    assert "Cost: £1,200.00" in seen
    assert "Decided the completion of the booking of Dilys Rowe" in seen
    assert "Verdict: Not completed" in seen
    assert f"Published the cohort {cohort.code}" in seen
    assert f'href="/cohorts/{cohort.id}"' in page
    assert "Fields" not in seen
    assert str(booking.id) not in seen


def test_whatever_stands_in_the_trail_has_a_name_that_can_be_found_and_a_page_that_exists(
    session, app
):
    named = {
        kind: mapper.class_.in_trail
        for mapper in Model.registry.mappers
        if hasattr(mapper.class_, "in_trail")
        for kind in mapper.class_.in_trail.kinds or (mapper.class_.__tablename__,)
    }
    pages = {
        rule.endpoint: rule.arguments for rule in app.url_map.iter_rules() if "GET" in rule.methods
    }
    entries = [
        AuditEntry(
            at=clock.now(), actor_label="x", verb="changed", subject_type=k, subject_id=uuid7()
        )
        for k in named
    ]
    assert len(trail.as_rows(entries, SYSTEM)) == len(named)
    assert {"surveys_wave", "surveys_assignment", "pledge", "check_in", "release"} <= set(named)
    for how in named.values():
        assert not how.endpoint or pages[how.endpoint] == {how.argument} - {""}


def test_the_trail_calls_what_belongs_to_somebody_by_their_name(session, as_person):
    admin, dilys = administrator(), factories.person("Dilys", "Rowe")
    ambassador = factories.keep(
        Ambassador(person_id=dilys.id, state="invited", invited_at=clock.now())
    )
    pledge = factories.keep(Pledge(ambassador_id=ambassador.id, strength=4))
    objective = factories.keep(Objective(pledge_id=pledge.id, position=1))
    with unit_of_work():
        audit.write("pledged", "pledge", pledge.id, by=SYSTEM, after={"objectives": 3})
        audit.write("reworded", "objective", objective.id, by=SYSTEM)
    page = as_person(admin).get("/audit").text
    assert "Made the pledge of Dilys Rowe" in " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "Reworded the objective of Dilys Rowe" in " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert page.count(f'href="/ambassadors/{ambassador.id}"') == 2


def test_a_role_that_nobody_gave_by_hand_says_what_it_was_for(session, as_person):
    admin = administrator()
    factories.grant(factories.person("Femi", "Rowe"), "ambassador")
    page = as_person(admin).get("/roles").text
    assert "the system, on becoming an ambassador" in page
    assert "set-up" in page
