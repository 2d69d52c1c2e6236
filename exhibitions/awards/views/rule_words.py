"""Rules in words: what jurors and exhibitors read of a rule set, sentence by sentence (O12, J1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from msgspec import Struct

from exhibitions.awards.forms.setting_up import AT_BORDER, AT_CAP, BALLOTS, TIE_STEPS
from exhibitions.awards.queries.seasons import Known
from exhibitions.awards.rules import version_facts
from exhibitions.awards.rules.case import Problem
from exhibitions.awards.rules.rule_set import (
    AtCap,
    Ballots,
    Counted,
    Level,
    Method,
    Normalising,
    Pool,
    Round,
    Rounding,
    RoundKind,
    RuleSet,
    normal,
)
from exhibitions.awards.rules.setup_deeds import DEEDS
from exhibitions.awards.rules.tables import code_of, digest
from exhibitions.awards.views.base import blueprint
from exhibitions.core.errors import N_, Refused
from exhibitions.core.i18n import format_date, local


class Words(NamedTuple):
    """The sentences of a rule set, by the parts of its page."""

    method: list[str]
    medals: list[str]
    rounds: list[str]


@blueprint.app_template_global("award_rules_in_words")
def in_words(rules: RuleSet) -> Words:
    """Everything that the rules decide beside the tables of criteria and medals, in the reader's language."""
    return Words(list(_method(rules)), list(_medals(rules)), [_round(each) for each in rules.rounds])


@blueprint.app_template_filter("said")
def said(refusal: Refused) -> str:
    """The sentence of a refusal or a warning, days in the reader's spelling."""
    params: dict[str, Any] = {
        name: format_date(value) if isinstance(value, date) else value
        for name, value in refusal.params.items()
    }
    return str(_(refusal.message, **params))


def problem_words(problem: Problem, categories: list[str]) -> str:
    """A problem of rules; one of a category begins with its code."""
    sentence = said(problem.refusal)
    place = problem.where.partition("categories[")[2].partition("]")[0]
    return f"{categories[int(place)]}: {sentence}" if place else sentence


def changed_in_words(known: Known) -> list[str]:
    """What differs from the frozen version, part by part, facts by their own names."""
    parts = [_(_PARTS[part]) for part in known.changed_parts if part in _PARTS]
    facts = [_(_FACTS[name]) for name in known.changed_facts if name in _FACTS]
    return list(dict.fromkeys(map(str, [*parts, *facts])))


_PARTS = {
    "criteria": N_("Rubric"),
    "method": N_("How marks become a score"),
    "medals": N_("Medals"),
    "ties": N_("Equal scores"),
    "rounds": N_("Rounds"),
    "categories": N_("Categories"),
}
_FACTS = {**DEEDS.fields, "categories": _PARTS["categories"]}


def level_words(level: Level) -> str:
    """From which score on a medal is given, and how many there are."""
    parts = []
    if level.at_least is not None:
        parts.append(_("from %(score)s", score=normal(level.at_least)))
    if level.places is not None:
        parts.append(ngettext("%(num)s place", "%(num)s places", level.places))
    return str(_(", ")).join(map(str, parts))


@blueprint.app_template_global("award_line")
def line_data(line: Struct) -> dict[str, str]:
    """What a button beside a line of the rules sends, so that it changes this very line."""
    return {"line": code_of(line), "shown": digest(line)}


blueprint.add_app_template_filter(digest, "award_digest")
blueprint.add_app_template_filter(version_facts.digest, "award_facts_digest")
blueprint.add_app_template_filter(level_words)
blueprint.add_app_template_filter(normal, "shortest")


def _method(rules: RuleSet) -> Iterator[str]:
    if any(each.kind is RoundKind.RANKING for each in rules.rounds):
        yield _("Orders: %(how)s.", how=BALLOTS[rules.ballots])
        if rules.ballot_points and rules.ballots is not Ballots.SHARE:
            points = ", ".join(map(normal, rules.ballot_points))
            yield _("Points of the places from the first on: %(points)s.", points=points)
    yield _("A sheet's score is the mean of its marks by their weights.")
    if rules.rescale or rules.scales_differ:
        yield _("Marks are brought to 0 to 100 of their scales before.")
    yield ngettext(
        "An entry needs %(num)s counted sheet; with fewer it has no rank and no medal.",
        "An entry needs %(num)s counted sheets; with fewer it has no rank and no medal.",
        rules.quorum,
    )
    yield _levelling(rules)
    yield _averaging(rules)
    if rules.rounding is Rounding.EXACT:
        yield _("Scores are compared as exact fractions, without rounding.")
    else:
        yield ngettext(
            "Scores are rounded half up to %(num)s decimal before they are compared: what is printed is what counted.",
            "Scores are rounded half up to %(num)s decimals before they are compared: what is printed is what counted.",
            rules.decimals,
        )
    yield _("Two jurors who want no award for an entry take its medal; one alone asks the president.")


def _averaging(rules: RuleSet) -> str:
    if rules.method is Method.MEDIAN:
        return str(_("An entry's score is the median of its sheets."))
    if rules.method is Method.TRIM:
        return str(
            _(
                "An entry's score is the mean without the %(trim)s highest and lowest sheets, where there are five sheets and three remain.",
                trim=rules.trim,
            )
        )
    if rules.method is Method.OIV:
        return str(
            _(
                "Sheets farther than %(distance)s from the mean are left out in one pass; the score is the mean of the others.",
                distance=normal(rules.oiv_distance),
            )
        )
    return str(_("An entry's score is the mean of its sheets."))


def _levelling(rules: RuleSet) -> str:
    if rules.normalise is Normalising.NONE:
        return str(_("Strict and mild jurors are not levelled."))
    least = (
        _("also jurors with few sheets")
        if rules.few_sheets_confirmed
        else _("each juror needs %(least)s sheets", least=rules.least_sheets)
    )
    if rules.normalise is Normalising.SPREAD:
        return str(_("Strict and mild jurors are levelled by their mean and spread; %(least)s.", least=least))
    return str(
        _(
            "Strict and mild jurors are levelled by their mean and spread, then fitted to the range of the plain means; %(least)s.",
            least=least,
        )
    )


def _medals(rules: RuleSet) -> Iterator[str]:
    season = rules.rank_in is Pool.SEASON
    yield (
        _("Ranks and places are given in the whole season.")
        if season
        else _("Ranks and places are given in each category for itself.")
    )
    if rules.cap is not None:
        yield from _cap(rules)
    if any(level.places is not None for level in rules.levels):
        yield _(
            "Equal scores across the last place of a medal: %(what)s.", what=AT_BORDER[rules.tie_at_border]
        )
        if rules.roll:
            yield _("Places that nobody took are given with the next medal.")
    if rules.tie_chain:
        chain = _("; ").join(f"{place}. {TIE_STEPS[step]}" for place, step in enumerate(rules.tie_chain, 1))
        yield _("Equal scores are ordered by: %(chain)s. What no step settles shares its rank.", chain=chain)
    else:
        yield _("Equal scores share their rank.")
    if rules.agreement_prize_from is not None:
        yield _(
            "The prize for agreement goes to the entry from %(score)s on whose sheets differ least.",
            score=normal(rules.agreement_prize_from),
        )


def _cap(rules: RuleSet) -> Iterator[str]:
    percent = normal((rules.cap or Decimal(0)) * 100)
    everywhere = rules.cap_in is Pool.SEASON
    yield (
        _("At most %(percent)s %% of the entries of the season get a medal.", percent=percent)
        if everywhere
        else _("At most %(percent)s %% of the entries of each category get a medal.", percent=percent)
    )
    yield (
        _("Counted are all entries, those that screening refused too.")
        if rules.cap_counts is Counted.ALL
        else _("Counted are entries that were presented to the jury.")
    )
    if rules.cap_is_target:
        yield _("The cap is a target and may be exceeded.")
    if rules.tie_at_cap is not AtCap.INCLUDE_ALL or rules.cap_is_target:
        yield _("Equal scores across the cap: %(what)s.", what=AT_CAP[rules.tie_at_cap])


def _round(each: Round) -> str:
    if each.kind is RoundKind.QUALIFYING and each.advance is not None:
        return str(
            _(
                "Round %(round)s: the best %(count)s go on, equal ones included.",
                round=each.round,
                count=each.advance,
            )
        )
    if each.kind is RoundKind.QUALIFYING:
        score = normal(each.at_least) if each.at_least is not None else ""
        return str(_("Round %(round)s: all from %(score)s go on.", round=each.round, score=score))
    if each.kind is RoundKind.RANKING:
        return str(_("Round %(round)s: each juror puts the entries in order.", round=each.round))
    if each.kind is RoundKind.RETASTE:
        return str(_("Round %(round)s: new marks stand in place of the earlier ones.", round=each.round))
    return str(_("Round %(round)s: marks give the result.", round=each.round))


def name_of(thing: object, code: str) -> str:
    """The name of a criterion, medal or category in the reader's language, or its code where it has none."""
    return str(local(thing, "name")) or code


blueprint.add_app_template_filter(name_of, "named_or")
