"""Figures and words of results for templates, in the reader's language."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from exhibitions.awards.models import Certificate
from exhibitions.awards.rules.case import Case
from exhibitions.awards.rules.lines import Flag, Line, Step
from exhibitions.awards.rules.result_words import FLAGS, HINDERING, medal_names, value_word
from exhibitions.awards.rules.rounds import printed
from exhibitions.awards.rules.states import ComplaintState
from exhibitions.awards.service.publishing_result import REPLACED
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.shares import percent, rounded

COMPLAINTS = {
    ComplaintState.RECEIVED: (N_("Received"), "wait"),
    ComplaintState.UPHELD: (N_("Upheld"), "good"),
    ComplaintState.REJECTED: (N_("Rejected"), "off"),
}
_PLACES = 4
_MEDALS = ("medal", "better", "lesser")
"""Under which names sentences of the rules tell of medals, by their codes."""


class Words:
    """What a template asks about one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.names = medal_names(case)
        self.entries = {each.entry: each for each in case.entries}
        self.categories = {each.category: each for each in case.categories}

    def medal(self, code: str | None) -> str:
        """A medal's name; empty for none."""
        return "" if not code else self.names.get(code, (code, code))[language() != "zh"]

    def category(self, code: str) -> str:
        """A category's name, or its code."""
        found = self.categories.get(code)
        pair = (found.name_zh, found.name_en) if found else ("", "")
        return pair[language() != "zh"] or pair[0] or pair[1] or code

    def score(self, line: Line) -> str:
        """The compared score with the places of the rules."""
        return "–" if line.score is None else printed(self.case.rules, line.score)

    @property
    def value_word(self) -> str:
        """What the column of values is called."""
        return str(_(value_word(self.case.rules)))

    @staticmethod
    def figure(value: Fraction | None, places: int = _PLACES) -> str:
        """A figure with at most four places, without idle zeros."""
        return "–" if value is None else f"{rounded(value, places).normalize():f}"

    @staticmethod
    def share(value: Fraction | None) -> str:
        """A share in percent with one decimal."""
        return percent(value)

    @staticmethod
    def place(key: str) -> str:
        """A place in the reader's language."""
        return region_name(key, language()) if key else _("Unknown")

    def fact(self, name: str, value: str) -> str:
        """How a value is called by which winners are narrowed."""
        named = {"medal": self.medal, "category": self.category, "place": self.place}
        return named[name](value) if name in named else value

    @staticmethod
    def flag(flag: Flag) -> tuple[str, bool]:
        """A flag in words, and whether it forbids locking."""
        return str(_(FLAGS[flag])), flag in HINDERING

    def sentence(self, said: Refused | Step) -> str:
        """A sentence of the rules in the reader's language, with medals by their names."""
        named = {
            name: self.medal(str(value))
            for name, value in said.params.items()
            if name in _MEDALS and isinstance(value, str) and value in self.names
        }
        return str(_(said.message, **{**said.params, **named}))


def complaint_state(code: ComplaintState) -> tuple[str, str]:
    """A complaint's state in words, with its tone."""
    word, tone = COMPLAINTS[code]
    return str(_(word)), tone


def revoked_reason(row: Certificate) -> str:
    """Why a certificate is not valid any more: what was typed, or the product's own sentence in the reader's language."""
    return str(_(REPLACED)) if row.revoked_reason == REPLACED else row.revoked_reason


def page_words() -> dict[str, Any]:
    """What every page of results is given."""
    return {"complaint_word": complaint_state, "revoked_reason": revoked_reason}
