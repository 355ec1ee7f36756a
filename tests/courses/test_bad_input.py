"""What people type into a cohort's page: kept exactly, or refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest

from lms.people.models import Person
from lms.testing.client import PageClient
from tests.courses.conftest import World
from tests.naughty import KEPT, REFUSED


@pytest.fixture
def priya(world: World, as_person: Callable[[Person], PageClient]) -> PageClient:
    return as_person(world.priya)


@pytest.mark.parametrize("note", KEPT)
def test_a_strange_note_of_a_cohort_is_kept_as_it_was_typed_and_shown_as_words(
    world: World, priya: PageClient, note: str
) -> None:
    page = f"/cohorts/{world.cohort.id}/edit"
    review = priya.press(page, bring=note)
    assert review.status_code == 303
    assert note in unescape(priya.get(review.location).text)
    assert priya.press(review.location, "Save and tell 1 trainer").status_code == 303
    shown = priya.get(page).text
    assert note in unescape(shown)
    assert "<script>alert" not in shown


@pytest.mark.parametrize(
    ("note", "said"), [*REFUSED, ("x" * 501, "must be 500 characters or fewer")]
)
def test_a_note_of_a_cohort_that_cannot_be_kept_is_refused_at_its_field(
    world: World, priya: PageClient, note: str, said: str
) -> None:
    refused = priya.press(f"/cohorts/{world.cohort.id}/edit", bring=note)
    assert refused.status_code == 422
    assert f"What to bring {said}" in unescape(refused.text)
