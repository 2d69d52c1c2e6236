"""What goes over the wire is compressed (ux B1): static files once, pages as they are made.

The machine API is left alone: answers to scans are small and must be quick, and what else it sends goes to machines.
BREACH: who can make a signed-in browser ask for pages with chosen words in their addresses, and sees how long the
answers are, could guess secrets in them. Tokens against forged forms are signed anew each second, so guessing parts
of them yields none; names and numbers of people are worth guessing. Hence a page that another site asked for with the
cookie of a session is sent as it is.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

SUFFIX = ".gz"
COMPRESSIBLE = frozenset({".css", ".js", ".json", ".svg", ".wasm", ".txt"})
_MIMETYPES = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "text/plain",
        "text/calendar",
        "application/json",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
    }
)
_LEAST_BYTES = 1000
_LEVEL = 6


def install(app: Flask) -> None:
    """Compress the answers of `app`. Installed first, it sees them last."""
    app.after_request(_compress)


def compressed(content: bytes, level: int = 9) -> bytes:
    """`content` as gzip; the same bytes give the same answer at any time."""
    return gzip.compress(content, level, mtime=0)


def _compress(response: Response) -> Response:
    if response.mimetype not in _MIMETYPES or request.path.startswith("/api/"):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in (204, 206, 304) or "Content-Encoding" in response.headers or not _wanted():
        return response
    if request.endpoint == "static" and response.status_code == 200:
        content = _of_file()
    elif not response.is_streamed and response.calculate_content_length() >= _LEAST_BYTES:  # type: ignore[operator]
        content = compressed(response.get_data(), _LEVEL)
    else:
        return response
    if content is not None:
        response.close()  # The file that would have been sent.
        response.direct_passthrough = False
        response.set_data(content)
        response.headers["Content-Encoding"] = "gzip"
        etag, _weak = response.get_etag()
        if etag is not None:  # Weak: the same content, in other bytes.
            response.set_etag(etag, weak=True)
    return response


def _wanted() -> bool:
    if request.accept_encodings["gzip"] <= 0:
        return False
    if request.endpoint == "static" or current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return True
    asked_by = request.headers.get("Sec-Fetch-Site")
    if asked_by is not None:
        return asked_by in ("same-origin", "none")
    # As it was sent: `request.host` refuses a name that is not ours, and that refusal is what is being answered here.
    return urlsplit(request.headers.get("Referer", "")).netloc in ("", request.headers.get("Host", ""))


def _of_file() -> bytes | None:
    """The static file that is asked for, compressed by `flask assets` or now and kept; None when it is hardly smaller.

    Its name comes from the address: it is joined as Flask does it for the plain file, never out of its folder.
    """
    path = safe_join(current_app.static_folder or "", (request.view_args or {})["filename"])
    if path is None:
        return None
    facts = Path(path).stat()
    return _kept(Path(path), facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=256)
def _kept(path: Path, changed_ns: int, size: int) -> bytes | None:
    beside = path.with_name(path.name + SUFFIX)
    if beside.is_file() and beside.stat().st_mtime_ns >= changed_ns:
        return beside.read_bytes()
    content = compressed(path.read_bytes())
    return content if len(content) < size * 0.95 else None
