"""A worker process that sends through a server of a test: `python -m tests.mail.worker_process URL FOLDER PORT [options]`."""

import sys
from dataclasses import replace
from pathlib import Path

from exhibitions.jobs.commands import jobs
from exhibitions.mail import service
from tests.jobs.slim_app import make_app
from tests.mail.greeting import greet


def main() -> None:
    url, folder, port, *options = sys.argv[1:]
    app = make_app(url, Path(folder))
    service.register("test.greet", greet)
    service.configure(
        replace(service.account(), server="127.0.0.1", port=int(port), security="none", timeout=60.0)
    )
    with app.app_context():
        jobs.main(["work", "--lease", "2", *options])


if __name__ == "__main__":
    main()
