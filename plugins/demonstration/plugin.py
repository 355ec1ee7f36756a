"""The bundled plugin that fills a demonstration; in any other database it is never asked.

`lms.plugins` loads it; `lms demo` asks for the hook.
"""

from __future__ import annotations

from datetime import date

from lms import hookimpl


@hookimpl
def lms_demonstration(today: date, seed: int) -> None:
    """Play the programme's last year, up to this morning."""
    from plugins.demonstration.world import build  # every room's services, and only here

    build(today, seed)
