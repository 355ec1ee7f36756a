"""Printing: a tagged PDF, the same each time, from data and designs that may both be hostile."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from threading import Timer
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from certificates.designs import PLAIN
from certificates.render import Press, RenderError, render
from tests.certificates.making import COLOURS, NUMBER, shown

NAMES = (
    "Amara Okafor",
    "Bartholomew Featherstonehaugh-Cholmondeley of Llanfairpwllgw",
    "Siân Ŵyn Llŷr-Ffïon ap Gwrtheyrn",
    "Żółcisława Brzęczyszczykiewicz-Łękołodzka",
    "Ọlúwaṣeun Ọmọ́túndé Àkànní Adébáyọ̀",
)


def pdf(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(data))


def structure(data: bytes) -> list[str]:
    """The tags of the structure tree in reading order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    made = pdf(data)
    walk(made.Root.StructTreeRoot.K)
    return found


def words(data: bytes) -> str:
    """The text of the first page, with single spaces."""
    page = pypdfium2.PdfDocument(data)[0]
    return " ".join(page.get_textpage().get_text_range().split())


def test_a_certificate_is_marked_as_pdf_ua_with_language_title_and_tags() -> None:
    made = pdf(render(shown(), PLAIN, COLOURS))
    assert b'pdfuaid:part="1"' in made.Root.Metadata.read_bytes()
    assert made.Root.Lang == "en-GB"
    assert made.Root.MarkInfo.Marked
    assert made.Root.ViewerPreferences.DisplayDocTitle
    assert str(made.docinfo.Title) == "Certificate of completion: Brief Encounters, Amara Okafor"
    assert len(made.pages) == 1


def test_the_tags_tell_heading_name_course_outcomes_and_code_in_the_order_of_the_page() -> None:
    data = render(shown(), PLAIN, COLOURS)
    tags = structure(data)
    assert tags.count("/H1") == 1
    assert tags.index("/H1") < tags.index("/H2") < tags.index("/L") < tags.index("/Figure")
    made = pdf(data)
    alternatives = [
        str(thing.Alt)
        for thing in made.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == pikepdf.Name.Figure
    ]
    assert alternatives == [f"QR code: opens the page that checks certificate {NUMBER}"]


def test_every_fact_can_be_read_in_the_text() -> None:
    said = words(render(shown(), PLAIN, COLOURS))
    for fact in (
        "Certificate of completion", "This is to certify that", "Amara Okafor", "completed",
        "Brief Encounters", "Four sessions", "OnePlusOne", "from 18 February to 18 March 2027",
        "12 participatory hours · 13.5 CPD hours", "Respond in a short conversation",
        "Demonstration Council", "18 March 2027", "Sam Ellery", "Priya Nair", NUMBER,
    ):  # fmt: skip
        assert fact in said


def test_the_same_data_gives_the_same_bytes_in_this_process_and_in_a_new_one() -> None:
    first = render(shown(), PLAIN, COLOURS)
    render(shown(name="Somebody Else"), PLAIN, COLOURS)
    press = Press()
    assert first == render(shown(), PLAIN, COLOURS) == press.print(shown(), PLAIN, COLOURS)
    press.close()


def test_the_code_is_read_from_a_grey_print_of_a_fax_machine() -> None:
    page = pypdfium2.PdfDocument(render(shown(), PLAIN, COLOURS))[0]
    picture = page.render(scale=100 / 72, grayscale=True).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [shown().verify_url]


def test_nobody_who_signs_leaves_no_line_to_sign_on() -> None:
    signed = render(shown(), PLAIN, COLOURS)
    unsigned = render(shown(signatory_name="", signatory_job=""), PLAIN, COLOURS)
    assert b"%PDF" in unsigned[:8]
    assert len(structure(unsigned)) < len(structure(signed))
    job_alone = words(render(shown(signatory_name=""), PLAIN, COLOURS))
    assert "Workforce development team" in job_alone


@pytest.mark.parametrize("name", NAMES)
def test_long_names_and_names_of_any_country_stay_whole_on_one_page(name: str) -> None:
    data = render(shown(name=name), PLAIN, COLOURS)
    assert len(pdf(data).pages) == 1
    assert re.sub(r"\s|\xad|\ufffe", "", name) in re.sub(r"\s|\xad|\ufffe", "", words(data))


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "{{ 7*7 }} {% raw %}",
        '<img src="file:///etc/passwd">',
        "<link rel=attachment href=http://127.0.0.1>",
        "</title><h1>Prof.</h1>",
        "=HYPERLINK('http://x','y')",
        "'; DROP TABLE person;--",
    ],
)
def test_a_hostile_name_is_printed_as_it_is_and_does_nothing(name: str) -> None:
    data = render(shown(name=name), PLAIN, COLOURS)
    made = pdf(data)
    assert name.replace(" ", "") in words(data).replace(" ", "")
    assert "/EmbeddedFiles" not in made.Root.get("/Names", {})
    assert structure(data).count("/H1") == 1
    assert b"root:" not in data


def test_a_name_no_font_has_letters_for_is_refused_and_says_so() -> None:
    with pytest.raises(RenderError, match="No font"):
        render(shown(name="Amara \U000e0021\ue123"), PLAIN, COLOURS)


def test_a_name_of_three_hundred_letters_is_refused_and_the_next_one_is_printed() -> None:
    with pytest.raises(RenderError, match="too long to print: it has 300 letters"):
        render(shown(name="A" * 300), PLAIN, COLOURS)
    assert render(shown(), PLAIN, COLOURS).startswith(b"%PDF-1.7")


# -- bad designs -------------------------------------------------------------------------------

BAD = {
    "a file": ('<img src="file:///etc/passwd">', "", "designs load nothing"),
    "an address": ('<img src="http://127.0.0.1:1/x">', "", "designs load nothing"),
    "data of its own": ('<img src="data:image/png;base64,AA">', "", "designs load nothing"),
    "an attachment": ('<link rel="attachment" href="file:///etc/passwd">', "", "load nothing"),
    "a background": ("<p>x</p>", "p { background: url(file:///etc/hosts) }", "load nothing"),
    "an imported style": ("", '@import url("http://127.0.0.1:1/x.css");', "load nothing"),
    "a font": ("", '@font-face { font-family: x; src: url("file:///x.ttf") }', "load nothing"),
    "a wrong style": ("<p>x</p>", "p { colour: red }", "faulty"),
    "a variable of its own": ("{{ password }}", "", "faulty"),
    "a way out": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "", "faulty"),
    "an unclosed block": ("{% if 1 %}", "", "faulty"),
    "two pages": ('<p style="break-after: page">1</p><p>2</p>', "", "takes 2 pages"),
}


@pytest.mark.parametrize(("body", "css", "why"), BAD.values(), ids=BAD.keys())
def test_a_bad_design_is_refused_with_the_reason_every_time(body: str, css: str, why: str) -> None:
    design = replace(PLAIN, template=f"<html lang=en><title>x</title>{body}", css=css)
    for _ in range(2):
        with pytest.raises(RenderError, match=why):
            render(shown(), design, COLOURS)
    assert render(shown(), PLAIN, COLOURS)


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press()
    yield made
    made.close()


def test_a_design_that_never_ends_is_stopped_and_the_next_one_is_printed(press: Press) -> None:
    press.print(shown(), PLAIN, COLOURS)
    assert press.pid is not None
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    # The alarm clock that would ring after twenty seconds rings after one.
    Timer(1, os.kill, (press.pid, signal.SIGALRM)).start()
    with pytest.raises(RenderError, match="longer than 20 seconds"):
        press.print(shown(), replace(PLAIN, template=endless), COLOURS)
    assert press.print(shown(), PLAIN, COLOURS)


def test_a_design_that_wants_all_memory_is_stopped_and_the_next_one_is_printed(
    press: Press,
) -> None:
    greedy = replace(PLAIN, template="{{ 'x' * 900000000 }}")
    with pytest.raises(RenderError, match="512 MB"):
        press.print(shown(), greedy, COLOURS)
    assert press.print(shown(), PLAIN, COLOURS)
