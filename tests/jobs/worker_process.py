"""A worker process with jobs of the tests' own: `python -m tests.jobs.worker_process URL FOLDER [options of jobs work]`."""

import sys
import time
from pathlib import Path

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM
from exhibitions.jobs import service
from exhibitions.jobs.commands import jobs
from exhibitions.jobs.rules import JobRun
from tests.jobs.slim_app import make_app

PIECES = 20
PIECE_SECONDS = 0.1


def count(run: JobRun) -> dict[str, object]:
    """Two seconds of work in twenty pieces, then one entry in the audit."""
    run.step("Counting")
    for n in range(PIECES):
        time.sleep(PIECE_SECONDS)
        run.progress(n + 1, PIECES)
    with run.transaction():
        audit.record("test.counted", SYSTEM, subject=("job", run.job_id))
    return {"pieces": PIECES}


def deaf(run: JobRun) -> dict[str, object]:
    """Work that says nothing for a long time."""
    time.sleep(60)
    return {}


def main() -> None:
    url, folder, *options = sys.argv[1:]
    app = make_app(url, Path(folder))
    service.KINDS.clear()
    service.register("test.count", count, cancellable=True)
    service.register("test.deaf", deaf)
    service.register("test.quick", lambda run: {}, quick=True)
    with app.app_context():
        jobs.main(["work", *options])


if __name__ == "__main__":
    main()
