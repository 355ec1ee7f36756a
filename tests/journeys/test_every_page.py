"""Each persona of the demonstration opens the pages of the map, at a desk and on a phone.

Every page is held against axe, its own content policy, faults of scripts and sideways scrolling;
what belongs on it is said by the tests of its room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from lms.app import create_app
from lms.db import db
from lms.people import links
from lms.people.models import PersonalLink
from lms.settings import Settings
from lms.testing import Frozen, settings_for
from lms.testing.server import Database
from lms.web.opening import LmsFlask
from tests.conftest import Postbox
from tests.journeys.conftest import Visit, visits
from tests.journeys.site import Site, served
from tests.journeys.visitor import DESK, PHONE, Visitor

IDS = """
with cohorts as (
  select c.* from courses_cohort c join courses_cohort_locality cl on cl.cohort_id = c.id
  join people_locality l on l.id = cl.locality_id where l.name = 'Hertfordshire'
), bookings as (
  select b.*, c.state as cohort_state from courses_booking b join cohorts c on c.id = b.cohort_id
  where b.state in ('booked', 'completed')
)
select
  (select id from cohorts where state = 'running' order by code limit 1) as running,
  (select id from cohorts where state = 'published' order by code limit 1) as coming,
  (select id from cohorts where state = 'closed' order by code limit 1) as closed,
  (select id from cohorts where state = 'draft' limit 1) as draft,
  (select id from bookings where cohort_state = 'published' order by id limit 1) as booking,
  (select person_id from bookings where cohort_state = 'published' order by id limit 1) as person,
  (select a.id from surveys_assignment a join bookings b on b.id = a.booking_id
   where a.state = 'open' order by a.id limit 1) as assignment,
  (select w.id from surveys_wave w where w.kind = 'pre' and w.cohort_id =
   (select id from cohorts where state = 'running' order by code limit 1)) as wave,
  (select m.id from messages_message m join bookings b on b.id = m.subject_id
   where m.state = 'held' order by m.id limit 1) as held,
  (select m.id from messages_message m join bookings b on b.id = m.subject_id
   where m.state = 'sent' order by m.id limit 1) as sent,
  (select ce.id from certificates_certificate ce join bookings b on b.id = ce.booking_id
   where ce.state = 'issued' order by ce.id limit 1) as certificate,
  (select ce.number from certificates_certificate ce where ce.state = 'issued' limit 1) as number,
  (select o.id from people_organisation o join people_locality l on l.id = o.locality_id
   where l.name = 'Hertfordshire' order by o.name limit 1) as organisation,
  (select id from people_person where given_name = 'Joyce' and family_name = 'Tilling') as joyce
"""
COHORT = ("", "?show=attention", "/sessions", "/history", "/messages", "/roster", "/pack",
          "/surveys", "/certificates")  # fmt: skip
OPEN = ("/edit", "/cancel", "/book", "/book?q=smith", "/book?q=nobody+of+this+name", "/book/new",
        "/book/{joyce}", "/import", "/surveys/room", "/surveys/{wave}",
        "/sessions/1/register", "/sessions/1/register/history")  # fmt: skip
PAGES: Mapping[str, tuple[str, ...]] = {
    "Priya Nair": (
        "/home", "/home?all", "/courses", "/courses?q=nothing+like+this", "/me",
        "/courses/brief-encounters", "/courses/brief-encounters/queue",
        "/courses/brief-encounters/cohorts/new",
        *(f"/cohorts?group={one}" for one in ("coming", "running", "finished", "cancelled",
                                              "drafts")),
        *(f"/cohorts/{{running}}{page}" for page in (*COHORT, *OPEN)),
        *(f"/cohorts/{{closed}}{page}" for page in COHORT),
        "/cohorts/{coming}", "/cohorts/{coming}/surveys", "/cohorts/{coming}/sessions/1/register",
        "/cohorts/{draft}/review", "/cohorts/{draft}/discard",
        *(f"/cohorts/{{draft}}/schedule/{step}" for step in range(1, 7)),
        "/bookings/{booking}", "/bookings/{booking}/move", "/bookings/{booking}/off",
        "/messages/{held}", "/messages/{held}/edit", "/messages/{sent}",
        "/surveys/paper/{assignment}",
        "/certificates/{certificate}/replace", "/certificates/{certificate}/withdraw",
        "/imports/completions", "/people", "/people?q=tilling", "/people?q=nobody+called+this",
        "/people/new", "/people/{person}", "/people/{person}/edit", "/people/{joyce}",
    ),
    "Ruth Calder": (
        "/home", "/people", "/people/{person}", "/people/{person}/held",
        "/people/{person}/roles/new", "/organisations", "/organisations/new",
        "/organisations/places/new", "/organisations/{organisation}/rename", "/roles",
        "/roles/new", "/roles/see/coordinator", "/roles/see/analyst", "/plugins", "/audit",
        "/messages",
    ),
    "Sam Ellery": (
        "/home", "/cohorts", "/cohorts/{running}", "/cohorts/{running}/sessions",
        "/cohorts/{running}/sessions/1/register", "/cohorts/{running}/sessions/4/register",
        "/cohorts/{running}/sessions/2/register/add", "/courses", "/me",
    ),
    "Amara Okafor": ("/home", "/courses", "/courses/brief-encounters", "/me"),
    "Daniel Whitmore": ("/home", "/me"),
    "Hamid Rostami": ("/home", "/courses/parents-at-war"),
    "Helen Marshfield": ("/home", "/courses"),
    "Tomasz Zielinski": ("/home", "/courses"),
}  # fmt: skip
NOBODY = (
    "/", "/sign-in", "/courses", "/courses/brief-encounters", "/verify", "/verify/{number}",
    "/accessibility", "/privacy", "/demo/people", "/demo/messages", "/demo/messages/{sent}",
    "{survey_link}", "{booking_link}", "{booking_link}/change", "{certificate_link}",
)  # fmt: skip
REFUSED = {"/people": 403, "/audit": 403, "/verify/0000-0000-0001": 404, "/no/such/page": 404,
           "/s/no-such-link": 404}  # fmt: skip


@pytest.fixture(scope="session")
def demo_site(demonstration: Database, settings: Settings) -> Iterator[Site]:
    """The demonstration, served; nobody changes anything there."""

    def make(port: int) -> LmsFlask:
        url = f"http://localhost:{port}"
        known = settings_for(demonstration, instance=settings.instance, base_url=url, demo=True)
        return create_app(known)

    with served(make) as (app, port):
        yield Site(app, f"http://localhost:{port}", Postbox())


@pytest.fixture(scope="session")
def ids(demo_site: Site) -> Mapping[str, str]:
    """What stands in the addresses: something of each kind."""
    with demo_site.app.app_context():
        row = db.session.execute(text(IDS)).one()
        found = {name: str(value) for name, value in row._mapping.items()}
        for purpose, letter in {"survey": "s", "booking": "b", "certificate": "c"}.items():
            found[f"{purpose}_link"] = f"/{letter}/{_token(purpose)}"
    assert "None" not in found.values(), found
    return found


def _token(purpose: str) -> str:
    """The newest link for this."""
    of_purpose = db.session.query(PersonalLink).filter_by(purpose=purpose, revoked_at=None)
    newest = of_purpose.order_by(PersonalLink.expires_at.desc(), PersonalLink.id.desc()).first()
    assert newest, purpose
    return links.token(newest)


@pytest.fixture
def visit_demo(chromium: Browser, demo_site: Site, frozen: Frozen) -> Iterator[Visit]:
    """Browsers at the demonstration, on its day."""
    frozen("2027-03-09 10:00")
    with visits(chromium, demo_site.url) as start:
        yield start


def look_at(visitor: Visitor, paths: Sequence[str], ids: Mapping[str, str]) -> None:
    """Open each page at a desk, then narrow the window to a phone's; say all that is wrong."""
    wrong = []
    for path in paths:
        try:
            visitor.page.set_viewport_size({"width": DESK, "height": 900})
            visitor.open(path.format(**ids))
            visitor.page.set_viewport_size({"width": PHONE, "height": 844})
            visitor.see()
        except AssertionError as error:
            wrong.append(f"{path}: {error}")
            visitor.faults.clear()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("persona", PAGES)
def test_every_page_of_a_persona(visit_demo: Visit, ids: Mapping[str, str], persona: str) -> None:
    visitor = visit_demo(persona)
    visitor.open("/demo/people")
    visitor.press(f"Be {persona}")
    look_at(visitor, PAGES[persona], ids)


def test_every_page_of_nobody(visit_demo: Visit, ids: Mapping[str, str]) -> None:
    look_at(visit_demo("Nobody"), NOBODY, ids)


def test_every_way_of_being_refused(visit_demo: Visit) -> None:
    amara = visit_demo("Amara", width=PHONE)
    amara.open("/demo/people")
    amara.press("Be Amara Okafor")
    for path, status in REFUSED.items():
        amara.open(path, status=status)
