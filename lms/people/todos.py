"""What this room asks people to do: mailboxes to decide on, plugins and jobs to look after."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from lms.contracts import Actor, Todo
from lms.jobs import failed_jobs
from lms.people.queries import mailboxes
from lms.permissions import allowed
from lms.registry import current_registry
from lms.web.words import plural


def of_mailboxes(actor: Actor) -> Iterable[Todo]:
    """One line for each person whose mailbox an import says is shared."""
    for person_id, name in mailboxes.said_shared(actor):
        yield Todo(
            f"An import says that {name}’s e-mail address is shared",
            "With a mailbox that several people read nobody can sign in",
            "Decide",
            f"{url_for('people.person', person_id=person_id)}#sharing",
            None,
            65,
        )


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
