"""What plugins offer is collected once and checked; what does not fit stops the start, by name."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from importlib.metadata import EntryPoint, EntryPoints
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from flask import Blueprint

import lms
from lms import hookimpl, plugins
from lms.contracts import (
    BookingFacts,
    CertificateDesign,
    Importer,
    ImportKind,
    Job,
    Outcome,
    Permission,
    Provider,
    QuestionType,
    Role,
    SurveyTemplate,
    Tables,
    Verdict,
)
from lms.plugins import PluginError, build_manager
from lms.registry import Registry
from lms.settings import Settings
from lms.testing.server import Database
from tests.kernel.kit import Guest, MakeApp, pages, room


def started(*extra: object, **changes: Any) -> Registry:
    """The registry of an application with these plugins beside the core's."""
    return Registry(build_manager(Settings(environment="test", **changes), extra))


def permission(name: str) -> Permission:
    return Permission(name, "Drink tea", frozenset({Role.TRAINEE}))


def importer(key: str) -> Importer:
    return Importer(
        key, "Tea", ImportKind.PEOPLE, ("Name",), lambda sheet: False, lambda sheet: iter(())
    )


class Stars(QuestionType):
    """A type of question under a name of the core's."""

    key: ClassVar[str] = "scale"
    template: ClassVar[str] = "acme/stars.html"


SURVEY = SurveyTemplate("core:course-feedback", "1", "core", "Tea", "Tea?", (), "us")
DESIGN = CertificateDesign("core:plain", "1", "Tea", "", "")


@pytest.mark.parametrize(
    ("hook", "offered", "says"),
    [
        ("lms_provider", Provider("tavistock", "Tea"), "must be 'acme'"),
        ("lms_tables", Tables("people", ()), "must be 'acme'"),
        ("lms_permissions", permission("people.view"), "must begin with 'acme.'"),
        ("lms_jobs", Job("messages.send", print), "must begin with 'acme.'"),
        ("lms_survey_templates", SURVEY, "must begin with 'acme:'"),
        ("lms_certificate_designs", DESIGN, "must begin with 'acme:'"),
        ("lms_importers", importer("tavistock:register"), "must begin with 'acme:'"),
        ("lms_question_types", Stars, "surveys"),
    ],
)
def test_a_guest_cannot_take_a_name_that_is_not_its_own(
    hook: str, offered: object, says: str
) -> None:
    with pytest.raises(PluginError, match="acme") as caught:
        started(Guest("acme", **{hook: lambda: [offered]}))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("hook", "offered"),
    [
        ("lms_permissions", permission("acme.tea")),
        ("lms_jobs", Job("acme.tea", print)),
        ("lms_importers", importer("acme:tea")),
        ("lms_provider", Provider("acme", "Acme")),
    ],
)
def test_the_same_name_twice_stops_the_start(hook: str, offered: object) -> None:
    with pytest.raises(PluginError, match="is offered by both acme and acme"):
        started(Guest("acme", **{hook: lambda: [offered, offered]}))


def test_a_name_that_two_rooms_offer_names_both(monkeypatch: pytest.MonkeyPatch) -> None:
    room(monkeypatch, "tearoom", lms_permissions=lambda: [permission("people.view")])
    with pytest.raises(PluginError, match=r"'people.view' is offered by both people and tearoom"):
        started()


def test_two_plugins_of_one_name_stop_the_start() -> None:
    with pytest.raises(PluginError, match="Two plugins are called 'acme'"):
        started(Guest("acme"), Guest("acme"))
    with pytest.raises(PluginError, match="Two plugins are called 'people'"):
        started(Guest("people"))


@pytest.mark.parametrize("name", ["audit", "once", "import", "rate", "procrastinate"])
def test_a_guest_cannot_be_called_so_that_the_kernels_tables_would_be_its_own(name: str) -> None:
    with pytest.raises(PluginError, match="Choose another name"):
        started(Guest(name))


def test_a_hook_that_does_not_exist_is_named_with_its_plugin() -> None:
    with pytest.raises(PluginError, match=r"Plugin acme.*lms_no_such_hook"):
        started(Guest("acme", lms_no_such_hook=lambda: None))


def test_an_argument_that_a_hook_does_not_give_is_named_with_its_plugin() -> None:
    with pytest.raises(PluginError, match=r"(?s)Plugin acme.*tea"):
        started(Guest("acme", lms_todos=lambda actor, tea: None))


def endless() -> Iterator[Permission]:
    for number in itertools.count():
        yield permission(f"acme.tea{number}")


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda: 1 / 0, "division by zero"),
        (lambda: sys.exit("bye"), "bye"),
        (endless, "more than 1000"),
        (lambda: "people.view", "expected Permission, got str"),
        (lambda: [{"name": "acme.tea"}], "expected Permission, got dict"),
    ],
)
def test_what_goes_wrong_while_collecting_is_named_with_plugin_and_hook(
    act: Callable[[], object], says: str
) -> None:
    with pytest.raises(PluginError) as caught:
        started(Guest("acme", lms_permissions=act))
    assert "Plugin acme, hook lms_permissions" in str(caught.value)
    assert says in str(caught.value)


def test_what_was_collected_cannot_be_changed() -> None:
    registry = started()
    with pytest.raises(TypeError):
        registry.permissions["acme.tea"] = permission("acme.tea")  # type: ignore[index]


# -- which plugins load ------------------------------------------------------------------------


def test_in_safe_mode_only_the_rooms_load() -> None:
    registry = started(Guest("acme"), safe_mode=True)
    assert [plugin.name for plugin in registry.plugins()] == [
        plugins.plugin_name(module) for module in plugins.ROOMS
    ]
    assert registry.providers == {}
    assert registry.courses == {}


def test_a_site_in_safe_mode_answers(make_app: MakeApp) -> None:
    browser = make_app(safe_mode=True).test_client()
    for path in ("/", "/courses", "/sign-in", "/verify"):
        assert browser.get(path).status_code == 200


def test_a_disabled_plugin_does_not_load_and_a_room_cannot_be_disabled() -> None:
    registry = started(Guest("acme"), disabled_plugins=("acme", "oneplusone", "people"))
    names = [plugin.name for plugin in registry.plugins()]
    assert "acme" not in names
    assert "oneplusone" not in names
    assert "people" in names
    assert "tavistock" in names


def test_a_plugin_that_is_named_and_not_installed_stops_the_start_with_what_to_do() -> None:
    with pytest.raises(PluginError, match=r"'no_such_thing'.*not installed.*LMS_PLUGINS"):
        started(plugins=("no_such_thing",))


def test_an_installed_plugin_loads_only_when_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    here = EntryPoint("acme", "tests.kernel.installed", plugins.ENTRY_POINTS)
    installed = EntryPoints([here])
    monkeypatch.setattr(plugins, "entry_points", lambda **wanted: installed.select(**wanted))
    assert "acme" not in [plugin.name for plugin in started().plugins()]
    assert "acme" in [plugin.name for plugin in started(plugins=("acme",)).plugins()]


def test_a_plugin_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("acme", "tests.kernel.no_such_module", plugins.ENTRY_POINTS)
    monkeypatch.setattr(plugins, "entry_points", lambda group, name: EntryPoints([broken]))
    with pytest.raises(PluginError, match="Plugin acme cannot be imported"):
        started(plugins=("acme",))


def test_rooms_come_in_the_order_of_the_house_and_then_guests_by_name() -> None:
    names = [plugin.name for plugin in started(Guest("zebra"), Guest("acorn")).plugins()]
    rooms = [plugins.plugin_name(module) for module in plugins.ROOMS]
    assert names[: len(rooms)] == rooms
    assert names[len(rooms) :] == sorted(names[len(rooms) :])


# -- whom to ask -------------------------------------------------------------------------------


def test_a_rule_is_asked_of_the_courses_own_provider_only(make_app: MakeApp) -> None:
    asked: list[str] = []

    def rule(name: str) -> Guest:
        def lms_assess_completion(booking: object) -> Verdict:
            asked.append(name)
            return Verdict(Outcome.COMPLETED, (f"{name} says so",))

        return Guest(
            name,
            lms_provider=lambda: Provider(name, name),
            lms_assess_completion=lms_assess_completion,
        )

    app = make_app(plugins=[rule("acorn"), rule("walnut")])
    with app.app_context():
        facts = BookingFacts(uuid4(), uuid4(), "walnut:tea", "day", "walnut", (), False)
        verdict = app.extensions["lms"].assess_completion(facts, ())
    assert asked == ["walnut"]
    assert verdict.reasons == ("walnut says so",)


def test_each_plugin_builds_its_part_of_a_demonstration_once_and_is_named() -> None:
    asked: list[object] = []
    guest = Guest("acme", lms_demonstration=lambda today, seed: asked.append((today, seed)))
    registry = started(guest, disabled_plugins=("demonstration",))
    assert registry.demonstrate(date(2026, 11, 2), 7) == ["acme"]
    assert asked == [(date(2026, 11, 2), 7)]


# -- pages -------------------------------------------------------------------------------------


def adds(what: Callable[[Any], object]) -> Guest:
    """A guest whose blueprint does something to the whole application when it is registered."""
    blueprint = pages("acme")
    blueprint.record(lambda state: what(state.app))
    return Guest("acme", lms_blueprints=lambda: [blueprint])


@pytest.mark.parametrize(
    "what",
    [
        lambda app: app.before_request(lambda: None),
        lambda app: app.after_request(lambda response: response),
        lambda app: app.teardown_request(lambda error: None),
        lambda app: app.teardown_appcontext(lambda error: None),
        lambda app: app.context_processor(dict),
        lambda app: app.url_value_preprocessor(lambda endpoint, values: None),
        lambda app: app.url_defaults(lambda endpoint, values: None),
        lambda app: app.register_error_handler(404, lambda error: "gone fishing"),
        lambda app: app.jinja_env.filters.update(tea=str),
        lambda app: app.jinja_env.globals.update(tea="tea"),
        lambda app: app.jinja_env.tests.update(tea=bool),
        lambda app: app.add_url_rule("/tea", "tea", str),
        lambda app: app.add_url_rule("/x/acme/tea", "people.tea", str),
        lambda app: app.add_url_rule("/home/tea", "acme.tea", str),
    ],
)
def test_a_guest_that_adds_to_every_page_stops_the_start(
    make_app: MakeApp, what: Callable[[Any], object]
) -> None:
    with pytest.raises(PluginError, match="Plugin acme adds to every page"):
        make_app(plugins=[adds(what)])


def test_a_guests_blueprint_is_called_as_the_guest(make_app: MakeApp) -> None:
    other = Blueprint("people", __name__)
    with pytest.raises(PluginError, match="its blueprint is called 'people'"):
        make_app(plugins=[Guest("acme", lms_blueprints=lambda: [other])])


def test_a_guests_pages_are_in_its_own_folder(make_app: MakeApp, database: Database) -> None:
    blueprint = pages("acme")
    blueprint.add_url_rule("/tea", "tea", lambda: "tea")
    app = make_app(plugins=[Guest("acme", lms_blueprints=lambda: [blueprint])])
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == "acme.tea"]
    assert rules == ["/x/acme/tea"]


class Plain:
    """A guest as an author writes one."""

    name = "plain"

    @hookimpl
    def lms_permissions(self) -> list[Permission]:
        """One."""
        return [permission("plain.tea")]


def test_what_each_plugin_adds_is_listed_for_people() -> None:
    [plain] = [plugin for plugin in started(Plain()).plugins() if plugin.name == "plain"]
    assert plain.adds == ("lms_permissions",)
    assert plain.home == __file__
    assert not plain.room


def test_a_plugin_has_the_version_it_or_its_package_says_or_was_installed_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, package = ModuleType("acme.plugin"), ModuleType("acme")
    monkeypatch.setitem(sys.modules, "acme", package)
    monkeypatch.setattr(plugins, "entry_points", lambda **_: EntryPoints())
    assert plugins.version_of(here) == ""
    point = EntryPoint("acme", "acme.plugin", plugins.ENTRY_POINTS)
    vars(point).update(dist=SimpleNamespace(version="4.2"))
    monkeypatch.setattr(plugins, "entry_points", lambda **_: EntryPoints((point,)))
    assert plugins.version_of(here) == "4.2"
    package.__dict__["__version__"] = "4.3"
    assert plugins.version_of(here) == "4.3"
    here.__dict__["__version__"] = 5
    assert plugins.version_of(here) == "5"
    assert plugins.version_of(import_module("plugins.tavistock.plugin")) == lms.__version__
