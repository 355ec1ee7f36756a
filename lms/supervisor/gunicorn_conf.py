"""Gunicorn's configuration under `lms serve`; the supervisor passes this file by its path.

The application writes its own access log, with route templates in place of paths that hold
tokens, so gunicorn's stays off.
"""

import os
import signal

from lms import logs
from lms.launcher import die_with_parent
from lms.settings import read_settings

logs.configure()
_settings = read_settings()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_processes
worker_class = "gthread"
threads = _settings.web_threads
timeout = 60
graceful_timeout = 8
accesslog = None
control_socket_disable = True
proc_name = "golden-thread"


def pre_fork(server: object, worker: object) -> None:
    """Remember who the worker's parent will be, for the worker to check."""
    os.environ["LMS_WEB_MASTER"] = str(os.getpid())


def post_fork(server: object, worker: object) -> None:
    """A worker ends with its master, even by `kill -9`, so that the port is free again at once."""
    die_with_parent(signal.SIGTERM, int(os.environ["LMS_WEB_MASTER"]))
