"""What administrators need to do: plugins with problems, jobs that were given up."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from lms.contracts import Actor, Todo
from lms.jobs import failed_jobs
from lms.permissions import allowed
from lms.registry import current_registry
from lms.web.words import plural


def for_administrators(actor: Actor) -> Iterable[Todo]:
    """One line for each plugin with problems, one for all jobs that failed."""
    if not allowed(actor, "plugins.view"):
        return
    registry = current_registry()
    address = url_for("people.plugins")
    off = set(registry.switched_off())
    for name in sorted({trouble.plugin for trouble in registry.troubles} | off):
        reason = "It is switched off until the restart" if name in off else "It failed lately"
        yield Todo(f"{name} has a problem", reason, "See what is wrong", address, None, 10)
    failed = failed_jobs()
    if failed:
        names = ", ".join(sorted({name for _, name, _ in failed}))
        count = plural(len(failed), "job was", "jobs were")
        yield Todo(f"{count} given up", names, "See what is wrong", f"{address}#jobs", None, 20)
