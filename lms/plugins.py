"""Which plugins load, and in what order: rooms first, then the providers that are listed.

`create_app` asks for a fresh pluggy manager per application, so that tests and sites do not share.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType

import pluggy

from lms import __version__, hookspecs
from lms.settings import Settings

ROOMS = (
    "lms.people.plugin",
    "lms.messages.plugin",
    "lms.ambassadors.plugin",
    "lms.reports.plugin",
    "courses.plugin",
    "surveys.plugin",
    "certificates.plugin",
)
BUNDLED = (
    "plugins.oneplusone.plugin",
    "plugins.tavistock.plugin",
    "plugins.hertfordshire_mediation.plugin",
    "plugins.hertfordshire.plugin",
    "plugins.demonstration.plugin",
)
CORE_PLUGINS = ROOMS + BUNDLED
"""The only upward reference in the tree: what the kernel loads, as strings."""

ENTRY_POINTS = "lms.plugins"

RESERVED = ("alembic", "audit", "import", "installation", "once", "procrastinate", "rate", "web")
"""Names with which a guest's tables or pages would begin as the kernel's do."""


class PluginError(RuntimeError):
    """A plugin that cannot be used; the application refuses to start and says why."""


def plugin_name(module: str) -> str:
    """The short name people see and settings use: `plugins.tavistock.plugin` is "tavistock"."""
    parts = module.removesuffix(".plugin").split(".")
    return parts[-1]


def build_manager(settings: Settings, extra: Iterable[object] = ()) -> pluggy.PluginManager:
    """A manager with the rooms, the bundled and listed providers, and `extra` plugins (tests).

    `extra` objects may carry a `name`; otherwise a module's own name counts. In safe mode only
    the rooms are there. Raises `PluginError` when a plugin cannot be imported, is unknown, or
    implements a hook that does not exist.
    """
    manager = pluggy.PluginManager("lms")
    manager.add_hookspecs(hookspecs)
    for module in ROOMS:
        manager.register(importlib.import_module(module), plugin_name(module))
    if not settings.safe_mode:
        _register_guests(manager, settings, extra)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"Plugin {manager.get_name(error.plugin)}: {error}") from error
    return manager


def _register_guests(
    manager: pluggy.PluginManager, settings: Settings, extra: Iterable[object]
) -> None:
    left_out = set(settings.disabled_plugins)
    for module in BUNDLED:
        if plugin_name(module) not in left_out:
            _register(manager, importlib.import_module(module), plugin_name(module))
    for name in settings.plugins:
        if name not in left_out:
            _register(manager, _load(name), name)
    for plugin in extra:
        own = getattr(plugin, "name", None) or getattr(plugin, "__name__", type(plugin).__name__)
        if plugin_name(str(own)) not in left_out:
            _register(manager, plugin, plugin_name(str(own)))


def _load(name: str) -> object:
    """A third party's plugin by its entry point."""
    found = entry_points(group=ENTRY_POINTS, name=name)
    if not found:
        raise PluginError(
            f"LMS_PLUGINS names {name!r}, which is not installed. Install it with pip, "
            "or take it out of LMS_PLUGINS."
        )
    try:
        return next(iter(found)).load()
    except Exception as error:
        raise PluginError(f"Plugin {name} cannot be imported: {error}") from error


def _register(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    if manager.has_plugin(name):
        raise PluginError(f"Two plugins are called {name!r}. Rename one of them.")
    if name in RESERVED:
        raise PluginError(f"Plugin {name}: the kernel uses this name. Choose another name.")
    try:
        manager.register(plugin, name)
    except pluggy.PluginValidationError as error:
        raise PluginError(f"Plugin {name}: {error}") from error


def is_room(name: str) -> bool:
    """Whether a plugin is one of the core's own rooms, rather than a guest."""
    return name in {plugin_name(module) for module in ROOMS}


@dataclass(frozen=True)
class PluginInfo:
    """A loaded plugin and what it adds, for people to read."""

    name: str
    room: bool
    home: str
    version: str
    adds: tuple[str, ...]


def version_of(plugin: object) -> str:
    """Its own `__version__`, its package's, ours for what comes along, or the installed one."""
    module = getattr(plugin, "__name__", type(plugin).__module__)
    packages = (sys.modules.get(name) for name in (module, *_packages_of(module)))
    own = (getattr(one, "__version__", None) for one in (plugin, *packages))
    if said := next((str(one) for one in own if one), ""):
        return said
    if module in CORE_PLUGINS:
        return __version__
    installed = (one.dist for one in entry_points(group=ENTRY_POINTS) if one.module == module)
    return next((dist.version for dist in installed if dist), "")


def _packages_of(module: str) -> Iterator[str]:
    """The packages a module is in, the nearest first."""
    while module := module.rpartition(".")[0]:
        yield module


def home_of(plugin: object) -> str:
    """The file a plugin comes from, for people to read."""
    if isinstance(plugin, ModuleType):
        return plugin.__file__ or plugin.__name__
    return inspect.getfile(type(plugin))
