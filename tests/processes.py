"""Processes of their own that a test kills, freezes or lets end."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def module(name: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """The module as a process; it is killed at the end if it still lives, frozen or not."""
    command = [sys.executable, "-m", name, *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
