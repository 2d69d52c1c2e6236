"""What devices hand in, and what they are answered (check-in.md, Interface)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from exhibitions.badges.rules import token
from exhibitions.gates.rules.timing import Contact

STORED = "stored"
KNOWN = "known"
REVIEW = "review"
INVALID = "invalid"

MALFORMED = "malformed"
ID_REUSED = "id_reused"
ANNUL_REFUSED = "annul_refused"


@dataclass(frozen=True, slots=True)
class ScanItem:
    """A scan as the device tells it. `verdict` and `admitted` are its own answer, given offline; None asks for ours.

    What the code says (`parsed`) and the digest of what makes it this scan (`content`: code, gate, direction, time) are
    worked out here, by whoever brings the scan, because others wait while it is decided.
    """

    scan_id: str
    kind: str
    code: str | None
    gate: int
    direction: str
    heads: int
    scanned_at: datetime
    verdict: str | None = None
    admitted: bool = False
    operator: str | None = None
    override_reason: str | None = None
    override_by: str | None = None
    as_of: datetime | None = None
    parsed: token.Code = field(init=False)
    content: bytes = field(init=False)

    def __post_init__(self) -> None:
        parsed = token.Unreadable() if self.code is None else token.parse_code(self.code)
        object.__setattr__(self, "parsed", parsed)
        parts = (
            f"{self.code or ''}\n{self.gate}\n{self.direction}\n{self.scanned_at.astimezone(UTC).isoformat()}"
        )
        digest = hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        object.__setattr__(self, "content", digest)


@dataclass(frozen=True, slots=True)
class UndoItem:
    """The device takes back its scan `annuls`."""

    scan_id: str
    annuls: str
    scanned_at: datetime


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item that cannot be read; `scan_id` is what it called itself, as far as that is a text."""

    scan_id: str | None


Item = ScanItem | UndoItem | BadItem


@dataclass(frozen=True, slots=True)
class DeviceTicket:
    """A paired device as an upload needs it: what it may do, until when, and what is known of its clock."""

    id: int
    expo_id: int
    setup_version: int
    gate_ids: frozenset[int]
    may_override: bool
    expires_at: datetime
    last: Contact | None = None
    battery: int | None = None


class Caller(NamedTuple):
    """Who says to be a device: the fair's address and the hash of the token that was shown."""

    slug: str
    token_hash: str


Whose = TypeVar("Whose", Caller, DeviceTicket)


@dataclass(frozen=True)
class Request(Generic[Whose]):
    """One request of a device. `queue` is how many scans wait on it, those of this request among them.

    `device` is who says to be one (a `Call`), and once the store has looked it up what it may do (an `Upload`).
    """

    device: Whose
    received_at: datetime
    sent_at: datetime | None
    items: tuple[Item, ...]
    language: str = "zh"
    battery: int | None = None
    queue: int | None = None

    @property
    def drained(self) -> bool:
        """Whether nothing is left on the device after this request."""
        return self.queue is None or self.queue <= len(self.items)

    def of(self, device: DeviceTicket) -> Upload:
        """The same as the upload of this device."""
        return Request(
            device, self.received_at, self.sent_at, self.items, self.language, self.battery, self.queue
        )


Call = Request[Caller]
Upload = Request[DeviceTicket]


class BadgeAnswer(NamedTuple):
    """What gate staff see of a badge. `heads` is how many its leader announced, himself among them; 1 for everybody else."""

    number: str
    name: str
    company: str
    class_key: str
    heads: int


class Answer(NamedTuple):
    """The answer to one item."""

    scan_id: str | None
    status: str
    reason: str | None = None
    verdict: str | None = None
    admitted: bool | None = None
    first_at: datetime | None = None
    first_gate: str | None = None
    badge: BadgeAnswer | None = None


def storable(text: str | None, most: int) -> str | None:
    """`text` as every database takes it: NUL is written visibly, half characters are replaced, the rest is cut off."""
    if text is None:
        return None
    return text[:most].replace("\0", "\u2400").encode("utf-8", "replace").decode()
