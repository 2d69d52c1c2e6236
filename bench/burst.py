"""Clients that write a history: what was sent, how often, and what was answered (spec: the checker of the faults).

A call that fails on its way is sent again with the same id, as gates do, until it is answered or given up.
"""

from __future__ import annotations

import http.client
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

GIVE_UP_SECONDS = 40.0
TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS = 0.05

# Sends one call with this id over the connection and returns the status of the answer.
Send = Callable[[http.client.HTTPConnection, str], int]


@dataclass(frozen=True)
class Call:
    """One call of the history. `failures` counts attempts without a 2xx answer; `answered` is whether one came."""

    id: str
    seconds: float
    failures: int
    answered: bool


class Burst:
    """`clients` keep-alive connections that each send `rate` calls a second until told to stop."""

    def __init__(self, host: str, port: int, send: Send, *, clients: int = 8, rate: float = 50.0) -> None:
        self._address = (host, port)
        self._send = send
        self._interval = 1 / rate
        self._stopping = threading.Event()
        self._calls: list[Call] = []
        self._threads = [threading.Thread(target=self._client) for _ in range(clients)]

    def __enter__(self) -> Burst:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> list[Call]:
        """End all clients after their present call and return the history."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        return self._calls

    def _client(self) -> None:
        connection = self._connect()
        while not self._stopping.is_set():
            began = time.monotonic()
            call_id = uuid.uuid4().hex
            failures = 0
            while not (answered := self._attempt(connection, call_id)):
                failures += 1
                connection.close()
                if time.monotonic() - began > GIVE_UP_SECONDS:
                    break
                time.sleep(PAUSE_SECONDS)
            spent = time.monotonic() - began
            # Appending to a list is atomic; no lock is needed between the clients.
            self._calls.append(Call(call_id, spent, failures, answered))
            self._stopping.wait(max(0.0, self._interval - spent))
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self._address, timeout=TIMEOUT_SECONDS)

    def _attempt(self, connection: http.client.HTTPConnection, call_id: str) -> bool:
        try:
            return 200 <= self._send(connection, call_id) < 300
        except (OSError, http.client.HTTPException):
            return False


@dataclass(frozen=True)
class Verdict:
    """A history against what is stored.

    `failed` calls needed more than one attempt, `lost` ones were answered and are not stored, `doubled` ones are
    stored twice.
    """

    calls: int
    failed: int
    unanswered: int
    lost: int
    doubled: int
    p99_ms: float
    longest_s: float

    @property
    def sound(self) -> bool:
        """Whether I1 and I3 hold and every call was answered in the end."""
        return not (self.lost or self.doubled or self.unanswered)


def judge(calls: list[Call], stored: list[str]) -> Verdict:
    """Compare the history with the ids that are stored (with repetitions)."""
    kept = set(stored)
    sent = {call.id for call in calls}
    own = [one for one in stored if one in sent]
    seconds = sorted(call.seconds for call in calls) or [0.0]
    return Verdict(
        calls=len(calls),
        failed=sum(call.failures > 0 for call in calls),
        unanswered=sum(not call.answered for call in calls),
        lost=sum(call.answered and call.id not in kept for call in calls),
        doubled=len(own) - len(set(own)),
        p99_ms=round(seconds[int(len(seconds) * 0.99) - (len(seconds) > 99)] * 1000, 1),
        longest_s=round(seconds[-1], 2),
    )
