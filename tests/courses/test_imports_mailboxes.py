"""What an import says of shared mailboxes: at once where it may, elsewhere a person decides."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from lms.contracts import SYSTEM
from lms.db import db
from lms.people.models import Person, PersonEmail
from lms.people.services import mailboxes
from lms.records import AuditEntry
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World
from tests.courses.importing import file_of, upload

AsPerson = Callable[[Person], PageClient]
DESK = "reception@lake.uk"


def sharing(of: Person) -> str | None:
    db.session.expire_all()
    return db.session.scalar(select(PersonEmail.sharing).where(PersonEmail.person_id == of.id))


def test_who_held_a_shared_mailbox_signs_in_no_more_until_the_import_is_undone(
    world: World, as_person: AsPerson
) -> None:
    priya = as_person(world.priya)
    herts = make.organisation("Herts NHS", locality_id=world.place.id)
    robin = make.person("Robin", "Ellis", email=DESK, organisation_id=herts.id)
    address = upload(priya, world.cohort.id, file_of([("Reed, Amy", DESK, "", "")]))
    page = priya.get(address).text
    assert "If they are two people, nobody can sign in with it" in page
    assert "Robin Ellis signs in with it now and no longer will" in page
    priya.press(address, "Save answers", person_2="new", save="yes")
    assert sharing(robin) == "own"
    priya.press(address, "Add 1 person", add="1")
    assert sharing(robin) == "shared"
    assert "Robin Ellis cannot sign in with an e-mail address" in priya.get(address).text
    priya.press(address, "Undo this import")
    assert sharing(robin) == "own"


def test_nothing_is_preselected_that_would_end_somebodys_sign_in(
    world: World, as_person: AsPerson
) -> None:
    priya = as_person(world.priya)
    herts = make.organisation("Herts NHS", locality_id=world.place.id)
    robin = make.person("Robin", "Ellis", email=DESK, organisation_id=herts.id)
    rows = [("Reed, Amy", DESK, "", ""), ("Shah, Ravi", DESK, "", "")]
    page = priya.get(upload(priya, world.cohort.id, file_of(rows))).text
    assert "Robin Ellis signs in with it now and no longer will if it is shared" in page
    assert " checked" not in page
    mailboxes.decide(robin.id, shared=True, by=SYSTEM)
    again = file_of([*rows, ("Young, Zoe", "zoe@lake.uk", "", "")])
    page = priya.get(upload(priya, world.cohort.id, again)).text
    assert "no longer will" not in page
    assert " checked" in page


def test_who_comes_later_with_an_address_that_a_file_said_is_shared_is_said_to_share_it(
    world: World, as_person: AsPerson
) -> None:
    priya = as_person(world.priya)
    rows = [("Reed, Amy", DESK, "", ""), ("Shah, Ravi", DESK, "", "")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Save answers", shared_2="mailbox", save="yes")
    priya.press(address, "Add 2 people", add="2")
    address = upload(priya, world.cohort.id, file_of([("Young, Cat", DESK, "", "")]))
    said = "Others read this mailbox, an earlier import says: nobody can sign in with it"
    assert said in priya.get(f"{address}/rows/add").text
    priya.press(address, "Add 1 person", add="1")
    cat = db.session.scalars(select(Person).where(Person.given_name == "Cat")).one()
    assert sharing(cat) == "shared"


def test_of_somebody_out_of_reach_it_is_only_said_and_asked_of_who_may_change_them(
    world: World, as_person: AsPerson
) -> None:
    priya, essex = as_person(world.priya), make.locality("Essex")
    nhs = make.organisation("Essex NHS", locality_id=essex.id)
    robin = make.person("Robin", "Ellis", email=DESK, organisation_id=nhs.id)
    kim = make.person("Kim", "Lee", organisation_id=nhs.id)
    make.grant(kim, "coordinator", "locality", essex.id)
    rows = [("Reed, Amy", DESK, "", ""), ("Shah, Ravi", DESK, "", "")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Save answers", shared_2="mailbox", save="yes")
    priya.press(address, "Add 2 people", add="2")
    assert sharing(robin) == "said"
    assert "Robin Ellis" not in priya.get("/home").text + priya.get(address).text
    assert "An import says that Robin Ellis’s e-mail address" in as_person(kim).get("/home").text
    of_robin = select(AuditEntry.actor_label).where(AuditEntry.subject_id == robin.id)
    assert db.session.scalars(of_robin).all() == ["the system"]
    as_person(kim).press(f"/people/{robin.id}", "It is shared")
    priya.press(address, "Undo this import")
    assert sharing(robin) == "shared"


def test_nobody_loses_their_own_sign_in_by_the_file_they_import(
    world: World, as_person: AsPerson
) -> None:
    priya = as_person(world.priya)
    own = db.session.scalar(
        select(PersonEmail.address).where(PersonEmail.person_id == world.priya.id)
    )
    address = upload(
        priya, world.cohort.id, file_of([("Reed, Amy", own, "", ""), ("Shah, Ravi", own, "", "")])
    )
    priya.press(address, "Save answers", shared_2="mailbox", save="yes")
    priya.press(address, "Add 2 people", add="2")
    assert sharing(world.priya) == "said"
    assert priya.get("/home").status_code == 200


def test_whose_letters_are_printed_is_said_before_a_mailbox_is_called_shared(
    world: World, as_person: AsPerson
) -> None:
    priya = as_person(world.priya)
    herts = make.organisation("Herts NHS", locality_id=world.place.id)
    rows = [("Reed, Amy", DESK, "", ""), ("Shah, Ravi", DESK, "", "")]
    page = priya.get(upload(priya, world.cohort.id, file_of(rows))).text
    assert "If it is a shared mailbox, letters to them are printed, not e-mailed" in page
    make.person("Amy", "Reed", email=DESK, organisation_id=herts.id)
    again = file_of([*rows, ("Young, Zoe", "zoe@lake.uk", "", "")])
    page = priya.get(upload(priya, world.cohort.id, again)).text
    assert "letters to everybody but Amy Reed are printed, not e-mailed" in page
    alone = file_of([("Shah, Ravi", DESK, "", "")])
    page = priya.get(upload(priya, world.cohort.id, alone)).text
    assert "letters to the new one are printed, not e-mailed" in page
