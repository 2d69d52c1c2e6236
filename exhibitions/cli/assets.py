"""Copy the browser libraries and fonts that the product serves from node_modules to static/vendor.

Only the files named here leave node_modules. Both folders are made by `make run` and are not part of the source.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import click
from flask.cli import with_appcontext

from exhibitions.cli.private import for_others
from exhibitions.core import compression

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
MANIFEST = "manifest.json"
FONTS = (
    ("noto-sans", "NotoSans"),
    ("noto-sans-sc", "NotoSansSC"),
    ("noto-sans-kr", "NotoSansKR"),
    ("noto-sans-jp", "NotoSansJP"),
)
WEIGHTS = ("400Regular", "700Bold")


def listed_files() -> dict[str, str]:
    """What is copied: the path under static/vendor → the path under node_modules, licences included."""
    files = {
        "bootstrap-reboot.min.css": "bootstrap/dist/css/bootstrap-reboot.min.css",
        "bootstrap.LICENSE": "bootstrap/LICENSE",
        "htmx.min.js": "htmx.org/dist/htmx.min.js",
        "htmx.LICENSE": "htmx.org/LICENSE",
        "idb/index.js": "idb/build/index.js",
        "idb/LICENSE": "idb/LICENSE",
        "noble-ed25519/index.js": "@noble/ed25519/index.js",
        "noble-ed25519/LICENSE": "@noble/ed25519/LICENSE",
        "zxing-wasm/share.js": "zxing-wasm/dist/es/share.js",
        "zxing-wasm/reader/index.js": "zxing-wasm/dist/es/reader/index.js",
        "zxing-wasm/reader/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
        "zxing-wasm/LICENSE": "zxing-wasm/LICENSE",
    }
    for package, family in FONTS:
        files[f"fonts/{family}.LICENSE"] = f"@expo-google-fonts/{package}/LICENSE_FONT"
        for weight in WEIGHTS:
            name = f"{family}_{weight}.ttf"
            files[f"fonts/{name}"] = f"@expo-google-fonts/{package}/{weight}/{name}"
    return files


def copy_assets(source: Path = SOURCE, target: Path = TARGET) -> dict[str, str]:
    """Copy the listed files and return path → SHA-256 in hexadecimal, which is also written as manifest.json.

    A file that is already there with the same content is left alone. Raises `FileNotFoundError` with the first
    missing file, before anything is copied.
    """
    files = listed_files()
    for origin in files.values():
        if not (source / origin).is_file():
            raise FileNotFoundError(source / origin)
    hashes = {}
    for name, origin in sorted(files.items()):
        hashes[name] = _digest(source / origin)
        place = target / name
        if not place.is_file() or _digest(place) != hashes[name]:
            _copy(source / origin, place)
        _compress(place)
    text = json.dumps(hashes, indent=1) + "\n"
    (target / MANIFEST).write_text(text, encoding="utf-8")
    return hashes


def _copy(origin: Path, place: Path) -> None:
    # The rename makes a file appear whole: a server that runs meanwhile never sends half a font.
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.copyfile(origin, fresh)
    fresh.replace(place)


def _compress(place: Path) -> None:
    """Put the compressed file beside the one at `place`, for browsers that take it; it is made once."""
    beside = place.with_name(place.name + compression.SUFFIX)
    if place.suffix not in compression.COMPRESSIBLE:
        return
    if beside.is_file() and beside.stat().st_mtime_ns >= place.stat().st_mtime_ns:
        return
    fresh = beside.with_name(f"{beside.name}.{os.getpid()}")
    fresh.write_bytes(compression.compressed(place.read_bytes()))
    fresh.replace(beside)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@click.command("assets")
@with_appcontext
@for_others
def assets() -> None:
    """Copy browser libraries and fonts from node_modules to static/vendor."""
    try:
        hashes = copy_assets()
    except FileNotFoundError as error:
        raise click.ClickException(
            f"{error} is missing. Fetch the browser libraries first: npm ci (make run does it)."
        ) from error
    click.echo(f"{len(hashes)} files in static/vendor.")
