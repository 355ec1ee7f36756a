"""Who trained whom: ambassadors who train, those whom they trained and who train in turn.

Courses answer who was at whose sessions, surveys how confidence changed, each once a generation.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from lms.ambassadors.access import MANAGE
from lms.ambassadors.models import Ambassador
from lms.contracts import Actor, Training
from lms.db import db
from lms.people.models import Person
from lms.people.names import full
from lms.people.queries.people import in_sight
from lms.permissions import where
from lms.registry import current_registry

DEEPEST = 6
"""No programme has more generations of trainers; a circle of them would have no end."""
ELSEWHERE = "A trainer of another place"


@dataclass
class Trainer:
    """Somebody who trains: whom they reached, in how many cohorts, and who of them trains too."""

    person_id: uuid.UUID
    name: str
    ambassador_id: uuid.UUID | None
    people: int
    cohorts: int
    trained: list[Trainer] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """People trained by them and by those they trained, each counted where it was."""
        return self.people + sum(one.reached for one in self.trained)


@dataclass(frozen=True)
class Generation:
    """All who trained at one remove: how many they are, whom they reached, what changed."""

    number: int
    trainers: int
    people: int
    cohorts: int
    pairs: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Tree:
    """The trainers by whom they were trained, and the same by generation."""

    roots: tuple[Trainer, ...]
    generations: tuple[Generation, ...]


def tree(actor: Actor) -> Tree:
    """From the ambassadors in reach who train, down to whoever trains no one."""
    registry = current_registry()
    ambassadors = _ambassadors(actor)
    known: dict[uuid.UUID, list[Training]] = {}
    levels: list[list[uuid.UUID]] = []
    wanted = list(ambassadors)
    while wanted and len(levels) < DEEPEST:
        found: dict[uuid.UUID, list[Training]] = defaultdict(list)
        for training in registry.trainings(wanted):
            found[training.trainer_id].append(training)
        known |= found
        if found:
            levels.append(list(found))
        trainees = {one.person_id for several in found.values() for one in several}
        wanted = sorted(trainees - known.keys())
    return _tree(actor, known, levels, ambassadors)


def _ambassadors(actor: Actor) -> dict[uuid.UUID, uuid.UUID]:
    """People in reach who are or were ambassadors: person to ambassador."""
    rows = db.session.execute(
        select(Ambassador.person_id, Ambassador.id)
        .where(where(actor, MANAGE), Ambassador.state.in_(("active", "left")))
        .order_by(Ambassador.invited_at)
    )
    return {row.person_id: row.id for row in rows}


def _tree(
    actor: Actor,
    known: dict[uuid.UUID, list[Training]],
    levels: Sequence[Sequence[uuid.UUID]],
    ambassadors: dict[uuid.UUID, uuid.UUID],
) -> Tree:
    names = _names(actor, list(known))
    trainers = {
        person_id: Trainer(
            person_id,
            names.get(person_id, ELSEWHERE),
            ambassadors.get(person_id),
            len({one.person_id for one in several}),
            len({one.cohort_id for one in several}),
        )
        for person_id, several in known.items()
    }
    parents = _parents(known)
    roots = []
    for person_id, trainer in trainers.items():
        parent = parents.get(person_id)
        if parent is None:
            roots.append(trainer)
        else:
            trainers[parent].trained.append(trainer)
    generations = _generations(known, parents)
    return Tree(tuple(sorted(roots, key=lambda one: (-one.reached, one.name))), generations)


def _parents(known: dict[uuid.UUID, list[Training]]) -> dict[uuid.UUID, uuid.UUID]:
    """Who trained each trainer first; where two trained each other, the earlier counts."""
    parents: dict[uuid.UUID, uuid.UUID] = {}
    for training in sorted(
        (one for several in known.values() for one in several), key=lambda one: one.on
    ):
        child, parent = training.person_id, training.trainer_id
        if child in known and child not in parents and not _above(parents, parent, child):
            parents[child] = parent
    return parents


def _above(parents: dict[uuid.UUID, uuid.UUID], person: uuid.UUID, wanted: uuid.UUID) -> bool:
    """Whether `wanted` is the person or somebody above them."""
    while True:
        if person == wanted:
            return True
        if person not in parents:
            return False
        person = parents[person]


def _generations(
    known: dict[uuid.UUID, list[Training]], parents: dict[uuid.UUID, uuid.UUID]
) -> tuple[Generation, ...]:
    by_depth: dict[int, list[uuid.UUID]] = defaultdict(list)
    for person_id in known:
        by_depth[_depth(parents, person_id)].append(person_id)
    return tuple(
        _generation(number, [one for key in by_depth[depth] for one in known[key]])
        for number, depth in enumerate(sorted(by_depth), 1)
    )


def _depth(parents: dict[uuid.UUID, uuid.UUID], person_id: uuid.UUID) -> int:
    depth = 0
    while person_id in parents:
        depth, person_id = depth + 1, parents[person_id]
    return depth


def _generation(number: int, trainings: Sequence[Training]) -> Generation:
    bookings = sorted({one.booking_id for one in trainings})
    changes = current_registry().confidence(bookings)
    said = changes[0] if changes else None
    return Generation(
        number=number,
        trainers=len({one.trainer_id for one in trainings}),
        people=len({one.person_id for one in trainings}),
        cohorts=len({one.cohort_id for one in trainings}),
        pairs=said.pairs if said else 0,
        before=said.before if said else None,
        after=said.after if said else None,
    )


def _names(actor: Actor, person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of those trainers whom the reader may see; the others stay without one."""
    mine = select(Ambassador.person_id).where(where(actor, MANAGE))
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name).where(
            Person.id.in_(person_ids), in_sight(actor) | Person.id.in_(mine)
        )
    )
    return {row.id: full(row.given_name, row.family_name) for row in rows}
