"""The application for a WSGI server: `gunicorn wsgi:app`."""

from lms.app import create_app

app = create_app()
