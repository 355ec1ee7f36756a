"""The room's blueprint; the view modules hang their pages on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("surveys", "surveys", template_folder="templates")
