"""Several processes that draw parts of one print run at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from exhibitions.badges.service.drawing import Look
from exhibitions.badges.service.drawing_process import Order, Word, packed, read

_ROOT = Path(__file__).resolve().parents[3]
_MOST_HANDS = 4
RUN = "from exhibitions.badges.service.drawing_process import run; run()"
_TELL_EVERY = 0.25


class HandLost(RuntimeError):
    """A drawing process ended before its part was done; the part is drawn again at the job's next attempt."""


class _Hand:
    """One process, and the thread that hears it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words.
            [sys.executable, "-c", RUN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
        )
        self.drawn = 0
        self.looks: list[Look] | None = None

    def order(self, order: Order) -> threading.Thread:
        self.drawn, self.looks = 0, None
        listener = threading.Thread(target=self._do, args=(order,), daemon=True)
        listener.start()
        return listener

    def _do(self, order: Order) -> None:
        inward, outward = self.process.stdin, self.process.stdout
        if inward is None or outward is None:
            return
        try:
            inward.write(packed(order))
            inward.flush()
        except BrokenPipeError:
            return
        while self.looks is None and (body := read(outward)) is not None:  # type: ignore[arg-type]
            word = msgspec.msgpack.decode(body, type=Word)
            self.drawn, self.looks = word.drawn, word.looks

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


class Pool:
    """As many processes as there are cores, each started when it is first needed."""

    def __init__(self, folder: Path, hands: int) -> None:
        self.size = hands
        self._folder = folder
        self._hands: list[_Hand] = []

    def draw(self, orders: Sequence[Order], tell: Callable[[int], None]) -> list[tuple[Path, list[Look]]]:
        """Draw at most `size` parts at the same time; `tell` hears how many badges of them all are drawn.

        The `path` of an order is a bare name; the files are gone when the pool is. Raises `HandLost`, and whatever
        `tell` raises: the drawing then ends with the pool.
        """
        while len(self._hands) < len(orders):
            self._hands.append(_Hand())
        working = self._hands[: len(orders)]
        paths = [self._folder / order.path for order in orders]
        listeners = [
            hand.order(msgspec.structs.replace(order, path=str(path)))
            for hand, order, path in zip(working, orders, paths, strict=True)
        ]
        until = time.monotonic() + _TELL_EVERY
        while any(listener.is_alive() for listener in listeners):
            for listener in listeners:
                listener.join(max(0.0, min(0.05, until - time.monotonic())))
            if time.monotonic() >= until:
                tell(sum(hand.drawn for hand in working))
                until = time.monotonic() + _TELL_EVERY
        tell(sum(hand.drawn for hand in working))
        if any(hand.looks is None for hand in working):
            raise HandLost
        return [(path, hand.looks or []) for path, hand in zip(paths, working, strict=True)]

    def end(self) -> None:
        """End all processes, whatever they are doing."""
        for hand in self._hands:
            hand.end()


@contextmanager
def pool(hands: int | None = None) -> Iterator[Pool]:
    """Processes for one run: as many as cores when not said, four at most. They end with it."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="badges-"))
        found = Pool(Path(folder), hands or min(_MOST_HANDS, os.cpu_count() or 1))
        stack.callback(found.end)
        yield found
