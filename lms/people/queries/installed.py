"""What is installed: plugins with what they add and how they are doing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lms.plugins import BUNDLED, plugin_name
from lms.registry import PluginInfo, Trouble, current_registry
from lms.web.context import settings


@dataclass(frozen=True)
class Installed:
    """A plugin as the page shows it."""

    info: PluginInfo
    adds: tuple[str, ...]
    state: str
    troubles: tuple[Trouble, ...]


def plugins() -> list[Installed]:
    """Every loaded plugin, rooms first."""
    registry = current_registry()
    off = set(registry.switched_off())
    found = []
    for info in registry.plugins():
        troubles = tuple(t for t in registry.troubles if t.plugin == info.name)
        state = "Failed" if info.name in off or troubles else "Working"
        found.append(Installed(info, tuple(_adds(info.name)), state, troubles))
    return found


def left_out() -> list[str]:
    """Plugins that the settings leave out."""
    known = settings()
    names = set(known.disabled_plugins)
    if known.safe_mode:
        names |= {plugin_name(module) for module in BUNDLED} | set(known.plugins)
    return sorted(names)


def _adds(plugin: str) -> Iterable[str]:
    """What a provider brings, in words people know."""
    registry: Any = current_registry()
    yield from (f"course: {c.title}" for c in registry.courses.values() if c.provider == plugin)
    yield from (f"survey: {s.title}" for s in registry.surveys.values() if s.provider == plugin)
    yield from (
        f"certificate design: {d.title}"
        for key, d in registry.designs.items()
        if key.partition(":")[0] == plugin
    )
    yield from (f"importer: {i.title}" for i in registry.importers.values() if i.provider == plugin)
