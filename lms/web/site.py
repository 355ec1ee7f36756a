"""Pages that belong to the service itself: accessibility, privacy, the authority's colours.

`setup` registers them; the footer links to the first two.
"""

from __future__ import annotations

from flask import Blueprint, Response

from lms.permissions import public
from lms.web.chrome import brand_css
from lms.web.context import settings
from lms.web.responses import render

blueprint = Blueprint("web", __name__)

RETENTION = (
    ("Your name, job and organisation", "as long as you take part, and 6 years after"),
    (
        "Bookings, attendance and certificates",
        "6 years after the course, to show them",
    ),
    ("Your answers to surveys", "6 years after the course"),
    ("What you told us you need on the day", "deleted 28 days after the course"),
    ("Messages we sent you", "2 years"),
    ("A spreadsheet your organisation sent", "never kept; what was read from it goes after a day"),
)


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """What works for whom, what does not yet, and whom to ask."""
    return render("web/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What is kept about people, who sees it and for how long."""
    return render("web/privacy.html", retention=RETENTION, hours=settings().session_hours)


@blueprint.get("/brand.css")
@public
def brand() -> Response:
    """The authority's colours, for the style sheet."""
    response = Response(brand_css(), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
