"""The backups that there are: the list, testing one, forgetting old ones."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.errors import N_, NotFound, Refused
from exhibitions.upkeep.rules import archive
from exhibitions.upkeep.rules.archive import Manifest, Proof
from exhibitions.upkeep.service import restoring
from exhibitions.upkeep.service.place import Place

_ROOT = Path(__file__).resolve().parents[3]
BACKUP, NIGHTLY, PROVE = "upkeep.backup", "upkeep.nightly", "upkeep.prove"
MOST = 100
PROOF_SECONDS = 1800


@dataclass(frozen=True)
class Kept:
    """A backup of the list; `manifest` is None for one that cannot be read, `proof` for one that was never tested."""

    key: str
    path: Path
    size: int
    made_at: datetime
    manifest: Manifest | None
    proof: Proof | None

    @property
    def good(self) -> bool:
        """Whether it can be read and no test found a fault."""
        return self.manifest is not None and not (self.proof and self.proof.wrong)


def kept(place: Place) -> list[Kept]:
    """The newest backups of the folder, at most a hundred, the newest first."""
    found = sorted(_keys(place).items(), reverse=True)
    return [_read(key, path) for key, path in found[:MOST]]


def newest_good(place: Place) -> Kept | None:
    """The newest backup that can be read; one file is opened, as a rule."""
    for key, path in sorted(_keys(place).items(), reverse=True)[:MOST]:
        found = _read(key, path)
        if found.good:
            return found
    return None


def last_proof(backups: list[Kept]) -> datetime | None:
    """When one of these backups was last tested and found to be good."""
    return max((one.proof.proved_at for one in backups if one.proof and not one.proof.wrong), default=None)


def newest_proof(place: Place) -> datetime | None:
    """When any backup was last tested and found to be good; reads the notes of tests, and no backup."""
    proofs = [_proof(path) for path in _keys(place).values()]
    return max((one.proved_at for one in proofs if one and not one.wrong), default=None)


def backup_of(place: Place, key: str) -> Kept:
    """The backup with this word in its address. Raises `NotFound`."""
    path = _keys(place).get(key)
    if path is None:
        raise NotFound("backup_gone", N_("This backup is not there any more."))
    return _read(key, path)


def last_night(place: Place) -> datetime | None:
    """When the newest backup was made that nobody asked for."""
    nights = [key for key in _keys(place) if key.endswith("-nightly")]
    return _moment(max(nights)) if nights else None


def _keys(place: Place) -> dict[str, Path]:
    paths = place.folder.glob("*.zip") if place.folder.is_dir() else []
    return {key: path for path in paths if (key := archive.key_of(path.name))}


def _moment(key: str) -> datetime:
    return datetime.strptime(key[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)


def _read(key: str, path: Path) -> Kept:
    manifest = None
    with contextlib.suppress(Refused, OSError), restoring.opened(path) as backup:
        manifest = backup.manifest
    size = path.stat().st_size if path.exists() else 0
    return Kept(key, path, size, _moment(key), manifest, _proof(path))


def _proof_file(path: Path) -> Path:
    return path.with_suffix(".proof.json")


def _proof(path: Path) -> Proof | None:
    try:
        return msgspec.json.decode(_proof_file(path).read_bytes(), type=Proof)
    except (OSError, msgspec.MsgspecError):
        return None


def prove(backup: Kept, environ: dict[str, str]) -> Proof:
    """Restore a backup by the very command that an operator would use, into an empty place that is gone afterwards.

    `environ` says where (`DATA_DIR`, `DATABASE_URL`). What was found is kept beside the backup.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".proof-", dir=backup.path.parent) as folder:
        command = [sys.executable, "-m", "flask", "backup", "restore", str(backup.path)]
        done = subprocess.run(  # noqa: S603 - the command is ours.
            command,
            cwd=_ROOT,
            env={**os.environ, "DATA_DIR": folder, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=PROOF_SECONDS,
        )
    said = (done.stderr or done.stdout).strip().splitlines()[-1:] if done.returncode else []
    manifest = backup.manifest
    proof = Proof(
        proved_at=clock.now(),
        seconds=round(time.monotonic() - began, 1),
        rows=manifest.rows if manifest else 0,
        files=manifest.files if manifest else 0,
        wrong=said or (["?"] if done.returncode else []),
    )
    _proof_file(backup.path).write_bytes(msgspec.json.encode(proof))
    return proof


def record_proof(backup: Kept, proof: Proof, by: Actor) -> None:
    """Note inside the caller's transaction that a backup was tested."""
    audit.record(
        "upkeep.backup_proved",
        by,
        after={"backup": backup.path.name, "rows": proof.rows, "faults": len(proof.wrong)},
    )


def record_fetched(backup: Kept, by: Actor) -> None:
    """Note inside the caller's transaction who fetched the whole of the data (security-privacy.md P12)."""
    audit.record("upkeep.backup_fetched", by, after={"backup": backup.path.name, "bytes": backup.size})


def forget_old(place: Place, now: datetime) -> list[str]:
    """Delete the backups whose days are over and what a killed process left half done; gives the deleted keys."""
    keys = _keys(place)
    old = archive.too_old([(key, _moment(key)) for key in keys], now, place.days)
    for key in old:
        _proof_file(keys[key]).unlink(missing_ok=True)
        keys[key].unlink(missing_ok=True)
    _sweep(place, now)
    return old


def record_forgotten(keys: list[str]) -> None:
    """Note inside the caller's transaction which backups are gone."""
    audit.record("upkeep.backups_deleted", SYSTEM, after={"backup": sorted(keys)})


def _sweep(place: Place, now: datetime) -> None:
    oldest = (now - archive.LEFT_OVER).timestamp()
    for path in place.folder.glob("*.part"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    for pattern in (".copy-*", ".proof-*"):
        for path in place.folder.glob(pattern):
            if path.is_dir() and path.stat().st_mtime < oldest:
                shutil.rmtree(path, ignore_errors=True)
