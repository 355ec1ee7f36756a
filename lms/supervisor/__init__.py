"""`lms serve` and `lms setup`: everything that runs on one machine, as one program.

The command line makes a `Supervisor` and calls `setup` or `serve`.
"""

from lms.supervisor.errors import ServeError
from lms.supervisor.supervisor import Stop, Supervisor

__all__ = ["ServeError", "Stop", "Supervisor"]
