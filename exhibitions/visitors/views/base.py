"""The blueprints of the room's pages: the fair's and the desk's, and those behind a personal link."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("visitors", __name__)
my_badge = Blueprint("my_badge", __name__)
