"""The room's blueprint; each file of this folder adds its pages to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("ambassadors", "lms.ambassadors", template_folder="templates")
