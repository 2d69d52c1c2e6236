"""F3 with a disk that is really full: a small file system of its own, the real server on it."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.installation import Installation, until

pytestmark = pytest.mark.enable_socket
_MEBI = 1 << 20
WAL_LIMIT = 64 * _MEBI


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False) if os.geteuid() == 0 else None
    if done is None or done.returncode:
        if os.environ.get("CI"):
            pytest.fail("In CI a small file system must be mounted.")
        pytest.skip("only root may mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(params=["a journal", "the same disk"])
def place(request: pytest.FixtureRequest, small_disk: Path, tmp_path: Path) -> Iterator[Installation]:
    place = Installation(small_disk)
    if request.param == "a journal":
        (small_disk / "serve.log").symlink_to(tmp_path / "serve.log")
    place.prepare()
    place.start()
    yield place
    place.stop()


def fill(path: Path) -> None:
    """Take every byte that is left."""
    with path.open("wb", buffering=0) as file:
        for size in (_MEBI, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def ask(place: Installation, method: str, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", place.port, timeout=20)) as connection:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def scan(place: Installation, call_id: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", place.port, timeout=20)) as connection:
        return place.send(connection, call_id)


def test_f3_a_full_disk_is_said_in_words_and_forgotten_when_it_is_free(
    place: Installation, small_disk: Path
) -> None:
    """503 or 507 and never 500; reading goes on; nothing answered is lost; at work again without a restart."""
    answered = [call_id for call_id in (uuid.uuid4().hex for _ in range(30)) if scan(place, call_id) == 200]
    assert len(answered) == 30
    ballast = small_disk / "ballast"
    fill(ballast)
    said = []
    for call_id in (uuid.uuid4().hex for _ in range(40)):
        status = scan(place, call_id)
        said.append(status)
        if status == 200:
            answered.append(call_id)
    # What room the write-ahead log still had is used up first.
    assert set(said) <= {200, 503, 507}, said
    assert {said[-1]} <= {503, 507}, said
    assert all(seconds <= 10 for seconds in place.retry_after)
    assert {ask(place, "GET", path) for path in ("/8th/", "/8th/register", "/healthz")} == {200}
    serving = place.children("web")
    ballast.unlink()
    began = time.monotonic()
    fresh = uuid.uuid4().hex
    assert until(lambda: scan(place, fresh) == 200, 30), place.refusals
    assert time.monotonic() - began < 30
    assert until(place.is_ready, 30)
    assert place.children("web") == serving
    place.stop()
    assert {uuid.UUID(one).hex for one in (*answered, fresh)} <= set(place.stored())
    assert place.faults_of_content() == []
    wal = place.database.with_name(f"{place.database.name}-wal")
    assert not wal.exists() or wal.stat().st_size < WAL_LIMIT
