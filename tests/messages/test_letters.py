"""What people read: who signs a message, and the words of an approval."""

from __future__ import annotations

import pytest

from lms.contracts import SYSTEM, Actor, Grant, Role, Scope, ScopeKind
from lms.db import uuid7
from lms.messages import wording
from lms.messages.models import Message
from tests import factories
from tests.messages.test_queue import queue

APPROVAL = {
    "name": "Carys Gadsby",
    "course": "Train the trainer",
    "dates": "21 December 2026",
    "hours": "6 h",
    "why": "Two of us could cover for each other.",
    "answer_by": "5pm on Thursday 3 December 2026",
    "answer_by_date": "3 Dec 2026",
    "answer_by_day": "3 Dec",
    "held": False,
    "put_forward": False,
    "on_record": False,
}


def somebody(*roles: Role) -> Actor:
    scope = Scope(ScopeKind.PROGRAMME)
    return Actor(uuid7(), "Priya Nair", tuple(Grant(role, scope) for role in roles))


# -- who signs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "signs"),
    [
        (somebody(Role.COORDINATOR), "Priya Nair, Workforce development team, "),
        (somebody(Role.ADMINISTRATOR, Role.TRAINEE), "Priya Nair, Workforce development team, "),
        (somebody(Role.TRAINEE), "Workforce development team, "),
        (somebody(Role.TRAINER, Role.MANAGER, Role.AMBASSADOR), "Workforce development team, "),
        (SYSTEM, "Workforce development team, "),
    ],
)
def test_a_person_signs_only_who_acts_for_the_team(session, by, signs):
    message = session.get_one(Message, queue(factories.person(), by=by))
    assert f"\n\n{signs}Demonstration Council\n\n" in message.body


def test_nobody_gets_a_message_signed_by_themselves(session):
    priya = factories.person("Priya", "Nair")
    grant = Grant(Role.COORDINATOR, Scope(ScopeKind.PROGRAMME))
    message = session.get_one(Message, queue(priya, by=Actor(priya.id, "Priya Nair", (grant,))))
    assert "\n\nWorkforce development team, Demonstration Council\n\n" in message.body


# -- the approval ----------------------------------------------------------------------------------


def approval(**values):
    return wording.make(
        "courses/messages/approval.txt", APPROVAL | values, first_name="Helen", by=SYSTEM
    )


@pytest.mark.parametrize("why", ["We are two short", "We are two short.", "Are we not two short?"])
def test_a_reason_ends_with_one_full_stop(session, why):
    ended = why if why[-1] in ".?" else f"{why}."
    assert f"Why: “{ended}”\n" in approval(why=why)[1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Carys Gadsby named you as their manager"),
        (
            {"put_forward": True},
            "the Workforce development team named you as Carys Gadsby’s manager",
        ),
        ({"on_record": True}, "we have you on record as Carys Gadsby’s manager"),
    ],
)
def test_a_manager_reads_who_named_them(session, values, said):
    assert approval(**values)[1].endswith(f"You are getting this because {said}.")


def test_a_subject_too_long_for_a_list_of_messages_says_less(session):
    assert approval()[0] == "Can Carys Gadsby go on Train the trainer? Answer by 3 Dec"
    long = approval(name="Bartholomew Wigglesworth-Featherstonehaugh")
    assert long[0] == "Can Bartholomew Wigglesworth-Featherstonehaugh go on a course?"


# -- the invitation --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "asks", "ends"),
    [
        ({"volunteered": True}, "You said you'd like to help", "Changed your mind? Say"),
        ({"again": True}, "You said we could ask you again", "Not for you? Say"),
        ({}, "You finished Brief Encounters, and we think", "Not for you? Say"),
    ],
)
def test_an_invitation_speaks_to_who_volunteered_and_to_who_did_not(session, values, asks, ends):
    known = {"volunteered": False, "again": False, "course": "Brief Encounters"} | values
    body = wording.make("ambassadors/mail/invitation.txt", known, first_name="Amara", by=SYSTEM)[1]
    assert body.startswith(f"Hello Amara,\n\n{asks}")
    assert f'\n\n{ends} "not now" there; nobody else is told.\n\n' in body
