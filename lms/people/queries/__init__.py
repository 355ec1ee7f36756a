"""Reads of the people's room, one file per noun; every list takes the actor who asks."""

from lms.people.demo import personas
from lms.people.queries.people import (
    PersonDetail,
    PersonRow,
    find,
    in_sight,
    listed,
    matching,
    reached,
)
from lms.people.queries.places import localities, organisations, professions

__all__ = [
    "PersonDetail",
    "PersonRow",
    "find",
    "in_sight",
    "listed",
    "localities",
    "matching",
    "organisations",
    "personas",
    "professions",
    "reached",
]
