"""Who implements each hook and who publishes and hears each event, read from the code itself.

`lms wiring` prints it and `docs/wiring.md` is that text; `make check` compares the two.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lms import events, hookspecs
from lms.registry import Registry

ROOT = Path(__file__).parents[1]
ROOMS = ("lms", "courses", "surveys", "certificates", "plugins")
HEAD = """\
# Wiring

Written by `lms wiring`; `make check` fails when it is stale. Rooms come before providers.
"""


@dataclass
class Uses:
    """The modules that publish an event and those that hear it."""

    published: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)


def describe(registry: Registry) -> str:
    """The whole text: hook to implementers, then event to publishers and listeners."""
    lines = [HEAD, "## Hooks", "", "| hook | implemented by |", "|---|---|"]
    lines += [f"| `{hook}` | {_list(names)} |" for hook, names in hooks(registry).items()]
    lines += ["", "## Events", "", "| event | published by | heard by |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {_list(sorted(uses.published))} | {_list(sorted(uses.heard))} |"
        for name, uses in event_uses().items()
    ]
    return "\n".join(lines) + "\n"


def hooks(registry: Registry) -> dict[str, list[str]]:
    """Each hook with the plugins that implement it, in the order in which they are asked."""
    found: dict[str, list[str]] = {name: [] for name in vars(hookspecs) if name.startswith("lms_")}
    for plugin in registry.plugins():
        for hook in plugin.adds:
            found[hook].append(plugin.name)
    return found


def event_uses() -> dict[str, Uses]:
    """Each event that can happen, with the modules that make it and those that ask for it."""
    every = {
        name: kind
        for name, kind in vars(events).items()
        if isinstance(kind, type) and issubclass(kind, events.Event)
    }
    found = {name: Uses() for name, kind in every.items() if not kind.__subclasses__()}
    for module, tree in _modules():
        for name, publishes in _mentions(tree):
            for leaf in _leaves(every, name):
                (found[leaf].published if publishes else found[leaf].heard).add(module)
    return found


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if Path(events.__file__).parent in path.parents or "node_modules" in path.parts:
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(path.read_text())


def _mentions(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Names used as events: True where one is made, False where one is waited for."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("isinstance"), args=[_, kinds]):
                yield from ((name, False) for name in _names(kinds))
            case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)):
                yield name, True
            case ast.MatchClass(cls=kind):
                yield from ((name, False) for name in _names(kind))
            case ast.Dict(keys=keys, values=values):  # tables: by event, or of what to publish
                yield from ((name, False) for key in keys if key for name in _names(key))
                yield from ((name, True) for value in values for name in _names(value, deep=False))
            case ast.arg(annotation=ast.expr() as kind):
                yield from ((name, False) for name in _names(kind))


def _names(node: ast.expr, *, deep: bool = True) -> Iterator[str]:
    for inner in ast.walk(node) if deep else (node,):
        match inner:
            case ast.Name(name) | ast.Attribute(attr=name):
                yield name


def _leaves(every: Mapping[str, type[events.Event]], name: str) -> Iterator[str]:
    """The event itself, or those of its family when a family is waited for; not all events."""
    kind = every.get(name)
    if kind is None or kind is events.Event:
        return
    if not kind.__subclasses__():
        yield name
    below: type[events.Event]
    for below in kind.__subclasses__():
        yield from _leaves(every, below.__name__)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "nobody"
