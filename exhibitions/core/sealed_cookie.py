"""The session in its cookie: sealed, so that nobody but the server reads it, and nobody at all changes it.

It holds what a page shows once (recovery codes, links to hand over) and sentences with names; a signature alone would
leave them to be read by whoever copies the cookie.
"""

from __future__ import annotations

import base64
import time
import zlib
from typing import Any

from flask import Flask
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature

from exhibitions.core.signing import SealBrokenError, derive_key, seal, unseal

_PURPOSE = "session cookie v1"
_PLACE = b"session cookie"
_TIME_BYTES = 8


class Sealer:
    """Turns a session into the text of its cookie and back, as Flask asks of what signs its sessions."""

    def __init__(self, secret: str) -> None:
        self._key = derive_key(secret, _PURPOSE)
        self._json = TaggedJSONSerializer()

    def dumps(self, value: Any) -> str:
        """The session as a text that opens nowhere else."""
        # A browser drops a cookie of more than 4 kB, and Chinese sentences in JSON are long: packed as Flask does it too.
        packed = zlib.compress(self._json.dumps(value).encode())
        plain = int(time.time()).to_bytes(_TIME_BYTES) + packed
        return base64.urlsafe_b64encode(seal(self._key, plain, _PLACE)).decode().rstrip("=")

    def loads(self, text: str, max_age: int | None = None) -> Any:
        """The session; raises `BadSignature` for a text that is not ours or older than `max_age` seconds."""
        try:
            raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
            plain = unseal(self._key, raw, _PLACE)
        except (SealBrokenError, ValueError) as error:
            raise BadSignature("not sealed here") from error
        age = time.time() - int.from_bytes(plain[:_TIME_BYTES])
        if max_age is not None and age > max_age:
            raise BadSignature("too old")
        return self._json.loads(zlib.decompress(plain[_TIME_BYTES:]).decode())


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a cookie, sealed. What seals them is made once: deriving its key costs more than most rights do."""

    def __init__(self) -> None:
        self._sealer: Sealer | None = None

    def get_signing_serializer(self, app: Flask) -> Sealer:  # type: ignore[override]  # It seals in place of signing.
        """What seals the sessions of `app`."""
        if self._sealer is None:
            self._sealer = Sealer(app.config["SECRET_KEY"])
        return self._sealer
