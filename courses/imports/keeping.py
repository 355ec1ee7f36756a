"""What will be kept of the rows that are added, in words: the preview shows it, not the cells.

`queries` asks it about one page of rows; nothing here changes anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.imports.assessing import assess
from courses.imports.batches import KeptRow
from courses.imports.drafts import Plan
from courses.imports.known import Known, KnownPerson, Names

LATER, HELD = "Asked of them later", "As we hold it"


@dataclass(frozen=True)
class Particulars:
    """A person as they will be kept."""

    name: str
    email: str
    job: str
    organisation: str


def particulars(rows: Sequence[KeptRow], known: Known) -> Mapping[int, Particulars]:
    """What will be kept, by the row's number.

    Whoever we hold keeps what we hold, which is said only of those in reach.
    """
    choices = {row.row_no: row.choice for row in rows}
    found = [*known.by_email.values(), *(one for same in known.by_name.values() for one in same)]
    people: dict[uuid.UUID | None, KnownPerson] = {one.id: one for one in found}
    return {
        decision.row_no: _of(decision.plan, people.get(decision.plan.person_id), known)
        for decision in assess([row.line for row in rows], choices, known)
        if decision.plan
    }


def _of(plan: Plan, person: KnownPerson | None, known: Known) -> Particulars:
    held = person if person and person.in_reach else None
    one = held or plan
    organisation = _called(known.organisations, one.organisation_id)
    if plan.new_organisation and not held:
        organisation = f"{plan.new_organisation.name} (new)"
    return Particulars(
        name=held.name if held else f"{plan.given_name} {plan.family_name}".strip(),
        email=plan.email or "",
        job=_called(known.professions, one.profession_id) or LATER,
        organisation=organisation,
    )


def _called(listed: Names, key: uuid.UUID | None) -> str:
    """Its name; what we hold of somebody may be on no list of this cohort."""
    if key is None:
        return ""
    found = listed.get(str(key))
    return found.name if found else HELD
