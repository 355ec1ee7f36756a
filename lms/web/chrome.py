"""What stands around every page: navigation, name, banner, demonstration notice, panels.

`setup` gives these to the templates; the values are loaded once per request and kept, so that an
error page needs no query.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select

from lms import clock
from lms.contracts import NavItem, Panel, Place
from lms.db import db
from lms.records import Installation
from lms.registry import current_registry
from lms.web import words
from lms.web.assets import names
from lms.web.context import settings
from lms.web.opening import current_actor
from lms.web.responses import Said, take_what_was_said

log = logging.getLogger("lms.web")
DEMO = "lms_is_demo"


@dataclass(frozen=True)
class NavLink:
    """An entry of the navigation as drawn."""

    text: str
    href: str
    active: bool


@dataclass(frozen=True)
class Chrome:
    """Everything around the page's own content."""

    nav: tuple[NavLink, ...]
    name: str
    said: Said | None
    seen_from: str


@dataclass(frozen=True)
class DrawnPanel:
    """A panel's heading and its finished HTML; `failed` where it could not be made."""

    title: str
    html: Markup
    failed: bool = False


def page_chrome(section: str = "", *, quiet: bool = False) -> Chrome:
    """What stands around this page; `quiet` asks nobody anything new (an error's page)."""
    actor = current_actor()
    return Chrome(
        nav=() if actor.link else (*(_link(item, section) for item in _nav(quiet)), *_way_in()),
        name=actor.name if actor.person_id and not actor.link else "",
        said=None if quiet else take_what_was_said(),
        seen_from=words.date(clock.today()) if is_demo(quiet=quiet) else "",
    )


def _way_in() -> tuple[NavLink, ...]:
    """The entry for whoever is nobody yet; not where they are signing in already."""
    here = f"{request.path}/"
    if current_actor().person_id or here.startswith("/sign-in/"):
        return ()
    return (NavLink("Sign in", f"{request.script_root}/sign-in", False),)


def _nav(quiet: bool) -> list[NavItem]:
    if "nav" not in g:
        if quiet:
            return []
        g.nav = current_registry().nav(current_actor())
    found: list[NavItem] = g.nav
    return found


def _link(item: NavItem, section: str) -> NavLink:
    href = url_for(item.endpoint)
    here = f"{request.script_root}{request.path}"
    if section and item.section:
        return NavLink(item.title, href, item.section == section)
    return NavLink(item.title, href, here == href or here.startswith(f"{href}/"))


def is_demo(*, quiet: bool = False) -> bool:
    """Whether this is a demonstration database; read once, since it never changes."""
    known: bool | None = current_app.extensions.get(DEMO)
    if known is None and not quiet:
        known = bool(db.session.scalar(select(Installation.is_demo)))
        current_app.extensions[DEMO] = known
    return bool(known)


def asset(name: str) -> str:
    """The address of a built file: `lms.css`, `lms.js`, `govuk-frontend.js`, `favicon.svg`."""
    return url_for("static", filename=f"build/{names()[name]}")


def panels(place: Place | str, subject_id: uuid.UUID) -> list[DrawnPanel]:
    """The pieces other rooms and guests add here, each drawn by itself: one that fails says so."""
    found, failed = current_registry().panels(Place(place), subject_id, current_actor())
    drawn = [_draw(panel) for panel in found]
    return drawn + [DrawnPanel(one.plugin, Markup(""), failed=True) for one in failed]


def _draw(panel: Panel) -> DrawnPanel:
    try:
        with db.session.begin_nested():
            html = render_template(panel.template, **panel.values)
    except Exception as error:
        log.error("panel %s could not be drawn: %s", panel.template, type(error).__name__)
        return DrawnPanel(panel.title, Markup(""), failed=True)
    return DrawnPanel(panel.title, Markup(html))  # noqa: S704


def careful(caller: Callable[[], Markup]) -> Markup:
    """A piece of a page that a guest draws; "" where it cannot, and the page says so itself.

    `{% call careful() %}{% include template %}{% endcall %}`
    """
    try:
        with db.session.begin_nested():
            return caller()
    except Exception as error:
        log.error("a piece of a page could not be drawn: %s", type(error).__name__)
        return Markup("")


def init_app(app: Flask) -> None:
    """Give the templates what they may call."""
    known = app.extensions["lms_settings"]
    names_for_all: dict[str, Any] = {
        "page_chrome": page_chrome,
        "panels": panels,
        "careful": careful,
        "asset": asset,
        "current_actor": current_actor,
        "today": clock.today,
        "site": Site(known.service_name, known.authority, known.team, known.team_email,
                     known.team_phone, known.support_line),
    }  # fmt: skip
    app.jinja_env.globals.update(names_for_all)


@dataclass(frozen=True)
class Site:
    """Who runs the service, for every page's header and footer."""

    service_name: str
    authority: str
    team: str
    team_email: str
    team_phone: str
    support_line: str


def brand_css() -> str:
    """The authority's own colours as custom properties."""
    known = settings()
    return f":root{{--lms-brand:{known.brand_colour};--lms-accent:{known.accent_colour}}}\n"
