"""Pages of imports: upload, preview with its questions, what came of it, undo.

Opening a page changes nothing; "Add" saves the answers first and adds only what the page promised.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request

from courses import access
from courses.imports import batches, columns, fields, files, forms, queries, uploads
from courses.imports.batches import Batch
from courses.imports.columns import Columns
from courses.imports.drafts import ADD, ATTENTION, HAVE, OUT
from courses.imports.forms import Answers, ColumnsForm, UploadForm
from courses.imports.keeping import Particulars
from courses.imports.services import adding, completions, staging, undoing
from courses.imports.services.deciding import check_open
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from lms import clock, web
from lms.db import Complaint
from lms.people.queries import mailboxes
from lms.permissions import allow
from lms.spreadsheets import MOST_BYTES
from lms.spreadsheets import TYPES as FORMATS
from lms.web import words
from lms.web.paging import page_of

blueprint = Blueprint("imports", __name__)

QUESTIONS_A_PAGE = 25
VERDICTS = (ADD, HAVE, OUT)
TEMPLATES = "courses/imports"
SEVERAL = (
    "The file has several sheets that could be meant. Choose one here, and choose the file again"
)


@blueprint.route("/cohorts/<uuid:cohort_id>/import", methods=["GET", "POST"])
@allow(access.MANAGE)
def upload(cohort_id: uuid.UUID) -> web.Answer:
    """Import people from a spreadsheet."""
    actor = web.current_actor()
    cohort = cohorts.get(actor, cohort_id, access.MANAGE)
    form = _upload_form()
    page = {
        "cohort": cohort,
        "form": form,
        "wanted": files.wanted(),
        "formats": FORMATS,
        "earlier": batches.of_cohort(actor, cohort_id),
    }
    if not form.validate_on_submit():
        show = web.render if request.method != "POST" else web.invalid
        return show(f"{TEMPLATES}/upload.html", **page)
    try:
        check_open(cohort)
        data, name = _file(form)
        read = uploads.people(data, name, provider=cohort.provider_key, sheet=form.sheet.data or "")
        batch_id = staging.stage(cohort_id, read, by=web.current_actor())
    except Complaint as complaint:
        _complain(form, complaint)
        return web.invalid(f"{TEMPLATES}/upload.html", **page)
    return web.see("imports.preview", batch_id=batch_id)


@blueprint.route("/imports/completions", methods=["GET", "POST"])
@allow(access.MANAGE)
def upload_completions() -> web.Answer:
    """Import completions of e-learning from a provider's export."""
    form = _upload_form()
    page = {"form": form, "formats": uploads.completion_formats()}
    if not form.validate_on_submit():
        show = web.render if request.method != "POST" else web.invalid
        return show(f"{TEMPLATES}/completions.html", **page)
    try:
        data, name = _file(form)
        read = uploads.completions(data, name, sheet=form.sheet.data or "")
        batch_id = completions.stage(read, by=web.current_actor())
    except Complaint as complaint:
        _complain(form, complaint)
        return web.invalid(f"{TEMPLATES}/completions.html", **page)
    return web.see("imports.preview", batch_id=batch_id)


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.offer([one for one in [request.form.get("sheet", "")] if one])
    return form


def _file(form: UploadForm) -> tuple[bytes, str]:
    """What was sent, no more than we read, and its name without folders and hidden signs."""
    sent = form.file.data
    assert sent is not None
    data = sent.stream.read(MOST_BYTES + 1)
    name = "".join(sign for sign in sent.filename or "" if sign.isprintable())
    return data, name.replace("\\", "/").rpartition("/")[2][:200] or "file"


def _complain(form: UploadForm, complaint: Complaint) -> None:
    if complaint.field == uploads.SHEET:
        form.offer(complaint.text.split("\n"))
        complaint = Complaint(uploads.SHEET, SEVERAL)
    form.add_complaint(complaint)


@blueprint.get("/imports/example.<form>")
@allow(access.MANAGE)
def example(form: str) -> web.Answer:
    """A file to start from."""
    if form not in FORMATS:
        web.not_found()
    return web.download(files.example(form), f"people.{form}", files.content_type(form))


# -- the preview -------------------------------------------------------------------------------


@blueprint.get("/imports/<uuid:batch_id>")
@allow(access.MANAGE, reach=batches.reached)
def preview(batch_id: uuid.UUID) -> web.Answer:
    """What will happen, what needs attention; later what happened."""
    batch, cohort = _get(batch_id)
    if batch.state != batches.STAGED:
        return _outcome(batch, cohort)
    if not batch.sure:
        return _columns_page(batch, cohort, None)
    return web.render(f"{TEMPLATES}/preview.html", **_preview(batch, cohort, None))


@blueprint.post("/imports/<uuid:batch_id>")
@allow(access.MANAGE)
def answer(batch_id: uuid.UUID) -> web.Answer:
    """Keep the answers; with "Add", add as many as the page said, or show what has changed."""
    batch, cohort = _get(batch_id)
    if batch.state != batches.STAGED:
        return web.see("imports.preview", batch_id=batch_id)
    form = forms.answers(_shown(batch, cohort).items)
    if not form.validate_on_submit():
        return web.invalid(f"{TEMPLATES}/preview.html", **_preview(batch, cohort, form))
    service = staging if batch.is_people else completions
    if rows := form.rows():
        service.answer(batch_id, rows, by=web.current_actor())
    if "add" not in request.form:
        left = len(queries.questions(_get(batch_id)[0], cohort))
        asked = f"{words.plural(left, 'question is', 'questions are')} left." if left else None
        web.say("Your answers are kept", detail=asked)
        return _back(batch_id)
    return _add(batch_id, cohort, expected=request.form["add"])


def _add(batch_id: uuid.UUID, cohort: CohortFacts | None, *, expected: str) -> web.Answer:
    batch, _ = _get(batch_id)
    if batch.promise != expected:
        web.say(
            f"{batch.many} will be added now that your answers are kept",
            detail="Look at the list once more, then press Add.",
        )
        return _back(batch_id)
    confirm = adding.confirm if batch.is_people else completions.confirm
    try:
        confirm(batch_id, by=web.current_actor())
    except Complaint as complaint:
        form = forms.answers(_shown(batch, cohort).items)
        form.add_complaint(complaint)
        return web.invalid(f"{TEMPLATES}/preview.html", **_preview(batch, cohort, form))
    return web.see("imports.preview", batch_id=batch_id)


def _back(batch_id: uuid.UUID) -> web.Answer:
    page = request.args.get("page", "")
    return web.see("imports.preview", batch_id=batch_id, **({"page": page} if page else {}))


def _preview(batch: Batch, cohort: CohortFacts | None, form: Answers | None) -> dict[str, Any]:
    shown = _shown(batch, cohort)
    return {
        "batch": batch,
        "cohort": cohort,
        "questions": shown,
        "form": form or forms.answers(shown.items),
        "lists": [_listed(batch, cohort, verdict, number=1) for verdict in VERDICTS],
        "reading": queries.reading(batch),
        "adds": batch.many,
        "delay": words.plural(int(queries.delay().total_seconds()) // 60, "minute"),
    }


def _listed(
    batch: Batch, cohort: CohortFacts | None, verdict: str, *, number: int | None = None
) -> dict[str, Any]:
    """Rows of a verdict, with what will be kept of those that will be added."""
    found = queries.rows(batch, verdict, number=number)
    kept: Mapping[int, Particulars] = {}
    if verdict == ADD and batch.state == batches.STAGED and cohort:
        kept = queries.kept(web.current_actor(), cohort, found.items)
    return {"verdict": verdict, "found": found, "kept": kept}


def _shown(batch: Batch, cohort: CohortFacts | None) -> web.Page[Any]:
    return page_of(queries.questions(batch, cohort), per_page=QUESTIONS_A_PAGE)


# -- columns -----------------------------------------------------------------------------------


@blueprint.route("/imports/<uuid:batch_id>/columns", methods=["GET", "POST"])
@allow(access.MANAGE)
def choose_columns(batch_id: uuid.UUID) -> web.Answer:
    """Say which row has the headings and which column holds what."""
    batch, cohort = _get(batch_id)
    if batch.state != batches.STAGED or cohort is None:
        return web.see("imports.preview", batch_id=batch_id)
    form = ColumnsForm()
    sheet = staging.sheet_of(batch, queries.all_rows(batch))
    form.offer(_column_headings(batch, sheet.rows), sheet.rows[: columns.DEEPEST])
    if request.method != "POST":
        return _columns_page(batch, cohort, None)
    if not form.validate_on_submit():
        return _columns_page(batch, cohort, form)
    row_no = form.heading_row.data
    if row_no and row_no not in sheet.row_numbers:
        form.add_complaint(
            Complaint("heading_row", "Enter the number of a row that is in the file")
        )
        return _columns_page(batch, cohort, form)
    place = sheet.row_numbers.index(row_no) if row_no else -1
    chosen = Columns(place, 1, form.at, form.family_first.data, sure=True)
    staging.set_columns(batch_id, chosen, by=web.current_actor())
    return web.see("imports.preview", batch_id=batch_id)


def _columns_page(batch: Batch, cohort: CohortFacts | None, form: ColumnsForm | None) -> web.Answer:
    rows = queries.all_rows(batch)
    cells = [row.line.cells for row in rows]
    page: dict[str, Any] = {"batch": batch, "cohort": cohort, "top": queries.top_rows(batch)}
    page["letters"] = [columns.letters(n) for n in range(len(cells[0]) if cells else 0)]
    page["no_email"] = fields.EMAIL not in batch.columns.at
    if form is not None:
        return web.invalid(f"{TEMPLATES}/columns.html", form=form, **page)
    place = batch.columns.place
    number = rows[place].row_no if 0 <= place < len(rows) else 0
    form = ColumnsForm(formdata=None)
    form.offer(_column_headings(batch, cells), cells[place + 1 : place + 1 + columns.DEEPEST])
    form.fill(batch.columns, number)
    return web.render(f"{TEMPLATES}/columns.html", form=form, guessed=number, **page)


def _column_headings(batch: Batch, rows: Any) -> list[str]:
    place = batch.columns.place
    width = len(rows[0]) if rows else 0
    return list(rows[place]) if 0 <= place < len(rows) else [""] * width


# -- what came of it ---------------------------------------------------------------------------


def _outcome(batch: Batch, cohort: CohortFacts | None) -> web.Answer:
    confirmed = batch.state == batches.CONFIRMED and batch.is_people
    return web.render(
        f"{TEMPLATES}/outcome.html",
        batch=batch,
        cohort=cohort,
        refused=queries.refused(batch),
        hanging=queries.hanging(batch.id) if confirmed else [],
        **_messages(batch),
    )


def _messages(batch: Batch) -> dict[str, Any]:
    """When the confirmations go, whether that is over, and whose sign-in has ended."""
    goes_at = queries.goes_at(batch)
    return {
        "goes_at": goes_at,
        "gone": goes_at is not None and goes_at <= clock.now(),
        "printed": queries.without_address(batch),
        "shared": mailboxes.found_shared(web.current_actor(), batch.id),
    }


@blueprint.get("/imports/<uuid:batch_id>/rows/<verdict>")
@allow(access.MANAGE)
def rows(batch_id: uuid.UUID, verdict: str) -> web.Answer:
    """Every row of a verdict, in pages."""
    batch, cohort = _get(batch_id)
    if verdict not in (*VERDICTS, ATTENTION):
        web.not_found()
    listed = _listed(batch, cohort, verdict)
    return web.render(f"{TEMPLATES}/rows.html", batch=batch, cohort=cohort, **listed)


@blueprint.get("/imports/<uuid:batch_id>/not-added")
@allow(access.MANAGE)
def refused(batch_id: uuid.UUID) -> web.Answer:
    """The rows that were not added, as a file like the one that came, with the reasons."""
    batch, _ = _get(batch_id)
    found = queries.refused(batch)
    if not found:
        web.not_found()
    data = files.refused(batch, queries.heading_rows(batch), found)
    return web.download(data, files.refused_name(batch), files.content_type(batch.reading["form"]))


@blueprint.post("/imports/<uuid:batch_id>/undo")
@allow(access.MANAGE)
def undo(batch_id: uuid.UUID) -> web.Answer:
    """Take the import back while nothing hangs on it."""
    batch, cohort = _get(batch_id)
    try:
        undoing.undo(batch_id, by=web.current_actor())
    except undoing.StillNeeded as needed:
        return web.invalid(
            f"{TEMPLATES}/outcome.html",
            batch=batch,
            cohort=cohort,
            refused=queries.refused(batch),
            hanging=list(needed.sentences),
            **_messages(batch),
        )
    return web.see("imports.preview", batch_id=batch_id)


@blueprint.post("/imports/<uuid:batch_id>/again")
@allow(access.MANAGE)
def start_again(batch_id: uuid.UUID) -> web.Answer:
    """Forget the answers given so far; the questions are asked again."""
    batch, _ = _get(batch_id)
    service = staging if batch.is_people else completions
    service.start_again(batch_id, by=web.current_actor())
    web.say("Your answers are forgotten and the questions asked again")
    return web.see("imports.preview", batch_id=batch_id)


@blueprint.post("/imports/<uuid:batch_id>/cancel")
@allow(access.MANAGE)
def discard(batch_id: uuid.UUID) -> web.Answer:
    """Forget a staged file."""
    batch, cohort = _get(batch_id)
    staging.discard(batch_id, by=web.current_actor())
    web.say(f"{batch.file_name} was not imported", detail="Nothing was saved.")
    if cohort is None:
        return web.see("imports.upload_completions")
    return web.see("courses.cohort", cohort_id=cohort.id)


def _get(batch_id: uuid.UUID) -> tuple[Batch, CohortFacts | None]:
    actor = web.current_actor()
    batch = batches.get(actor, batch_id)
    if batch.cohort_id is None:
        return batch, None
    return batch, cohorts.get(actor, batch.cohort_id, access.MANAGE)
