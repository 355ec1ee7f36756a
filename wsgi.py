"""The application for a WSGI server: `gunicorn wsgi:app`."""

from lms import logs
from lms.app import create_app

logs.configure()
app = create_app()
