"""Forms of imports: the upload, the choice of columns, and the answers to the preview's questions.

The answers' form is made of the questions, so that it holds exactly the fields the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from courses.imports import fields, questions, reasons
from courses.imports.columns import Columns, complete
from courses.imports.questions import USE, Question
from lms import web
from lms.spreadsheets.headings import letters
from lms.web.forms import clean


class UploadForm(web.Form):
    """The file, and the sheet where it has several that could be meant."""

    file = web.FileField(
        "Choose a file",
        accept=".csv,.xlsx,.ods",
        hint="CSV, Excel or ODS, up to 5,000 rows. Nothing is saved until you confirm.",
        missing="Choose a file",
    )
    sheet = web.SelectField("Sheet", empty="Choose a sheet")

    def offer(self, names: Sequence[str]) -> None:
        """The sheets to choose from."""
        self.sheet.choices = [(name, name) for name in names]


class ColumnsForm(web.Form):
    """Where the headings are, and what each column holds."""

    heading_row = web.IntegerField(
        "Which row has the headings?",
        hint="The number the spreadsheet shows beside it. Enter 0 if there are no headings.",
        missing="Enter the number of the row with the headings, or 0",
        largest=10_000,
        like=3,
    )
    family_first = web.CheckboxField("Names in one column begin with the family name")
    name = web.SelectField(fields.FIELDS[fields.NAME], empty="None")
    given_name = web.SelectField(fields.FIELDS[fields.GIVEN], empty="None")
    family_name = web.SelectField(fields.FIELDS[fields.FAMILY], empty="None")
    email = web.SelectField(fields.FIELDS[fields.EMAIL], empty="None")
    profession = web.SelectField(fields.FIELDS[fields.PROFESSION], empty="None")
    organisation = web.SelectField(fields.FIELDS[fields.ORGANISATION], empty="None")
    team = web.SelectField(fields.FIELDS[fields.TEAM], empty="None")

    def offer(self, headings: Sequence[str], samples: Sequence[Sequence[str]]) -> None:
        """The columns by letter, heading and the first thing in them."""
        choices = [
            (str(column), _described(column, heading, [row[column] for row in samples]))
            for column, heading in enumerate(headings)
        ]
        for one in self.selects:
            one.choices = choices

    def fill(self, columns: Columns, row_no: int) -> None:
        """Start from what we think."""
        self.heading_row.data = row_no
        self.family_first.data = columns.family_first
        for one in self.selects:
            column = columns.at.get(one.name)
            one.data = None if column is None else str(column)

    @property
    def selects(self) -> list[Any]:
        """The select of each field, in the order of the page."""
        return [self[name] for name in fields.FIELDS]

    def validate(self, extra_validators: Any = None) -> bool:
        """A name is needed, and no column twice."""
        right: bool = super().validate(extra_validators)
        chosen = [one.data for one in self.selects if one.data]
        if right and not complete(self.at):
            self.name.errors = ["Choose the column that holds names"]
        elif right and len(set(chosen)) < len(chosen):
            twice = next(one for one in self.selects if one.data and chosen.count(one.data) > 1)
            twice.errors = ["Choose each column once"]
        else:
            return right
        return False

    @property
    def at(self) -> dict[str, int]:
        """The column of each field."""
        return {one.name: int(one.data) for one in self.selects if one.data}


def _described(column: int, heading: str, cells: Sequence[str]) -> str:
    sample = next((cell.strip() for cell in cells if cell.strip()), "")
    words = " – ".join(part[:40] for part in (heading.strip(), sample) if part)
    return f"{letters(column)}: {words or 'empty'}"


_LABELS = {
    "email": "E-mail address",
    "given_name": "First name",
    "family_name": "Last name",
    "waiver": "Why?",
    "time": "Time, like 9:50am",
}
_MISSING = {"given_name": "Enter a name", "waiver": "Enter why, which is shown in the history"}
_SELECTS = {
    reasons.PROFESSION: "Choose a job",
    reasons.ORGANISATION: "Choose an organisation",
    reasons.MARK_SESSION: "Choose a session",
}


class Answers(web.Form):
    """The answers to the questions on the page; what is not answered stays a question."""

    asked: Sequence[Question] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """A box counts only where its answer is chosen; then it must be filled in rightly."""
        right: bool = super().validate(extra_validators)
        for question in self.asked:
            if self[question.id].data == USE:
                right = self._check(question) and right
        return right

    def _check(self, question: Question) -> bool:
        if question.code == reasons.EMAIL:
            return self._clean(f"{question.id}_email", clean.email, "{}")
        if question.code == reasons.MARK_TIME:
            return self._clean(f"{question.id}_time", clean.wall_time, "The time {}")
        if question.code == reasons.NAME and not self._typed(question, "given_name", "family_name"):
            self[f"{question.id}_given_name"].errors = ["Enter a name"]
            return False
        elif question.code == reasons.RULE and not self._typed(question, "waiver"):
            self[f"{question.id}_waiver"].errors = ["Enter why, which is shown in the history"]
            return False
        return True

    def _clean(self, name: str, read: Callable[[str], object], sentence: str) -> bool:
        """Whether a box holds what it should; kept as it is read."""
        box = self[name]
        try:
            found = read(box.data or "")
        except ValueError as error:
            box.errors = [sentence.format(error)]
            return False
        box.data = found if isinstance(found, str) else box.data
        return True

    def _typed(self, question: Question, *names: str) -> str:
        return "".join(self[f"{question.id}_{name}"].data or "" for name in names)

    def rows(self) -> dict[int, dict[str, str | None]]:
        """What each row keeps."""
        found: dict[int, dict[str, str | None]] = {}
        for question in self.asked:
            chosen = self[question.id].data
            if not chosen:
                continue
            typed = {name: self[f"{question.id}_{name}"].data or "" for name in question.typed}
            for row in question.rows:
                found.setdefault(row, {}).update(questions.answers(question, chosen, typed))
        return found


def answers(asked: Sequence[Question]) -> Answers:
    """The form of these questions, with the answers to start from."""
    body: dict[str, Any] = {"asked": tuple(asked)}
    for question in asked:
        body |= _fields(question)
    form: Answers = type("AnswersHere", (Answers,), body)()
    return form


def _fields(question: Question) -> Mapping[str, Any]:
    where = f"{question.where[0].lower()}{question.where[1:]}"
    label = f"What to do with {where}{f', {question.who}' if question.who else ''}"
    default = question.chosen or None
    choices = question.options
    made: dict[str, Any] = {}
    if question.code in _SELECTS:
        made[question.id] = web.SelectField(
            label, empty=_SELECTS[question.code], choices=choices, default=default
        )
    else:
        made[question.id] = web.RadioField(label, choices=choices, default=default)
    for name, value in question.typed.items():
        made[f"{question.id}_{name}"] = web.TextField(
            _LABELS[name],
            default=value,
            longest=254 if name == "email" else 200,
            no_family_details=name == "waiver",
        )
    return made
