"""Reading the audit trail: filtered, in the actor's scope, newest first."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app, url_for
from sqlalchemy import ColumnElement, Select, false, select, true

from lms import clock
from lms.columns import Named
from lms.contracts import Actor
from lms.db import Model, db
from lms.errors import Forbidden
from lms.permissions import access_of, check, where
from lms.records import AuditEntry
from lms.web import words

ROOMS = ("people", "messages", "ambassadors", "reports", "courses", "surveys", "certificates")
VERBS = {
    "cost.entered": "entered the cost of",
    "register_marked": "marked the register of",
    "completion": "decided the completion of",
    "handed_in": "handed in",
    "report.frozen": "froze",
    "report.restated": "restated",
    "report.downloaded": "downloaded",
    "report.released": "made a version for others of",
    "survey.keyed_in": "typed in",
    "survey.extended": "kept open for longer",
    "certificates.issued": "issued certificates of",
    "certificate.replaced": "replaced",
    "certificate.withdrawn": "withdrew",
    "gave role": "gave a role to",
    "ended role": "ended a role of",
    "asked for approval": "asked for approval on",
    "took a request back": "took back a request on",
    "offered places": "offered places on",
    "accepted an offer": "accepted an offer on",
    "agreed to an offer": "agreed to an offer on",
    "joined the waiting list": "joined the waiting list of",
    "left the waiting list": "left the waiting list of",
    "moved in the queue": "moved somebody in the queue of",
    "cancelled bookings": "cancelled bookings on",
    "downloaded people": "downloaded the people of",
    "downloaded everything held": "downloaded everything held about",
    "moved": "moved bookings from",
    "updated": "brought up to date",
    "booked": "booked people on",
    "imported": "imported",
    "undid an import": "undid the import of",
    "pledged": "made",
    "shared": "chose who sees",
    "took back": "took back",
    "asked for a change of": "asked for a change of",
    "began to review": "began to review",
    "entered the tally": "entered",
    "marked": "marked who came to",
    "described the role": "wrote",
    "opened the sheet to print": "opened to print",
    "answered": "answered",
    "changed their answer to": "changed the answer to",
}
"""Verbs of the trail that are codes, or that want a word before the thing."""
KINDS = {
    "assignment": "answers",
    "wave": "survey",
    "release": "version",
    "import batch": "file",
    "check in": "check-in",
    "network meeting": "meeting",
}
"""Kinds of thing whose tables are not called as people call them."""
FIELDS = {"pence": "Cost", "ons_code": "ONS code"}
TRANSITIVE = {
    *VERBS,
    *("added", "changed", "removed", "renamed", "published", "cancelled", "invited", "wrote"),
    *("approved", "withdrew", "sent", "planned", "called off", "handed on", "downloaded"),
    *("reworded", "weighed", "edited"),
}
"""Verbs after which the thing follows in one sentence."""


@dataclass(frozen=True)
class TrailRow:
    """One thing that was done."""

    at: datetime
    who: str
    what: str
    subject_type: str
    subject_id: uuid.UUID | None
    changes: tuple[str, ...]
    request: str
    label: str = ""
    url: str = ""
    word: str = ""

    @property
    def verb(self) -> str:
        """What was done, up to the name of the thing: "Published the cohort"."""
        said = verb_words(self.what)
        kind = "" if self.subject_type == "person" and self.label else self.kind
        if self.what in TRANSITIVE:
            what = f" {words.the(kind)}" if kind and self.subject_id else f" {kind}" if kind else ""
            return words.capital(f"{said}{what} {self.word}".rstrip())
        if not self.subject_id:
            return words.capital(said)
        return words.capital(f"{said}: {kind}" if kind else f"{said}:")

    @property
    def kind(self) -> str:
        """What it was done to: "cohort" for `courses_cohort`."""
        return kind_words(self.subject_type)


def kind_words(subject_type: str) -> str:
    """A kind of thing without its room: "cohort" for `courses_cohort`, "person" for `person`."""
    room, _, noun = subject_type.partition("_")
    kind = (noun if room in ROOMS else subject_type).replace("_", " ")
    return KINDS.get(kind, kind)


def verb_words(verb: str) -> str:
    """A verb in words: "froze" for `report.frozen`."""
    return VERBS.get(verb) or verb.rpartition(".")[2].replace("_", " ")


def listed(
    actor: Actor,
    *,
    who: str = "",
    verb: str = "",
    subject: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Select[Any]:
    """Entries for `web.paginate`; `until` is a whole day."""
    statement = select(AuditEntry).where(where(actor, "audit.view"))
    if who:
        statement = statement.where(AuditEntry.actor_label.icontains(who, autoescape=True))
    if verb:
        statement = statement.where(AuditEntry.verb == verb)
    if subject:
        statement = statement.where(AuditEntry.subject_type == subject)
    if since:
        statement = statement.where(AuditEntry.at >= clock.start_of(since))
    if until:
        statement = statement.where(AuditEntry.at < clock.start_of(until + timedelta(days=1)))
    return statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def entries(actor: Actor, limit: int, **filters: Any) -> Sequence[AuditEntry]:
    """The filtered entries for a download."""
    return db.session.scalars(listed(actor, **filters).limit(limit)).all()


def as_rows(entries: Iterable[AuditEntry], actor: Actor) -> list[TrailRow]:
    """Entries as people read them, each thing with its name and, for who may open it, its page."""
    found = list(entries)
    called = _called(found, actor)
    rows = []
    for entry in found:
        label, word, url = called.get((entry.subject_type, entry.subject_id), ("", "", ""))
        rows.append(
            TrailRow(
                entry.at,
                entry.actor_label if entry.actor_id else words.capital(entry.actor_label),
                entry.verb,
                entry.subject_type,
                entry.subject_id,
                tuple(_changes(entry.before or {}, entry.after or {}, label)),
                entry.request_id or "",
                label or str((entry.after or entry.before or {}).get("title") or ""),
                url,
                word,
            )
        )
    return rows


def _called(
    entries: Sequence[AuditEntry], actor: Actor
) -> dict[tuple[str, Any], tuple[str, str, str]]:
    """The name of each thing by kind and id, the word before it and its page: one query a kind."""
    models = _models()
    wanted: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        if entry.subject_id and entry.subject_type in models:
            wanted.setdefault(entry.subject_type, set()).add(entry.subject_id)
    called = {}
    for kind, ids in sorted(wanted.items()):
        model = models[kind]
        named: Named = model.in_trail
        names, steps = _names(model, named)
        way = (model, *(other for other, _ in steps))
        value = next(getattr(one, named.column) for one in way if hasattr(one, named.column))
        statement = select(model.id, value, _opens(named, value, actor), *names)
        for other, key in steps:
            statement = statement.join(other, other.id == key)
        for key, argument, opens, *said in db.session.execute(statement.where(model.id.in_(ids))):
            label = " ".join(str(one) for one in said if one)
            called[kind, key] = label, named.word, _url(named, argument) if opens and label else ""
    return called


def _names(model: Any, named: Named) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """The columns of a thing's name, and the models to join for them with the keys that lead there.

    A check-in's name is its pledge's, which is its ambassador's, which is a person's.
    """
    steps = []
    while named.through:
        column = model.__table__.c[named.through]
        (key,) = column.foreign_keys
        table = key.column.table
        (model,) = (one.class_ for one in Model.registry.mappers if one.local_table is table)
        named = model.in_trail
        steps.append((model, column))
    return [getattr(model, one) for one in named.columns], steps


def _models() -> Mapping[str, Any]:
    """The models that say how the trail calls their rows, by the kinds they are written as."""
    return {
        kind: mapper.class_
        for mapper in Model.registry.mappers
        if (named := getattr(mapper.class_, "in_trail", None)) is not None
        for kind in (named.kinds or (mapper.class_.__tablename__,))
    }


def _opens(named: Named, value: Any, actor: Actor) -> ColumnElement[bool]:
    """Whether there is a page of a thing that the actor can open, in SQL."""
    view = current_app.view_functions.get(named.endpoint)
    try:
        check(view, actor)
    except Forbidden:
        return false()
    access = access_of(view)
    reach = access.reach if access else None
    return value.in_(reach(actor).correlate(None)) if reach else true()


def _url(named: Named, value: Any) -> str:
    return url_for(named.endpoint, **{named.argument: value} if named.argument else {})


def kinds(actor: Actor) -> tuple[list[str], list[str]]:
    """The verbs and the kinds of thing that occur, for the filters."""
    mine = where(actor, "audit.view")
    verbs = db.session.scalars(select(AuditEntry.verb).where(mine).distinct().limit(100))
    subjects = db.session.scalars(select(AuditEntry.subject_type).where(mine).distinct().limit(100))
    return sorted(verbs), sorted(subjects)


def _changes(before: dict[str, Any], after: dict[str, Any], label: str) -> list[str]:
    names = list(dict.fromkeys([*before, *after]))
    return [
        _change(name, _shown(name, before.get(name)), _shown(name, after.get(name)))
        for name in names
        if (_shown(name, before.get(name)) or _shown(name, after.get(name)))
        and not (label and name in ("title", "name") and label == after.get(name) and not before)
    ]


def _change(name: str, before: str, after: str) -> str:
    label = FIELDS.get(name) or words.capital(name.replace("_", " "))
    return f"{label}: {before} → {after or 'nothing'}" if before else f"{label}: {after}"


def _shown(name: str, value: Any) -> str:
    """A value as people read it: of many things only how many, "" for none and for an id.

    A few names are said.
    """
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        if name == "names" and len(value) <= 5:
            return words.listing(str(one) for one in value)
        if name == "fields":
            return words.listing(str(one).replace("_", " ") for one in value)
        return words.number(len(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"£{value // 100:,}.{value % 100:02}" if name == "pence" else words.number(value)
    return _said(str(value))


def _said(text: str) -> str:
    """A stored word as people read it: no id, "Not completed" for a code, a day in words."""
    try:
        uuid.UUID(text)
    except ValueError:
        pass
    else:
        return ""
    try:
        return words.date(date.fromisoformat(text))
    except ValueError:
        pass
    code = text.isidentifier() and text.islower()
    return words.capital(text.replace("_", " ")) if code else text
