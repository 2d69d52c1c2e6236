"""An application with the database and nothing above jobs and mail: a worker process of a test starts on it quickly."""

from pathlib import Path

from flask import Flask

import exhibitions.accounts.models
import exhibitions.expos.models  # noqa: F401 - both for the foreign keys that lead to them.
from exhibitions.audit import service as audit
from exhibitions.core import i18n, log
from exhibitions.core.db import db, engine_options
from exhibitions.mail import handlers as mail_handlers
from exhibitions.mail import service as mail

SECRET = "a secret of the tests, long enough to be none 0123456789"


def make_app(url: str, folder: Path) -> Flask:
    """The application on the database at `url`, with the same installation secret as the tests' own application."""
    app = Flask("slim")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url, 4))
    log.configure()
    i18n.install(app)
    db.init_app(app)
    audit.configure(SECRET)
    mail.configure(mail.Account(outbox=folder / "outbox", sender="fair@localhost"))
    mail_handlers.register()
    return app
