"""A pack on paper: nothing runs into the next column, and no page holds a few last lines alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pypdf

from lms.reports.documents import Document
from lms.reports.documents.document import Cell, Table, TableRow
from lms.reports.documents.words import file_name
from lms.reports.printing import as_pdf
from lms.web.opening import LmsFlask
from tests.reports.making import document

P = "less than 0.001"
COLUMNS = (
    "People", "dz", "g_av", "r", "t", "Degrees of freedom", "p (t)", "p (t, Holm)",
    "p (Wilcoxon)", "Came to the highest two", "Left the highest two", "p (McNemar)",
)  # fmt: skip


def pages(documents: Sequence[Document]) -> list[str]:
    """The words of each page of a pack."""
    pdf = pypdf.PdfReader(io.BytesIO(as_pdf(documents, "Quarter 1")))
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


def wide(rows: int) -> Document:
    """A report with a table as wide as that of the tests, of so many rows."""
    texts = ("138", "0.95", "1.19", "−0.22", "11.19", "137", P, P, P, "73", "5", P)
    row = TableRow("Knowing about relationships", tuple(Cell(text) for text in texts))
    table = Table("tests", "Tests", "Question", COLUMNS, (row,) * rows, ("Nothing is tested.",))
    said = tuple((f"Word {number}", "How it is counted. " * 8) for number in range(8))
    return replace(document(), blocks=(table,), definitions=said)


def test_a_small_probability_stays_on_one_line_within_the_paper(site: LmsFlask) -> None:
    pdf = pypdf.PdfReader(io.BytesIO(as_pdf([wide(1)], "Quarter 1")))
    ends: list[float] = []

    def note(text: str, scale: Sequence[float], at: Sequence[float], *_: object) -> None:
        if "<0.001" in text:
            ends.append(at[4] * scale[0] + scale[4] + 25)  # points; so wide are its six signs

    pdf.pages[0].extract_text(visitor_text=note)
    assert pages([wide(1)])[0].count("<0.001") == 4
    assert max(ends) < float(pdf.pages[0].mediabox.width) - 16 / 25.4 * 72


def test_how_it_is_counted_stays_together_wherever_the_table_before_it_ends(
    site: LmsFlask,
) -> None:
    for rows in range(9, 30, 4):
        found = pages([wide(rows)])
        [closing] = [page for page in found if "How this is counted" in page]
        assert "Word 0." in closing
        assert "Word 7." in closing
        assert "Counted on" in closing
        [note] = [page for page in found if "Nothing is tested." in page]
        assert "<0.001" in note


def test_a_report_with_nothing_to_count_takes_no_page_of_its_own(site: LmsFlask) -> None:
    nothing = replace(document(), title="Were pledges kept?", empty="No pledges.", blocks=())
    found = pages([document(), nothing, replace(document(), title="What did it cost?")])
    assert len(found) == 2
    assert "Were pledges kept? " in found[0]
    assert "What did it cost?" in found[1]


def test_a_files_name_is_as_long_as_disks_take_whatever_it_is_written_in() -> None:
    for title in ("Did confidence change? " + "Hertfordshire, " * 40, "Ŵ" * 300, "é, " * 200):
        name = file_name(title, "xlsx")
        assert len(name.encode()) <= 220
        assert name.endswith(".xlsx")
        assert name.removesuffix(".xlsx") in title.replace("? ", ", ")
