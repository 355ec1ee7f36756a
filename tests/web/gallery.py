"""A plugin with one page for each thing the web kernel draws and each way a request can end.

The tests of this folder ask it; it has no tables and no room behind it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import psycopg
from flask import Blueprint, Response, session
from sqlalchemy import literal, select, text

from lms import errors, hookimpl, limits, web
from lms.contracts import (
    Actor,
    Grant,
    LinkClaim,
    NavItem,
    Panel,
    Permission,
    Place,
    RequestFacts,
    Role,
    Scope,
    ScopeKind,
)
from lms.db import Complaint, db
from lms.permissions import allow, by_link, public

PERSON = uuid.UUID("01900000-0000-7000-8000-000000000001")
LINK = uuid.UUID("01900000-0000-7000-8000-000000000002")
TOKEN = "s3cret-link-word"
PAGES = Path(__file__).parent / "gallery_pages"

pages = Blueprint("gallery", __name__, template_folder=str(PAGES))


class PersonForm(web.OnceForm):
    """One of every field."""

    name = web.TextField("Full name", missing="Enter the full name", width=20)
    email = web.EmailField(
        "E-mail address", missing="Enter your e-mail address", hint="The one your messages go to"
    )
    job = web.SelectField(
        "Job",
        choices=[("hv", "Health visitor"), ("fw", "Family worker"), ("gp", "GP")],
        missing="Choose a job",
    )
    start = web.DateField("Date of session 1", missing="Enter the date of session 1")
    at = web.TimeField("Start time", missing="Enter when it starts", now_button=True)
    capacity = web.IntegerField("Capacity", smallest=1, largest=200, like=18, suffix="people")
    support = web.RadioField(
        "Will your manager support you?",
        choices=[("yes", "Yes, we have talked about it"), ("no", "I do not think so"),
                 ("none", "I have no manager", "Volunteer, partner or self-employed")],
        missing="Choose whether your manager will support you",
    )  # fmt: skip
    needs = web.CheckboxesField(
        "Anything you need on the day", choices=[("ramp", "Step-free access"), ("diet", "A diet")]
    )
    agree = web.CheckboxField("I have read the role description", missing="Tick the box")
    why = web.TextAreaField("What should we keep or change?", longest=200)
    sheet = web.FileField("Spreadsheet", accept=".csv,.xlsx,.ods")


class ShortForm(web.Form):
    """One field."""

    name = web.TextField("Full name", missing="Enter the full name", longest=100)


@pages.get("/be/<role>")
@public
def be(role: str) -> Response:
    """Sign in as somebody with this role."""
    session["as"] = role
    return web.see("gallery.cohort")


@pages.post("/leave")
@public
def leave() -> Response:
    """End the session on the server's side."""
    session.pop("as", None)
    return web.see("gallery.open_page")


@pages.get("/open")
@public
def open_page() -> str:
    """A page with nothing on it."""
    return web.render("gallery/plain.html", heading="An open page")


@pages.get("/cohort")
@allow("gallery.see")
def cohort() -> str:
    """The cockpit of a cohort."""
    return web.render("gallery/cohort.html", place=Place.COHORT, id=PERSON)


@pages.route("/form", methods=["GET", "POST"])
@allow("gallery.see")
def form() -> str | Response:
    """One of every field."""
    filled = PersonForm()
    if filled.validate_on_submit():
        web.say("Saved", detail="The person was added.", undo_url="/x/gallery/undo")
        return web.see("gallery.cohort")
    if filled.is_submitted():
        return web.invalid("gallery/form.html", form=filled)
    return web.render("gallery/form.html", form=filled)


@pages.route("/short", methods=["GET", "POST"])
@public
def short() -> str | Response:
    """One field, then the name in a banner."""
    form = ShortForm()
    if not form.validate_on_submit():
        answer = web.invalid if form.is_submitted() else web.render
        return answer("gallery/short.html", form=form)
    if form.name.data == "Taken":
        form.add_complaint(Complaint("name", "Somebody is called Taken already"))
        form.add_complaint(Complaint("nowhere", "Names cannot change now"))
        return web.invalid("gallery/short.html", form=form)
    web.say(f"Saved {form.name.data}")
    return web.see("gallery.open_page")


@pages.get("/list")
@public
def listing() -> str:
    """A hundred and five rows."""
    rows = select(text("n")).select_from(text("generate_series(1, 105) n")).order_by(text("n"))
    shown = web.filters("q", "state", lists=["tier"], allowed={"state": ("draft", "published")})
    return web.render("gallery/list.html", page=web.paginate(rows, per_page=10), filters=shown)


@pages.route("/s/<token>", methods=["GET", "POST"])
@by_link("gallery")
def survey(token: str) -> str | Response:
    """A page behind a personal link."""
    form = ShortForm()
    if form.validate_on_submit():
        web.say(f"Saved {form.name.data}")
        return web.see("gallery.survey", token=token)
    return web.render("gallery/survey.html", form=form)


@pages.get("/register")
@allow("gallery.see")
def register() -> str:
    """A register on a phone."""
    people = [
        (f"p{n}", name, job)
        for n, (name, job) in enumerate(
            [
                ("Amara Okafor", "Health visitor"),
                ("Beth Lyons", "Family worker"),
                ("Colin Marsh", "Church volunteer"),
            ]
        )
    ]
    return web.render("gallery/register.html", people=people)


@pages.post("/autosave")
@allow("gallery.see")
def autosave() -> Response:
    """Takes one mark."""
    return Response(status=204)


@pages.get("/file")
@public
def file() -> Response:
    """A file to save."""
    return web.download(b"a,b\n", 'Résumé "list"\r\n.csv', "text/csv")


@pages.get("/buttons")
@public
def buttons() -> str:
    """Buttons that post by themselves."""
    return web.render("gallery/buttons.html")


@pages.post("/say-and-fail")
@public
def say_and_fail() -> Response:
    """Says that it is saved, and fails afterwards."""
    web.say("Saved, it says")
    raise RuntimeError("secret words of somebody")


@pages.route("/fail/<what>", methods=["GET", "POST"])
@public
def fail(what: str) -> Response:
    """Ends in each of the ways a request can end badly."""
    if what == "sql":
        db.session.execute(text("select cast(:word as int)"), {"word": "secret words"})
    if what == "integrity":
        db.session.execute(text("insert into rate_event (id) values (null)"))
    if what == "number":
        db.session.execute(select(literal(2**70)))
    if what == "nul":
        db.session.execute(select(literal("a\0b")))
    if what == "slow":
        db.session.execute(text("set local statement_timeout = 10"))
        db.session.execute(text("select pg_sleep(1)"))
    if what == "killed":
        db.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    raise WAYS[what]


WAYS: dict[str, BaseException] = {
    "missing": errors.NotFound(),
    "gone": errors.Gone("This link has been replaced", "A newer one was sent.", next_text="Home",
                        next_url="/"),
    "conflict": errors.Conflict(),
    "forbidden": errors.Forbidden(("gallery.see",)),
    "complaint": Complaint("", "The import can no longer be undone."),
    "deadlock": psycopg.errors.DeadlockDetected("x"),
    "bug": ValueError("secret words of somebody"),
}  # fmt: skip


@pages.post("/limited")
@public
def limited() -> Response:
    """Three times an hour."""
    limits.hit("gallery:limited", 3, timedelta(hours=1))
    return web.see("gallery.open_page")


class Gallery:
    """The plugin."""

    name = "gallery"

    @hookimpl
    def lms_blueprints(self) -> list[Blueprint]:
        """All pages."""
        return [pages]

    @hookimpl
    def lms_permissions(self) -> list[Permission]:
        """One permission."""
        return [Permission("gallery.see", "See the gallery", frozenset({Role.COORDINATOR}))]

    @hookimpl
    def lms_identify(self, request_facts: RequestFacts) -> Actor | None:
        """Whoever the session says, or the holder of the one link."""
        if request_facts.token is not None:
            right = request_facts.token == TOKEN and "gallery" in request_facts.purposes
            link = LinkClaim(LINK, "gallery", PERSON, used=False)
            return Actor(None, "Amara Hill", link=link) if right else None
        role = request_facts.session.get("as")
        if role is None:
            return None
        grant = Grant(Role(role), Scope(ScopeKind.PROGRAMME))
        return Actor(PERSON, "Priya Nair", (grant,))

    @hookimpl
    def lms_nav_items(self, actor: Actor) -> Iterable[NavItem]:
        """As a coordinator sees it."""
        if not actor.roles:
            return []
        titles = {"Home": "open_page", "Courses": "listing", "Cohorts": "cohort", "People": "form"}
        return [
            NavItem(title, f"gallery.{endpoint}", order)
            for order, (title, endpoint) in enumerate(titles.items())
        ]

    @hookimpl
    def lms_panels(self, place: Place, subject_id: uuid.UUID, actor: Actor) -> list[Panel]:
        """One that works and one whose template breaks."""
        return [
            Panel("Check-ins", "gallery/panel.html", {"words": "3 of 4 have <answered>"}),
            Panel("Broken part", "gallery/broken.html"),
        ]
