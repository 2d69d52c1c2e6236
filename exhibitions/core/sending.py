"""A kept file as the answer to a request, for pages that decide themselves who may have it."""

from __future__ import annotations

from typing import BinaryIO

from flask import Response, send_file


def private_file(stream: BinaryIO, content_type: str, name: str, size: int) -> Response:
    """The file under this name, kept by no cache; a PDF is downloaded, a picture is shown."""
    answer: Response = send_file(
        stream,
        content_type,
        as_attachment=content_type == "application/pdf",
        download_name=name,
        conditional=False,
        etag=False,
        max_age=0,
    )
    answer.headers["Content-Length"] = str(size)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
