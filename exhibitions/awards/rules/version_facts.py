"""What a frozen version keeps of a season beside its rules, so that it reads the same whatever is changed later (O12).

Some of it is a rule by itself: who sees whom, how many jurors and products, which fee. That stays as it is while jurors
judge. The rest (names, dates, the approval) may be corrected, and makes the next version once it is put in force.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from exhibitions.awards.rules.rule_set import canonical
from exhibitions.awards.rules.states import FROZEN, LOCKED, LegalBasis, SeasonState
from exhibitions.core.errors import N_, Conflict

RULES = ("basis", "entry_fee", "most_entries", "is_blind", "shows_others", "jurors_per_entry")
"""Facts that are rules: frozen from the opening of judging on."""
RULES_OF_CATEGORY = ("division_zh", "division_en", "eligibility_zh", "eligibility_en")
DATES = ("opens_at", "closes_at", "screening_until", "judging_opens_at", "judging_closes_at", "publish_at")
"""In the order of a season's life. With the result they are history; when it becomes public is decided there (AW-39)."""


class CategoryFacts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of a category beside its own medals and rubric."""

    code: str
    name_zh: str
    name_en: str
    division_zh: str
    division_en: str
    eligibility_zh: str
    eligibility_en: str


class Facts(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said of a season beside its rules; moments in UTC to the second, the fee in minor units of `currency`."""

    name_zh: str
    name_en: str
    year: int
    organiser_zh: str
    organiser_en: str
    basis: LegalBasis
    approval_number: str
    approved_until: date | None
    entry_fee: int
    most_entries: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    screening_until: datetime | None
    judging_opens_at: datetime | None
    judging_closes_at: datetime | None
    publish_at: datetime | None
    is_blind: bool
    shows_others: bool
    jurors_per_entry: int
    zone: str
    currency: str
    categories: tuple[CategoryFacts, ...]

    def of(self, code: str) -> CategoryFacts | None:
        """What is said of this category; None where it was not there."""
        return next((each for each in self.categories if each.code == code), None)


OF_SEASON = tuple(name for name in Facts.__struct_fields__ if name not in ("zone", "currency", "categories"))
"""The facts that a season's row holds under the same names."""


class Season(Protocol):
    """A season as its row holds it, with every name of `OF_SEASON`."""

    @property
    def categories(self) -> Any:
        """Its categories in their order, each with every name of `CategoryFacts`."""


def facts_of(season: Season, zone: str, currency: str) -> Facts:
    """What is said of the season now; `zone` and `currency` are the fair's."""
    return Facts(
        **{name: to_second(getattr(season, name)) for name in OF_SEASON},
        zone=zone,
        currency=currency,
        categories=tuple(
            CategoryFacts(**{name: getattr(each, name) for name in CategoryFacts.__struct_fields__})
            for each in season.categories
        ),
    )


def to_second(value: Any) -> Any:
    """A moment as forms and papers know it; anything else as it is."""
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def stored(facts: Facts) -> str:
    """The facts in the spelling in which a version keeps them."""
    return canonical(facts).decode()


def loaded(text: str) -> Facts:
    """What `stored` has written."""
    return msgspec.json.decode(text, type=Facts)


def digest(text: str) -> str:
    """SHA-256 in hex over the facts as they are stored: printed beside the hash of the rules."""
    return hashlib.sha256(text.encode()).hexdigest()


def changed(before: Facts, after: Facts) -> list[str]:
    """Names of the facts that differ, `categories` for any of theirs; their mere order is none of them."""
    found = [name for name in OF_SEASON if getattr(before, name) != getattr(after, name)]
    one, other = ({each.code: each for each in facts.categories} for facts in (before, after))
    return [*found, *(["categories"] if one != other else [])]


def fixed(state: SeasonState) -> frozenset[str]:
    """Facts of a season, and of categories that stand in its frozen rules, that nobody changes in this state."""
    frozen = (*RULES, *RULES_OF_CATEGORY) if state in FROZEN else ()
    return frozenset((*frozen, *(DATES if state in LOCKED else ())))


def check_changeable(state: SeasonState, names: Iterable[str]) -> None:
    """Refuse a change of facts that are fixed in this state; the code ends with the name of the fact."""
    held = fixed(state)
    for name in names:
        if name not in held:
            continue
        if name == "publish_at":
            words = N_("The result is locked: when it is published is set with the deliberation.")
        elif state in LOCKED:
            words = N_("The result is locked: this stays as it is.")
        else:
            words = N_(
                "This is a rule, and judging has begun. Go back to screening, change it there, and put it in force as a new version."
            )
        raise Conflict(f"fixed.{name}", words)
