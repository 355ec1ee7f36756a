"""Snapshots of questionnaires: a wave asks what was kept here, whatever a plugin ships later.

The upgrade and the making of waves call it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lms import clock
from lms.contracts import Item, SurveyTemplate, WaveKind
from lms.db import db, uuid7
from lms.plugins import PluginError
from lms.registry import current_registry
from surveys.models import Instrument

LATER = ("volunteers",)
"""Fields of an item that came after questionnaires were first kept."""


def takes(kind: str) -> str:
    """How long a survey of this kind takes, with the page after it: said alike everywhere."""
    return "about 2 minutes" if kind == WaveKind.FOLLOW_UP else "about 90 seconds"


def synchronise() -> None:
    """Keep every questionnaire the plugins ship; refuse a changed one with an old version."""
    for key in current_registry().surveys:
        keep(key)


def keep(key: str) -> Instrument:
    """The snapshot of a questionnaire as shipped now, made when it is not there yet.

    Raises `PluginError` when the same version was kept with other words: people have answered
    those, so the changed questionnaire needs a new version.
    """
    template = current_registry().surveys[key]
    definition = snapshot(template)
    digest = digest_of(definition)
    db.session.execute(
        insert(Instrument)
        .values(
            id=uuid7(),
            created_at=clock.now(),
            key=key,
            version=int(template.version),
            provider_key=template.provider,
            definition=definition,
            definition_sha256=digest,
        )
        .on_conflict_do_nothing()
    )
    kept = db.session.scalar(
        select(Instrument).where(Instrument.key == key, Instrument.version == int(template.version))
    )
    if kept is None or kept.definition_sha256 != digest:
        raise PluginError(
            f"Survey {key!r} has changed but is still version {template.version}. "
            "Give the changed survey a new version."
        )
    return kept


def snapshot(template: SurveyTemplate) -> dict[str, Any]:
    """A questionnaire as JSON."""
    made: dict[str, Any] = json.loads(json.dumps(asdict(template)))
    for item in made["items"]:
        for later in LATER:
            if not item[later]:  # questionnaires kept before it was there are still the same
                del item[later]
    return made


def digest_of(definition: dict[str, Any]) -> str:
    """The sha256 of a snapshot, with its keys in order."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def items_of(definition: dict[str, Any]) -> tuple[Item, ...]:
    """The items of a snapshot."""
    return tuple(
        Item(
            **{
                **item,
                "options": tuple((str(a), str(b)) for a, b in item["options"]),
                "courses": tuple(item["courses"]),
            }
        )
        for item in definition["items"]
    )
