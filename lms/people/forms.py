"""Forms of the people's room; views fill their choices from queries in the actor's scope."""

from __future__ import annotations

import uuid
from typing import Any

from lms import web
from lms.people import spelling

SEARCH_HINT = "Name or e-mail address"
REASONS = (
    ("asked", "The person asked for it"),
    ("check", "We check that it is right"),
    ("complaint", "We answer a complaint"),
)


class SignInForm(web.Form):
    """An e-mail address to send a link to."""

    email = web.EmailField(
        "E-mail address",
        missing="Enter your e-mail address",
        hint="The address that your training messages go to",
        longest=254,
    )
    next = web.HiddenField()


class CodeForm(web.Form):
    """The code of the message, instead of its link."""

    code = web.TextField(
        "Code from the e-mail",
        missing="Enter the code from the e-mail",
        hint="8 characters, like 7K3M 9QXT",
        width=10,
        longest=20,
        autocomplete="one-time-code",
    )


class NameForm(web.OnceForm):
    """A form with a new name: one in capitals or small letters is written as it usually is."""

    given_name: web.TextField
    family_name: web.TextField
    respelt = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Asks where such a name may be written in several ways."""
        right: bool = super().validate(extra_validators)
        usual = spelling.usual(self.given_name.data or "", self.family_name.data or "")
        if not right or usual is None:
            return right
        if not usual.sure:
            self.family_name.errors = [usual.question]
            return False
        self.given_name.data, self.family_name.data = usual.given, usual.family
        self.respelt = True
        return True


class PersonForm(NameForm):
    """Somebody new."""

    given_name = web.TextField("First name", missing="Enter the first name")
    family_name = web.TextField("Last name", hint="Leave empty if they have only one name")
    email = web.EmailField(
        "E-mail address (optional)",
        hint="Leave empty if they have none, or share a mailbox: their messages can be printed",
        autocomplete="off",
        longest=254,
    )
    profession = web.SelectField(
        "Job (optional)", coerce=uuid.UUID, empty="Not known: the person is asked once"
    )
    organisation = web.SelectField("Organisation", coerce=uuid.UUID, empty="None")
    same_name = web.CheckboxField("This is somebody else with the same name")


class PersonEditForm(PersonForm, web.VersionedForm):
    """Somebody changed: their name is kept as it is typed."""

    def validate(self, extra_validators: Any = None) -> bool:
        """No question about capitals: this is where somebody insists on them."""
        return bool(web.OnceForm.validate(self, extra_validators))


class MailboxForm(web.Form):
    """Who reads somebody's mailbox; the page has a button for each answer."""

    sharing = web.RadioField(
        "Who reads this mailbox?",
        choices=[("shared", "Several people"), ("own", "One person")],
        missing="Choose who reads this mailbox",
    )


class OrganisationForm(web.OnceForm):
    """A new organisation."""

    name = web.TextField("Name", missing="Enter the organisation's name")
    locality = web.SelectField("Place", missing="Choose a place", coerce=uuid.UUID)
    parent = web.SelectField("Belongs to (optional)", coerce=uuid.UUID, empty="Nothing larger")


class RenameForm(web.Form):
    """Another name for an organisation."""

    name = web.TextField("Name", missing="Enter the organisation's name")


class LocalityForm(web.OnceForm):
    """A new place."""

    name = web.TextField("Name", missing="Enter the place's name")
    ons_code = web.TextField(
        "ONS code",
        missing="Enter the ONS code",
        hint="The nine characters the Office for National Statistics gives it, like E10000015",
        width=10,
    )


class RoleForm(web.Form):
    """A role with the place it reaches."""

    role = web.SelectField("Role and place", missing="Choose a role")


class HeldForm(web.Form):
    """Download everything held: why, and as what."""

    reason = web.RadioField(
        "Why do you download it?", choices=REASONS, missing="Choose why you download it"
    )
    file = web.RadioField(
        "File",
        choices=[
            ("csv", "CSV", "Opens in a spreadsheet"),
            ("json", "JSON", "For another system to read"),
        ],
        missing="Choose a kind of file",
    )


class OwnHeldForm(web.Form):
    """Download one's own: as what."""

    file = HeldForm.file
