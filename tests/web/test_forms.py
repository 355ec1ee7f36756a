"""What people type into forms: kept exactly, or refused on the field with a sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField

from lms import web
from lms.db import Complaint, Complaints
from lms.web.opening import LmsFlask
from tests.web.gallery import PersonForm


class Name(web.SearchForm):
    value = web.TextField("Full name", missing="Enter the full name", longest=100)


class Email(web.SearchForm):
    value = web.EmailField("E-mail address", missing="Enter your e-mail address")


class Day(web.SearchForm):
    value = web.DateField(
        "Date of session 1", missing="Enter the date of session 1", latest=date(2030, 1, 1)
    )


class Start(web.SearchForm):
    value = web.TimeField("Start time", missing="Enter when it starts")


class Capacity(web.SearchForm):
    value = web.IntegerField("Capacity", smallest=1, largest=200, like=18)


class Answers(web.SearchForm):
    one = web.RadioField("How?", choices=[("a", "A"), ("b", "B")], missing="Choose how")
    many = web.CheckboxesField("Which?", choices=[(1, "One"), (2, "Two")], coerce=int)
    listed = web.SelectField("Where?", choices=[("x", "X"), ("y", "Y")])


class SessionPart(web.Part):
    start = web.TimeField("Start time", missing="Enter when session starts")


class Sessions(web.SearchForm):
    sessions = FieldList(FormField(SessionPart), min_entries=1)


@pytest.fixture(autouse=True)
def _inside(gallery: LmsFlask) -> Iterator[None]:
    with gallery.test_request_context():
        yield


Sent = Callable[[type[web.Form], Any], tuple[Any, list[str]]]


@pytest.fixture
def sent() -> Sent:
    """The value and the sentences after one text was sent to a form's `value`."""

    def send(form: type[web.Form], typed: Any) -> tuple[Any, list[str]]:
        data = MultiDict(typed) if isinstance(typed, dict) else MultiDict({"value": typed})
        made = form(formdata=data)
        made.validate()
        return made.value.data, list(made.value.errors)

    return send


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien-Ng",
        "Ó Súilleabháin",
        "李小龍",
        "محمد",
        "👩🏽‍⚕️",
        "X",
        "Null",
        "None",
        "nan",
        "TRUE",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "{% raw %}",
        '<img src="file:///etc/passwd">',
        '=HYPERLINK("http://x","y")',
        "-1+1",
        "@SUM(A1)",
        "＝1+1",
        "'; DROP TABLE person;--",
        "%_\\",
    ],
)
def test_a_name_is_kept_exactly_however_odd_it_looks(sent: Sent, name: str) -> None:
    assert sent(Name, name) == (name, [])


def test_a_name_is_the_same_however_its_accents_were_typed(sent: Sent) -> None:
    apart = unicodedata.normalize("NFD", "Ó Súilleabháin")
    assert sent(Name, f"  {apart}\u00a0")[0] == "Ó Súilleabháin"


@pytest.mark.parametrize("empty", ["", "   ", "\u00a0\u00a0", "\ufeff\u200b"])
def test_a_name_of_spaces_is_missing(sent: Sent, empty: str) -> None:
    assert sent(Name, empty)[1] == ["Enter the full name"]


@pytest.mark.parametrize(
    "hidden",
    [
        "a\0b",
        "a\ufdd0b",
        "a\U0001fffeb",
        "a\u202egpj.exe",
        "a\u2066b",
        "a\u200bb",
        "a\ufeffb",
        "a\x1bb",
        "\ud800",
        "a\ufffdb",
    ],
)
def test_a_sign_nobody_can_see_is_refused_with_a_sentence(sent: Sent, hidden: str) -> None:
    _, said = sent(Name, hidden)
    assert len(said) == 1
    assert said[0].startswith("Full name has a")
    assert said[0].endswith("Type it again")


def test_two_hundred_accents_on_one_letter_are_refused(sent: Sent) -> None:
    assert sent(Name, "Z" + "\u0301" * 200)[1] == [
        "Full name has too many accents on one letter. Type it again"
    ]


def test_a_name_that_is_too_long_says_how_long_it_may_be(sent: Sent) -> None:
    assert sent(Name, "x" * 500)[1] == ["Full name must be 100 characters or fewer"]
    assert sent(Name, "x" * 100)[1] == []


def test_what_was_typed_stands_in_the_field_again_when_it_is_refused() -> None:
    form = Name(formdata=MultiDict({"value": "<b>" + "x" * 200}))
    form.validate()
    html = str(form.value())
    assert "&lt;b&gt;xxx" in html
    assert "Full name must be 100 characters or fewer" in html


def test_a_refused_sign_can_be_shown_again_without_breaking_the_page() -> None:
    form = Name(formdata=MultiDict({"value": "a\0\ud800b"}))
    form.validate()
    assert 'value="ab"' in str(form.value())
    str(form.value()).encode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A.B@X.GOV.UK", "a.b@x.gov.uk"),
        ("a@x.uk ", "a@x.uk"),
        ("\u00a0mailto:a@x.uk", "a@x.uk"),
        ("o'brien+training@sub.herts.nhs.uk", "o'brien+training@sub.herts.nhs.uk"),
    ],
)
def test_an_address_is_kept_in_lower_case_without_what_came_along(
    sent: Sent, typed: str, kept: str
) -> None:
    assert sent(Email, typed) == (kept, [])


@pytest.mark.parametrize(
    "typed",
    [
        "a@b@c",
        "j.patel@@herts.nhs",
        "a@x.uk\r\nBcc: z@y",
        '"a b"@x.uk',
        "a@g\u043ev.uk",
        "a@x.uk; b@x.uk",
        "a" * 250 + "@x.uk",
        "Jane <j@x.uk>",
        "a.@x.uk",
        "@x.uk",
        "a@x",
        "a@-x.uk",
        "a\0@x.uk",
        "a@x..uk",
    ],
)
def test_what_is_no_address_says_how_one_looks(sent: Sent, typed: str) -> None:
    assert sent(Email, typed)[1] == [
        "Enter an e-mail address in the correct format, like name@example.com"
    ]


def test_an_empty_address_asks_for_it(sent: Sent) -> None:
    assert sent(Email, " ")[1] == ["Enter your e-mail address"]


def boxes(day: str, month: str, year: str) -> dict[str, str]:
    return {"value-day": day, "value-month": month, "value-year": year}


@pytest.mark.parametrize(
    "typed",
    [
        boxes("4", "3", "2027"),
        boxes("04", "03", " 2027 "),
        boxes("4", "3", "27"),
        boxes("4", "March", "2027"),
        boxes("4", "mar", "2027"),
        {"value": "2027-03-04"},
        {"value": "04/03/2027"},
        {"value": "4 March 2027"},
    ],
)
def test_a_date_is_read_day_first_however_it_is_written(sent: Sent, typed: dict[str, str]) -> None:
    assert sent(Day, typed) == (date(2027, 3, 4), [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (boxes("", "", ""), "Enter the date of session 1"),
        ({}, "Enter the date of session 1"),
        (boxes("4", "", "2027"), "Date of session 1 must include a month"),
        (boxes("", "", "2027"), "Date of session 1 must include a day and a month"),
        (boxes("30", "2", "2026"), "Date of session 1 must be a real date"),
        (boxes("29", "2", "2027"), "Date of session 1 must be a real date"),
        (boxes("4", "13", "2027"), "Date of session 1 must be a real date"),
        (boxes("x", "3", "2027"), "Date of session 1 must be a real date"),
        (boxes("٤", "3", "2027"), "Date of session 1 must be a real date"),
        (boxes("4", "3", "026"), "Date of session 1 must have a year of 4 numbers, like 2027"),
        (boxes("4", "3", "0001"), "Date of session 1 must have a year between 1900 and 2200"),
        (boxes("4", "3", "9999"), "Date of session 1 must have a year between 1900 and 2200"),
        (boxes("4", "3", "2031"), "Date of session 1 must be 1 January 2030 or earlier"),
        ({"value": "45000"}, "Date of session 1 must be a real date"),
        ({"value": "2026-02-30"}, "Date of session 1 must be a real date"),
        ({"value": "9999-12-31"}, "Date of session 1 must have a year between 1900 and 2200"),
    ],
)
def test_a_date_that_is_none_says_what_is_wrong(
    sent: Sent, typed: dict[str, str], said: str
) -> None:
    assert sent(Day, typed) == (None, [said])


def test_the_error_of_a_date_leads_to_the_box_that_is_wrong() -> None:
    form = Day(formdata=MultiDict(boxes("4", "", "2027")))
    form.validate()
    assert [problem.href for problem in form.error_summary] == ["#value-month"]
    assert 'id="value-month"' in str(form.value())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9:30am", time(9, 30)),
        ("9.30am", time(9, 30)),
        ("9:30 A.M.", time(9, 30)),
        ("9.30", time(9, 30)),
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("9", time(9)),
        ("9am", time(9)),
        ("1430", time(14, 30)),
        ("14.30", time(14, 30)),
        ("14:30", time(14, 30)),
        ("2.30pm", time(14, 30)),
        ("2:30 pm", time(14, 30)),
        ("230pm", time(14, 30)),
        ("09:30", time(9, 30)),
        ("12.30pm", time(12, 30)),
        ("12:30am", time(0, 30)),
        ("2pm", time(14)),
        ("midday", time(12)),
        ("Noon", time(12)),
        ("midnight", time(0)),
    ],
)
def test_a_time_is_read_however_it_is_written(sent: Sent, typed: str, kept: time) -> None:
    assert sent(Start, typed) == (kept, [])


@pytest.mark.parametrize(
    "typed", ["24:00", "2400", "99", "25:00", "9:60am", "13:30pm", "half nine", "٩:٣٠"]
)
def test_a_time_that_is_none_says_how_one_looks(sent: Sent, typed: str) -> None:
    kept, said = sent(Start, typed)
    assert kept is None
    assert said[0].endswith("time, like 9:30am")


@pytest.mark.parametrize("typed", ["2", "6", "230"])
def test_an_hour_that_may_be_of_the_morning_or_the_afternoon_is_asked_about(
    sent: Sent, typed: str
) -> None:
    assert sent(Start, typed) == (
        None,
        ["Start time must say whether it is am or pm, like 2pm"],
    )


@pytest.mark.parametrize(("typed", "kept"), [("18", 18), (" +1 ", 1), ("", None), ("200", 200)])
def test_a_number_is_read(sent: Sent, typed: str, kept: int | None) -> None:
    assert sent(Capacity, typed) == (kept, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("NaN", "Capacity must be a whole number, like 18"),
        ("Infinity", "Capacity must be a whole number, like 18"),
        ("1e309", "Capacity must be a whole number, like 18"),
        ("1.000", "Capacity must be a whole number, like 18"),
        ("٣", "Capacity must be a whole number, like 18"),
        ("2.5", "Capacity must be a whole number, like 18"),
        ("9" * 4000, "Capacity must be a whole number, like 18"),
        ("-1", "Capacity must be 1 or more"),
        ("−1", "Capacity must be 1 or more"),
        ("0", "Capacity must be 1 or more"),
        ("1,000", "Capacity must be 200 or fewer"),
        (str(2**31), "Capacity must be 200 or fewer"),
        ("9223372036854775808", "Capacity must be a whole number, like 18"),
    ],
)
def test_a_number_that_is_none_or_out_of_bounds_says_so(sent: Sent, typed: str, said: str) -> None:
    assert sent(Capacity, typed)[1] == [said]


def test_an_answer_that_was_not_offered_is_refused() -> None:
    form = Answers(formdata=MultiDict([("one", "c"), ("many", "7"), ("listed", "z")]))
    assert not form.validate()
    assert form.one.errors == ["Choose how"]
    assert form.many.errors == ["Choose one of the answers shown"]
    assert form.listed.errors == ["Choose one of the answers shown"]


def test_answers_that_were_offered_are_kept_and_chosen_again() -> None:
    form = Answers(formdata=MultiDict([("one", "a"), ("many", "2"), ("many", "2"), ("many", "1")]))
    assert form.validate()
    assert (form.one.data, form.many.data, form.listed.data) == ("a", [2, 1], None)
    assert str(form.many()).count(" checked") == 2


def test_a_number_that_is_no_number_among_the_answers_is_refused() -> None:
    form = Answers(formdata=MultiDict([("one", "a"), ("many", "x")]))
    assert not form.validate()
    assert form.many.errors == ["Choose one of the answers shown"]


def test_no_answer_is_chosen_beforehand() -> None:
    assert " checked" not in str(Answers(formdata=None).one())


def test_a_choice_that_only_accepts_what_the_view_offers_now_is_checked_against_that() -> None:
    form = Answers(formdata=MultiDict([("one", "later")]))
    form.one.choices = [("later", "Later")]
    assert form.validate()
    assert form.one.data == "later"


def test_a_field_that_nobody_declared_is_ignored() -> None:
    form = Name(formdata=MultiDict({"value": "Amara", "role": "administrator"}))
    assert form.validate()
    assert "role" not in form.data


def test_the_errors_of_parts_are_summed_up_with_their_own_addresses() -> None:
    form = Sessions(formdata=MultiDict({"sessions-0-start": ""}))
    assert not form.validate()
    assert [(p.text, p.href) for p in form.error_summary] == [
        ("Enter when session starts", "#sessions-0-start")
    ]


def test_what_a_service_complains_of_stands_at_its_field_or_above_the_form() -> None:
    form = Name(formdata=MultiDict({"value": "Amara"}))
    assert form.validate()
    form.add_complaint(
        Complaints(Complaint("value", "She is booked already"), Complaint("none", "It is full"))
    )
    assert [(p.text, p.href) for p in form.error_summary] == [
        ("It is full", ""),
        ("She is booked already", "#value"),
    ]


def test_a_field_has_a_label_a_hint_and_an_error_that_belong_together() -> None:
    form = Email(formdata=MultiDict({"value": "x"}))
    form.validate()
    html = str(form.value(hint="The one your messages go to"))
    assert '<label class="govuk-label" for="value">' in " ".join(html.split())
    assert 'aria-describedby="value-hint value-error"' in html
    assert 'autocomplete="email"' in html


def test_a_hidden_value_loses_what_nobody_can_see() -> None:
    class Carried(web.SearchForm):
        row = web.HiddenField()

    form = Carried(formdata=MultiDict({"row": "a\0b\ud800" + "x" * 500}))
    form.validate()
    assert form.row.data.startswith("abx")
    assert len(form.row.data) == 200


def test_lines_are_kept_and_their_ends_made_one() -> None:
    class Long(web.SearchForm):
        value = web.TextAreaField("Reason", longest=10)

    form = Long(formdata=MultiDict({"value": "one\r\ntwo\r\n"}))
    assert form.validate()
    assert form.value.data == "one\ntwo"
    assert not Long(formdata=MultiDict({"value": "\n".join("x" * 10_000)})).validate()


@pytest.mark.parametrize("kind", [web.TextField, web.TextAreaField])
def test_a_field_that_may_hold_no_familys_detail_refuses_one_and_shows_it_again(
    kind: type[web.TextField],
) -> None:
    class Why(web.SearchForm):
        value = kind("Why?", no_family_details=True)

    form = Why(formdata=MultiDict({"value": "my client Sarah asked"}))
    assert not form.validate()
    [said] = form.value.errors
    assert said.startswith("'my client Sarah' looks like somebody's name. We never keep")
    assert (form.value.data, form.value.value) == ("", "my client Sarah asked")
    assert Why(formdata=MultiDict({"value": "a client asked"})).validate()


ANYTHING = st.text() | st.sampled_from(["9:30am", "4", "2027", "a@x.uk", "yes", "hv", "-1", "1e9"])
FIELDS = ("name", "email", "job", "start-day", "start-month", "start-year", "start", "at",
          "capacity", "support", "needs", "agree", "why", "sheet", "once")  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), st.lists(ANYTHING, max_size=3)))
def test_whatever_is_sent_a_form_answers_and_its_page_can_be_drawn(
    shared_gallery: LmsFlask, sent: dict[str, list[str]]
) -> None:
    with shared_gallery.test_request_context():
        form = PersonForm(formdata=MultiDict(sent), meta={"csrf": False})
        form.validate()
        html = "".join(str(field()) for field in form)
        html.encode()
        html5lib.HTMLParser(strict=True).parseFragment(html)
        for problem in form.error_summary:
            assert problem.text
            assert f'id="{problem.href.removeprefix("#")}"' in html
