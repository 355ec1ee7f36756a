"""The people of the demonstration: names put together by chance, jobs and employers that fit.

`world` makes them before the play begins; the cast with a part of its own is in `cast`.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType

import yaml

from lms.contracts import SYSTEM, Actor, Grant, Role, Scope, ScopeKind
from lms.people import services as people
from plugins.demonstration.places import Area, Employer

NAMES = Path(__file__).parent / "content" / "names.yaml"
NAMED = ("given", "family")


@dataclass
class Someone:
    """A person of the demonstration; `id` and `roles` are known once they have been added."""

    given: str
    family: str
    job: str
    employer: Employer
    area: Area
    email: str | None
    roles: tuple[Grant, ...] = ()
    id: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=0))

    @property
    def name(self) -> str:
        """'Amara Okafor'."""
        return f"{self.given} {self.family}"

    @property
    def actor(self) -> Actor:
        """The person as they act when signed in."""
        own = Grant(Role.TRAINEE, Scope(ScopeKind.OWN, str(self.id)))
        return Actor(self.id, self.name, (*self.roles, own))


@dataclass
class Crowd:
    """Makes people nobody has met, no two with the same name."""

    random: Random
    taken: set[str] = field(default_factory=set)
    names: dict[str, list[str]] = field(
        default_factory=lambda: yaml.safe_load(NAMES.read_text("utf-8"))
    )

    def named(self, given: str, family: str, job: str, area: Area, **known: str | None) -> Someone:
        """Somebody with a name of their own, at an employer that has their job (or `employer`)."""
        employer = self._employer(job, area, known.get("employer"))
        self.taken.add(f"{given} {family}")
        email = known["email"] if "email" in known else address(given, family, employer)
        return Someone(given, family, job, employer, area, email)

    def some(self, jobs: Iterable[str], area: Area) -> list[Someone]:
        """One new person for each of these jobs."""
        return [self.named(*self._new_name(), job, area) for job in jobs]

    def _new_name(self) -> tuple[str, str]:
        while True:
            given, family = (self.random.choice(self.names[kind]) for kind in NAMED)
            if f"{given} {family}" not in self.taken:
                return given, family

    def _employer(self, job: str, area: Area, name: str | None) -> Employer:
        fitting = [one for one in area.employers if (one.name == name if name else job in one.jobs)]
        return self.random.choice(fitting)


def address(given: str, family: str, employer: Employer) -> str:
    """An address that no message can reach: `.example` is nobody's."""
    plain = unicodedata.normalize("NFKD", f"{given}.{family}").encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '-')}@{employer.site}.example"


def add(
    crowd: Sequence[Someone],
    organisations: Mapping[tuple[str, str], uuid.UUID],
    *,
    managers: Mapping[str, uuid.UUID] = MappingProxyType({}),
    by: Actor = SYSTEM,
) -> None:
    """Add people, who then know their ids; organisations are by area and employer."""
    ids = people.add_people(
        [
            people.NewPerson(
                given_name=one.given,
                family_name=one.family,
                email=one.email,
                organisation_id=organisations[one.area.name, one.employer.name],
                profession_code=one.job,
                manager_id=managers.get(one.employer.name),
            )
            for one in crowd
        ],
        by=by,
    )
    for one, person_id in zip(crowd, ids, strict=True):
        one.id = person_id
