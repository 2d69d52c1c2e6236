"""Keep child processes alive: start them, listen to their heartbeat, restart what hangs or dies, replace, stop.

Each child writes a byte twice a second into a pipe of its own. Silence means that it hangs, the end of the pipe
that it is gone; for the child the broken pipe means that its parent is gone. Nothing else is shared,
so a parent that is killed leaves nobody behind, and a frozen child is noticed without asking it anything.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

BACKLOG = 1024
STARTING_SECONDS = 120.0
# A frozen process may hold the write lock of SQLite: until it is killed, nobody writes.
SILENT_SECONDS = 4.0
DRAIN_SECONDS = 2.0
GRACE_SECONDS = 25.0
_LOOK_SECONDS = 0.5
_LONGEST_PAUSE = 5.0
_YOUNG_SECONDS = 10.0


@dataclass(frozen=True)
class Role:
    """A process to keep alive: its name in messages, its command, and the descriptors that it inherits.

    The number of the heartbeat's descriptor is appended to the command.
    """

    name: str
    command: tuple[str, ...]
    descriptors: tuple[int, ...] = ()


@dataclass
class Child:
    """A running process; times are of the monotonic clock, in seconds."""

    name: str
    process: subprocess.Popen[bytes]
    beats: int
    started: float
    last_beat: float
    ready: bool = False

    def overdue(self, now: float) -> bool:
        """Whether it has been silent for longer than a living process may be."""
        return now - self.last_beat > (SILENT_SECONDS if self.ready else STARTING_SECONDS)


@dataclass
class Slot:
    """The place of one role: who holds it, who is about to, and how often the holder died young."""

    role: Role
    child: Child | None = None
    successor: Child | None = None
    early_deaths: int = 0
    not_before: float = 0.0


@dataclass(order=True)
class Leaving:
    """A process that was asked to finish: it gets SIGTERM at `terminate_at` and SIGKILL at `kill_at`."""

    terminate_at: float
    kill_at: float
    child: Child = field(compare=False)
    told: bool = field(default=False, compare=False)


class Supervisor:
    """The parent of the server's processes. `run` returns the exit code of the whole."""

    def __init__(
        self, roles: Sequence[Role], environ: Mapping[str, str], folder: Path, say: Callable[[str], None]
    ) -> None:
        self._slots = [Slot(role) for role in roles]
        self._environ = dict(environ)
        self._folder = folder
        self._say = say
        self._leaving: list[Leaving] = []
        self._to_replace: list[Slot] = []
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = 0
        self._asked_to_replace = False
        self._failed_start = False
        self._announced = False

    def run(self, announce: Callable[[], None]) -> int:
        """Serve until SIGTERM or SIGINT; SIGHUP replaces the processes one by one without refusing a request.

        `announce` is called once, when every process has started. Returns 0 after a stop that was asked for,
        1 when a process could not start in the first place (it has said why).
        """
        self._listen_to_signals()
        last = time.monotonic()
        while not self._asked_to_stop and not self._failed_start:
            for slot in self._slots:
                self._fill(slot)
            self._hear(_LOOK_SECONDS)
            last = self._forgive_a_pause(last)
            for slot in self._slots:
                self._check(slot)
            self._replace_one()
            self._see_off()
            if not self._announced and all(slot.child and slot.child.ready for slot in self._slots):
                self._announced = True
                announce()
        self._stop()
        return int(self._failed_start)

    def _listen_to_signals(self) -> None:
        receiver, sender = socket.socketpair()
        receiver.setblocking(False)
        sender.setblocking(False)
        signal.set_wakeup_fd(sender.fileno())
        self._selector.register(receiver, selectors.EVENT_READ, (receiver, sender))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_hangup)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    def _on_hangup(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_replace = True

    def _start(self, role: Role) -> Child:
        beats, write_end = os.pipe()
        os.set_blocking(beats, False)
        # A session of its own keeps the terminal's Ctrl-C from reaching the children before their parent.
        process = subprocess.Popen(  # noqa: S603  the command is ours
            [*role.command, str(write_end)],
            pass_fds=(*role.descriptors, write_end),
            env=self._environ,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(write_end)
        now = time.monotonic()
        child = Child(role.name, process, beats, started=now, last_beat=now)
        self._selector.register(beats, selectors.EVENT_READ, child)
        return child

    def _fill(self, slot: Slot) -> None:
        if slot.child is None and time.monotonic() >= slot.not_before:
            slot.child = slot.successor or self._start(slot.role)
            slot.successor = None

    def _hear(self, seconds: float) -> None:
        for key, _events in self._selector.select(seconds):
            if not isinstance(key.data, Child):
                key.data[0].recv(4096)
                continue
            if os.read(key.data.beats, 4096):
                self._note_beat(key.data)
            else:
                self._selector.unregister(key.data.beats)

    def _note_beat(self, child: Child) -> None:
        child.last_beat = time.monotonic()
        if not child.ready:
            child.ready = True
            if self._announced:
                self._say(f"{child.name} ({child.process.pid}) is ready.")

    def _forgive_a_pause(self, last: float) -> float:
        """Nobody is to blame for silence while the whole machine (or this process) stood still."""
        now = time.monotonic()
        if now - last > _LONGEST_PAUSE:
            for child in self._living():
                child.last_beat = now
        return now

    def _living(self) -> list[Child]:
        placed = [child for slot in self._slots for child in (slot.child, slot.successor) if child]
        return placed + [leaving.child for leaving in self._leaving]

    def _check(self, slot: Slot) -> None:
        now = time.monotonic()
        for child in (slot.child, slot.successor):
            if child and child.overdue(now):
                self._say(f"{child.name} ({child.process.pid}) does not answer and is killed.")
                child.process.kill()
                child.process.wait()
        if slot.successor and self._gone(slot.successor):
            self._say(f"{slot.role.name}: the new process did not start, the old one stays.")
            slot.successor = None
            self._to_replace.clear()
        if slot.child and self._gone(slot.child):
            self._mourn(slot, slot.child)

    def _gone(self, child: Child) -> bool:
        if child.process.poll() is None:
            return False
        if child.beats in self._selector.get_map():
            self._selector.unregister(child.beats)
        os.close(child.beats)
        return True

    def _mourn(self, slot: Slot, child: Child) -> None:
        """Free the slot of a dead child. One that keeps dying young comes back after a growing pause, but always."""
        slot.child = None
        now = time.monotonic()
        code = child.process.returncode
        if not self._announced and not child.ready and code > 0:
            self._failed_start = True
            return
        slot.early_deaths = slot.early_deaths + 1 if now - child.started < _YOUNG_SECONDS else 0
        pause = min(_LONGEST_PAUSE, 0.1 * 2**slot.early_deaths) if slot.early_deaths else 0.0
        slot.not_before = now + pause
        how = f"signal {-code}" if code < 0 else f"code {code}"
        self._say(f"{child.name} ({child.process.pid}) ended with {how} and is started again.")

    def _replace_one(self) -> None:
        """One step of the rolling restart: a new process starts, then its predecessor drains and leaves."""
        if self._asked_to_replace:
            self._asked_to_replace = False
            self._to_replace = list(self._slots)
        if not self._to_replace:
            return
        slot = self._to_replace[0]
        if slot.successor is None:
            slot.successor = self._start(slot.role)
        elif slot.successor.ready:
            if slot.child:
                self._let_go(slot.child, time.monotonic())
            slot.child, slot.successor = slot.successor, None
            self._to_replace.pop(0)
            if not self._to_replace:
                self._say("All processes were replaced.")

    def _let_go(self, child: Child, now: float) -> None:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGUSR1)
        self._leaving.append(Leaving(now + DRAIN_SECONDS, now + DRAIN_SECONDS + GRACE_SECONDS, child))

    def _see_off(self) -> None:
        now = time.monotonic()
        for leaving in list(self._leaving):
            if self._gone(leaving.child):
                self._leaving.remove(leaving)
            elif now >= leaving.kill_at:
                leaving.child.process.kill()
            elif now >= leaving.terminate_at and not leaving.told:
                leaving.told = True
                leaving.child.process.terminate()

    def _stop(self) -> None:
        """Pass SIGTERM on and wait for what is in work; a second request to stop ends the waiting."""
        patience = self._asked_to_stop
        for child in self._living():
            child.process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while self._still_there():
            if time.monotonic() > deadline or self._asked_to_stop > patience:
                for child in self._still_there():
                    child.process.kill()
            self._hear(0.1)

    def _still_there(self) -> list[Child]:
        return [child for child in self._living() if child.process.poll() is None]


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs `module` with this very interpreter."""
    return (sys.executable, "-m", module, *arguments)
