"""Rows of the reports' room for tests of every address: one of each, of one place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lms import clock
from lms.contracts import Audience
from lms.people.models import Locality, Person
from lms.reports.asking import Asked
from lms.reports.disclosure import POLICIES
from lms.reports.documents import Document, Heading, protect
from lms.reports.models import FrozenReturn, Making, Pack, Release
from tests import factories as make
from tests.reports.conftest import crowd
from tests.reports.kit import draft_of


def ids(place: Locality, by: Person) -> dict[str, UUID]:
    """What is given away and frozen in a place, by the names that addresses use."""
    asked = Asked("programme", place=(str(place.id),))
    signed = {"by_id": by.id, "by_label": "Ana"}
    kept = {"query": asked.as_json(), "reach": [f"locality:{place.id}"], "as_of": clock.now()}
    release = make.keep(Release(
        number=1, slug="programme", audience="partner", key="k", draft="d", measures=[],
        document=document().as_json(), figures=[], **kept, **signed,
    ))  # fmt: skip
    frozen = make.keep(FrozenReturn(
        title="Quarter 1", starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31),
        slugs=["programme"], audience="team", key="k", policy={"sentence": "Nothing is hidden."},
        documents=[document().as_json()], **kept, **signed,
    ))  # fmt: skip
    pack = make.keep(Pack(
        title="Pack", documents=[], back="/reports", state="ready", pdf=b"%PDF-", by_id=by.id
    ))  # fmt: skip
    making = make.keep(Making(
        kind="version", title="Programme", wanted=asked.as_json(), key="k", by_id=by.id
    ))  # fmt: skip
    return {
        "release_id": release.id,
        "return_id": frozen.id,
        "pack_id": pack.id,
        "making_id": making.id,
    }


def document() -> Document:
    """A document about forty people."""
    heading = Heading("programme", "How many started?", "About.", clock.now())
    return protect(draft_of(crowd(A=40)), heading, POLICIES[Audience.PARTNER]).document
