"""The front page, the home page and the demonstration's doors."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from lms import clock, hookimpl
from lms.contracts import Actor, Agenda, Todo
from lms.people import demo
from tests import factories
from tests.people.test_people_pages import administrator, signed_in


class Busy:
    """A plugin with much to do."""

    name = "busy"

    def __init__(self, todos: int, agenda: tuple[Agenda, ...] = ()) -> None:
        self.todos, self.agenda = todos, agenda

    @hookimpl
    def lms_todos(self, actor: Actor, today: date) -> list[Todo]:
        return [
            Todo(f"thing {n:02}", "because", "Do it", "/home", date(2027, 3, 28 - n), n)
            for n in range(self.todos)
        ]

    @hookimpl
    def lms_agenda(self, actor: Actor, today: date) -> tuple[Agenda, ...]:
        return self.agenda


def said(page: Any) -> str:
    """What a page says, with single spaces."""
    return " ".join(re.sub("<[^>]+>", " ", page.text).split())


def test_a_stranger_is_told_what_this_is_and_where_to_sign_in(client):
    page = client.get("/").text
    assert "<title>Family relationships training</title>" in page
    assert "Book training on parents’ relationships" in page
    assert 'href="/sign-in"' in page
    assert "/demo/people" not in page


def test_who_is_signed_in_goes_home(session, as_person):
    assert as_person(factories.person()).get("/").location == "/home"


def test_ten_things_to_do_by_deadline_then_all(session, make_app):
    person = factories.person()
    factories.grant(person, "coordinator")
    factories.organisation()
    browser = signed_in(make_app(plugins=[Busy(12)]), person)
    page = browser.get("/home").text
    assert "See all 12" in page
    assert "thing 11" in page
    assert "thing 01" not in page
    assert page.index("thing 11") < page.index("thing 10")
    assert "thing 01" in browser.get("/home?all").text


def test_nothing_to_do_names_what_comes_next(session, make_app, frozen):
    frozen("2027-03-04 09:30")
    person = factories.person()
    factories.grant(person, "coordinator")
    factories.organisation()
    coming = Agenda("coming_up", "Think Couple", clock.now() + timedelta(days=7), (), "Open", "/x")
    page = signed_in(make_app(plugins=[Busy(0, (coming,))]), person).get("/home").text
    assert "Nothing needs you today. Next: Think Couple on Thursday 11 March 2027." in page


def test_what_staff_are_asked_for_themselves_is_among_what_they_need_to_do(
    session, make_app, frozen
):
    """Nothing needs you, above a check-in that waits: it would contradict it."""
    frozen("2027-03-04 09:30")
    dilys, amara = factories.person(), factories.person()
    factories.grant(dilys, "trainer")
    factories.organisation()
    facts, due = (("", "“ask at every visit”"), ("Takes", "two minutes")), date(2027, 3, 11)
    asked = Agenda("asked", "How is your pledge going?", None, facts, "Tell us", "/x", due=due)
    own = Agenda("mine", "Certificate", None, (), "Get it", "/y")
    app = make_app(plugins=[Busy(0, (asked, own))])
    page = said(signed_in(app, dilys).get("/home"))
    assert "Nothing needs you" not in page
    assert (
        "Needs you Tell us: How is your pledge going? “ask at every visit” · Takes: two minutes "
        "by 11 Mar 2027"
    ) in page
    assert page.count("How is your pledge going?") == 1
    assert page.index("Needs you") < page.index("Your own training Certificate")
    trainees = said(signed_in(app, amara).get("/home"))
    assert "Needs you" not in trainees
    assert trainees.index("Your training") < trainees.index("How is your pledge going?")


def test_a_trainee_without_bookings_finds_a_course(session, as_person):
    page = as_person(factories.person()).get("/home").text
    assert "You are not booked on anything." in page
    assert "Find a course" in page


def test_a_new_authority_has_three_first_steps(session, as_person):
    person = factories.person()
    factories.grant(person, "coordinator")
    browser = as_person(person)
    assert "Add your organisations" in browser.get("/home").text
    factories.organisation()
    assert "Add your organisations" not in browser.get("/home").text


def test_an_administrator_hears_that_everything_is_running(session, as_person):
    admin = administrator()
    factories.organisation()
    assert "Everything is running. Last checked" in as_person(admin).get("/home").text


def test_a_plugin_that_fails_says_so_and_the_page_stands(session, make_app):
    class Broken:
        name = "broken"

        @hookimpl
        def lms_todos(self, actor: Actor, today: date) -> Any:
            raise RuntimeError("oh")

    admin = administrator()
    factories.organisation()
    browser = signed_in(make_app(plugins=[Broken()]), admin)
    page = browser.get("/home")
    assert page.status_code == 200
    assert "What broken has to say could not be read" in page.text
    assert "broken has a problem" in browser.get("/home").text
    plugins = browser.get("/plugins").text
    assert "RuntimeError: oh" in plugins


def test_personas_and_outbox_are_not_there_outside_a_demonstration(session, client, as_person):
    person = factories.person()
    demo.set_personas([demo.NewPersona(person.id, "everything")])
    for path in ("/demo/people", "/demo/messages"):
        assert client.get(path).status_code == 404
        assert as_person(person).get(path).status_code == 404
    assert client.post(f"/demo/people/{person.id}").status_code == 404


def demo_app(make_app, new_database, **changes: Any):
    return make_app(on=new_database(demo=True), **changes)


def test_in_a_demonstration_one_press_is_enough_to_be_somebody(make_app, new_database):
    app = demo_app(make_app, new_database)
    with app.app_context():
        person = factories.person("Priya", "Nair")
        factories.grant(person, "coordinator")
        stranger = factories.person("Not", "Offered")
        demo.set_personas([demo.NewPersona(person.id, "cohorts, people, messages")])
        browser = app.test_client()
        page = browser.get("/demo/people").text
        assert "Priya Nair" in page
        assert "cohorts, people, messages" in page
        assert "Choose who to be" in browser.get("/").text
        assert browser.press("/demo/people", "Be Priya Nair").location == "/home"
        assert "Priya Nair" in browser.get("/home").text
        assert browser.post(f"/demo/people/{stranger.id}").status_code == 404


def test_a_demonstration_that_others_can_reach_has_no_personas(make_app, new_database):
    app = demo_app(make_app, new_database, host="0.0.0.0", base_url="http://localhost")
    browser = app.test_client()
    assert browser.get("/demo/people").status_code == 404
    assert browser.get("/demo/messages").status_code == 404
    assert "/demo/people" not in browser.get("/").text


def test_the_state_of_the_system_stands_beside_other_things_to_do(session, make_app):
    admin = administrator()
    factories.organisation()
    page = signed_in(make_app(plugins=[Busy(2)]), admin).get("/home").text
    assert "thing 01" in page
    assert "Everything is running. Last checked" in page


def test_what_is_wrong_takes_the_place_of_everything_is_running(session, make_app):
    class Broken:
        name = "broken"

        @hookimpl
        def lms_todos(self, actor: Actor, today: date) -> Any:
            raise RuntimeError("oh")

    admin = administrator()
    factories.organisation()
    browser = signed_in(make_app(plugins=[Broken()]), admin)
    browser.get("/home")
    page = browser.get("/home").text
    assert "Not everything is running: broken has a problem. Last checked" in page
    assert "Everything is running" not in page


def test_only_who_is_nobody_yet_finds_sign_in_in_the_navigation(session, client, as_person):
    def navigation(page):
        return page.partition("govuk-service-navigation")[2].partition("<main")[0]

    assert 'href="/sign-in"' in navigation(client.get("/accessibility").text)
    assert 'href="/sign-in"' not in navigation(as_person(factories.person()).get("/home").text)
