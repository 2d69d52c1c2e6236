"""Many requests, one durable commit.

A commit waits for the disk, whether it holds one scan or fifty. So requests of one process that come while a commit is
under way are put together and share the next one. The first of those that wait leads: it decides and commits for all,
in its own thread; nobody is answered before the commit. With one request at a time nothing waits for anything.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import DataError, OperationalError

from exhibitions.core.db import busy, db, write_connection
from exhibitions.core.errors import Busy
from exhibitions.gates.service import scanning, uploads
from exhibitions.gates.service.ledger import Collision
from exhibitions.gates.service.pairing import Unauthorised
from exhibitions.gates.service.uploads import Answer, Call

# A group is closed when it has so many items: a large upload shares its commit with few others.
_MOST_ITEMS = 100
# Beyond this a device had better keep its scans and come back.
_MOST_WAITING = 400
_WAIT_SECONDS = 25.0
_TRIES = 5
_log = structlog.get_logger("api")

Store = Callable[[Sequence[Call]], list[list[Answer] | Unauthorised]]


class _Entry:
    """A request that waits: for its answers, for an error, or for being told to lead.

    It waits for a lock that is held from the beginning: this costs a quarter of what waiting for an event costs.
    """

    __slots__ = ("answers", "call", "error", "is_told", "leads", "told")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.told = threading.Lock()
        self.told.acquire()
        self.is_told = False
        self.answers: list[Answer] | None = None
        self.error: Exception | None = None
        self.leads = False

    def tell(self) -> None:
        """Let it go on."""
        if not self.is_told:
            self.is_told = True
            self.told.release()


@dataclass
class SharedCommit:
    """The queue of one process. `store` decides and stores a group inside a transaction of its own making."""

    store: Store

    def __post_init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Entry] = deque()
        self._led = False

    def hand_in(self, call: Call) -> list[Answer]:
        """The answers to a call, after its scans are durably stored.

        Raises `Unauthorised` when its device may not hand in, `Busy` when the database or the queue before it is too
        busy, or what went wrong with this call alone.
        """
        entry = _Entry(call)
        with self._guard:
            if len(self._waiting) >= _MOST_WAITING:
                raise busy()
            self._waiting.append(entry)
            entry.leads, self._led = not self._led, True
        if not entry.leads and not entry.told.acquire(timeout=_WAIT_SECONDS):
            self._leave(entry)
        if entry.leads:
            self._lead()
        if entry.error is not None:
            raise entry.error
        return entry.answers or []

    def _leave(self, entry: _Entry) -> None:
        """Give up waiting, unless the group that it is in is being stored, or the lead has just been handed over."""
        with self._guard:
            if entry.is_told:
                return
            if entry in self._waiting:
                self._waiting.remove(entry)
        raise busy()

    def _lead(self) -> None:
        """Store one group, the leader's own request being the first in it, and hand the lead on."""
        group: list[_Entry] = []
        try:
            group = self._next_group()
            self._store_group(group)
        finally:
            with self._guard:
                following = self._waiting[0] if self._waiting else None
                self._led = following is not None
                if following is not None:
                    following.leads = True
                    following.tell()
            for entry in group:
                entry.tell()

    def _next_group(self) -> list[_Entry]:
        with self._guard:
            group = [self._waiting.popleft()]
            items = len(group[0].call.items)
            while self._waiting and items + len(self._waiting[0].call.items) <= _MOST_ITEMS:
                group.append(self._waiting.popleft())
                items += len(group[-1].call.items)
        return group

    def _store_group(self, group: list[_Entry]) -> None:
        try:
            for entry, answers in zip(group, self.store([e.call for e in group]), strict=True):
                if isinstance(answers, Unauthorised):
                    entry.error = answers
                else:
                    entry.answers = answers
        except (Busy, OperationalError) as error:
            for entry in group:
                entry.error = error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to whose request it is.
            self._store_alone(group, error)

    def _store_alone(self, group: list[_Entry], error: Exception) -> None:
        """One of them is poisoned: its neighbours must not suffer for it."""
        if len(group) == 1:
            group[0].error = error
            return
        for entry in group:
            self._store_group([entry])


def store_together(group: Sequence[Call]) -> list[list[Answer] | Unauthorised]:
    """Decide and store a group in one transaction.

    Scans are stored once by their id, so that the whole group may safely be given again: after another process was
    quicker, or when the connection was lost and nobody knows whether the commit was done (F6). A value that the
    database refuses costs its own item only: the others are stored one by one then.
    """
    lost = look = False
    for _ in range(_TRIES):
        try:
            with write_connection(db.engine) as connection:
                return scanning.take(connection, group, look=look)
        except Collision:
            look = True
        except OperationalError as error:
            if lost or not error.connection_invalidated:
                raise
            lost = look = True
        except DataError as error:
            if len(group) > 1:
                raise
            return [_one_by_one(group[0], error)]
    raise busy()


def _one_by_one(call: Call, error: DataError) -> list[Answer] | Unauthorised:
    if len(call.items) == 1:
        _log.error("unstorable", code=str(error.code))
        return [Answer(call.items[0].scan_id, uploads.INVALID, uploads.MALFORMED)]
    answers: list[Answer] = []
    for item in call.items:
        taken = store_together([replace(call, items=(item,))])[0]
        if isinstance(taken, Unauthorised):
            return taken
        answers += taken
    return answers
