"""Pictures of figures: nothing hidden has a length or a place, and time is drawn to scale."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.contracts import (
    Audience,
    Bar,
    ChartKind,
    Count,
    DataChart,
    DataTable,
    Derived,
    Draft,
    Form,
    Row,
    Subject,
    Sum,
)
from lms.reports.disclosure import POLICIES
from lms.reports.documents import Document, drawing, protect
from lms.reports.documents.document import Cell, Chart, ChartBar
from tests.reports.test_files import HEADING


def chart(kind: ChartKind) -> tuple[Draft, Document]:
    """Two bars of three, of which the first has two small parts."""
    values = {"a1": 2, "a2": 3, "a3": 40, "b1": 10, "b2": 20, "b3": 30, "a": 45, "b": 60}
    figures = [Count(key, value, Subject.ANSWERS) for key, value in values.items()]
    figures += [
        Derived(f"{key}_share", values[key] / values[key[0]], (key, key[0]), Form.PERCENT)  # type: ignore[misc]
        for key in list(values)[:6]
    ]
    bars = (Bar("Before", ("a1", "a2", "a3")), Bar("After", ("b1", "b2", "b3"), "{b} people"))
    series = ("Low", "Middle", "High")
    shares = DataTable("s", "Shares", "When", series, (
        Row("Before", ("a1_share", "a2_share", "a3_share")),
        Row("After", ("b1_share", "b2_share", "b3_share")),
    ))  # fmt: skip
    draft = Draft(tuple(figures), (DataChart(kind, "Answers", series, bars), shares))
    return draft, protect(draft, HEADING, POLICIES[Audience.PARTNER]).document


def test_what_is_hidden_of_a_bar_is_one_block_that_tells_only_the_sum() -> None:
    _, document = chart(ChartKind.STACKED)
    [before, after] = drawing.stacked(document.blocks[0])  # type: ignore[arg-type]
    assert [(piece.series, piece.text) for piece in before.pieces] == [(None, "[c]"), (2, "40")]
    assert before.pieces[0].width == pytest.approx(100 * 5 / 45, abs=0.01)
    assert before.summary == "Before: Low [c], Middle [c], High 40"
    assert [piece.text for piece in after.pieces] == ["10", "20", "30"]
    assert after.note == "60 people"


def test_where_a_part_is_hidden_fewer_and_larger_parts_are_drawn_instead() -> None:
    values = {"a": 45, "low": 2, "middle": 3, "high": 40, "less": 5}
    figures = tuple(Count(key, value, Subject.ANSWERS) for key, value in values.items())
    sums = (Sum("a", ("less", "high")), Sum("less", ("low", "middle")))
    two = DataChart(ChartKind.STACKED, "Answers", ("Less", "High"), (Bar("", ("less", "high")),))
    three = replace(two, series=("Low", "Middle", "High"), otherwise=two)
    three = replace(three, bars=(Bar("", ("low", "middle", "high")),))
    draft = Draft(figures, (three,), sums)
    for audience, parts in ((Audience.TEAM, ["2", "3", "40"]), (Audience.PARTNER, ["5", "40"])):
        [picture] = protect(draft, HEADING, POLICIES[audience]).document.blocks
        assert [cell.text for cell in picture.bars[0].cells] == parts  # type: ignore[union-attr]


def test_a_bar_whose_whole_is_hidden_is_not_drawn_to_scale() -> None:
    draft, document = chart(ChartKind.STACKED)
    picture = document.blocks[0]
    bar = replace(picture.bars[0], rest=None, to_scale=False)  # type: ignore[union-attr]
    [drawn] = drawing.stacked(replace(picture, bars=(bar,)))  # type: ignore[arg-type, type-var]
    assert drawn.pieces == ()
    assert len(draft.blocks) == 2


def test_hidden_beams_have_no_length_and_hidden_points_no_place() -> None:
    _, document = chart(ChartKind.BARS)
    groups = drawing.side_by_side(document.blocks[0])  # type: ignore[arg-type]
    assert [len(drawn.pieces) for drawn in groups[0]] == [0, 0, 1]
    _, document = chart(ChartKind.CURVE)
    low, _, high = drawing.curves(document.blocks[0])  # type: ignore[arg-type]
    assert low.points[0] is None
    assert None not in high.points
    assert (len(low.lines), len(high.lines)) == (0, 1)


def left(*shares: int | None) -> Chart:
    """What is left of all after one, three and six months; None is hidden."""
    cells = [
        Cell("[c]") if each is None else Cell(f"{each}%", str(each / 100), "percent")
        for each in shares
    ]
    labels = ("1 month", "3 months", "6 months")
    bars = tuple(ChartBar(name, (cell,)) for name, cell in zip(labels, cells, strict=True))
    return Chart("curve", "Still going", ("Still going",), bars)


def test_a_curve_of_what_is_left_begins_with_all_and_goes_down_in_steps_at_its_months() -> None:
    picture = left(90, 80, 50)
    [curve] = drawing.curves(picture)
    across = [x for x, _ in drawing.labels(picture)]
    whole = across[-1] - across[0]
    assert [round((x - across[0]) / whole * 6) for x in across] == [0, 1, 3, 6]
    assert [text for _, text in drawing.scale(picture)] == ["100%", "50%", "0%"]
    assert (curve.lines[0].x1, curve.lines[0].y1) == (across[0], drawing.TOP)
    assert all(line.x1 == line.x2 or line.y1 == line.y2 for line in curve.lines)


def test_a_hidden_point_of_a_curve_ends_its_line_and_has_its_mark() -> None:
    picture = left(90, None, 50)
    [curve] = drawing.curves(picture)
    assert [point and point.text for point in curve.points] == ["90%", None, "50%"]
    assert max(line.x2 for line in curve.lines) == drawing.labels(picture)[2][0]
    assert [mark for _, mark in drawing.gone(picture)] == ["[c]"]


def test_what_stands_outside_a_scale_has_a_tone_of_its_own() -> None:
    series = ("Not started", "Partly done", "Fully done", "No longer relevant")
    picture = Chart("stacked", "Objectives", series, (), aside=series[3:])
    assert drawing.tones(picture) == [0, 2, 4, drawing.ASIDE]
