"""Lists in pages of a hundred rows at most, and filters that live in the address.

Queries and views call `paginate` and `filters`; templates draw the result with the macro `pager`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.engine import Row

from lms.db import db
from lms.web.forms import clean

T = TypeVar("T")
U = TypeVar("U")

PER_PAGE = 25
MOST = 100
DEEPEST = 100_000
"""No list is turned to a page beyond this one: the address was made up."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: its rows, its number (from 1), how many pages and rows there are."""

    items: Sequence[T]
    number: int
    pages: int
    total: int
    per_page: int = PER_PAGE

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.items) - 1 if self.items else 0

    @property
    def shown(self) -> list[int]:
        """Pages to link to: the first, the last and those beside this one; 0 stands for a gap."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        numbers: list[int] = []
        for number in sorted(n for n in near if 1 <= n <= self.pages):
            if numbers and number - numbers[-1] > 1:
                numbers.append(number - 1 if number - numbers[-1] == 2 else 0)
            numbers.append(number)
        return numbers

    def map(self, convert: Callable[[T], U]) -> Page[U]:
        """The same page with each row turned into something else."""
        items = [convert(item) for item in self.items]
        return Page(items, self.number, self.pages, self.total, self.per_page)


def paginate(
    statement: Select[Any],
    *,
    per_page: int = PER_PAGE,
    count: int | None = None,
    scalars: bool = False,
    number: int | None = None,
) -> Page[Any]:
    """The page of `statement` that the address asks for with `?page=`.

    The statement must be ordered. Rows come as SQLAlchemy rows, or as single values with
    `scalars`. `count` saves the counting where the caller knows it. A number that is none is
    page 1 and one too high the last page, so an old link still shows something.
    """
    per_page = max(1, min(per_page, MOST))
    if count is None:
        counted = statement.order_by(None).options().subquery()
        count = db.session.scalar(select(func.count()).select_from(counted)) or 0
    pages = max(1, math.ceil(count / per_page))
    number = min(asked_page() if number is None else max(number, 1), pages)
    limited = statement.limit(per_page).offset((number - 1) * per_page)
    rows: Sequence[Row[Any]] | Sequence[Any] = (
        db.session.scalars(limited).all() if scalars else db.session.execute(limited).all()
    )
    return Page(rows, number, pages, count, per_page)


def page_of(items: Sequence[T], *, per_page: int = PER_PAGE) -> Page[T]:
    """The page of a list that is in memory already (a file's rows, say)."""
    per_page = max(1, min(per_page, MOST))
    pages = max(1, math.ceil(len(items) / per_page))
    number = min(asked_page(), pages)
    start = (number - 1) * per_page
    return Page(items[start : start + per_page], number, pages, len(items), per_page)


def asked_page() -> int:
    """The number in `?page=`; 1 when it is missing or no number."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        return DEEPEST if text.isascii() and text.isdigit() else 1
    return min(max(int(text), 1), DEEPEST)


@dataclass(frozen=True)
class Filters:
    """The declared filters as the address gives them; the rest of the address is not ours."""

    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a filter that may be given several times."""
        return self.lists[name]

    @property
    def active(self) -> bool:
        """Whether anything is filtered at all."""
        return bool(self.args)

    @property
    def args(self) -> dict[str, Any]:
        """What has to stand in a link to keep the filters."""
        single = {name: value for name, value in self.values.items() if value}
        return single | {name: list(many) for name, many in self.lists.items() if many}

    def url(self, **changes: Any) -> str:
        """This page's address with the filters kept and `changes` made; None takes one away."""
        args = self.args | changes
        kept = {name: value for name, value in args.items() if value not in (None, "", [])}
        return here(**kept)


def filters(
    *names: str,
    lists: Sequence[str] = (),
    allowed: Mapping[str, Sequence[str]] | None = None,
    longest: int = 200,
) -> Filters:
    """Read declared filters from the address: `filters("q", "state", lists=["tier"])`.

    Values are trimmed, cut at `longest` and fit to be shown again; one that `allowed` does not
    list counts as absent.
    """
    choices = allowed or {}

    def read(name: str, raw: str) -> str:
        value = clean.shown(raw).strip()[:longest]
        return value if name not in choices or value in choices[name] else ""

    single = {name: read(name, request.args.get(name, "")) for name in names}
    several = {}
    for name in lists:
        given = (read(name, raw) for raw in request.args.getlist(name)[:MOST])
        several[name] = tuple(dict.fromkeys(value for value in given if value))
    return Filters(single, several)


def page_url(number: int) -> str:
    """This page's address with another page number and everything else as it is."""
    args: dict[str, Any] = {
        name: request.args.getlist(name) for name in request.args if name != "page"
    }
    if number > 1:
        args["page"] = number
    return here(**args)


def here(**args: Any) -> str:
    """The address of the page being shown, with only these arguments after the question mark."""
    assert request.endpoint is not None
    address = url_for(request.endpoint, **(request.view_args or {}))
    query = urlencode(args, doseq=True)
    return f"{address}?{query}" if query else address
