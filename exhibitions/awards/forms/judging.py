"""What a juror types: the code, interests, marks with and without script, a reason, an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Annotated, Any, Self

import msgspec
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape
from msgspec import Meta, Struct
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.awards.queries.judging import Task
from exhibitions.awards.rules import sheet_entry
from exhibitions.awards.rules.rule_set import Criterion, RuleSet, normal
from exhibitions.awards.rules.sheet_entry import COMMENT, ELIMINATED, MARK, NOTE, TICKED, Typed
from exhibitions.awards.service.judging import Interests
from exhibitions.core.errors import N_, Refused
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.core.i18n import local

MOST_COMPANIES = 50
_LONGEST_COMPANY = 200
_LONGEST_CODE = 20
_LONGEST_MARK = 30


class CodeForm(Form):
    """The six digits that came apart from the link."""

    code = StringField(
        _l("Code of six digits"),
        [InputRequired(_l("Enter the code of six digits")), Length(max=_LONGEST_CODE)],
    )


class InterestsForm(Form):
    """No interest at all, or in which entries and companies."""

    answer = RadioField(
        _l("Do you have an interest in any entry?"),
        [InputRequired(_l("Choose one of the two"))],
        choices=[
            SelectChoice("none", _l("No: I have no interest in any entry or company")),
            SelectChoice("some", _l("Yes: in what I name below")),
        ],
    )
    entries = SelectMultipleField(_l("Entries that concern you"), coerce=int)
    companies = Text(_l("Companies, one a line"), [Optional(), Length(max=MOST_COMPANIES * _LONGEST_COMPANY)])
    text = Text(_l("What kind of interest"), [Optional(), Length(max=sheet_entry.MOST_LETTERS)])

    def of(self, tasks: Iterable[Task], words: Mapping[int, str]) -> Self:
        """Let the entries of the own queue be chosen."""
        self.entries.choices = [SelectChoice(task.entry.id, words[task.entry.id]) for task in tasks]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """Something is named where an interest is declared, and nothing where none is."""
        well_formed = bool(super().validate(extra_validators))
        names = self._names()
        named = bool(names or self.entries.data)
        wrong = ""
        if any(len(name) > _LONGEST_COMPANY for name in names) or len(names) > MOST_COMPANIES:
            wrong = _("At most %(most)s companies, each on its own line", most=MOST_COMPANIES)
        elif self.answer.data == "some" and not named:
            wrong = _("Name at least one entry or company")
        elif self.answer.data == "none" and named:
            wrong = _("You chose “No” and named something. Change one of the two")
        if wrong:
            self.companies.errors = [*self.companies.errors, wrong]
        return well_formed and not wrong

    def _names(self) -> list[str]:
        return [line.strip() for line in (self.companies.data or "").splitlines() if line.strip()]

    def interests(self) -> Interests:
        """What was declared."""
        return Interests(tuple(self.entries.data or ()), tuple(self._names()), (self.text.data or "").strip())


class SheetForm(Form):
    """The fields of a score sheet beside its marks, which `sheet_form` adds from the rubric."""

    eliminated = BooleanField(_l("I propose no award for this entry"))
    comment = Text(_l("Comment for the jury"), [Optional(), Length(max=sheet_entry.MOST_LETTERS)])
    note = Text(_l("Private note"), [Optional(), Length(max=sheet_entry.MOST_LETTERS)])
    rubric: RuleSet

    def mark_fields(self) -> list[tuple[Criterion, Any]]:
        """Each criterion with its field, in the order of the rubric."""
        return [(each, self[_name(index)]) for index, each in enumerate(self.rubric.criteria)]

    def typed(self) -> dict[str, str]:
        """What was typed, by the names that sheets have for their fields."""
        marks = {MARK + each.code: field.data or "" for each, field in self.mark_fields()}
        return marks | {
            ELIMINATED: TICKED if self.eliminated.data else "",
            COMMENT: self.comment.data or "",
            NOTE: self.note.data or "",
        }

    def refuse_here(self, refusal: Refused) -> None:
        """Show a refusal beside the criterion that it is about, which is called by its name, or beside the first."""
        code = refusal.params.get("criterion")
        for index, criterion in enumerate(self.rubric.criteria):
            if criterion.code == code:
                params = {**refusal.params, "criterion": criterion_name(criterion)}
                self.refuse(_name(index), Refused(refusal.code, refusal.message, **params))
                return
        self.refuse(_name(0), refusal)

    def validate(self, extra_validators: Any = None) -> bool:
        """Marks are on their scales and steps."""
        well_formed = bool(super().validate(extra_validators))
        for criterion, field in self.mark_fields():
            try:
                sheet_entry.checked(self.rubric, MARK + criterion.code, field.data or "")
            except Refused as refusal:
                params = {**refusal.params, "criterion": criterion_name(criterion)}
                field.errors = [*field.errors, _(refusal.message, **params)]
                well_formed = False
        return well_formed


def sheet_form(rubric: RuleSet, sheet: Typed) -> SheetForm:
    """The form of a sheet with this rubric, filled with what stands."""
    form = _of_rubric(rubric)(data=form_values(rubric, sheet))
    for criterion, field in form.mark_fields():
        field.label.text = criterion_name(criterion)
    return form


def form_values(rubric: RuleSet, sheet: Typed) -> dict[str, Any]:
    """What fills the form."""
    values = sheet.values
    marks = {_name(index): values.get(MARK + each.code, "") for index, each in enumerate(rubric.criteria)}
    return marks | {
        "eliminated": bool(values.get(ELIMINATED)),
        "comment": values.get(COMMENT, ""),
        "note": values.get(NOTE, ""),
    }


def criterion_name(criterion: Criterion) -> str:
    """The criterion in the reader's language, or by its code; plain, for labels and sentences."""
    return in_words(local(criterion, "name")) or criterion.code


def in_words(text: str) -> str:
    """A text of `local` without the mark of its language, for where no mark can stand: labels, choices, sentences."""
    return str(escape(text).striptags())


def _name(index: int) -> str:
    return f"mark{index + 1}"


def _spelling(text: str) -> str:
    with suppress(Refused):
        return sheet_entry.plain_mark(text)
    return text


@lru_cache(maxsize=256)
def _of_rubric(rubric: RuleSet) -> type[SheetForm]:
    names = [_name(index) for index in range(len(rubric.criteria))]
    fields: dict[str, Any] = {
        name: StringField("", [Optional(), Length(max=_LONGEST_MARK)]) for name in names
    }
    more = {"rubric": rubric, "page_order": tuple(names), "alike": dict.fromkeys(names, _spelling)}
    return type("_RubricForm", (SheetForm,), fields | more)


def scale_of(criterion: Criterion) -> dict[str, str]:
    """The scale of a criterion as plain texts; without a step of its own the buttons go by one."""
    return {
        "min": normal(criterion.min),
        "max": normal(criterion.max),
        "step": normal(criterion.step) if criterion.step is not None else "1",
    }


class SendForm(Form):
    """The last word: what was shown on the page that is sent."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])


class RecuseForm(Form):
    """Why a juror leaves an entry to the others."""

    reason = Text(
        _l("Reason"),
        [InputRequired(_l("Say why you recuse yourself.")), Length(max=sheet_entry.MOST_LETTERS)],
    )


class TypedField(Struct, frozen=True, forbid_unknown_fields=True):
    """One field as a device says it was typed, in milliseconds of its own clock."""

    field: Annotated[str, Meta(max_length=60)]
    value: Annotated[str, Meta(max_length=2 * sheet_entry.MOST_LETTERS)]
    at: float


class Typing(Struct, frozen=True, forbid_unknown_fields=True):
    """What a device hands in at once, and what time it has."""

    sent_at: float
    changes: Annotated[tuple[TypedField, ...], Meta(max_length=sheet_entry.MOST_CHANGES)] = ()


def typing(content: bytes) -> Typing:
    """What was handed in as JSON. Raises `Refused` for anything else."""
    try:
        return msgspec.json.decode(content, type=Typing)
    except (msgspec.DecodeError, ValueError) as error:
        raise Refused("malformed", N_("The request could not be read.")) from error
