"""Writes of the people's room, one file per noun; rooms above call them from here."""

from lms.people.services.organisations import (
    add_locality,
    add_organisation,
    rename_organisation,
    shipped_professions,
    synchronise_professions,
)
from lms.people.services.people import (
    NewPerson,
    PersonEdit,
    add_people,
    add_person,
    edit_person,
    set_email,
)
from lms.people.services.roles import end_role, give_role
from lms.people.services.sign_in import end_sessions

__all__ = [
    "NewPerson",
    "PersonEdit",
    "add_locality",
    "add_organisation",
    "add_people",
    "add_person",
    "edit_person",
    "end_role",
    "end_sessions",
    "give_role",
    "rename_organisation",
    "set_email",
    "shipped_professions",
    "synchronise_professions",
]
