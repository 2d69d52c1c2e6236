"""What was typed is not lost when a page has expired or the session behind it has ended (ux B7).

Such a form is never carried out afterwards by itself. The page on which it stood is drawn again as if it were opened
(by GET, which changes nothing), its forms filled with the fields that were sent, with a new token and a sentence: the
person sends it again. Where the person must sign in first, the fields travel through the sign-in form as a sealed
text, which opens for an hour, on this browser and for that page alone. Once signed in, a form of its own takes the
sealed text on to that page, and nothing else with it. Passwords and files are never kept.
"""

from __future__ import annotations

import base64
import json
import time
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlencode, urlsplit

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import MapAdapter

from exhibitions.core.errors import N_
from exhibitions.core.signing import SealBrokenError, derive_key, seal, unseal
from exhibitions.core.web import device_key, http_error, own_path, tell

FIELD = "kept"
SIGN_IN = "accounts.sign_in"
_HERE = "exhibitions.kept"
_PURPOSE = "what was typed v1"
_NOT_KEPT = frozenset({"csrf_token", "_lang", FIELD})
_MOST_CHARACTERS = 100_000
_SECONDS = 3600
EXPIRED = "expired"
SIGNED_OUT = "signed out"
BACK = "back"
# (with something typed, with nothing typed)
_SENTENCES = {
    EXPIRED: (
        N_(
            "This page had expired, so nothing was saved. What you typed is still here: please check it and send it again."
        ),
        N_("This page had expired, so nothing was done. Please do it once more."),
    ),
    SIGNED_OUT: (
        N_(
            "You are no longer signed in, so nothing was saved. Sign in, and the page comes back with what you typed."
        ),
        N_("You are no longer signed in, so nothing was done. Please sign in first."),
    ),
    BACK: (
        N_(
            "You are signed in again. Nothing is saved yet: please check what you typed and send it once more."
        ),
        N_("You are signed in again. Please do it once more."),
    ),
}


@dataclass(frozen=True)
class Kept:
    """Fields by name that were sent from the page at `path` (with its query), and why they were not taken."""

    path: str
    fields: dict[str, list[str]]
    why: str
    has_files: bool = False


def install(app: Flask) -> None:
    """Let `app` draw forms again. Comes before the protection against forged forms, whose refusals it answers."""
    app.before_request(_come_back)
    app.register_error_handler(CSRFError, _expired)


def fields_here() -> MultiDict[str, str] | None:
    """The fields with which the forms of this page are to be filled, if it is drawn again."""
    kept = _here()
    return MultiDict(kept.fields) if kept is not None and kept.fields else None


def say_why() -> None:
    """Tell the reader of a page that is drawn again why, and what to do. Called once it is sure to be drawn."""
    kept = _here()
    if kept is None:
        return
    typed, nothing = _SENTENCES[kept.why]
    tell(gettext(typed if kept.fields else nothing), "warning")
    if kept.has_files:
        tell(gettext("A file cannot be kept: please choose it again."), "warning")


def sign_in_first() -> Response:
    """The way to the sign-in page and back to the page that was asked for, with what was typed there."""
    kept = _here()
    if kept is None and request.method in ("GET", "HEAD"):
        return current_app.make_response(redirect(url_for(SIGN_IN, next=_full_path()), 303))
    kept = kept or Kept(_page() or "", _sent(), SIGNED_OUT, bool(request.files))
    address = url_for(SIGN_IN, next=kept.path or None)
    if not kept.fields:
        return current_app.make_response(redirect(address, 303))
    answer = _draw(Kept(address, {FIELD: [_sealed(kept)]}, SIGNED_OUT))
    answer.status_code = 401
    return answer


def waits_at(target: str, sealed: str) -> bool:
    """Whether the sealed text holds what was typed on the page `target`, so that it is worth taking there."""
    kept = _opened(sealed)
    return kept is not None and kept.path == target


def _here() -> Kept | None:
    found: Kept | None = request.environ.get(_HERE)
    return found


def _full_path() -> str:
    return request.full_path.rstrip("?")


def _come_back() -> Response | None:
    """A browser that comes from the sign-in page brings what it had typed before."""
    if request.method != "POST" or request.endpoint == SIGN_IN or request.path.startswith("/api/"):
        return None
    try:
        sealed = request.form.get(FIELD)
    except RequestEntityTooLarge:
        return None
    if sealed is None:
        return None
    kept = _opened(sealed)
    if kept is None or kept.path != _full_path():
        return current_app.make_response(redirect(_full_path(), 303))
    return _draw(kept)


def _expired(error: CSRFError) -> Any:
    """A form whose token is missing or no longer good. Another site's form is refused as it always was."""
    page = _page()
    if (
        page is None
        or not _from_here()
        or request.path.startswith("/api/")
        or "HX-Request" in request.headers
    ):
        return http_error(error)
    if "_lang" in request.form:  # The switch of language is a form as well.
        path, _, query = page.partition("?")
        page = f"{path}?{urlencode({'lang': request.form['_lang']})}&{query}"
    answer = _draw(Kept(page, _sent(), EXPIRED, bool(request.files)))
    if answer.status_code == 200:
        answer.status_code = 400
    return answer


def _draw(kept: Kept) -> Response:
    """The page at `kept.path` as if opened by GET: no view is ever told that something was sent."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    path, _, query = kept.path.partition("?")
    environ = {
        name: value
        for name, value in request.environ.items()
        if not name.startswith(("werkzeug.", "flask.", "CONTENT_"))
    }
    environ |= {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "wsgi.input": BytesIO(),
        _HERE: kept,
    }
    with app.app_context(), app.request_context(environ):
        answer: Response = app.full_dispatch_request()
    return answer


def _page() -> str | None:
    """The page on which the form of this request stood: this address where it can be opened, else the one before."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    if _opens(adapter, request.path):
        return _full_path()
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.host or not _opens(adapter, unquote(before.path)):
        return None
    return own_path(f"{before.path}?{before.query}".rstrip("?"))


def _opens(adapter: MapAdapter, path: str) -> bool:
    """Whether there is a page at exactly this path."""
    try:
        adapter.match(path, method="GET")
    except HTTPException:
        return False
    return True


def _from_here() -> bool:
    """Whether the form may come from a page of ours: what another site has filled in is never shown as typed."""
    origin = request.headers.get("Origin")
    own = {request.host, urlsplit(current_app.config["PUBLIC_URL"]).netloc}
    return origin is None or urlsplit(origin).netloc in own


def _sent() -> dict[str, list[str]]:
    if not _from_here():
        return {}
    return {
        name: values
        for name, values in request.form.lists()
        # The sign-in page that has expired itself still carries what was typed before it.
        if (name not in _NOT_KEPT or (name == FIELD and request.endpoint == SIGN_IN))
        and "password" not in name.lower()
    }


def _place() -> bytes:
    return f"{FIELD} {device_key()}".encode("utf-8", "surrogatepass")


def _key() -> bytes:
    return derive_key(current_app.config["SECRET_KEY"], _PURPOSE)


def _sealed(kept: Kept) -> str:
    """The fields as a text that opens on this browser; what is longer than a form ever is becomes nothing."""
    text = json.dumps([time.time(), kept.path, kept.fields, kept.has_files])
    if len(text) > _MOST_CHARACTERS:
        text = json.dumps([time.time(), kept.path, {}, kept.has_files])
    return base64.urlsafe_b64encode(seal(_key(), zlib.compress(text.encode()), _place())).decode()


def _opened(sealed: str) -> Kept | None:
    try:
        raw = unseal(_key(), base64.urlsafe_b64decode(sealed.encode()), _place())
    except (SealBrokenError, ValueError):
        return None
    at, path, fields, has_files = json.loads(zlib.decompress(raw))
    return Kept(path, fields, BACK, has_files) if 0 <= time.time() - at < _SECONDS else None
