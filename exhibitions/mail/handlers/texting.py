"""How a text message leaves: by the plug-in that SMS_SENDER names, within a time, from a thread of its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import structlog

from exhibitions.mail.rules import Problem, Undelivered
from exhibitions.mail.rules.texting import (
    MOST_PARTS,
    Passing,
    Permanent,
    RefusedForGood,
    TextSender,
    TryLater,
    parts_of,
)
from exhibitions.mail.service import texting

GROUP = "exhibitions.sms"
"""The group of entry points by which an installed package offers senders."""
PATIENCE = 30.0
"""Seconds that a sender has for one message."""
_MOST_HANGING = 4
_PERMANENT = {Permanent.NUMBER: Problem.NUMBER_REFUSED, Permanent.TEXT: Problem.TEXT_REFUSED}
_PASSING = {
    Passing.ACCESS: Problem.ACCESS,
    Passing.CREDIT: Problem.CREDIT,
    Passing.BUSY: Problem.PROVIDER_BUSY,
    Passing.UNREACHABLE: Problem.PROVIDER_AWAY,
}
_log = structlog.get_logger("mail")
_calls: set[_Call] = set()
_of_calls = threading.Lock()


class _Call(threading.Thread):
    """One message handed to a plug-in; what it raised stands in `error`."""

    def __init__(self, sender: TextSender, phone: str, text: str, message_id: str) -> None:
        super().__init__(name="text-message", daemon=True)
        self._sender, self._message = sender, (phone, text, message_id)
        self.error: BaseException | None = None

    def run(self) -> None:
        """Hand it over; a plug-in that ends its thread in whatever way ends nothing else."""
        try:
            self._sender.send(*self._message)
        except BaseException as error:  # noqa: BLE001 - a plug-in may raise anything, even SystemExit.
            self.error = error
        finally:
            with _of_calls:
                _calls.discard(self)


class Sandbox:
    """Writes each text message whole into the outbox folder, so that nobody gets one: for trying the product out."""

    name = texting.SANDBOX
    drops_repeats = True

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def send(self, phone: str, text: str, message_id: str) -> None:
        """Write it under a name of its own: twice the same message is one file."""
        target = self._outbox / f"{message_id}.txt"
        part = target.with_suffix(f".{os.getpid()}.part")
        try:
            self._outbox.mkdir(parents=True, exist_ok=True)
            part.write_text(f"{phone}\n\n{text}\n", encoding="utf-8")
            part.rename(target)
        except OSError as error:
            raise TryLater(Passing.UNREACHABLE) from error


def load(name: str, outbox: Path) -> TextSender | None:
    """The sender that a setting names: "" none, `sandbox`, an entry point of the group `exhibitions.sms`, or
    `module:attribute`. Raises `ValueError` with a sentence when there is none that can be made.
    """
    if not name:
        return None
    if name == texting.SANDBOX:
        return Sandbox(outbox)
    made: object = None
    try:
        made = _maker(name)()
    except Exception as error:
        why = " ".join(str(error).split())
        raise ValueError(f"{name} cannot be made ready ({why}).") from error
    if not isinstance(made, TextSender):
        raise ValueError(f"what {name} makes is no sender: it needs name, drops_repeats and send.")
    return made


def _maker(name: str) -> Callable[[], object]:
    module, colon, attribute = name.partition(":")
    if colon:
        found: Callable[[], object] = getattr(import_module(module), attribute)
        return found
    for offered in entry_points(group=GROUP, name=name):
        return offered.load()  # type: ignore[no-any-return]
    raise LookupError("no installed package offers it")


def deliver(
    phone: str, text: str, message_id: str, before: Callable[[], None], patience: float | None = None
) -> int:
    """Hand a text to the sender and return its number of parts when the provider has taken it.

    `before` is called once, just before it leaves. Raises `Undelivered`; after `patience` seconds nobody knows.
    """
    sender, parts = texting.sender(), parts_of(text)
    if sender is None:
        raise Undelivered(Problem.NO_SENDER, permanent=True)
    if not 0 < parts <= MOST_PARTS:
        raise Undelivered(Problem.TEXT_REFUSED, permanent=True)
    call = _Call(sender, phone, text, message_id)
    with _of_calls:
        # Each that hangs keeps a thread for good: with some of them there is no more trying until one comes back.
        if len(_calls) >= _MOST_HANGING:
            raise Undelivered(Problem.PROVIDER_BUSY)
        _calls.add(call)
    try:
        before()
    except BaseException:
        with _of_calls:
            _calls.discard(call)
        raise
    call.start()
    call.join(PATIENCE if patience is None else patience)
    if call.is_alive():
        raise Undelivered(Problem.NO_ANSWER, doubtful=True)
    if call.error is not None:
        raise _undelivered(call.error) from None
    return parts


def _undelivered(error: BaseException) -> Undelivered:
    """What became of the message. Only the kind of an unknown error is logged: its words may hold number and text (P19)."""
    if isinstance(error, RefusedForGood):
        return Undelivered(_PERMANENT[error.why], permanent=True)
    if isinstance(error, TryLater):
        return Undelivered(_PASSING[error.why])
    _log.warning("text sender broke", error=type(error).__name__)
    return Undelivered(Problem.BROKEN, doubtful=True)
