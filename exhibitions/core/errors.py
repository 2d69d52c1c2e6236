"""What the product says when it cannot do as asked.

A room raises `Refused`; the edge (page, API, command) turns it into a sentence in the reader's language.
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the name that extraction tools know.
    """Mark `text` as an English message id for the catalogues and return it unchanged."""
    return text


class Refused(Exception):
    """A request that is understood and not carried out.

    `code` is stable and meant for machines (`phone_taken`), `message` is an English message id with
    %(name)s places which `params` fill. `status` is the HTTP status that the edge answers with.
    """

    status = 422

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params


class NotFound(Refused):
    """The thing does not exist, or the asker may not know that it does."""

    status = 404


class Forbidden(Refused):
    """The asker is known and lacks the right."""

    status = 403


class Conflict(Refused):
    """Someone else was quicker, or the thing has changed since it was shown."""

    status = 409


class Busy(Refused):
    """The service is loaded; the same request may succeed after `retry_after` seconds."""

    status = 503

    def __init__(self, code: str, message: str, retry_after: int = 2, **params: object) -> None:
        super().__init__(code, message, **params)
        self.retry_after = retry_after
