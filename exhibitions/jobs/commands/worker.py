"""The worker: lanes that do jobs, and a main thread that keeps leases, heartbeat and parent in sight."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from exhibitions.core import clock
from exhibitions.core.db import transaction
from exhibitions.core.errors import Busy
from exhibitions.jobs import service
from exhibitions.jobs.commands.running import LeasedRun, perform, take_one
from exhibitions.jobs.rules import SILENCE, LeaseLost

_POLL = 0.4
_TROUBLE = 2.0
_PERIODIC_EVERY = 60.0
_log = structlog.get_logger("jobs")


@dataclass(frozen=True)
class Wish:
    """How a worker works. `most` ends it after so many jobs, `drain` as soon as nothing is ready."""

    lease: timedelta
    drain: bool = False
    most: int | None = None
    heartbeat: Path | None = None
    grace: float = 10.0


class Worker:
    """One process: a lane for everything, and one for quick jobs alone, which so never wait behind long ones."""

    def __init__(self, app: Flask, wish: Wish) -> None:
        self._app = app
        self._wish = wish
        self._name = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
        self._stopping = threading.Event()
        self._parent = os.getppid()
        self._runs: dict[int, LeasedRun] = {}
        self._periodic_at = 0.0

    def work(self) -> None:
        """Work until told to stop (SIGTERM, SIGINT, the parent's end) or until the wish is fulfilled."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        lanes = [threading.Thread(target=self._lane, args=(False,), daemon=True)]
        if not self._wish.drain:
            lanes.append(threading.Thread(target=self._lane, args=(True,), daemon=True))
        for lane in lanes:
            lane.start()
        self._watch(lanes[0])
        self._stopping.set()
        self._leave(lanes)

    def _watch(self, lane: threading.Thread) -> None:
        pause = min(1.0, self._wish.lease.total_seconds() / 4)
        while lane.is_alive() and not self._stopping.is_set():
            lane.join(pause)
            if self._wish.heartbeat is not None:
                self._wish.heartbeat.touch()
            if os.getppid() != self._parent:
                _log.info("parent gone")
                return
            self._keep_leases()
            self._ask_for_periodic()

    def _keep_leases(self) -> None:
        for run in list(self._runs.values()):
            if not run.due() or time.monotonic() - run.alive_at > SILENCE.total_seconds():
                continue
            try:
                run.renew()
            except LeaseLost:
                # The handler meets the same news at its next word.
                _log.warning("lease lost", job=run.job_id)
            except (Busy, SQLAlchemyError) as error:
                _log.warning("lease not renewed", job=run.job_id, error=type(error).__name__)

    def _ask_for_periodic(self) -> None:
        if self._wish.drain or time.monotonic() < self._periodic_at:
            return
        self._periodic_at = time.monotonic() + _PERIODIC_EVERY
        try:
            with self._app.app_context(), transaction():
                service.enqueue_periodic(clock.now())
        except (Busy, SQLAlchemyError) as error:
            _log.warning("periodic work not asked for", error=type(error).__name__)

    def _lane(self, quick: bool) -> None:
        names = frozenset(kind.name for kind in service.KINDS.values() if kind.quick) if quick else None
        done = 0
        while not self._stopping.is_set():
            try:
                worked = self._one(names)
            except (Busy, SQLAlchemyError) as error:
                # A database that restarts is no reason to end: the lease looks after the job, this lane comes back.
                _log.warning("database", error=type(error).__name__)
                self._stopping.wait(_TROUBLE)
                continue
            done += worked
            if done == self._wish.most or (self._wish.drain and not worked):
                return
            if not worked:
                self._stopping.wait(_POLL)

    def _one(self, names: frozenset[str] | None) -> bool:
        taken = take_one(self._app, self._name, self._wish.lease, names, self._stopping)
        if taken is None:
            return False
        job, run = taken
        self._runs[job.id] = run
        try:
            perform(self._app, job, run)
        finally:
            del self._runs[job.id]
        return True

    def _leave(self, lanes: list[threading.Thread]) -> None:
        until = time.monotonic() + self._wish.grace
        for lane in lanes:
            lane.join(max(0.0, until - time.monotonic()))
        for run in list(self._runs.values()):
            self._give_back(run)
        if any(lane.is_alive() for lane in lanes):
            # A handler that does not listen would go on writing while the next worker repeats the job.
            os._exit(0)

    def _give_back(self, run: LeasedRun) -> None:
        try:
            with self._app.app_context(), transaction():
                service.hand_back(run.job_id, run.leased_by)
        except (LeaseLost, Busy, SQLAlchemyError) as error:
            _log.warning("not handed back", job=run.job_id, error=type(error).__name__)
