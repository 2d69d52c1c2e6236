"""The application for a WSGI server and for `flask`. What is wrong with the installation is said in one sentence."""

import sys

from exhibitions.app import create_app
from exhibitions.cli.failing import say_or_trace
from exhibitions.cli.private import close, write_privately
from exhibitions.config import SettingError

# Not in the commands: those of Flask's extensions (`flask db`) are none of ours.
sys.excepthook = say_or_trace
write_privately()
try:
    application = create_app()
except SettingError as error:
    sys.exit(f"Error: {error}")
close(application.config["DATA_DIR"], application.config["SQLALCHEMY_DATABASE_URI"])
