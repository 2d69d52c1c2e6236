"""A backup made in a burst, and another machine that takes over: counts, a scan, a sign-in (F22, I1, I7)."""

from __future__ import annotations

import http.client
import http.cookiejar
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench.burst import Burst
from bench.installation import Installation, until

ADMIN = ("boss@example.org", "a calm password 7")

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    first, second = Installation(tmp_path / "first"), Installation(tmp_path / "second")
    for place in (first, second):
        place.folder.mkdir()
    first.prepare()
    first.flask("admin", "create", ADMIN[0], "--name", "Boss", "--password", ADMIN[1])
    yield first, second
    first.stop()
    second.stop()


def sign_in(place: Installation) -> str:
    """Sign in with a browser's means, and give the page that comes then."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def page(path: str, **fields: str) -> str:
        body = urllib.parse.urlencode(fields).encode() if fields else None
        with browser.open(f"http://127.0.0.1:{place.port}{path}", body) as answer:
            text: str = answer.read().decode()
        return text

    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page("/sign-in"))
    assert token is not None
    page("/sign-in", csrf_token=token[1], email=ADMIN[0], password=ADMIN[1])
    return page("/desk/health")


def back_up_in_a_burst(first: Installation, file: Path, words: Path) -> tuple[set[str], set[str]]:
    """Scans flow before, while and after the backup is made; which were answered before it, and which at all."""
    answered: list[str] = []

    def send(connection: http.client.HTTPConnection, call_id: str) -> int:
        status = first.send(connection, call_id)
        if status == 200:
            answered.append(call_id)
        return status

    with Burst("127.0.0.1", first.port, send, clients=4, rate=20) as burst:
        assert until(lambda: len(answered) > 50)
        before = set(answered)
        first.flask("backup", "create", str(file), "--with-keys", "--passphrase-file", str(words))
        count = len(answered)
        assert until(lambda: len(answered) > count + 20)
        burst.stop()
    return before, set(answered)


def test_a_second_machine_takes_over_from_a_backup_made_in_a_burst(
    places: tuple[Installation, Installation], tmp_path: Path
) -> None:
    """I1 up to the moment of the backup, I3 to I5, I7: what was answered before is there, and nothing is torn."""
    first, second = places
    file, words = tmp_path / "b.zip", tmp_path / "words"
    words.write_text("three calm herons on a wall")
    first.start()
    before, answered = back_up_in_a_burst(first, file, words)
    first.stop()

    began = time.monotonic()
    second.flask("backup", "restore", str(file), "--passphrase-file", str(words))
    stored = set(second.stored())
    assert before <= stored <= set(first.stored())
    assert second.faults_of_content() == []

    second.codes, second.token, second.gate = first.codes, first.token, first.gate
    second.scanned = first.scanned
    second.start()
    # What the first machine answered after the backup comes again from the devices, and is stored once.
    late = sorted(answered - stored)[:20]
    with closing(http.client.HTTPConnection("127.0.0.1", second.port, timeout=20)) as connection:
        assert {second.send(connection, call_id) for call_id in late} == {200}
    assert second.refusals == []
    assert 'class="lines health"' in sign_in(second)
    assert time.monotonic() - began < 600
    assert stored | set(late) <= set(second.stored())
