"""The flask commands of the whole project."""

from __future__ import annotations

from flask import Flask

from exhibitions.cli.access import access
from exhibitions.cli.assets import assets
from exhibitions.cli.demo import demo
from exhibitions.cli.fields import fields
from exhibitions.cli.serve import serve
from exhibitions.cli.translations import translations


def install(app: Flask) -> None:
    """Give `app` the commands that belong to no room."""
    for command in (access, assets, demo, fields, serve, translations):
        app.cli.add_command(command)
