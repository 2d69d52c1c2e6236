"""What a backup is: one file with a list of contents, how long it is kept, and when the next one is due."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from exhibitions.core.errors import N_, Refused
from exhibitions.core.signing import derive_key

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
KEYS = "keys.sealed"
KEYS_PLACE = b"backup/keys"
NIGHT_HOUR = 3
# What was begun and not finished is swept up after this long: nothing takes longer.
LEFT_OVER = timedelta(hours=12)
_NAME = re.compile(r"exhibitions-(?P<key>\d{8}-\d{6}(?:-[a-z]+)?)\.zip")
_FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}")
_TABLE = re.compile(r"tables/[a-z0-9_]+\.copy")


class Piece(msgspec.Struct, frozen=True):
    """One file inside the backup: its size in bytes and the SHA-256 of its bytes in hexadecimal."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """The list of contents. `tables` are the rows of each table at the moment of the backup; `key_check` tells whether
    a secret is the one that the installation had, without telling the secret."""

    format: int
    version: str
    made_at: datetime
    engine: str
    revision: str
    tables: dict[str, int]
    pieces: dict[str, Piece]
    key_check: str

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(self.tables.values())

    @property
    def files(self) -> int:
        """How many uploaded and made files it holds."""
        return sum(name.startswith("files/") for name in self.pieces)

    @property
    def with_keys(self) -> bool:
        """Whether the installation's secret is inside, sealed by a passphrase."""
        return KEYS in self.pieces


class Proof(msgspec.Struct, frozen=True):
    """What a test of a backup found: `wrong` is empty when everything came back as it was."""

    proved_at: datetime
    seconds: float
    rows: int
    files: int
    wrong: list[str]


def read_manifest(text: bytes) -> Manifest:
    """The list of contents. Raises `Refused` for one that is damaged, of a newer form, or that names strange files."""
    try:
        found = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise damaged("manifest.json") from error
    if found.format != FORMAT:
        raise Refused(
            "backup_newer",
            N_("This backup was made by a newer release (%(version)s). Install that release first."),
            version=found.version,
        )
    for name in found.pieces:
        if not (name in (DATABASE, KEYS) or _FILE.fullmatch(name) or _TABLE.fullmatch(name)):
            raise damaged(name)
    return found


def damaged(name: str) -> Refused:
    """The refusal of a backup whose piece `name` is not what the list of contents says."""
    return Refused("backup_damaged", N_("The backup is damaged: %(name)s."), name=name)


def file_name(made_at: datetime, kind: str = "") -> str:
    """The name of a backup by the second (UTC) of its making; `kind` is a word in small letters like `nightly`."""
    return f"exhibitions-{made_at:%Y%m%d-%H%M%S}{f'-{kind}' if kind else ''}.zip"


def key_of(name: str) -> str:
    """The word of a backup in addresses, by its file name; empty for a file that is no backup of ours."""
    found = _NAME.fullmatch(name)
    return found["key"] if found else ""


def key_check(secret: str) -> str:
    """Sixteen hexadecimal digits by which the installation's secret is known again."""
    return derive_key(secret, "backup key check v1").hex()[:16]


def differences(wanted: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """The tables whose rows are not as many as they were: `name: 10 instead of 12`, sorted by name."""
    return [
        f"{name}: {found.get(name, 0)} instead of {wanted.get(name, 0)}"
        for name in sorted({*wanted, *found})
        if found.get(name, 0) != wanted.get(name, 0)
    ]


def too_old(made: Iterable[tuple[str, datetime]], now: datetime, days: int) -> list[str]:
    """The keys of the backups that are deleted at `now`: older than `days` days, but never the newest of all.

    Erased persons live on in backups until then (security-privacy.md): the promise of `days` is kept as long as
    backups are made at all.
    """
    ordered = sorted(made, key=lambda one: one[1])
    return [key for key, at in ordered[:-1] if at < now - timedelta(days=days)]


def night_is_due(last: datetime | None, now: datetime, zone: str) -> bool:
    """Whether the backup of this night has yet to be made: none since the last three o'clock in `zone`."""
    here = now.astimezone(ZoneInfo(zone))
    night = datetime.combine(here.date(), time(NIGHT_HOUR), ZoneInfo(zone))
    if night > here:
        night = datetime.combine(here.date() - timedelta(days=1), time(NIGHT_HOUR), ZoneInfo(zone))
    return last is None or last < night
