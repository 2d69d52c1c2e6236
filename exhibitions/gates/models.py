"""Gate devices, scans as facts, the chief's acts, and counters that boards read instead of counting rows."""

from __future__ import annotations

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from exhibitions.core.db import BigId, Model, UtcDateTime
from exhibitions.gates.rules.decision import NOT_VALID


def _expo_key() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("expos.id", ondelete="CASCADE"))


class Pairing(Model):
    """A link that makes one phone a gate device, once. Only the hash of its token is stored."""

    __tablename__ = "pairings"
    __table_args__ = (sa.Index("ix_pairings_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    gate_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    may_override: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Device(Model):
    """A phone or scanner at gates of one fair. Its token is stored as a hash; it may only scan and sync."""

    __tablename__ = "devices"
    __table_args__ = (sa.Index("ix_devices_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    # The gates it may scan for; the first is the one it stands at.
    gate_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    # Whether its operators may override questions 6 to 11.
    may_override: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    paired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the phone last spoke at all, as the board shows it; a gate where nobody comes is not a silent one.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The last upload: when, what the phone said of itself, and its clock minus the server's.
    uploaded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    battery: Mapped[int | None] = mapped_column(sa.Integer)
    queue: Mapped[int | None] = mapped_column(sa.Integer)
    drained: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    offset_ms: Mapped[int | None] = mapped_column(sa.BigInteger)


def _rare(name: str, *columns: str, sqlite: str, postgresql: str) -> sa.Index:
    """An index over the few scans that the chief looks for; a scan that is none of them writes nothing into it."""
    return sa.Index(
        name, "expo_id", *columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql)
    )


# As the migration that made the index wrote it: another order would be another index.
_IN_NOT_VALID = f"verdict IN ({', '.join(repr(code.value) for code in NOT_VALID)})"


class Scan(Model):
    """A fact about a place and a time; never edited: only the marks of review and annulment are added.

    `corrected_at` is the time by the server's clock, by which it is judged and counted. `verdict` is the server's own
    answer; `admitted` is what counts: the device's where it decided offline, else the server's.
    """

    __tablename__ = "scans"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "scan_id"),
        # Led by the badge, for taking badges back; with the fair in it, because SQLite would else rather read a whole day.
        sa.Index("ix_scans_badge_id_expo_id_day", "badge_id", "expo_id", "day"),
        sa.Index("ix_scans_expo_id_gate_id_corrected_at", "expo_id", "gate_id", "corrected_at"),
        sa.Index("ix_scans_expo_id_day", "expo_id", "day"),
        _rare("ix_scans_review", "review", sqlite="review IS NOT NULL", postgresql="review IS NOT NULL"),
        _rare(
            "ix_scans_overridden",
            "overridden",
            "corrected_at",
            sqlite="overridden = 1",
            postgresql="overridden",
        ),
        _rare(
            "ix_scans_not_valid",
            "admitted",
            "verdict",
            sqlite=f"admitted = 1 AND {_IN_NOT_VALID}",
            postgresql=f"admitted AND {_IN_NOT_VALID}",
        ),
        _rare(
            "ix_scans_rehearsed",
            "rehearsal_as_of",
            sqlite="rehearsal_as_of IS NOT NULL",
            postgresql="rehearsal_as_of IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    scan_id: Mapped[str] = mapped_column(sa.String(36))
    device_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("devices.id"))
    gate_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("gates.id"))
    badge_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("badges.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    # The code as read, with what no database stores (NUL) written visibly; only kept where no badge was found.
    code: Mapped[str | None] = mapped_column(sa.Text)
    # A digest of code, gate, direction and time: the same id with other content is another scan under a used name.
    content: Mapped[bytes] = mapped_column(sa.LargeBinary(16))
    direction: Mapped[str] = mapped_column(sa.String(3))
    heads: Mapped[int] = mapped_column(sa.Integer)
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offset_ms: Mapped[int | None] = mapped_column(sa.BigInteger)
    # The fair's own day of the corrected time.
    day: Mapped[date] = mapped_column(sa.Date)
    device_verdict: Mapped[str | None] = mapped_column(sa.String(32))
    verdict: Mapped[str] = mapped_column(sa.String(32))
    admitted: Mapped[bool] = mapped_column(sa.Boolean)
    # What the answer said besides the word, for who asks again.
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_gate_id: Mapped[int | None] = mapped_column(BigId)
    operator: Mapped[str | None] = mapped_column(sa.String(100))
    overridden: Mapped[bool] = mapped_column(sa.Boolean)
    override_reason: Mapped[str | None] = mapped_column(sa.String(300))
    override_by: Mapped[str | None] = mapped_column(sa.String(100))
    rehearsal_as_of: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Why it waits for the chief's decision, and the decision.
    review: Mapped[str | None] = mapped_column(sa.String(32))
    accepted: Mapped[bool | None] = mapped_column(sa.Boolean)
    annulled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Annulment(Model):
    """An undo by the device that had scanned: the scan stays and counts nowhere."""

    __tablename__ = "annulments"
    __table_args__ = (sa.UniqueConstraint("expo_id", "undo_id"), sa.UniqueConstraint("expo_id", "scan_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    undo_id: Mapped[str] = mapped_column(sa.String(36))
    scan_id: Mapped[str] = mapped_column(sa.String(36))
    device_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("devices.id"))
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GateMinute(Model):
    """How many counted scans of one outcome a gate had in a minute (UTC) of corrected time."""

    __tablename__ = "gate_minutes"
    __table_args__ = (
        sa.UniqueConstraint("expo_id", "gate_id", "minute", "direction", "verdict", "admitted"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    gate_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("gates.id"))
    minute: Mapped[datetime] = mapped_column(UtcDateTime)
    direction: Mapped[str] = mapped_column(sa.String(3))
    verdict: Mapped[str] = mapped_column(sa.String(32))
    admitted: Mapped[bool] = mapped_column(sa.Boolean)
    scans: Mapped[int] = mapped_column(sa.Integer)
    heads: Mapped[int] = mapped_column(sa.Integer)


class ZoneLevel(Model):
    """Ins minus outs of a zone since the last reset (`since`: the day's border or closing time).

    Below 0 when more were clicked out than were counted in; who shows it stops at 0.
    """

    __tablename__ = "zone_levels"
    __table_args__ = (sa.UniqueConstraint("expo_id", "zone_id", "since"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    zone_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("zones.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    inside: Mapped[int] = mapped_column(sa.Integer)


class DoorMove(Model):
    """The chief has moved a day's doors: in force from `moved_at` on, for scans made then or later.

    `class_key` names the door that is moved: a class's own, or empty for the common one.
    """

    __tablename__ = "door_moves"
    __table_args__ = (sa.Index("ix_door_moves_expo_id_day", "expo_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    day: Mapped[date] = mapped_column(sa.Date)
    class_key: Mapped[str] = mapped_column(sa.String(32), default="")
    door_from: Mapped[time] = mapped_column(sa.Time)
    door_to: Mapped[time] = mapped_column(sa.Time)
    last_admission: Mapped[time | None] = mapped_column(sa.Time)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(300))


class OpenGate(Model):
    """Open-gate mode 放行: all gates admit everybody and count, from `started_at` until `ended_at`."""

    __tablename__ = "open_gates"
    __table_args__ = (sa.Index("ix_open_gates_expo_id", "expo_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.String(300))
    started_by: Mapped[int | None] = mapped_column(BigId)


class Post(Model):
    """A place where somebody stands on site: a gate, or one of `rules.posts.PLACES`; who is there and what to know.

    The person is one for the days of the fair: it is never copied to another edition.
    """

    __tablename__ = "posts"
    __table_args__ = (sa.UniqueConstraint("expo_id", "place"), sa.UniqueConstraint("expo_id", "gate_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    expo_id: Mapped[int] = _expo_key()
    # Empty where the post is a gate.
    place: Mapped[str | None] = mapped_column(sa.String(16))
    gate_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("gates.id", ondelete="CASCADE"))
    person: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str] = mapped_column(sa.String(50), default="")
    note_zh: Mapped[str] = mapped_column(sa.String(500), default="")
    note_en: Mapped[str] = mapped_column(sa.String(500), default="")
