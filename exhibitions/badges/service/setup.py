"""The badge classes of a fair: changed by hand, written out and read in with its set-up."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from exhibitions.audit import service as audit
from exhibitions.badges import queries
from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules import setup
from exhibitions.badges.rules.setup import ClassFacts
from exhibitions.badges.rules.templates import FIELDS, Band, check_fields
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, Conflict
from exhibitions.expos import service as expos
from exhibitions.expos.models import Expo

_FIELDS = tuple(ClassFacts.__struct_fields__)


def facts_of(badge_class: BadgeClass) -> ClassFacts:
    """A class as a form or a document shows it."""
    return ClassFacts(**{field: getattr(badge_class, field) for field in _FIELDS})


def dump_setup(expo: Expo) -> list[ClassFacts]:
    """The badge classes of the fair, by number, so that the same fair always gives the same document."""
    return sorted((facts_of(found) for found in queries.classes(expo)), key=lambda facts: facts.number)


def load_setup(expo: Expo, classes: Sequence[ClassFacts], by: Actor = SYSTEM) -> None:
    """Make the classes of the fair what the document says; classes are known again by their key.

    A class that the document does not name goes, unless badges of it exist. Raises `Refused` for a document that
    contradicts itself and `Conflict("class_in_use")` for a class with badges that would go or change its number.
    """
    setup.check(classes)
    present = {found.key: found for found in queries.classes(expo)}
    used = queries.badges_by_class(expo)
    named = {facts.key for facts in classes}
    for key, found in present.items():
        if key not in named:
            _refuse_if_used(found, used)
            db.session.delete(found)
    # Numbers are unique: what goes must be gone before another class takes its number.
    db.session.flush()
    for facts in classes:
        known = present.get(facts.key)
        if known is not None and known.number != facts.number:
            _refuse_if_used(known, used)
        _apply(expo, known, facts)
    db.session.flush()
    expos.setup_changed(expo)
    audit.record(
        "badges.classes_loaded",
        by,
        expo_id=expo.id,
        subject=("expo", expo.id),
        after={"classes": len(classes)},
    )


def save_class(expo: Expo, badge_class: BadgeClass | None, facts: ClassFacts, by: Actor) -> BadgeClass:
    """Add a class, or change one. Raises `Refused` or `Conflict` like `load_setup`."""
    others = [found for found in queries.classes(expo) if badge_class is None or found.id != badge_class.id]
    setup.check([*(facts_of(found) for found in others), facts])
    before: dict[str, object] = {}
    if badge_class is not None:
        before = structs.asdict(facts_of(badge_class))
        if badge_class.number != facts.number:
            _refuse_if_used(badge_class, queries.badges_by_class(expo))
    saved = _apply(expo, badge_class, facts)
    db.session.flush()
    expos.setup_changed(expo)
    after = structs.asdict(facts)
    changed = {field for field in after if before.get(field) != after[field]}
    audit.record(
        "badges.class_saved",
        by,
        expo_id=expo.id,
        subject=("badge_class", saved.id),
        before={field: before[field] for field in changed if field in before},
        after={field: after[field] for field in changed},
    )
    return saved


def save_design(
    expo: Expo, badge_class: BadgeClass, sheet: str, fields: Sequence[str], band: Band, by: Actor
) -> None:
    """Say what is printed on badges of a class: the usual page, the fields, the band. Raises `Refused`."""
    chosen = [field for field in FIELDS if field in check_fields(fields)]
    facts = structs.replace(facts_of(badge_class), sheet=sheet, fields=chosen, band=band)
    save_class(expo, badge_class, facts, by)


def _apply(expo: Expo, badge_class: BadgeClass | None, facts: ClassFacts) -> BadgeClass:
    if badge_class is None:
        badge_class = BadgeClass(expo_id=expo.id)
        db.session.add(badge_class)
    for field in _FIELDS:
        setattr(badge_class, field, getattr(facts, field))
    return badge_class


def _refuse_if_used(badge_class: BadgeClass, used: dict[int, int]) -> None:
    if used.get(badge_class.id):
        raise Conflict(
            "class_in_use",
            N_("The badge class %(key)s has %(count)s badges. It cannot be removed or get another number."),
            key=badge_class.key,
            count=used[badge_class.id],
        )
