"""The blueprint of this room's pages; every file of views adds its own to it."""

from __future__ import annotations

from flask import Blueprint, Response

from lms.people import sessions

blueprint = Blueprint("people", "lms.people", template_folder="templates")


@blueprint.after_app_request
def touch(response: Response) -> Response:
    """A signed-in browser was seen."""
    return sessions.touch(response)
