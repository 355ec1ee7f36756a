"""Writes of the people's room, one file per noun; rooms above call them from here."""

from lms.people.services.people import (
    NewPerson,
    PersonEdit,
    add_people,
    add_person,
    edit_person,
    end_sessions,
    set_email,
)

__all__ = [
    "NewPerson",
    "PersonEdit",
    "add_people",
    "add_person",
    "edit_person",
    "end_sessions",
    "set_email",
]
