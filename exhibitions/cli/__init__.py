"""The flask commands of the whole project."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Give `app` the commands that belong to no room."""
