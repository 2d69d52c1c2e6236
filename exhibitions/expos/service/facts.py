"""Changing what is said about a fair as a whole, showing it to the public and taking it back."""

from __future__ import annotations

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.errors import N_, Refused
from exhibitions.expos import queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.setup import (
    FairFacts,
    Named,
    check_day,
    check_door,
    check_fair,
    check_still_public,
)
from exhibitions.expos.service.changes import assign, flush
from exhibitions.expos.service.consents import keep_service_text
from exhibitions.expos.service.creation import edition_taken, setup_changed


def change_facts(expo: Expo, facts: FairFacts, by: Actor = SYSTEM) -> None:
    """Set all facts of the fair; a changed consent text raises its version, and the one before stays readable (P1).

    Raises `Refused` for facts that contradict each other or the hours of a day, and when a published fair would lose its
    consent text or venue; `Conflict` for an edition that the series has already.
    """
    check_fair(facts)
    if expo.published_at is not None:
        check_still_public(queries.fair_facts(expo), facts)
    if facts.cutoff_hour != expo.cutoff_hour:
        _check_hours_of_days(expo, facts.cutoff_hour)
    other = queries.edition_of(expo.series, facts.edition)
    if other is not None and other.id != expo.id:
        raise edition_taken(facts.edition)
    before, after = assign(expo, {name: getattr(facts, name) for name in facts.__struct_fields__})
    if not after:
        return
    if {"consent_zh", "consent_en"} & after.keys():
        keep_service_text(expo, before)
        after["consent_version"] = expo.consent_version = expo.consent_version + 1
    flush(edition_taken(facts.edition))
    setup_changed(expo)
    audit.record(
        "expos.facts_changed", by, expo_id=expo.id, subject=("expo", expo.id), before=before, after=after
    )


def rename_series(expo: Expo, names: Named, by: Actor = SYSTEM) -> None:
    """Give the series of this fair other names, for all its editions; raises `Refused` without any name."""
    if not names.name_zh and not names.name_en:
        raise Refused("series_nameless", N_("Enter a name in Chinese or in English"))
    before, after = assign(expo.series, {"name_zh": names.name_zh, "name_en": names.name_en})
    if after:
        subject = ("series", expo.series_id)
        audit.record("expos.series_renamed", by, expo_id=expo.id, subject=subject, before=before, after=after)


def _check_hours_of_days(expo: Expo, cutoff_hour: int) -> None:
    for day in map(queries.day_facts, expo.days):
        try:
            check_day(day, cutoff_hour)
            for door in day.doors:
                check_door(door, cutoff_hour)
        except Refused as refusal:
            raise Refused(
                "cutoff_hours",
                N_("With this end of the day, hours of %(day)s would lie in two days. Change them first."),
                day=day.date.isoformat(),
            ) from refusal


def publish(expo: Expo, by: Actor = SYSTEM) -> None:
    """Show the fair to the public; a fair that is published already stays as it is."""
    if expo.published_at is None:
        expo.published_at = clock.now()
        setup_changed(expo)
        audit.record("expos.published", by, expo_id=expo.id, subject=("expo", expo.id))


def unpublish(expo: Expo, by: Actor = SYSTEM) -> None:
    """Take the fair back from the public; badges and registrations stay as they are."""
    if expo.published_at is not None:
        expo.published_at = None
        setup_changed(expo)
        audit.record("expos.unpublished", by, expo_id=expo.id, subject=("expo", expo.id))
