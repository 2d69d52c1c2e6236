"""The scan of a stamped contract or supplement: taken in by what it is, handed out as a download and noted."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from flask import Response, abort, send_file
from werkzeug.datastructures import FileStorage

from exhibitions.core.access import actor
from exhibitions.core.db import transaction
from exhibitions.expos.models import Expo
from exhibitions.files import queries as file_queries
from exhibitions.files import service as files
from exhibitions.orders.rules.scans import HEAD, MOST_BYTES, check_size, type_of


def received(sent: Any) -> tuple[files.Bytes, str, str] | None:
    """What was sent, written to the disk before any transaction; None when no file was chosen. Raises `Refused`."""
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    kind = type_of(sent.stream.read(HEAD))
    sent.stream.seek(0)
    content = sent.stream.read(MOST_BYTES + 1)
    check_size(len(content))
    return files.write(content), sent.filename, kind


def handed_out(expo: Expo, file_id: int | None) -> Response:
    """The scan of a stamped copy; 404 when there is none."""
    stored = file_queries.file_of(expo.id, file_id) if file_id else None
    if stored is None:
        abort(404)
    with ExitStack() as undo:
        content = undo.enter_context(files.open_file(stored))
        # Reading a signed contract is itself a fact to be kept.
        with transaction():
            files.record_download(stored, actor())
        undo.pop_all()
    return send_file(content, stored.content_type, as_attachment=True, download_name=stored.name, max_age=0)
