"""Browser libraries and fonts: only what is listed, whole, and never from another place."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from exhibitions.cli.assets import copy_assets, listed_files


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    for origin in listed_files().values():
        path = tmp_path / "node_modules" / origin
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(origin)
    return tmp_path / "node_modules"


def test_the_listed_files_are_copied_with_their_hashes(modules: Path, tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    hashes = copy_assets(modules, target)
    assert set(hashes) == set(listed_files())
    assert json.loads((target / "manifest.json").read_text()) == hashes
    for name, digest in hashes.items():
        assert hashlib.sha256((target / name).read_bytes()).hexdigest() == digest
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == {
        *hashes,
        *(f"{name}.gz" for name in hashes if name.endswith((".js", ".css", ".wasm"))),
        "manifest.json",
    }
    assert (
        gzip.decompress((target / "idb/index.js.gz").read_bytes()) == (target / "idb/index.js").read_bytes()
    )


def test_an_unchanged_file_is_left_alone(modules: Path, tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    copy_assets(modules, target)
    before = (target / "htmx.min.js").stat().st_mtime_ns
    (target / "idb/index.js").write_text("changed")
    copy_assets(modules, target)
    assert (target / "htmx.min.js").stat().st_mtime_ns == before
    assert (target / "idb/index.js").read_text() == "idb/build/index.js"
    assert gzip.decompress((target / "idb/index.js.gz").read_bytes()) == b"idb/build/index.js"


def test_nothing_is_copied_when_a_file_is_missing(modules: Path, tmp_path: Path) -> None:
    (modules / "idb/build/index.js").unlink()
    with pytest.raises(FileNotFoundError, match=r"idb/build/index\.js"):
        copy_assets(modules, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_every_library_and_font_brings_its_licence() -> None:
    files = listed_files()
    licensed = {origin.rsplit("/", 1)[0] for origin in files.values() if "LICENSE" in origin}
    for origin in files.values():
        assert any(origin.startswith(home) for home in licensed), origin
