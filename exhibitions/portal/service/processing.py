"""What the settings of a fair say about the use of personal data (P17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exhibitions.audit import queries as audit_queries
from exhibitions.core.errors import N_
from exhibitions.expos.models import Expo, Unit
from exhibitions.expos.rules import UnitRole
from exhibitions.portal.rules.processing import ACTIVITIES, Activity
from exhibitions.portal.rules.retention import Kind, months_of
from exhibitions.visitors.queries import form

_RESPONSIBLE = frozenset({UnitRole.ORGANISER, UnitRole.HOST})


@dataclass(frozen=True)
class Record:
    """The record of a fair: who answers for it, what is used for what, and the version of the consent text."""

    responsible: Sequence[Unit]
    lines: Sequence[Activity]
    consent_version: int


def record_of(expo: Expo) -> Record:
    """The record of processing activities of the fair, as its settings stand now."""
    units = [unit for unit in expo.units if unit.role in _RESPONSIBLE]
    return Record(units, [*ACTIVITIES, *questions(expo)], expo.consent_version)


def questions(expo: Expo) -> list[Activity]:
    """The fair's own questions, each with the purpose that it was given, in both languages where both are there (P4)."""
    return [
        Activity(
            purpose=_both(each.purpose_zh, each.purpose_en),
            ground=N_("Consent"),
            fields=(_both(each.label_zh, each.label_en),),
            recipients=N_("Organiser"),
            term=Kind.VISITORS.value,
        )
        for each in form.questions(expo)
    ]


def _both(zh: str, en: str) -> str:
    return " / ".join(text for text in (zh, en) if text)


def months() -> dict[str, int]:
    """For how many months each kind of data is kept that goes by a term of its own."""
    chosen = audit_queries.terms()
    return {kind.value: months_of(kind, chosen) for kind in Kind}
