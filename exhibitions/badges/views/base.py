"""The blueprint of this room's pages, and how they hand out a file for paper."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file

blueprint = Blueprint("badges", __name__)
BADGES = "/desk/<slug>/badges"


def pdf(content: bytes, name: str) -> Response:
    """A PDF to keep or to open."""
    return send_file(
        BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0
    )
