"""The product with three pages that only tests of the server need; a port in use is not waited for long."""

from __future__ import annotations

import os
import time
from importlib import import_module
from pathlib import Path

from flask import Flask, current_app, request

from exhibitions.app import create_app
from exhibitions.core.access import public

application: Flask = create_app()
# The package gives the name `serve` to the command, so the module is asked for by its own.
vars(import_module("exhibitions.cli.serve"))["PORT_WAIT_SECONDS"] = 0.5


@public
def write() -> str:
    """Store the id durably before answering; the same id twice is stored once."""
    folder = Path(current_app.config["DATA_DIR"]) / "stored"
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder / request.args["id"], os.O_CREAT | os.O_WRONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return str(os.getpid())


@public
def slow() -> str:
    """Answer after a while."""
    time.sleep(float(request.args["s"]))
    return "late"


application.add_url_rule("/test/write", view_func=write)
application.add_url_rule("/test/slow", view_func=slow)
