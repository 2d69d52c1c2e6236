"""A provider of text messages as a plug-in of the tests: it takes, refuses, hangs, dawdles or breaks, as it is told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from exhibitions.mail.rules.texting import RefusedForGood, TryLater


@dataclass
class Provider:
    """Takes every message until `answers` says otherwise, one for each message, in their order."""

    name: str = "fake"
    drops_repeats: bool = False
    answers: list[Callable[[], None]] = field(default_factory=list)
    taken: list[tuple[str, str, str]] = field(default_factory=list)
    asked: int = 0

    def send(self, phone: str, text: str, message_id: str) -> None:
        self.asked += 1
        if self.answers:
            self.answers.pop(0)()
        self.taken.append((phone, text, message_id))


def refuse(why: str = "number") -> Callable[[], None]:
    """It never takes this one."""

    def answer() -> None:
        raise RefusedForGood(why)

    return answer


def later(why: str = "busy") -> Callable[[], None]:
    """It may take it later."""

    def answer() -> None:
        raise TryLater(why)

    return answer


def hang(until: threading.Event) -> Callable[[], None]:
    """It does not answer before `until`."""

    def answer() -> None:
        until.wait(60)

    return answer


def dawdle(seconds: float) -> Callable[[], None]:
    """It answers late, but in time."""
    return lambda: time.sleep(seconds)


def breaks(error: BaseException) -> Callable[[], None]:
    """It breaks off in a way that its contract does not know."""

    def answer() -> None:
        raise error

    return answer


def make() -> Provider:
    """What a setting names: `tests.mail.provider:make`."""
    return Provider()


def without_key() -> Provider:
    """A plug-in whose own setting is missing."""
    raise ValueError("the setting FAKE_KEY is missing")


def no_sender() -> object:
    """Something that is no sender."""
    return object()
