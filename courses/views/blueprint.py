"""The blueprint of the courses room's pages; every file of views adds its own to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("courses", "courses", template_folder="templates")
