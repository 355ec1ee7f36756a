"""Content files: what is right loads, and whatever is wrong is said with file, line and field."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms import content
from lms.content import ContentError
from lms.content.reading import LARGEST
from lms.content.rules import problems
from lms.contracts import (
    CertificateUse,
    ComponentTemplate,
    CourseTemplate,
    EditionTemplate,
    Item,
    ProfessionTemplate,
    SurveyTemplate,
    SurveyUse,
    Tier,
    WaveKind,
)

ROOT = Path(__file__).parents[2]
COURSES = sorted(ROOT.glob("plugins/*/content/courses/*.yaml"))
SURVEYS = sorted((ROOT / "surveys/content").glob("*.yaml"))
PROFESSIONS = ROOT / "lms/people/content/professions.yaml"
FIELD = re.compile(r"^( *)(- )?([a-z_]+): +(?!>)(\S.*)$")

COURSE = """\
version: "1"
title: Listening
summary: A day of listening.
tier: introductory
audience: [teacher]
outcomes: [Listen]
domestic_abuse_content: It says what abuse is.
editions:
  - key: one-day
    title: One day
    cpd_minutes: 360
    participatory_minutes: 360
    components:
      - key: workshop
        title: Workshop
        kind: workshop
        session_minutes: 360
        required_minutes: 330
design: after_only
surveys:
  - {survey: "core:course-feedback", kind: post}
certificate: {kind: completion, design: "guest:plain"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A provider's folder of courses, without any."""
    made = tmp_path / "courses"
    made.mkdir()
    return made


def course(folder: Path, text: str = COURSE, name: str = "listening") -> CourseTemplate:
    """The one course of a folder, loaded from this text."""
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return content.courses(folder, "guest")[0]


def refused(folder: Path, text: str | bytes, name: str = "listening") -> ContentError:
    """The error that loading this text as a course ends in."""
    raw = text.encode() if isinstance(text, str) else text
    (folder / f"{name}.yaml").write_bytes(raw)
    with pytest.raises(ContentError) as caught:
        content.courses(folder, "guest")
    assert str(caught.value).startswith(f"{folder / name}.yaml:{caught.value.line}: ")
    return caught.value


def test_a_course_is_read_as_its_author_wrote_it(folder: Path) -> None:
    made = course(folder)
    assert (made.provider, made.key, made.tier) == ("guest", "listening", Tier.INTRODUCTORY)
    assert made.editions[0].components[0].sessions == 1
    assert made.surveys[0].kind is WaveKind.POST
    assert made.follow_on_of is None


def test_words_that_yaml_would_turn_into_something_else_stay_words(folder: Path) -> None:
    text = COURSE.replace("title: Listening", "title: no").replace("[Listen]", "[1:30, null, 1.10]")
    made = course(folder, text)
    assert made.title == "no"
    assert made.outcomes == ("1:30", "null", "1.10")


@pytest.mark.parametrize(
    ("was", "becomes", "line", "field", "says"),
    [
        ("title: Listening", "titel: Listening", 2, "titel", "did you mean title"),
        ("tier: introductory", "tier: beginner", 4, "tier", "must be one of foundation"),
        ("cpd_minutes: 360", "cpd_minutes: six hours", 11, "editions[0].cpd_minutes", "whole"),
        ("cpd_minutes: 360", "cpd_minutes: 6:00", 11, "editions[0].cpd_minutes", "whole"),
        ("cpd_minutes: 360", "cpd_minutes: -360", 11, "editions[0].cpd_minutes", "whole"),
        ("cpd_minutes: 360", "cpd_minutes: ٣٦٠", 11, "editions[0].cpd_minutes", "whole"),
        ("title: Workshop", "title:", 15, "editions[0].components[0].title", "is empty"),
        ("outcomes: [Listen]", "outcomes: Listen", 6, "outcomes", "must be a list"),
        ("outcomes: [Listen]", "outcomes: []", 6, "outcomes", "must be a list"),
        ("title: Listening", "title: [Listening]", 2, "title", "must be one value"),
        ("    title: One day\n", "", 9, "editions[0]", "lacks title"),
        ("domestic_abuse_content: It says what abuse is.\n", "", 1, "", "domestic_abuse_content"),
        ("key: one-day", "key: One day", 9, "editions[0].key", "small letters"),
        ('version: "1"', "version: 1.0", 1, "version", "must be a whole number"),
        ("outcomes: [Listen]", "outcomes: [a, b, c, d, e]", 6, "outcomes", "4 or fewer"),
        ("outcomes: [Listen]", f"outcomes: [{'a' * 81}]", 6, "outcomes[0]", "80 characters"),
        ("audience: [teacher]", "audience: [gp, gp]", 5, "audience", "more than once"),
        ("required_minutes: 330", "required_minutes: 361", 18,
         "editions[0].components[0].required_minutes", "must be 360 or fewer"),
        ("required_minutes: 330", "required_minutes: 0", 18,
         "editions[0].components[0].required_minutes", "more than 0"),
        ("participatory_minutes: 360", "participatory_minutes: 400", 12,
         "editions[0].participatory_minutes", "must be 360 or fewer"),
        ("kind: workshop", "kind: e-learning", 17,
         "editions[0].components[0].session_minutes", "e-learning has no sessions"),
        ("design: after_only", "design: pre_post", 19, "design", "needs surveys of kind pre"),
        ("kind: post}", "kind: post, months: 3}", 21, "surveys[0].months", "left out"),
        ("kind: post}", "kind: follow_up}", 21, "surveys[0].months", "from 1 to 24"),
        ('"guest:plain"', "plain", 22, "certificate.design", "provider:slug"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_field(
    folder: Path, was: str, becomes: str, line: int, field: str, says: str
) -> None:
    assert was in COURSE
    error = refused(folder, COURSE.replace(was, becomes, 1))
    assert (error.line, error.field) == (line, field)
    assert says in error.text


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (COURSE + "title: Again\n", 23, "title stands twice, first in line 2"),
        ("title: !!python/object/apply:os.system ['touch /tmp/x']\n", 1, "tags are not allowed"),
        ("a: &a [x]\nb: [*a, *a]\n", 1, "anchors"),
        ("title: x\nb: *nothing\n", 2, "aliases"),
        ("a: b\n<<: {c: d}\n", 1, "is not a field here"),
        ("[" * 5000, 1, "nested"),
        ("a: " + "{a: " * 40 + "x" + "}" * 40, 1, "nested"),
        ("title: 'unclosed\n", 2, "end of stream"),
        ("title: x\n\tsummary: y\n", 2, "cannot start any token"),
        ("title: x\n---\ntitle: y\n", 2, "document"),
        ("", 1, "is empty"),
        ("# only a comment\n", 1, "is empty"),
        ("- a\n- b\n", 1, "must be fields"),
        ("just words\n", 1, "must be fields"),
        ("? [a, b]\n: c\n", 1, "name the field with a word"),
        ("title: x\nsummary: a\x00b\n", 2, "U+0000"),
        (b"title: x\nsummary: caf\xe9\n", 2, "UTF-8"),
        ("a: " + "x" * LARGEST, 1, "longer than"),
    ],
)
def test_a_file_that_yaml_would_accept_or_choke_on_is_refused_with_its_line(
    folder: Path, text: str | bytes, line: int, says: str
) -> None:
    error = refused(folder, text)
    assert error.line == line
    assert says in error.text


def test_the_file_name_is_the_course_key_so_it_must_be_a_slug(folder: Path) -> None:
    assert refused(folder, COURSE, "Listening Well").field == "key"


def test_a_folder_that_is_not_there_is_an_error_and_not_an_empty_provider(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="is not a folder"):
        content.courses(tmp_path / "nothing", "guest")


def test_a_design_without_its_style_sheet_names_the_missing_file(tmp_path: Path) -> None:
    design = tmp_path / "wide"
    design.mkdir()
    (design / "design.yaml").write_text('version: "1"\ntitle: Wide\n')
    (design / "certificate.html").write_text("<p>{{ shown.name }}</p>")
    with pytest.raises(ContentError, match=r"certificate\.css:1: cannot be read"):
        content.designs(tmp_path, "guest")
    (design / "certificate.css").write_text("p { color: black }")
    (made,) = content.designs(tmp_path, "guest")
    assert made.key == "guest:wide"
    assert "shown.name" in made.template


def test_a_list_names_the_line_of_the_entry_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "professions.yaml"
    file.write_text("- code: gp\n  name: GP\n- code: Not a slug\n  name: Other\n")
    with pytest.raises(ContentError) as caught:
        content.listed(file, ProfessionTemplate)
    assert (caught.value.line, caught.value.field) == (3, "[1].code")


def test_templates_built_in_python_are_held_to_the_same_rules(folder: Path) -> None:
    made = replace(course(folder), version="two")
    assert [field for field, _ in problems(made)] == ["version"]


def test_a_scale_must_be_scored_by_numbers(tmp_path: Path) -> None:
    item = Item("helping", "scale", "How?", options=(("low", "Low"), ("high", "High")))
    (survey,) = (s for s in content.surveys(SURVEYS[0].parent, "core") if s.key == "follow-up")
    said = dict(problems(replace(survey, items=(item,))))
    assert "numbers" in said["items[0].options"]


# -- any line of any file we ship, broken in any of these ways ----------------------------------


SHAPES = (CourseTemplate, EditionTemplate, ComponentTemplate, SurveyUse, CertificateUse)
NAMES = {
    field.name
    for shape in (*SHAPES, SurveyTemplate, Item, ProfessionTemplate)
    for field in fields(shape)
}


def lines_of(file: Path) -> list[tuple[int, re.Match[str]]]:
    """The lines of a file that give a field its value, with their places."""
    text = file.read_text(encoding="utf-8").splitlines()
    found = [(place, FIELD.match(line)) for place, line in enumerate(text)]
    return [(place, line) for place, line in found if line and line[3] in NAMES]


def loaded(file: Path, text: str, tmp_path: Path) -> None:
    """Load this text as what the file is."""
    copy = tmp_path / file.name
    copy.write_text(text, encoding="utf-8")
    if file == PROFESSIONS:
        content.listed(copy, ProfessionTemplate)
    elif file in SURVEYS:
        content.surveys(tmp_path, "core")
    else:
        content.courses(tmp_path, "guest")


SHIPPED = [(file, *line) for file in [*COURSES, *SURVEYS, PROFESSIONS] for line in lines_of(file)]
BREAKS = {
    "renamed": "{indent}{dash}{field}x: {value}",
    "tagged": "{indent}{dash}{field}: !!python/name:os.system {value}",
    "anchored": "{indent}{dash}{field}: &a {value}",
    "emptied": "{indent}{dash}{field}:",
    "nested": "{indent}{dash}{field}: {{{{a: b}}, c: d}}",
    "twice": "{indent}{dash}{field}: {value}\n{rest}{field}: {value}",
}


@settings(max_examples=150, deadline=None)
@given(broken=st.sampled_from(SHIPPED), how=st.sampled_from(sorted(BREAKS)))
def test_any_line_of_any_file_we_ship_broken_is_named(
    tmp_path_factory: pytest.TempPathFactory, broken: tuple[Path, int, re.Match[str]], how: str
) -> None:
    file, place, found = broken
    indent, dash, field, value = found[1], found[2] or "", found[3], found[4]
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[place] = BREAKS[how].format(
        indent=indent, dash=dash, field=field, value=value, rest=indent + " " * len(dash)
    )
    with pytest.raises(ContentError) as caught:
        loaded(file, "\n".join(lines) + "\n", tmp_path_factory.mktemp("broken"))
    assert caught.value.file.name == file.name
    assert caught.value.line == place + (2 if how == "twice" else 1)


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(st.text(), st.text(alphabet="ab:-&*!{}[]'\"|>#%@`? \n\t", max_size=80)))
def test_no_text_at_all_ends_in_anything_but_a_content_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "any.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ContentError):
        content.courses(folder, "guest")
