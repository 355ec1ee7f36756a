"""Pages that belong to the service itself: accessibility, privacy, the authority's colours.

`setup` registers them; the footer links to the first two.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response

from lms import __version__
from lms.permissions import public
from lms.web.chrome import brand_css
from lms.web.context import settings
from lms.web.responses import render

blueprint = Blueprint("web", __name__)

TESTED_ON = date(2026, 11, 28)
"""When every page of this version was last tested, for the accessibility statement."""
KEPT_FOR = (
    (
        "Your name, job and organisation, bookings, attendance, certificates, answers to surveys, "
        "and the messages we sent you",
        "As long as our records schedule says. Nothing of this is deleted by itself: ask us which "
        "date applies to you, or to erase it sooner",
    ),
    ("What you told us you need on the day", "28 days after the last session, then deleted"),
    (
        "A spreadsheet with your name on it, sent by your organisation",
        "The file is never kept. What was read from it is deleted after a day if it was not used, "
        "and after 90 days if it was",
    ),
    ("How often somebody tried to sign in", "One day, without the address itself"),
)
"""What the product itself deletes, and what only people can: keep it true to the jobs."""


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """What works for whom, what does not yet, and whom to ask."""
    return render("web/accessibility.html", tested_on=TESTED_ON, version=__version__)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What is kept about people, who sees it and for how long."""
    return render("web/privacy.html", kept_for=KEPT_FOR, hours=settings().session_hours)


@blueprint.get("/brand.css")
@public
def brand() -> Response:
    """The authority's colours, for the style sheet."""
    response = Response(brand_css(), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
