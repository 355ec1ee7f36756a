"""The blueprint that the views of this room belong to."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("reports", __name__, template_folder="../templates")
