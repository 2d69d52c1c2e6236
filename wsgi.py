"""The application for a WSGI server."""

from exhibitions.app import create_app

application = create_app()
