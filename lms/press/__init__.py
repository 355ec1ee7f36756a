"""PDFs, made in a child process under limits: rooms ask a `Press`, the child prints.

Certificates and the packs of reports come from here; only jobs and the demonstration print.
"""

from lms.press.parent import NO_LIBRARIES, TOO_MUCH, Press, PressError, Presses

__all__ = ["NO_LIBRARIES", "TOO_MUCH", "Press", "PressError", "Presses"]
