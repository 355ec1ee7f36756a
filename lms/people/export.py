"""Everything held about a person, from every room and guest, as a file to give them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from lms import audit, clock, spreadsheets
from lms.contracts import Actor, PersonalRecord
from lms.registry import current_registry
from lms.web import words

WITHHELD, WITHHELD_FOR = "Not in this file", "Only the person can download it, signed in"


@dataclass(frozen=True)
class File:
    """A download."""

    name: str
    content: bytes
    mimetype: str


def everything(person_id: uuid.UUID, name: str, form: str, reason: str, *, by: Actor) -> File:
    """All records of a person as CSV or JSON. A plugin that failed is named in the file.

    What is confidential is given to nobody but the person; others are told that it is there.
    """
    records, failed = current_registry().personal_data(person_id)
    if by.person_id != person_id:
        records = [_withheld(record) if record.confidential else record for record in records]
    missing = [one.plugin for one in failed]
    audit.write(
        "downloaded everything held",
        "person",
        person_id,
        by=by,
        after={"reason": reason, "file": form, "rows": sum(len(r.rows) for r in records)},
    )
    title = f"Everything held about {name}, {words.date(clock.today())}"
    content = _json(title, records, missing) if form == "json" else _csv(records, missing)
    mimetype = "application/json" if form == "json" else spreadsheets.TYPES[spreadsheets.CSV]
    return File(f"{title}.{form}", content, mimetype)


def _withheld(record: PersonalRecord) -> PersonalRecord:
    return PersonalRecord(record.title, ((WITHHELD, WITHHELD_FOR),))


def _json(title: str, records: list[PersonalRecord], missing: list[str]) -> bytes:
    whole = {
        "title": title,
        "parts": [
            {"title": record.title, "rows": [{"what": a, "value": b} for a, b in record.rows]}
            for record in records
        ],
        "could_not_be_read": missing,
    }
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def _csv(records: list[PersonalRecord], missing: list[str]) -> bytes:
    rows = [[record.title, what, value] for record in records for what, value in record.rows]
    rows += [["Could not be read", plugin, ""] for plugin in missing]
    table = spreadsheets.Table("Held", ("Part", "What", "Value"), rows)
    return spreadsheets.write_csv([table])
