"""Handing out stored files: to who made them, and to who holds the right that their purpose demands."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Blueprint, Response, abort, current_app, send_file

from exhibitions.audit.rules import Fair
from exhibitions.core import clock
from exhibitions.core.access import Kind, Mark, Permission, actor, require, signed_in
from exhibitions.core.db import transaction
from exhibitions.files import queries, service
from exhibitions.files.models import StoredFile

blueprint = Blueprint("files", __name__)

# Filled by the composition root: files of this purpose may also be fetched by everyone who holds the right.
SHARED: dict[str, Permission] = {}


@blueprint.get("/desk/<slug>/files/<int:file_id>")
@require(Permission.EXPO_VIEW)
def download(expo: Fair, file_id: int) -> Response:
    return _hand_out(queries.file_of(expo.id, file_id), {"slug": expo.slug})


@blueprint.get("/desk/files/<int:file_id>")
@signed_in
def organisation_download(file_id: int) -> Response:
    return _hand_out(queries.file_of(None, file_id), {})


def _hand_out(row: StoredFile | None, address: dict[str, str]) -> Response:
    if row is None:
        abort(404)
    if not service.owned(row, actor()):
        _ask_right(SHARED.get(row.purpose), address)
    service.check_alive(row, clock.now())
    with ExitStack() as undo:
        content = undo.enter_context(service.open_file(row))
        # Reading a file of persons is itself a fact to be kept, hence the one GET that writes.
        with transaction():
            service.record_download(row, actor())
        undo.pop_all()
    response = send_file(
        content, row.content_type, as_attachment=True, download_name=row.name, conditional=False, etag=False
    )
    response.headers["Content-Length"] = str(row.size)
    return response


def _ask_right(permission: Permission | None, address: dict[str, str]) -> None:
    """End the request unless the asker holds the right; a file that is nobody else's does not exist for them."""
    if permission is None:
        abort(404)
    answer = current_app.extensions["access_answers"][Kind.PERMISSION]
    answer(Mark(Kind.PERMISSION, permission=permission), dict(address))
