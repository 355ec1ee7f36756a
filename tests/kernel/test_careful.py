"""A guest's type of question that fails keeps no answer out and takes no page along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import render_template_string

from lms.contracts import JSON, Item, QuestionType
from lms.web.opening import LmsFlask
from tests.kernel.kit import Guest, registry, troubles

Inside = Callable[..., LmsFlask]
ITEM = Item("cups", "acme_cups", "How many cups?")


def asked(inside: Inside, **methods: Callable[..., Any]) -> QuestionType:
    """A guest's type with these methods, as the surveys room gets it."""
    members = {"key": "acme_cups", "template": "acme/cups.html", **methods}
    inside(Guest("acme", lms_question_types=lambda: [type("Cups", (QuestionType,), members)]))
    return registry().question_types["acme_cups"]


def fails(*_: object) -> JSON:
    raise KeyError("cups")


def test_a_type_that_works_is_as_it_would_be_alone(inside: Inside) -> None:
    def clean(self: object, item: Item, raw: Sequence[str]) -> JSON:
        return int(raw[0])

    cups = asked(inside, clean=clean, words=lambda self, item, answer: f"{answer} cups")
    assert (cups.key, cups.template) == ("acme_cups", "acme/cups.html")
    assert cups.clean(ITEM, ["3"]) == 3
    assert cups.words(ITEM, 3) == "3 cups"
    assert cups.score(ITEM, 3) is None
    assert troubles() == []


def test_what_a_type_says_about_an_answer_reaches_the_person_and_is_no_failure(
    inside: Inside,
) -> None:
    def clean(self: object, item: Item, raw: Sequence[str]) -> JSON:
        raise ValueError("Choose from 0 to 6 cups")

    with pytest.raises(ValueError, match="Choose from 0 to 6 cups"):
        asked(inside, clean=clean).clean(ITEM, ["7"])
    assert troubles() == []


@pytest.mark.parametrize(
    "clean", [fails, lambda self, item, raw: {1, 2}, lambda self, item, raw: float("nan")]
)
def test_an_answer_that_a_type_cannot_read_is_kept_as_it_was_sent(
    inside: Inside, clean: Callable[..., Any]
) -> None:
    cups = asked(inside, clean=clean)
    assert cups.clean(ITEM, ["three", "four"]) == "three\nfour"
    assert cups.clean(ITEM, []) is None
    assert troubles()[0] == ("acme", "lms_question_types")


def test_an_answer_that_a_type_cannot_say_is_shown_as_it_is_stored(inside: Inside) -> None:
    cups = asked(inside, words=fails, score=lambda self, item, answer: "many")
    assert cups.words(ITEM, 3) == "3"
    assert cups.score(ITEM, 3) is None
    assert len(troubles()) == 2


def test_two_plugins_that_offer_one_type_are_both_named(inside: Inside) -> None:
    members = {"key": "scale", "template": "acme/scale.html"}
    with pytest.raises(Exception, match=r"'scale' is offered by both surveys and acme"):
        inside(Guest("acme", lms_question_types=lambda: [type("S", (QuestionType,), members)]))


@pytest.mark.parametrize("piece", ["{{ 1 // 0 }}", "{% include 'acme/none.html' %}", "{{ x.y.z }}"])
def test_a_piece_that_cannot_be_drawn_is_empty_and_the_page_goes_on(
    app: LmsFlask, piece: str
) -> None:
    page = "<p>before</p>{% call careful() %}" + piece + "{% endcall %}<p>{{ name }}</p>"
    with app.test_request_context("/"):
        assert render_template_string(page, name="<after>") == "<p>before</p><p>&lt;after&gt;</p>"


def test_a_piece_that_can_be_drawn_is_drawn_once_and_escaped(app: LmsFlask) -> None:
    page = "{% for q in ['<a>', 'b'] %}{% call careful() %}[{{ q }}]{% endcall %}{% endfor %}"
    with app.test_request_context("/"):
        assert render_template_string(page) == "[&lt;a&gt;][b]"
