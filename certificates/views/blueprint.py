"""The blueprint that the pages of this room hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("certificates", __name__, template_folder="../templates")
