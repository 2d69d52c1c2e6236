"""The sheets of an entry become one value: robust means and the levelling of jurors (awards.md §3.4 steps 3 to 5).

Everything is exact but square roots of what is no square, which are taken to sixty digits. Levelling takes the root of a
ratio of variances, so that jurors whose spreads differ by a plain factor are levelled exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from math import isqrt, lcm

from exhibitions.awards.rules.rule_set import Method, Normalising, Rounding, RuleSet
from exhibitions.awards.rules.sheets import Sheet
from exhibitions.core.errors import N_, Refused
from exhibitions.core.shares import rounded

FLAT = Fraction(1, 10**9)
TRIM_FROM, TRIM_LEAVES = 5, 3
_DIGITS = Context(prec=60)
EXACT_PLACES = 12
_CLEAN = 10**40
"""To so many parts a figure that roots went into is right: what is written beyond is their last digits, and no reason to round down."""


@dataclass(frozen=True, slots=True)
class Value:
    """What the method made of an entry's scores, before rounding. `kept` are the scores that it took."""

    value: Fraction
    kept: tuple[Fraction, ...]
    dropped: tuple[Fraction, ...] = ()
    rejudge: bool = False


def mean(values: Sequence[Fraction]) -> Fraction:
    """The arithmetic mean; `values` must not be empty."""
    numerators, denominator = _over_one(values)
    return Fraction(sum(numerators), denominator * len(values))


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values: Sequence[Fraction]) -> Fraction:
    """The population standard deviation."""
    return root(variance(values))


def variance(values: Sequence[Fraction]) -> Fraction:
    """The population variance."""
    numerators, denominator = _over_one(values)
    n, total = len(numerators), sum(numerators)
    return Fraction(n * sum(each * each for each in numerators) - total * total, (n * denominator) ** 2)


def _over_one(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """The values as whole numbers over one denominator: sums of thousands of marks then take no common divisors."""
    denominator = lcm(*(value.denominator for value in values))
    return [value.numerator * (denominator // value.denominator) for value in values], denominator


def root(value: Fraction) -> Fraction:
    """The square root: exact of what is a square, otherwise to sixty digits."""
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    if above * above == value.numerator and below * below == value.denominator:
        return Fraction(above, below)
    quotient = _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(_DIGITS.sqrt(quotient))


def robust(rules: RuleSet, scores: Sequence[Fraction]) -> Value:
    """Step 3: the method of the rules over the scores of one entry.

    A trim needs five sheets and leaves three, or it is a plain mean (AW-12). The OIV distance drops in one pass all
    that are farther from the mean than it allows; where too few remain for the quorum the plain mean stands and the
    entry is to be judged again.
    """
    ordered = tuple(sorted(scores))
    plain = Value(mean(ordered), ordered)
    match rules.method:
        case Method.MEDIAN:
            return Value(median(ordered), ordered)
        case Method.TRIM if len(ordered) >= max(TRIM_FROM, 2 * rules.trim + TRIM_LEAVES):
            kept = ordered[rules.trim : -rules.trim]
            return Value(mean(kept), kept, ordered[: rules.trim] + ordered[-rules.trim :])
        case Method.OIV:
            far = [abs(score - plain.value) > Fraction(rules.oiv_distance) for score in ordered]
            kept = tuple(score for score, dropped in zip(ordered, far, strict=True) if not dropped)
            if len(kept) < max(rules.quorum, 1):
                return Value(plain.value, ordered, rejudge=True)
            return Value(
                mean(kept),
                kept,
                tuple(score for score, dropped in zip(ordered, far, strict=True) if dropped),
            )
    return plain


@dataclass(frozen=True, slots=True)
class Levelled:
    """Sheets of one round after step 4: scores by entry, the jurors who told nothing apart, and who scored whom.

    `flat` are jurors whose marks do not spread, or who have one sheet: their sheets say "average" for every entry.
    """

    scores: Mapping[str, tuple[Fraction, ...]]
    flat: frozenset[str]
    raw: Mapping[str, tuple[Fraction, ...]]


def levelled(rules: RuleSet, sheets: Iterable[Sheet]) -> Levelled:
    """Step 4 over the sheets of one round, of all categories: each score becomes μ + σ·z, z from the juror's own mean and spread.

    μ and σ are those of all sheets. Raises `Refused("few_sheets")` with the jurors who have fewer sheets than the
    rules ask for, unless that was confirmed.
    """
    listed = list(sheets)
    raw = _by_entry(listed)
    if rules.normalise is Normalising.NONE or not listed:
        return Levelled(raw, frozenset(), raw)
    own: dict[str, list[Fraction]] = defaultdict(list)
    for sheet in listed:
        own[sheet.juror].append(sheet.score)
    few = sorted(juror for juror, scores in own.items() if len(scores) < rules.least_sheets)
    if few and not rules.few_sheets_confirmed:
        raise Refused(
            "few_sheets",
            N_(
                "These jurors have fewer than %(least)s sheets, too few to level their marks: %(jurors)s. "
                "Confirm it or level nothing."
            ),
            least=rules.least_sheets,
            jurors=", ".join(few),
        )
    everything = [sheet.score for sheet in listed]
    middle, width = mean(everything), variance(everything)
    variances = {juror: variance(scores) for juror, scores in own.items()}
    flat = frozenset(juror for juror, found in variances.items() if found < FLAT * FLAT)
    facts = {
        juror: (mean(scores), Fraction(0) if juror in flat else root(width / variances[juror]))
        for juror, scores in own.items()
    }

    def level(sheet: Sheet) -> Fraction:
        own_mean, stretch = facts[sheet.juror]
        return middle + stretch * (sheet.score - own_mean)

    scores: dict[str, list[Fraction]] = defaultdict(list)
    for sheet in listed:
        scores[sheet.entry].append(level(sheet))
    return Levelled({entry: tuple(found) for entry, found in scores.items()}, flat, raw)


def fitted(
    rules: RuleSet, values: Mapping[str, Fraction], raw: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Levelled values brought to the range of the raw means, where the rules say `range`; otherwise unchanged.

    When all levelled values are equal the raw means stand (§3.4 step 4).
    """
    if rules.normalise is not Normalising.RANGE or not values:
        return dict(values)
    low, high = min(values.values()), max(values.values())
    if high - low < FLAT:
        return {entry: raw[entry] for entry in values}
    bottom = min(raw[entry] for entry in values)
    top = max(raw[entry] for entry in values)
    return {entry: bottom + (value - low) / (high - low) * (top - bottom) for entry, value in values.items()}


def compared(rules: RuleSet, value: Fraction) -> Fraction:
    """Step 5: the score that is compared, ranked and printed, one and the same (AW-14).

    Where square roots went into it, as after levelling, what they leave beyond forty places is cut off first: a half is
    a half then. `exact` rules keep the fraction, after levelling its first twelve places.
    """
    if rules.normalise is not Normalising.NONE:
        value = Fraction(round(value * _CLEAN), _CLEAN)
    if rules.rounding is Rounding.HALF_UP:
        return Fraction(rounded(value, rules.decimals))
    return value if rules.normalise is Normalising.NONE else Fraction(rounded(value, EXACT_PLACES))


def _by_entry(sheets: Iterable[Sheet]) -> dict[str, tuple[Fraction, ...]]:
    found: dict[str, list[Fraction]] = defaultdict(list)
    for sheet in sheets:
        found[sheet.entry].append(sheet.score)
    return {entry: tuple(scores) for entry, scores in found.items()}
