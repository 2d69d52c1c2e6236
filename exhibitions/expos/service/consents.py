"""Texts that people agree to: a changed text is a new version, and every earlier one stays readable (P1)."""

from __future__ import annotations

from collections.abc import Mapping

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos import queries
from exhibitions.expos.models import ConsentText, Expo
from exhibitions.expos.service.creation import setup_changed


def keep_service_text(expo: Expo, before: Mapping[str, object]) -> None:
    """Keep the text of the service as it was `before` a change, under the version that it had."""
    zh = str(before.get("consent_zh", expo.consent_zh))
    en = str(before.get("consent_en", expo.consent_en))
    if zh or en:
        _add(expo, queries.SERVICE, expo.consent_version, zh, en)


def set_consent_text(expo: Expo, purpose: str, zh: str, en: str, by: Actor) -> int:
    """Put a text for a purpose into force; gives its version. The same text as before changes nothing.

    Two empty texts stop asking for it; what people agreed to before stays on record.
    """
    youngest = next((row for row in queries.consent_texts(expo) if row.purpose == purpose), None)
    before = (youngest.text_zh, youngest.text_en) if youngest else ("", "")
    version = youngest.version if youngest else 0
    if before == (zh, en):
        return version
    _add(expo, purpose, version + 1, zh, en)
    db.session.flush()
    setup_changed(expo)
    audit.record(
        "expos.consent_changed",
        by,
        expo_id=expo.id,
        subject=("expo", expo.id),
        before={"purpose": purpose, "consent_version": version},
        after={"purpose": purpose, "consent_version": version + 1, "consent_zh": zh, "consent_en": en},
    )
    return version + 1


def _add(expo: Expo, purpose: str, version: int, zh: str, en: str) -> None:
    row = ConsentText(
        expo_id=expo.id, purpose=purpose, version=version, text_zh=zh, text_en=en, since=clock.now()
    )
    db.session.add(row)
