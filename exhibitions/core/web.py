"""What every page has: headers, error pages with a reference number, logs without personal data, throttles."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from exhibitions.core import cards, metrics
from exhibitions.core.db import Trouble, busy, db, trouble_of
from exhibitions.core.errors import N_, Busy, Refused
from exhibitions.core.sealed_cookie import Sessions

_POLICIES = tuple(
    f"default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; "
    "worker-src 'self'; media-src 'self' blob:"
    for wasm in ("", " 'wasm-unsafe-eval'")
)
_ANSWERS = "answers"
_MOST_ANSWERS = 3
# Where Flask keeps them.
_TOLD = "_flashes"
_MOST_TOLD = 5
_ANSWER_SECONDS = 600
# A request is named by its process and its place in it: unlike fresh random bytes this gives no other thread its turn.
_PROCESS = secrets.token_hex(4)
_requests = itertools.count(secrets.randbelow(1 << 16))
_SWEEP_SECONDS = 60.0
_log = structlog.get_logger("web")


_READ = N_("The request could not be read.")
_SENTENCES = {
    401: N_("This call needs a sign-in or the token of a device."),
    403: N_("You have no right to this."),
    404: N_("There is nothing at this address."),
    405: N_("This address does not take this kind of request."),
    413: N_("The request is too large."),
    415: N_("The content type of the request is not one that this address reads."),
    500: N_("Something went wrong on our side. Nothing was saved. Quote %(reference)s if you call."),
}
# Under a foreign host name no address of a page can be made, and a cookie with the reader's language does not come.
_FOREIGN_HOST = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>400</title>
<p>本服务器不使用您输入的网址。请核对网址；如仍打不开，请联系主办方并提供编号 {0}。</p>
<p lang="en">This server does not go by the address that you entered. Check the address; if it still does not open, \
call the organiser and quote {0}.</p>
</html>
"""


class RowNumber(IntegerConverter):
    """`<int:...>` in addresses: a number that a row may have. A longer one is a page that does not exist."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**63 - 1, **kwargs})


class TooMany(Refused):
    """The same account, device or phone number has asked too often; nothing is wrong with the request itself."""

    status = 429


def install(app: Flask) -> None:
    """Give `app` its sessions, headers, logs, error pages and template functions."""
    app.session_interface = Sessions()
    app.url_map.converters["int"] = RowNumber
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(PoolTimeout, _pool_empty)
    app.register_error_handler(RecursionError, _too_deep)
    app.register_error_handler(Exception, _fault)
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.filters["labelled"] = cards.labelled
    where = app.config["LIMITS_URL"]
    own = FixedWindowRateLimiter(_Counters())
    app.extensions["throttle_here"] = own
    app.extensions["throttle"] = (
        own
        if where.startswith("memory:")
        else FixedWindowRateLimiter(storage_from_string(where, wrap_exceptions=True))
    )


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = f"{_PROCESS}-{next(_requests):x}"
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-ID"] = g.get("request_id", "")
    headers.setdefault("Content-Security-Policy", _POLICIES["wasm" in g])
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.status_code == TooMany.status and "retry_after" in g:
        headers["Retry-After"] = str(g.retry_after)
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        # `no-cache` is what send_file sets by itself; pages of persons must not stay in a shared cache at all.
        if not headers.get("Cache-Control") or headers["Cache-Control"] == "no-cache":
            headers["Cache-Control"] = "no-store"
        _remember_device(response)
        _write_line(response)
    elif request.args.get("v"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _write_line(response: Response) -> None:
    spent = (time.perf_counter() - g.started) * 1000 if "started" in g else 0.0
    level = _log.info if response.status_code < 500 else _log.warning
    metrics.connections(db.engine.pool.checkedout() if isinstance(db.engine.pool, QueuePool) else 0)
    metrics.request_answered(request.endpoint or "-", request.method, response.status_code, spent / 1000)
    level(
        "request",
        method=request.method,
        endpoint=request.endpoint or "-",
        status=response.status_code,
        ms=round(spent, 1),
    )


def wants_json() -> bool:
    """Whether the asker is a machine of the API."""
    return request.path.startswith("/api/")


def reference() -> str:
    """A short number that the page shows and the log holds: 7F3A-21."""
    number = secrets.token_hex(3).upper()
    return f"{number[:4]}-{number[4:]}"


def _who_and_what() -> dict[str, object]:
    """Numbers only: of the account that asked and of the rows in the address (ASVS 16.3.2; P19)."""
    asker = g.get("actor")
    rows = {name: value for name, value in (request.view_args or {}).items() if isinstance(value, int)}
    by = {"by": f"{asker.kind} {asker.id}"} if asker is not None and asker.id is not None else {}
    return {"endpoint": request.endpoint or "-", **by, **({"rows": rows} if rows else {})}


def _answer(status: int, code: str, sentence: str, number: str) -> tuple[Response | str, int]:
    if wants_json():
        known = _SENTENCES.get(status, _SENTENCES[500] if status >= 500 else _READ)
        sentence = sentence or gettext(known, reference=number)
        return jsonify(error={"code": code, "message": sentence, "reference": number}), status
    return render_template(
        "errors/error.html", status=status, code=code, sentence=sentence, reference=number
    ), status


def http_error(error: HTTPException) -> Any:
    """The page, or for machines the JSON, that says what went wrong, with a number that is in the log."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    number = reference()
    _log.info("refused", reference=number, status=status, code=error.name, **_who_and_what())
    if isinstance(error, SecurityError) and not wants_json():
        return _FOREIGN_HOST.format(number), 400
    return _answer(status, (error.name or "error").lower().replace(" ", "_"), "", number)


def _refused(error: Refused) -> Any:
    number = reference()
    _log.info("refused", reference=number, status=error.status, code=error.code, **_who_and_what())
    body, status = _answer(error.status, error.code, gettext(error.message, **error.params), number)
    response = current_app.make_response((body, status))
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _database_error(error: DBAPIError) -> Any:
    match trouble_of(error):
        case Trouble.DISK_FULL:
            sentence = N_("The server's disk is full. Nothing was saved. Please call the organiser.")
            return _refused(Busy("disk_full", sentence, 10))
        case Trouble.BUSY:
            return _refused(busy())
    return _fault(error)


def _pool_empty(_: PoolTimeout) -> Any:
    return _refused(busy())


def _too_deep(_: RecursionError) -> Any:
    return _refused(Refused("malformed", _READ))


def _fault(error: Exception) -> Any:
    number = reference()
    _log.error("fault", reference=number, endpoint=request.endpoint, exc_info=error)
    return _answer(500, "fault", "", number)


def tell(sentence: str, kind: str = "success") -> None:
    """Show a sentence (already in the reader's language) on the next page; kind is success, warning or error.

    Of sentences that no page has shown yet the last five are kept: a cookie holds 4 kB.
    """
    if _TOLD in session:
        session[_TOLD] = session[_TOLD][1 - _MOST_TOLD :]
    flash(sentence, kind)


def go(endpoint: str, **values: Any) -> BaseResponse:
    """Send the browser on by GET after something was done, so that a reload repeats nothing."""
    return redirect(url_for(endpoint, **values), 303)


def passed(names: Iterable[str]) -> dict[str, Any]:
    """What the address of this page says under the names of a list's filters, to be handed to `url_for` for the next one.

    Nothing else goes along: a word like `slug` or `_external` would be taken for what the address is made of.
    """
    return {name: request.args[name] for name in names if name in request.args}


def keep_answer(value: object) -> str:
    """Keep what a POST brought about, as JSON can hold it, for the page that shows it; returns the word for its address.

    So a reload repeats nothing and the page has an address, which names a word without meaning. It is kept in this
    browser's own session, sealed, for ten minutes, a few at a time.
    """
    word = secrets.token_urlsafe(6)
    others = dict(list(session.get(_ANSWERS, {}).items())[1 - _MOST_ANSWERS :])
    session[_ANSWERS] = others | {word: [int(time.time()), value]}
    return word


def kept_answer(word: str, *, once: bool = False) -> Any:
    """What `keep_answer` kept under this word on this browser; None when there is nothing or it is too old.

    With `once` it is gone afterwards: a secret is shown by one page, and not by who opens its address after that.
    """
    kept = session.get(_ANSWERS, {})
    at, value = kept.get(word, (0, None))
    if once and word in kept:
        session[_ANSWERS] = {other: answer for other, answer in kept.items() if other != word}
    return value if time.time() - at < _ANSWER_SECONDS else None


def own_path(target: str | None) -> str | None:
    """`target` when it is a path of our own, else None: `next=` never leads away or runs script."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(c) < 32 for c in target) or "\\" in target:
        return None
    return target


def throttle(what: str, key: str, limit: str) -> None:
    """Count one attempt of `what` by `key`; raises `TooMany` past `limit` ("10/minute"). The key is stored hashed.

    Where each web process counts for itself, each has its share of the limit: together they never let more pass. While
    the shared counters are away, each counts alone: people sign in, and guessing is held still (ASVS 16.5.2).
    """
    strategy: FixedWindowRateLimiter = current_app.extensions["throttle"]
    hashed = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=12).hexdigest()
    item = _share(limit, current_app.config["LIMIT_SHARES"])
    try:
        is_let = strategy.hit(item, what, hashed)
    except StorageError:
        _log.warning("shared_limits_away", what=what)
        strategy = current_app.extensions["throttle_here"]
        is_let = strategy.hit(item, what, hashed)
    if not is_let:
        # In whole seconds from now; `_finish` says it, because most pages show the refusal themselves (ASVS 2.4.1).
        g.retry_after = max(1, round(strategy.get_window_stats(item, what, hashed).reset_time - time.time()))
        _log.info("throttled", what=what)
        raise TooMany("too_many", N_("That was tried too often. Please wait a few minutes and try again."))


def forget_tries(what: str, key: str, limit: str) -> None:
    """Let `throttle` count anew for this key: who got it right is not held up by wrong tries before.

    While the shared counters are away there is nothing to forget there.
    """
    strategy: FixedWindowRateLimiter = current_app.extensions["throttle"]
    hashed = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=12).hexdigest()
    with suppress(StorageError):
        strategy.clear(_share(limit, current_app.config["LIMIT_SHARES"]), what, hashed)


@lru_cache(maxsize=64)
def _share(limit: str, shares: int) -> RateLimitItem:
    wanted = parse(limit)
    return type(wanted)(max(1, wanted.amount // shares), wanted.multiples)


class _Counters(MemoryStorage):
    """The library's counters in memory. It starts a thread after nearly every hit to sweep them; here who counts sweeps."""

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._sweep_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and give the number so far in the window that the first hit began."""
        now = time.time()
        with self._guard:
            if now >= self._sweep_at:
                self._sweep_at = now + _SWEEP_SECONDS
                for old in [old for old, end in self.expirations.items() if end <= now]:
                    del self.storage[old], self.expirations[old]
            if self.expirations.get(key, 0.0) <= now:
                self.storage[key] = 0
                self.expirations[key] = now + expiry
            self.storage[key] += amount
            return self.storage[key]


def device_key() -> str:
    """A random name of this browser, kept in a cookie: throttles go by it, because a hall shares one address."""
    if "device_key" not in g:
        g.device_key = request.cookies.get(_device_cookie()) or secrets.token_urlsafe(12)
    return str(g.device_key)


def _device_cookie() -> str:
    return f"{current_app.config.get('COOKIE_PREFIX', '')}device"


def _remember_device(response: Response) -> None:
    if "device_key" in g and _device_cookie() not in request.cookies:
        response.set_cookie(
            _device_cookie(),
            g.device_key,
            max_age=365 * 86400,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )


def allow_wasm() -> None:
    """Let this page run WebAssembly of our own (the scanner's decoder)."""
    g.wasm = True


def asset(name: str) -> str:
    """The address of a static file with the hash of its content, so that it may be kept for ever."""
    versions: dict[str, str] = current_app.extensions.setdefault("asset_versions", {})
    if name not in versions or current_app.debug:
        path = Path(current_app.static_folder or "") / name
        versions[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "none"
    return url_for("static", filename=name, v=versions[name])
