"""What we hold that a file is compared with: people, jobs, organisations, the cohort's places.

`facts` loads it from the database in a fixed number of queries; `assessing` only reads it.
"""

from __future__ import annotations

import difflib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from courses.imports import alike
from courses.queries.register import Mark
from lms import clock
from lms.spreadsheets.headings import plain
from lms.web import words

_APOSTROPHES = re.compile("['\u2019\u2018`\u00b4\u02bc]")
CLOSE = 0.82
"""How alike what a file calls a job is to one of ours before it is offered first."""


@dataclass(frozen=True)
class KnownPerson:
    """Somebody we hold. Out of the actor's reach, no page may say so."""

    id: uuid.UUID
    given_name: str
    family_name: str
    added_at: datetime
    in_reach: bool
    organisation_id: uuid.UUID | None
    profession_id: uuid.UUID | None

    @property
    def name(self) -> str:
        """As it is read."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def key(self) -> str:
        """What one name has in common however it is written."""
        return name_key(self.given_name, self.family_name)


def name_key(given: str, family: str) -> str:
    """The words of a name in alphabetical order, without accents, apostrophes and capitals."""
    return " ".join(sorted(plain(_APOSTROPHES.sub("", f"{given} {family}")).split()))


@dataclass(frozen=True)
class Named:
    """Something chosen from a list: a job or an organisation; `place` is its locality."""

    id: uuid.UUID
    name: str
    place: uuid.UUID | None = None

    def is_called(self, text: str) -> bool:
        """Whether the text is its name, but for capitals, signs and a plural."""
        return plain(self.name) in (plain(text), plain(text).removesuffix("s"))


@dataclass(frozen=True)
class Names:
    """A list to find things in by what people write."""

    items: tuple[Named, ...] = ()
    also: Mapping[str, uuid.UUID] = field(default_factory=dict)

    def exactly(self, text: str) -> Named | None:
        """The one of this name or alias; a plural counts as the word."""
        words = plain(text)
        found = self._by_name.get(words) or self._by_name.get(words.removesuffix("s"))
        return found

    def like(self, text: str) -> Named | None:
        """The job that the text probably means: it contains its name, or is nearly it."""
        words = plain(text)
        inside = {
            item.id: item
            for name, item in self._by_name.items()
            if len(name) > 3 and re.search(rf"\b{re.escape(name)}s?\b", words)
        }
        if len(inside) == 1:
            return next(iter(inside.values()))
        close = difflib.get_close_matches(words, self._by_name, n=1, cutoff=CLOSE)
        return self._by_name[close[0]] if close else None

    def nearest(self, text: str) -> Named | None:
        """The organisation that the text probably means, by the words of its name."""
        asked = self._nearest
        if text not in asked:
            name = alike.nearest(text, [item.name for item in self.items])
            asked[text] = next((item for item in self.items if item.name == name), None)
        return asked[text]

    def get(self, chosen: str) -> Named | None:
        """The one with this id."""
        return next((item for item in self.items if str(item.id) == chosen), None)

    @cached_property
    def _by_name(self) -> dict[str, Named]:
        by_id = {item.id: item for item in self.items}
        found = {plain(alias): by_id[key] for alias, key in self.also.items() if key in by_id}
        return found | {plain(item.name): item for item in self.items}

    @cached_property
    def _nearest(self) -> dict[str, Named | None]:
        """What has been asked for: a file names the same organisations again and again."""
        return {}


@dataclass(frozen=True)
class KnownSession:
    """A session of the cohort that is held; `number` is the one our pages show."""

    id: uuid.UUID
    number: int
    component: str
    start: datetime
    end: datetime

    @property
    def begun(self) -> bool:
        """Whether its day has come."""
        return words.day_of(self.start) <= clock.today()

    @property
    def title(self) -> str:
        """ "session 2 on 4 March 2027"."""
        return f"session {self.number} on {words.date(self.start)}"

    @property
    def short(self) -> str:
        """ "Session 2"."""
        return f"Session {self.number}"


@dataclass(frozen=True)
class Known:
    """Everything a file is compared with. `clashes` are sentences by person.

    `ending` are those who sign in no more if the file says that others read their mailbox; `said`
    are addresses of which an earlier import said so.
    `finished` are those (in reach) who finished the course that comes first, None where none does.
    `sessions` and `marks` only where the file has marks: a mark, or None, for every person booked
    and session, by their ids.
    """

    by_email: Mapping[str, KnownPerson] = field(default_factory=dict)
    by_name: Mapping[str, Sequence[KnownPerson]] = field(default_factory=dict)
    ending: frozenset[uuid.UUID] = frozenset()
    said: frozenset[str] = frozenset()
    booked: frozenset[uuid.UUID] = frozenset()
    clashes: Mapping[uuid.UUID, str] = field(default_factory=dict)
    professions: Names = Names()
    organisations: Names = Names()
    localities: tuple[Named, ...] = ()
    places_left: int = 0
    first_course: str = ""
    finished: frozenset[uuid.UUID] | None = None
    for_profession: Named | None = None
    sessions: tuple[KnownSession, ...] = ()
    marks: Mapping[tuple[uuid.UUID, uuid.UUID], Mark | None] = field(default_factory=dict)
