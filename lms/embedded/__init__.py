"""The PostgreSQL that starts when no `DATABASE_URL` is given, in one machine's instance folder.

The supervisor, the command line and the tests call `start`; everybody else sees a database URL.
"""

from lms.embedded.errors import EmbeddedError
from lms.embedded.server import Server, binary, running, start

__all__ = ["EmbeddedError", "Server", "binary", "running", "start"]
