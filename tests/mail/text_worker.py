"""A worker process that sends text messages: `python -m tests.mail.text_worker URL FOLDER [once|repeats]`.

Its provider notes each message in FOLDER/taken; while FOLDER/pause is there it does not answer.
"""

import sys
import time
from pathlib import Path

from exhibitions.jobs.commands import jobs
from exhibitions.mail import service
from exhibitions.mail.service import texting
from tests.jobs.slim_app import make_app
from tests.mail.greeting import greet


class Noting:
    """A provider that keeps what it took in a file."""

    name = "noting"

    def __init__(self, folder: Path, *, drops_repeats: bool) -> None:
        self.folder, self.drops_repeats = folder, drops_repeats

    def send(self, phone: str, text: str, message_id: str) -> None:
        with (self.folder / "taken").open("a") as file:
            file.write(f"{phone} {message_id}\n")
        while (self.folder / "pause").exists():
            time.sleep(0.05)


def main() -> None:
    url, name, repeats = sys.argv[1:]
    folder = Path(name)
    app = make_app(url, folder)
    service.register("test.greet", greet)
    texting.configure(Noting(folder, drops_repeats=repeats == "repeats"))
    with app.app_context():
        jobs.main(["work", "--lease", "2"])


if __name__ == "__main__":
    main()
