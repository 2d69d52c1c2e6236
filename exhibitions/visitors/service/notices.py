"""The privacy notice of a fair: facts from its set-up and the organiser's own words, in versions (P3)."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.visitors.models import Notice
from exhibitions.visitors.queries import form as queries
from exhibitions.visitors.rules.notice import RESPONSIBLE, Facts


def facts_now(expo: Expo) -> Facts:
    """What the notice has to tell of the fair as it is set up now, as JSON can hold it."""
    asked = queries.form_of(expo)
    order = asked.order
    return {
        "fair": [expo.name_zh, expo.name_en],
        "units": [[unit.name_zh, unit.name_en] for unit in expo.units if unit.role in RESPONSIBLE],
        "hotline": expo.hotline,
        "service": {"version": expo.consent_version, "zh": expo.consent_zh, "en": expo.consent_en},
        "fields": [
            name for name in ("company", "region", "visit_day") if getattr(asked, name).value != "off"
        ],
        "questions": [
            {"label": [each.label_zh, each.label_en], "purpose": [each.purpose_zh, each.purpose_en]}
            for each in asked.questions
        ],
        "consents": [
            {"purpose": each.purpose.value, "version": each.version, "zh": each.zh, "en": each.en}
            for each in asked.consents
        ],
        "order": order
        and {
            "number": order.number,
            "authority": order.authority,
            "on": order.ordered_on.isoformat(),
            "days": order.days,
        },
        "words": list(asked.notice),
        "recipients": list(asked.recipients),
    }


def current(expo: Expo) -> tuple[int, Facts]:
    """The notice as it stands now and its version; reading it stores nothing."""
    facts, kept = facts_now(expo), queries.notice_of(expo)
    if kept is None:
        return 1, facts
    return kept.version + (kept.facts != facts), facts


def renew(expo: Expo, by: Actor = SYSTEM) -> Notice | None:
    """Keep the notice of a published fair as a new version where it tells something else than the youngest one.

    None while the fair is not public: nobody has read it yet.
    """
    if expo.published_at is None:
        return None
    facts, kept = facts_now(expo), queries.notice_of(expo)
    if kept is not None and kept.facts == facts:
        kept.setup_version = expo.setup_version
        return kept
    version = kept.version + 1 if kept is not None else 1
    notice = Notice(
        expo_id=expo.id, version=version, facts=facts, setup_version=expo.setup_version, since=clock.now()
    )
    db.session.add(notice)
    db.session.flush()
    audit.record(
        "visitors.notice_renewed", by, expo_id=expo.id, subject=("expo", expo.id), after={"version": version}
    )
    return notice


def renew_all() -> int:
    """Renew the notices of fairs whose set-up has changed; gives how many fairs were looked at."""
    stale = queries.fairs_to_tell_anew()
    for expo in stale:
        renew(expo)
    return len(stale)
