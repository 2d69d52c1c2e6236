"""Beginning a fair: it exists with days, a hall, a zone, a gate and badge classes, and its maker is its organiser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from exhibitions.badges import service as badges
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.expos import queries as expos
from exhibitions.expos import service as expo_service
from exhibitions.expos.models import Expo, Series
from exhibitions.expos.rules import Role
from exhibitions.expos.rules.setup import FairSetup, check_zone_name, default_days
from exhibitions.portal.service import defaults


@dataclass(frozen=True)
class NewFair:
    """What is asked of somebody who begins a fair. Without `series_id` a new series begins under the fair's names."""

    slug: str
    edition: int
    name_zh: str
    name_en: str
    first: date
    last: date
    timezone: str = "Asia/Shanghai"
    series_id: int | None = None


def create_fair(new: NewFair, by: Actor, user_id: int) -> Expo:
    """A new, unpublished fair with sensible defaults, whose organiser is the person `user_id`.

    Raises `Conflict` for a taken address or edition and `Refused` for names, days or a zone that cannot be.
    """
    days = default_days(new.first, new.last, defaults.STAFF)
    check_zone_name(new.timezone)
    identity = expo_service.Identity(new.slug, new.edition, new.name_zh, new.name_en, new.timezone)
    expo = expo_service.create_expo(_series(new), identity, by)
    badges.load_setup(expo, defaults.CLASSES, by)
    consent = {"consent_zh": defaults.CONSENT_ZH, "consent_en": defaults.CONSENT_EN}
    facts = msgspec.structs.replace(expos.fair_facts(expo), **consent)
    setup = FairSetup(
        facts=facts, days=days, halls=[defaults.HALL], zones=[defaults.ZONE], gates=[defaults.GATE]
    )
    expo_service.load_setup(expo, setup, by)
    expo_service.grant_role(expo, user_id, Role.ORGANISER, by)
    return expo


def _series(new: NewFair) -> Series:
    if new.series_id is None:
        return expo_service.create_series(new.name_zh, new.name_en)
    series = expos.series_by_id(new.series_id)
    if series is None:
        raise Refused("series_unknown", N_("This series is not there any more."))
    return series
