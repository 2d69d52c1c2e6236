"""What the server and every command write is for the account that runs them alone (ASVS 13.3.2, 14.2.4)."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bench.installation import free_port, until
from exhibitions.cli import private

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
EMAIL = "root@example.org"

pytestmark = pytest.mark.enable_socket


class Installation:
    """The real application in a folder, started by an account whose umask leaves everything open."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        kept = {name: text for name, text in os.environ.items() if name not in ("PUBLIC_URL", "DATABASE_URL")}
        self._environ = {**kept, "DATA_DIR": str(data), "PORT": str(port), "PRODUCTION": "0"}

    def start(self, *words: str, out: int | object = subprocess.PIPE) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "flask", *words],
            env=self._environ,
            cwd=ROOT,
            stdout=out,  # type: ignore[arg-type]
            stderr=subprocess.STDOUT,
            umask=0o022,
        )

    def run(self, *words: str) -> str:
        process = self.start(*words)
        said = process.communicate(timeout=120)[0].decode()
        assert process.returncode == 0, said
        return said

    def open_to_others(self) -> list[str]:
        """What anybody but its owner may read, write or enter."""
        everything = [self.data, *self.data.rglob("*")]
        return [
            f"{path.relative_to(self.data)} {stat.S_IMODE(path.stat().st_mode):o}"
            for path in everything
            if path.exists() and path.stat().st_mode & 0o077
        ]


class Browser:
    """Somebody at a page of a running server."""

    def __init__(self, port: int) -> None:
        self._base = f"http://localhost:{port}"
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        return str(self._opener.open(self._base + path, timeout=30).read().decode())

    def post(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> str:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path))
        assert token is not None
        fields = {**fields, "csrf_token": token[1]}
        body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
        if file is not None:
            lines = [
                f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in fields.items()
            ]
            head = f'--cut\r\nContent-Disposition: form-data; name="{file[0]}"; filename="a.png"\r\n\r\n'
            body = "".join(lines).encode() + head.encode() + file[1] + b"\r\n--cut--\r\n"
            kind = "multipart/form-data; boundary=cut"
        request = urllib.request.Request(self._base + path, body, {"Content-Type": kind})  # noqa: S310 - our own http.
        return str(self._opener.open(request, timeout=30).read().decode())


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 32), "navy").save(out, "PNG")
    return out.getvalue()


def test_server_commands_backups_and_uploads_are_closed_to_others(tmp_path: Path) -> None:
    """The real `flask serve` with its worker, `flask backup`, an upload; also what an earlier release left open."""
    place = Installation(tmp_path / "data", free_port())
    place.data.mkdir(mode=0o755)
    place.run("db", "upgrade")
    assert place.open_to_others() == []
    place.data.chmod(0o755)
    (place.data / "exhibitions.db").chmod(0o644)
    place.run("admin", "create", EMAIL, "--password", PASSWORD)
    assert place.open_to_others() == [], "closed by the next command"
    log = tmp_path / "serve.log"
    with log.open("wb") as out:
        server = place.start("serve", "--host", "127.0.0.1", "--processes", "1", out=out)
    try:
        assert until(lambda: "Ready:" in log.read_text() or server.poll() is not None)
        assert "Ready:" in log.read_text(), log.read_text()
        browser = Browser(place.port)
        browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
        browser.post("/desk/settings/organisation", {"name_zh": "会", "name_en": "Club"}, ("logo", picture()))
        stored = [path for path in (place.data / "files").rglob("*") if path.is_file()]
        assert stored, "the upload is there"
        assert place.run("backup", "create").count("rows") == 1
        assert list(place.data.rglob("*-wal")), "the journal is there while the server runs"
        assert place.open_to_others() == []
    finally:
        server.terminate()
        server.wait(60)


def test_what_belongs_to_the_program_is_made_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another account may have to read `static/vendor` and the catalogues."""
    before = os.umask(0o022)
    monkeypatch.setattr(private, "_given", [])
    try:
        private.write_privately()
        private.write_privately()
        (tmp_path / "ours").touch()
        private.for_others(lambda name: (tmp_path / name).touch())("programs")
        (tmp_path / "ours too").touch()
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"ours": 0o600, "programs": 0o644, "ours too": 0o600}


def test_a_folder_that_many_write_to_stays_theirs(tmp_path: Path) -> None:
    shared, database = tmp_path / "shared", tmp_path / "fair.db"
    shared.mkdir()
    shared.chmod(0o1777)
    database.touch(0o644)
    private.close(shared, f"sqlite:///{database}")
    private.close(tmp_path / "missing", "postgresql+psycopg://host/name")
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
