"""Closed by default, one rule for list and single row, and a link is no key to anything else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from lms import permissions
from lms.contracts import (
    NOBODY,
    SYSTEM,
    Actor,
    Grant,
    LinkClaim,
    Permission,
    Role,
    Scope,
    ScopeKind,
)
from lms.db import db
from lms.errors import Forbidden
from lms.people.models import Locality
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.kernel.kit import Guest

COORDINATOR, TRAINER, TRAINEE = Role.COORDINATOR, Role.TRAINER, Role.TRAINEE
RULE = permissions.by_scope(
    locality=lambda ids: Locality.id.in_(ids), provider=lambda ids: Locality.name.in_(ids)
)
HELD = [
    Permission("acme.tea", "Drink tea", frozenset({COORDINATOR, TRAINER}), RULE),
    Permission("acme.kettle", "Boil water", frozenset({COORDINATOR})),
    Permission("acme.own", "Own cup", frozenset(Role), permissions.by_scope()),
]


@pytest.fixture(autouse=True)
def places(inside: Callable[..., LmsFlask]) -> Iterator[dict[str, Locality]]:
    """Three places, in an application that knows the permissions."""
    inside(Guest("acme", lms_permissions=lambda: HELD))
    return {name: make.locality(name) for name in ("Herts", "Essex", "Kent")}


def actor(*grants: tuple[Role, ScopeKind, object], link: LinkClaim | None = None) -> Actor:
    held = tuple(Grant(role, Scope(kind, str(id_))) for role, kind, id_ in grants)
    return Actor(uuid.uuid4(), "Priya Nair", held, link)


def reached(by: Actor, name: str = "acme.tea") -> list[str]:
    """The places a list shows."""
    rows = select(Locality.name).where(permissions.where(by, name)).order_by(Locality.name)
    return list(db.session.scalars(rows))


def test_a_scope_reaches_its_own_rows_and_no_others(places: dict[str, Locality]) -> None:
    herts, kent = places["Herts"].id, places["Kent"].id
    assert reached(actor((COORDINATOR, ScopeKind.LOCALITY, herts))) == ["Herts"]
    both = actor((COORDINATOR, ScopeKind.LOCALITY, herts), (TRAINER, ScopeKind.LOCALITY, kent))
    assert reached(both) == ["Herts", "Kent"]


def test_the_list_and_the_single_row_obey_the_same_condition(places: dict[str, Locality]) -> None:
    by = actor((COORDINATOR, ScopeKind.LOCALITY, places["Herts"].id))
    for name, place in places.items():
        one = select(Locality.name).where(
            Locality.id == place.id, permissions.where(by, "acme.tea")
        )
        assert (db.session.scalar(one) == name) is (name in reached(by))


def test_the_programme_reaches_everything() -> None:
    assert reached(actor((TRAINER, ScopeKind.PROGRAMME, ""))) == ["Essex", "Herts", "Kent"]
    assert reached(SYSTEM) == ["Essex", "Herts", "Kent"]


def test_a_providers_scope_is_its_key() -> None:
    assert reached(actor((TRAINER, ScopeKind.PROVIDER, "Kent"))) == ["Kent"]


def test_a_role_that_does_not_carry_the_permission_reaches_nothing(
    places: dict[str, Locality],
) -> None:
    by = actor(
        (Role.ANALYST, ScopeKind.PROGRAMME, ""), (TRAINEE, ScopeKind.LOCALITY, places["Kent"].id)
    )
    assert reached(by) == []
    assert not permissions.allowed(by, "acme.tea")


def test_a_kind_of_scope_without_a_rule_reaches_nothing(places: dict[str, Locality]) -> None:
    by = actor((COORDINATOR, ScopeKind.COHORT, places["Kent"].id))
    assert reached(by) == []
    assert permissions.allowed(by, "acme.tea")


def test_nobody_reaches_nothing() -> None:
    assert reached(NOBODY) == []
    assert reached(NOBODY, "acme.own") == []


def test_a_permission_that_is_not_about_rows_does_not_narrow(places: dict[str, Locality]) -> None:
    by = actor((COORDINATOR, ScopeKind.LOCALITY, places["Kent"].id))
    assert reached(by, "acme.kettle") == ["Essex", "Herts", "Kent"]


def test_a_personal_link_holds_no_permission_whatever_its_person_may() -> None:
    claim = LinkClaim(uuid.uuid4(), "survey", uuid.uuid4(), used=False)
    by = actor((COORDINATOR, ScopeKind.PROGRAMME, ""), link=claim)
    assert reached(by) == []
    assert not permissions.allowed(by, "acme.tea")


# -- views -------------------------------------------------------------------------------------


def test_a_view_that_says_nothing_is_closed_even_to_the_system() -> None:
    with pytest.raises(Forbidden):
        permissions.check(lambda: "", SYSTEM)
    with pytest.raises(Forbidden):
        permissions.check(None, SYSTEM)


def test_a_public_view_is_open_to_nobody_in_particular() -> None:
    permissions.check(permissions.public(lambda: ""), NOBODY)


def test_any_one_of_the_permissions_opens_a_view() -> None:
    view = permissions.allow("acme.kettle", "acme.tea")(lambda: "")
    permissions.check(view, actor((TRAINER, ScopeKind.PROGRAMME, "")))
    with pytest.raises(Forbidden) as caught:
        permissions.check(view, actor((Role.ANALYST, ScopeKind.PROGRAMME, "")))
    assert caught.value.permissions == ("acme.kettle", "acme.tea")


def test_a_links_view_opens_for_a_link_of_its_purpose_only() -> None:
    view = permissions.by_link("survey")(lambda: "")

    def holder(purpose: str) -> Actor:
        return actor(link=LinkClaim(uuid.uuid4(), purpose, uuid.uuid4(), used=False))

    permissions.check(view, holder("survey"))
    for by in (holder("certificate"), SYSTEM, NOBODY):
        with pytest.raises(Forbidden):
            permissions.check(view, by)


def test_a_permission_nobody_offers_is_a_slip_and_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        permissions.allowed(SYSTEM, "acme.coffee")
