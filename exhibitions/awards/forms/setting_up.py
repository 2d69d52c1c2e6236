"""The forms of an award's set-up: the season, its categories, every part of its rules, and its moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import msgspec
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from msgspec import Struct
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exhibitions.awards.forms.fields import exact, exactly, second
from exhibitions.awards.models import AwardSeason
from exhibitions.awards.rules.rule_set import (
    MOST_DECIMALS,
    Anchor,
    AtBorder,
    AtCap,
    Ballots,
    Counted,
    Criterion,
    Level,
    Method,
    Normalising,
    Pool,
    Round,
    Rounding,
    RoundKind,
    RuleSet,
    TieStep,
    normal,
)
from exhibitions.awards.rules.states import LegalBasis
from exhibitions.awards.rules.templates import WORDS, Template
from exhibitions.awards.rules.version_facts import DATES
from exhibitions.awards.service.setting_up import CategoryFacts, SeasonFacts
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.money import from_minor, to_minor
from exhibitions.expos.forms.fields import any_day, line, options, passage, whole

BASES = {
    LegalBasis.REGULATED: _l("An approval for appraisals (评比达标表彰)"),
    LegalBasis.OWN: _l("The organiser's own award"),
}
METHODS = {
    Method.MEAN: _l("Mean"),
    Method.MEDIAN: _l("Median"),
    Method.TRIM: _l("Mean without the highest and lowest sheets"),
    Method.OIV: _l("Mean without sheets far from it (OIV)"),
}
LEVELLINGS = {
    Normalising.NONE: _l("No"),
    Normalising.SPREAD: _l("By mean and spread of each juror"),
    Normalising.RANGE: _l("By mean and spread, then to the range of the plain means"),
}
ROUNDINGS = {
    Rounding.HALF_UP: _l("Half up, before anything is compared"),
    Rounding.EXACT: _l("Not at all: exact fractions are compared"),
}
POOLS = {Pool.CATEGORY: _l("In each category"), Pool.SEASON: _l("In the whole season")}
COUNTED = {
    Counted.PRESENTED: _l("Entries that were judged or sent off at the table"),
    Counted.ALL: _l("All entries, those that screening refused too"),
}
AT_CAP = {
    AtCap.EXCLUDE_ALL: _l("None of them gets a medal"),
    AtCap.TIEBREAK: _l("The tie-break decides"),
    AtCap.INCLUDE_ALL: _l("All of them get one (only where the cap is a target)"),
}
AT_BORDER = {
    AtBorder.UP: _l("All get the better medal; the surplus is taken from the next"),
    AtBorder.DOWN: _l("All get the lesser medal"),
    AtBorder.TIEBREAK: _l("The tie-break decides"),
}
TIE_STEPS = {
    TieStep.WEIGHTIEST: _l("Higher mean on the criterion with the largest weight"),
    TieStep.MEDIAN: _l("Higher median"),
    TieStep.RANGE: _l("Smaller difference between the sheets"),
    TieStep.LOWEST: _l("Higher lowest sheet"),
    TieStep.CASTING: _l("Casting vote of the president, with a reason"),
}
BALLOTS = {
    Ballots.AUTO: _l("Points, or shares when a juror leaves an entry out"),
    Ballots.POINTS: _l("Points: number of entries minus rank"),
    Ballots.SHARE: _l("Shares of the points"),
}
ROUND_KINDS = {
    RoundKind.SCORING: _l("Scoring: marks give the result"),
    RoundKind.QUALIFYING: _l("Qualifying: the best go on"),
    RoundKind.RANKING: _l("Ranking: jurors give orders"),
    RoundKind.RETASTE: _l("Retaste: new marks stand in place of the earlier ones"),
}
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_SOURCE_COPY = "copy-"
_HUNDRED = Decimal(100)
_MOST_NUMBER = 100_000


def _year(label: Any) -> Any:
    return whole(label, 1949, 2999, _l("Enter a year, like 2026"), default=2026)


def _number(label: Any, most: int = _MOST_NUMBER) -> Any:
    return whole(label, 1, most, _l("Enter a whole number from 1 to %(most)s", most=most))


def _needed(label: Any, least: int, most: int) -> Any:
    wrong = _l("Enter a whole number from %(least)s to %(most)s", least=least, most=most)
    return whole(label, least, most, wrong, default=least)


def _code(label: Any) -> Any:
    wrong = _l("Letters A to Z, digits, - and _ only")
    needed = InputRequired(_l("Enter a short code"))
    length = Length(max=40, message=_l("At most %(max)d characters"))
    return StringField(label, validators=[needed, length, Regexp(_CODE, message=wrong)], filters=[_stripped])


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _select(label: Any, words: dict[Any, Any]) -> Any:
    return SelectField(label, choices=options(words.items()))


def _radio(label: Any, words: dict[Any, Any]) -> Any:
    return RadioField(label, choices=options(words.items()), validators=[InputRequired(_l("Choose one"))])


class NewSeasonForm(Form):
    """What a season begins with: a template or an earlier season, its name and its year."""

    source = RadioField(_l("Begin with"), validators=[InputRequired(_l("Choose one"))])
    name_zh = line(_l("Name in Chinese"), 200)
    name_en = line(_l("Name in English"), 200)
    year = _year(_l("Year"))

    def offer(self, earlier: Sequence[tuple[int, str]]) -> None:
        """The templates, and these seasons to copy from."""
        self.source.choices = [
            *(SelectChoice(template.value, gettext(word)) for template, word in WORDS.items()),
            *(
                SelectChoice(f"{_SOURCE_COPY}{number}", gettext("As %(name)s", name=name))
                for number, name in earlier
            ),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if fine and not (self.name_zh.data or self.name_en.data):
            self.name_zh.errors = [gettext("Enter a name in Chinese or English.")]
            return False
        return bool(fine)

    def template(self) -> Template | None:
        """The template that was chosen; None where an earlier season was."""
        return None if self.source.data.startswith(_SOURCE_COPY) else Template(self.source.data)

    def copied(self) -> int:
        """The number of the season that was chosen."""
        return int(self.source.data.removeprefix(_SOURCE_COPY))


class FactsForm(Form):
    """Everything of a season beside its rules; moments stand in the fair's zone."""

    name_zh = line(_l("Name in Chinese"), 200)
    name_en = line(_l("Name in English"), 200)
    year = _year(_l("Year"))
    organiser_zh = line(_l("Organiser in Chinese"), 200)
    organiser_en = line(_l("Organiser in English"), 200)
    basis = _radio(_l("Legal basis"), BASES)
    approval_number = line(_l("Number of the approval"), 100)
    approved_until = any_day(_l("Approval valid until"))
    entry_fee = exactly(_l("Entry fee for one product"), least=Decimal(0))
    most_entries = _number(_l("Products of one company at most"))
    opens_at = second(_l("Entries from"))
    closes_at = second(_l("Deadline for entries"))
    screening_until = second(_l("Screening until"))
    judging_opens_at = second(_l("Judging from"))
    judging_closes_at = second(_l("Judging until"))
    publish_at = second(_l("Publication"))
    is_blind = BooleanField(_l("Jurors do not see the company"))
    shows_others = BooleanField(_l("Jurors see the others' marks once their own sheet is sent"))
    jurors_per_entry = _needed(_l("Jurors for each entry"), 1, 1000)
    most_load = _number(_l("Entries of one juror at most"))

    FIELD_OF: ClassVar = {"fee_forbidden": "entry_fee", "name": "name_zh"}

    def facts(self, zone: str, currency: str) -> SeasonFacts:
        """What was filled in, moments in UTC, the fee in minor units."""
        found = {field.name: self[field.name].data for field in fields_of(SeasonFacts)}
        for name in DATES:
            if found[name] is not None:
                found[name] = found[name].replace(tzinfo=ZoneInfo(zone))
        found |= {
            "basis": LegalBasis(found["basis"]),
            "entry_fee": to_minor(found["entry_fee"], currency),
        }
        return SeasonFacts(**found)

    @classmethod
    def shown(cls, season: AwardSeason, zone: str, currency: str) -> dict[str, Any]:
        """A season as the form shows it."""
        found = {field.name: getattr(season, field.name) for field in fields_of(SeasonFacts)}
        for name in DATES:
            found[name] = _local(found[name], zone)
        return found | {"basis": season.basis.value, "entry_fee": from_minor(season.entry_fee, currency)}

    def blame(self, code: str) -> str:
        """The field that a refusal is about."""
        return self.FIELD_OF.get(code, code.removeprefix("order.").removeprefix("fixed."))

    def as_saved(self, name: str) -> str:
        """What a fixed fact sends: as it is saved, so that a form of before is told that it would change it."""
        return _as_sent(self[name].object_data)


def _local(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0) if moment else None


def _as_sent(value: Any) -> str:
    """A value in the spelling in which its field takes it."""
    match value:
        case None | False:
            return ""
        case True:
            return "y"
        case datetime():
            return value.isoformat()
        case Decimal():
            return normal(value)
        case _:
            return str(value)


class CategoryForm(Form):
    """A category; its own medals and rubric have pages of their own."""

    code = _code(_l("Code"))
    name_zh = line(_l("Name in Chinese"), 100)
    name_en = line(_l("Name in English"), 100)
    division_zh = line(_l("Division in Chinese"), 100)
    division_en = line(_l("Division in English"), 100)
    eligibility_zh = passage(_l("Who may enter, in Chinese"), 2000)
    eligibility_en = passage(_l("Who may enter, in English"), 2000)

    FIELD_OF: ClassVar = {"name": "name_zh"}

    def as_saved(self, name: str) -> str:
        """What a fixed fact sends: as it is saved."""
        return _as_sent(self[name].object_data)

    def facts(self) -> CategoryFacts:
        """What was filled in."""
        return CategoryFacts(
            **{field.name: self[field.name].data or "" for field in fields_of(CategoryFacts)}
        )

    def blame(self, code: str) -> str:
        """The field that a refusal is about."""
        found = self.FIELD_OF.get(code, code.removeprefix("fixed."))
        return found if found in self._fields else "code"


class CriterionForm(Form):
    """One line of the rubric, with what marks mean, one a line: `90: 突出 / Outstanding`."""

    code = _code(_l("Code"))
    name_zh = line(_l("Name in Chinese"), 200)
    name_en = line(_l("Name in English"), 200)
    weight = exactly(_l("Weight"))
    min = exactly(_l("Lowest mark"))
    max = exactly(_l("Highest mark"))
    step = exactly(_l("Step between marks"), optional=True)
    required = BooleanField(_l("A sheet counts only with this mark"), default=True)
    anchors = TextAreaField(_l("What marks mean"), validators=[Optional(), Length(max=4000)])

    FIELD_OF: ClassVar = {"criterion_twice": "code", "scale": "max", "weight": "weight", "step": "step"}

    def validate_anchors(self, field: Any) -> None:
        _anchors(field.data or "")

    def line(self) -> Criterion:
        """The criterion that was filled in."""
        return Criterion(
            code=self.code.data,
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            weight=self.weight.data,
            min=self.min.data,
            max=self.max.data,
            step=self.step.data,
            required=self.required.data,
            anchors=_anchors(self.anchors.data or ""),
        )

    @staticmethod
    def shown(row: Struct | None) -> dict[str, Any]:
        """A criterion as the form shows it; a new one goes from 0 to 100."""
        if row is None:
            return {"min": Decimal(0), "max": _HUNDRED, "required": True}
        found = msgspec.structs.asdict(row)
        lines = (f"{normal(each.mark)}: {each.text_zh} / {each.text_en}" for each in found["anchors"])
        return found | {"anchors": "\n".join(lines)}


def _anchors(text: str) -> tuple[Anchor, ...]:
    """What stands in the lines; raises `ValidationError` with the first that cannot be read."""
    found = []
    for written in filter(None, (each.strip() for each in text.splitlines())):
        mark, colon, words = written.replace("：", ":").partition(":")
        number = exact(mark)
        if not colon or number is None:
            raise ValidationError(
                gettext(
                    "Write a mark, a colon and the words, like 90: 突出 / Outstanding. Not: %(line)s",
                    line=written[:60],
                )
            )
        zh, _slash, en = words.partition("/")
        found.append(Anchor(mark=number, text_zh=zh.strip()[:200], text_en=en.strip()[:200]))
    return tuple(found)


class LevelForm(Form):
    """A medal: from which score, how many, or both."""

    medal = _code(_l("Code"))
    name_zh = line(_l("Name in Chinese"), 200)
    name_en = line(_l("Name in English"), 200)
    at_least = exactly(_l("From this score on"), optional=True)
    places = whole(
        _l("How many there are"),
        0,
        _MOST_NUMBER,
        _l("Enter a whole number from 0 to %(most)s", most=_MOST_NUMBER),
    )

    FIELD_OF: ClassVar = {
        "medal_twice": "medal",
        "medal_without_rule": "at_least",
        "levels_of_season": "medal",
    }

    def line(self) -> Level:
        """The medal that was filled in."""
        return Level(
            medal=self.medal.data,
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            at_least=self.at_least.data,
            places=self.places.data,
        )

    @staticmethod
    def shown(row: Struct | None) -> dict[str, Any]:
        """A medal as the form shows it."""
        return msgspec.structs.asdict(row) if row is not None else {}


class RoundForm(Form):
    """A round of judging, and for a qualifying one who goes on."""

    round = _code(_l("Code"))
    kind = _radio(_l("What it is for"), ROUND_KINDS)
    advance = _number(_l("So many go on"))
    at_least = exactly(_l("All go on from this score"), optional=True)

    FIELD_OF: ClassVar = {"advance": "advance"}

    def line(self) -> Round:
        """The round that was filled in."""
        return Round(
            round=self.round.data,
            kind=RoundKind(self.kind.data),
            advance=self.advance.data,
            at_least=self.at_least.data,
        )

    @staticmethod
    def shown(row: Struct | None) -> dict[str, Any]:
        """A round as the form shows it."""
        return msgspec.structs.asdict(row) if row is not None else {"kind": RoundKind.SCORING.value}


LINES: dict[str, Any] = {"criteria": CriterionForm, "levels": LevelForm, "rounds": RoundForm}


class MethodForm(Form):
    """How sheets become one score."""

    weights_total = exactly(_l("The weights add up to"), least=Decimal(0))
    rescale = BooleanField(_l("Bring every mark to 0 to 100 of its scale"))
    quorum = _needed(_l("Quorum: sheets an entry needs"), 1, 1000)
    method = _radio(_l("Method"), METHODS)
    trim = _needed(_l("Sheets left out at each end"), 1, 100)
    oiv_distance = exactly(_l("Distance from the mean"))
    normalise = _radio(_l("Level strict and mild jurors"), LEVELLINGS)
    least_sheets = _needed(_l("Sheets a juror needs for that"), 1, 1000)
    few_sheets_confirmed = BooleanField(_l("Level also jurors with fewer sheets"))
    rounding = _radio(_l("Rounding"), ROUNDINGS)
    decimals = whole(
        _l("Decimals"),
        0,
        MOST_DECIMALS,
        _l("Enter a whole number from 0 to %(most)s", most=MOST_DECIMALS),
        default=2,
    )
    ballots = _select(_l("Orders of a ranking round count as"), BALLOTS)
    ballot_points = line(_l("Points of the first, second … place"), 200)

    CODES: ClassVar = frozenset({"oiv_distance", "ballot_points"})

    def validate_ballot_points(self, field: Any) -> None:
        _points(field.data or "")

    def changed(self, rules: RuleSet) -> RuleSet:
        """The rules with what was filled in."""
        named = {
            name: self[name].data
            for name in (
                *("weights_total", "rescale", "quorum", "trim", "oiv_distance"),
                *("least_sheets", "few_sheets_confirmed", "decimals"),
            )
        }
        return msgspec.structs.replace(
            rules,
            **named,
            method=Method(self.method.data),
            normalise=Normalising(self.normalise.data),
            rounding=Rounding(self.rounding.data),
            ballots=Ballots(self.ballots.data),
            ballot_points=_points(self.ballot_points.data or ""),
        )

    @staticmethod
    def shown(rules: RuleSet) -> dict[str, Any]:
        """The rules as the form shows them."""
        found = msgspec.structs.asdict(rules)
        return found | {"ballot_points": ", ".join(map(normal, rules.ballot_points))}

    def blame(self, code: str) -> str:
        """The field that a refusal is about."""
        return code if code in self._fields else "method"


def _points(text: str) -> tuple[Decimal, ...]:
    parts = [
        part
        for part in text.replace("，", ",").replace("、", ",").replace(";", ",").split(",")
        if part.strip()
    ]
    found = [exact(part) for part in parts]
    if None in found:
        raise ValidationError(gettext("Enter numbers with commas between them, like 5, 3, 1"))
    return tuple(number for number in found if number is not None)


class MedalsForm(Form):
    """How medals are given: ranks, cap, equal scores, the prize for agreement."""

    rank_in = _radio(_l("Ranks and places"), POOLS)
    cap = exactly(_l("At most so many per cent of the entries get a medal"), least=Decimal(0), optional=True)
    cap_in = _radio(_l("The cap holds"), POOLS)
    cap_counts = _radio(_l("Counted as entries"), COUNTED)
    cap_is_target = BooleanField(_l("The cap is a target and may be exceeded"))
    tie_at_cap = _radio(_l("Equal scores across the cap"), AT_CAP)
    tie_at_border = _radio(_l("Equal scores across the last place of a medal"), AT_BORDER)
    roll = BooleanField(_l("Places that nobody took are given with the next medal"))
    tie_1 = _select(_l("Equal scores are ordered first by"), {"": "–"} | TIE_STEPS)
    tie_2 = _select(_l("then by"), {"": "–"} | TIE_STEPS)
    tie_3 = _select(_l("third by"), {"": "–"} | TIE_STEPS)
    tie_4 = _select(_l("fourth by"), {"": "–"} | TIE_STEPS)
    tie_5 = _select(_l("at last by"), {"": "–"} | TIE_STEPS)
    agreement_prize_from = exactly(_l("Prize for agreement from this score on"), optional=True)

    CHAIN: ClassVar = ("tie_1", "tie_2", "tie_3", "tie_4", "tie_5")
    CODES: ClassVar = frozenset({"cap", "cap_exceeded", "tie_step_twice", "tie_chain", "levels_of_season"})
    FIELD_OF: ClassVar = {
        "cap_exceeded": "tie_at_cap",
        "tie_step_twice": "tie_1",
        "tie_chain": "tie_1",
        "levels_of_season": "rank_in",
    }

    def changed(self, rules: RuleSet) -> RuleSet:
        """The rules with what was filled in."""
        cap = self.cap.data
        return msgspec.structs.replace(
            rules,
            rank_in=Pool(self.rank_in.data),
            cap=None if cap is None else cap / _HUNDRED,
            cap_in=Pool(self.cap_in.data),
            cap_counts=Counted(self.cap_counts.data),
            cap_is_target=self.cap_is_target.data,
            tie_at_cap=AtCap(self.tie_at_cap.data),
            tie_at_border=AtBorder(self.tie_at_border.data),
            roll=self.roll.data,
            tie_chain=tuple(TieStep(self[name].data) for name in self.CHAIN if self[name].data),
            agreement_prize_from=self.agreement_prize_from.data,
        )

    @classmethod
    def shown(cls, rules: RuleSet) -> dict[str, Any]:
        """The rules as the form shows them."""
        found = msgspec.structs.asdict(rules)
        steps = [step.value for step in rules.tie_chain] + [""] * len(cls.CHAIN)
        cap = None if rules.cap is None else rules.cap * _HUNDRED
        return found | dict(zip(cls.CHAIN, steps, strict=False)) | {"cap": cap}

    def blame(self, code: str) -> str:
        """The field that a refusal is about."""
        return self.FIELD_OF.get(code, "cap" if code not in self._fields else code)


class VersionForm(Form):
    """Why frozen rules change."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[InputRequired(_l("Say why the rules change.")), Length(max=2000)],
        filters=[_stripped],
    )


class MoveForm(Form):
    """A move of a season, and back the reason for it."""

    reason = TextAreaField(_l("Reason"), validators=[Length(max=2000)], filters=[_stripped])
