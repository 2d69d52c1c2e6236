"""What gates know of persons: where and when a badge was seen, who scanned, and what else was held before a scanner."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import sqlalchemy as sa

from exhibitions.badges.models import Badge
from exhibitions.core.db import db
from exhibitions.expos.models import Expo, Gate
from exhibitions.gates.models import Post, Scan

_DIGEST = "gone:"
_MOST_SCANS = 10_000


def export_person(expo: Expo, kind: str, holder_id: int) -> list[dict[str, object]]:
    """Every scan of the badges of a holder, in the order of time (UTC); rehearsals are no scans of a person."""
    theirs = (
        sa.select(Scan.corrected_at, Gate.name_zh, Gate.name_en, Scan.direction, Scan.verdict, Scan.admitted)
        .join(Badge, Badge.id == Scan.badge_id)
        .join(Gate, Gate.id == Scan.gate_id)
        .where(
            Scan.expo_id == expo.id,
            Badge.expo_id == expo.id,
            Badge.holder_kind == kind,
            Badge.holder_id == holder_id,
            Scan.rehearsal_as_of.is_(None),
        )
        .order_by(Scan.corrected_at, Scan.id)
        .limit(_MOST_SCANS)
    )
    return [
        {
            "at": row.corrected_at.isoformat(),
            "gate": row.name_zh or row.name_en,
            "direction": row.direction,
            "answer": row.verdict,
            "admitted": row.admitted,
        }
        for row in db.session.execute(theirs)
    ]


def told(expo: Expo) -> int:
    """How many scans of the fair still say who scanned, or hold the words of a code that was no badge, and posts who stood there."""
    scans = sa.select(sa.func.count()).select_from(Scan).where(Scan.expo_id == expo.id, _tells())
    posts = sa.select(sa.func.count()).select_from(Post).where(Post.expo_id == expo.id, _manned())
    return (db.session.scalar(scans) or 0) + (db.session.scalar(posts) or 0)


def expire(expo: Expo, most: int = 1000) -> int:
    """Pseudonymise a portion of the scans of a fair (check-in.md), and its posts; gives their number, 0 when none is left.

    Names of operators and of who stood where go; the text of an unknown code becomes a digest under a salt that is thrown away, so that figures
    still tell one from another. Who held a badge goes with the badge's holder.
    """
    rows = db.session.scalars(
        sa.select(Scan).where(Scan.expo_id == expo.id, _tells()).order_by(Scan.id).limit(most)
    ).all()
    salts: dict[str, str] = {}
    for row in rows:
        row.operator = row.override_by = None
        if row.code is not None:
            salts.setdefault(row.code, _digest(row.code))
            _replace_code(expo, row.code, salts[row.code])
    posts = sa.update(Post).where(Post.expo_id == expo.id, _manned()).values(person="", phone="")
    emptied = db.session.execute(posts.returning(Post.id), execution_options={"synchronize_session": False})
    return len(rows) + len(emptied.all())


def _manned() -> sa.ColumnElement[bool]:
    return sa.or_(Post.person != "", Post.phone != "")


def _replace_code(expo: Expo, code: str, digest: str) -> None:
    """All scans of one code at once: in two portions it would be two."""
    same = sa.update(Scan).where(Scan.expo_id == expo.id, Scan.code == code)
    db.session.execute(same.values(code=digest), execution_options={"synchronize_session": "fetch"})


def _digest(code: str) -> str:
    return (
        _DIGEST + hashlib.sha256(secrets.token_bytes(32) + code.encode("utf-8", "replace")).hexdigest()[:24]
    )


def _tells() -> sa.ColumnElement[bool]:
    code: Any = Scan.code
    return sa.or_(
        Scan.operator.is_not(None),
        Scan.override_by.is_not(None),
        sa.and_(code.is_not(None), sa.not_(code.startswith(_DIGEST, autoescape=True))),
    )
