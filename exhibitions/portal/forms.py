"""The forms whose fields come from several rooms: a new fair, a day with its doors, a gate."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TelField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange

from exhibitions.badges.models import BadgeClass
from exhibitions.badges.rules import number as badge_number
from exhibitions.core.errors import Refused
from exhibitions.core.forms import Form, typed_number
from exhibitions.core.i18n import local
from exhibitions.expos.forms import fields
from exhibitions.expos.models import Series, Zone
from exhibitions.expos.rules import AntiPassback, DayKind
from exhibitions.expos.rules.setup import DayFacts, DoorFacts, GateFacts, check_day, check_door
from exhibitions.portal.rules.copying import NewEdition
from exhibitions.portal.rules.retention import TERMS, Kind
from exhibitions.portal.service.creation import NewFair
from exhibitions.visitors.rules.registration import checked_phone

DAY_KINDS = (
    (DayKind.BUILD_UP.value, _l("Build-up")),
    (DayKind.OPEN.value, _l("Open to visitors")),
    (DayKind.DISMANTLING.value, _l("Dismantling")),
)
PASSBACKS = (
    (AntiPassback.OFF.value, _l("Let in")),
    (AntiPassback.WARN.value, _l("Warn and let in")),
    (AntiPassback.REFUSE.value, _l("Refuse until the badge has left")),
)


class TestTextForm(Form):
    """The number to which a text message is tried out; `number` is what was typed, in E.164."""

    phone = TelField(_l("Mobile number"))
    number = ""

    def validate_phone(self, field: Field) -> None:
        """Keep it as every other number is kept."""
        try:
            self.number = checked_phone(field.data or "")
        except Refused as refusal:
            raise ValidationError(gettext(refusal.message, **refusal.params)) from refusal


class NewFairForm(Form):
    name_zh = fields.line(_l("Name in Chinese"), 200)
    name_en = fields.line(_l("Name in English"), 200)
    series = SelectField(_l("Series"))
    edition = fields.edition(_l("Edition"))
    slug = fields.line(_l("Web address"), 40, _l("Enter an address like 8th"))
    first = fields.day(_l("First day for visitors"))
    last = fields.day(_l("Last day for visitors"))
    timezone = fields.line(_l("Time zone"), 64, _l("Enter a time zone like Asia/Shanghai"))

    def offer(self, series: Sequence[Series]) -> None:
        """Let one of these series be chosen, or a new one."""
        known = [(str(row.id), str(local(row, "name"))) for row in series]
        self.series.choices = fields.options([("", _l("A new series under the same name")), *known])

    def new_fair(self) -> NewFair:
        """What was filled in."""
        return NewFair(
            slug=self.slug.data.lower(),
            edition=self.edition.data,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            first=self.first.data,
            last=self.last.data,
            timezone=self.timezone.data,
            series_id=int(self.series.data) if self.series.data else None,
        )


class NewEditionForm(Form):
    name_zh = fields.line(_l("Name in Chinese"), 200)
    name_en = fields.line(_l("Name in English"), 200)
    edition = fields.edition(_l("Edition"))
    slug = fields.line(_l("Web address"), 40, _l("Enter an address like 8th"))
    first = fields.day(_l("First day for visitors"))
    last = fields.day(_l("Last day for visitors"))

    def new_edition(self) -> NewEdition:
        """What was filled in."""
        return NewEdition(
            slug=self.slug.data.lower(),
            edition=self.edition.data,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            first=self.first.data,
            last=self.last.data,
        )


class GateForm(Form):
    code = fields.line(_l("Code"), 16, _l("Enter a code like A1"))
    zone = SelectField(_l("Leads into the zone"))
    name_zh = fields.line(_l("Name in Chinese"), 100)
    name_en = fields.line(_l("Name in English"), 100)
    class_keys = SelectMultipleField(_l("Badges that may pass"))
    anti_passback = RadioField(
        _l("A badge that is inside already"),
        choices=fields.options(PASSBACKS),
        default=AntiPassback.OFF.value,
    )
    position = fields.position(_l("Position"))

    def offer(self, zones: Sequence[Zone], classes: Sequence[BadgeClass]) -> None:
        """Let one of these zones be chosen, and any of these badge classes."""
        self.zone.choices = fields.options((zone.code, local(zone, "name")) for zone in zones)
        self.class_keys.choices = fields.options((row.key, local(row, "name")) for row in classes)

    def facts(self) -> GateFacts:
        """What was filled in."""
        return GateFacts(
            code=self.code.data,
            zone=self.zone.data,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            class_keys=list(self.class_keys.data or []),
            anti_passback=AntiPassback(self.anti_passback.data),
            position=self.position.data,
        )


class DayForm(Form):
    """A day; `day_form` adds three fields for the doors of everybody and of each badge class."""

    keys: tuple[str, ...] = ()
    cutoff_hour = 0
    date = fields.day(_l("Day"))
    kind = SelectField(_l("What happens"), choices=fields.options(DAY_KINDS), default=DayKind.OPEN.value)
    official_from = fields.hour(_l("Official opening"))
    official_to = fields.hour(_l("Official closing"))
    copy = BooleanField(_l("Use these doors on every other day of the same kind"))

    def rows(self) -> list[tuple[str, Any, Any, Any]]:
        """For everybody ("") and for each class: its key and its three fields."""
        return [(key, *(self[f"{name}_{n}"] for name in _DOOR)) for n, key in enumerate(self.keys)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field, then what the fields mean together."""
        if not super().validate(extra_validators):
            return False
        for _key, opens, closes, last in self.rows():
            if (opens.data is None) != (closes.data is None) or (last.data and not opens.data):
                empty = closes if opens.data else opens
                empty.errors = [_l("Enter both the opening and the closing time")]
        if not self.errors:
            self._check_rules()
        return not self.errors

    def _check_rules(self) -> None:
        facts = self.facts()
        try:
            check_day(facts, self.cutoff_hour)
        except Refused as refusal:
            self.refuse("date" if refusal.code == "day_range" else "official_to", refusal)
        for door in facts.doors:
            try:
                check_door(door, self.cutoff_hour)
            except Refused as refusal:
                field = "last_admission" if refusal.code == "last_admission" else "door_to"
                self.refuse(f"{field}_{self.keys.index(door.class_key)}", refusal)

    def facts(self) -> DayFacts:
        """What was filled in; a class without hours has no door of its own."""
        return DayFacts(
            date=self.date.data,
            kind=DayKind(self.kind.data),
            official_from=self.official_from.data,
            official_to=self.official_to.data,
            doors=[
                DoorFacts(class_key=key, door_from=opens.data, door_to=closes.data, last_admission=last.data)
                for key, opens, closes, last in self.rows()
                if opens.data is not None
            ],
        )


_DOOR = ("door_from", "door_to", "last_admission")


def day_form(classes: Sequence[BadgeClass], cutoff_hour: int) -> type[DayForm]:
    """The form of a day in a fair with these badge classes, whose days end at `cutoff_hour`."""
    names = {"": _l("Everybody else"), **{row.key: local(row, "name") for row in classes}}
    labels = (_l("Doors open"), _l("Doors close"), _l("Last admission"))
    doors = {
        f"{field}_{n}": fields.hour(label, of=name)
        for n, name in enumerate(names.values())
        for field, label in zip(_DOOR, labels, strict=True)
    }
    facts: dict[str, Any] = {
        "keys": tuple(names),
        "cutoff_hour": cutoff_hour,
        "page_order": ("date", "kind", "official_from", "official_to", *doors),
    }
    return type("DayForm", (DayForm,), facts | doors)


def shown_day(facts: DayFacts, keys: Sequence[str]) -> dict[str, Any]:
    """What the form of a day shows at first."""
    data: dict[str, Any] = {
        "date": facts.date,
        "kind": facts.kind.value,
        "official_from": facts.official_from,
        "official_to": facts.official_to,
    }
    doors = {door.class_key: door for door in facts.doors}
    for n, key in enumerate(keys):
        if key in doors:
            data |= {f"{name}_{n}": getattr(doors[key], name) for name in _DOOR}
    return data


class EraseForm(Form):
    """Which other registrations go along is ticked, and the number of the badge (or of the registration) is typed,
    before somebody is erased.
    """

    people = SelectMultipleField(_l("Erase along with it"), coerce=int)
    number = fields.line(_l("Number"), 40, _l("Type the number to go on"))

    def offer(self, others: Sequence[tuple[int, str]], same: Collection[int]) -> None:
        """Let these registrations (number, words) be ticked; those of the `same` person are ticked at first."""
        self.people.choices = fields.options(others)
        if not self.is_submitted():
            self.people.data = [number for number, _words in others if number in same]

    def expect(self, badge_number: int | None, registration_id: int) -> None:
        """Go on only for this number."""
        self._badge, self._registration = badge_number, registration_id

    def validate_number(self, field: Any) -> None:
        """WTForms calls this."""
        typed = badge_number.parse(field.data or "")
        if self._badge is None:
            typed = typed_number(field.data or "")
        if typed != (self._badge if self._badge is not None else self._registration):
            raise ValidationError(_l("This is not the number. Look at it again"))


class EraseAccountForm(Form):
    """The address of the account is typed before it is erased."""

    address = fields.line(_l("E-mail"), 254, _l("Type the address to go on"))

    def expect(self, address: str) -> None:
        """Go on only for this address."""
        self._address = address

    def validate_address(self, field: Any) -> None:
        """WTForms calls this."""
        if (field.data or "").strip().lower() != self._address.lower():
            raise ValidationError(_l("This is not the address. Look at it again"))


class RunForm(Form):
    """How much is to be ended is typed before it is."""

    confirm = fields.line(_l("Number"), 12, _l("Type the number to go on"))

    def expect(self, due: int) -> None:
        """Go on only for this number."""
        self._due = due

    def validate_confirm(self, field: Any) -> None:
        """WTForms calls this."""
        if typed_number(field.data or "") != self._due:
            raise ValidationError(_l("This is not the number. Look at it again"))


def _months(kind: Kind) -> Any:
    term = TERMS[kind]
    wrong = _l("Enter whole months from 1 to %(most)s", most=term.most)
    within = NumberRange(min=1, max=term.most, message=wrong)
    said: dict[str, Any] = {"invalid_value_message": wrong}
    return IntegerField(_l(term.label), validators=[InputRequired(wrong), within], **said)


class TermsForm(Form):
    """For how many months each kind of data is kept."""

    visitors = _months(Kind.VISITORS)
    exhibitors = _months(Kind.EXHIBITORS)
    accounts = _months(Kind.ACCOUNTS)
    contracts = _months(Kind.CONTRACTS)
    awards = _months(Kind.AWARDS)
    scans = _months(Kind.SCANS)
    mails = _months(Kind.MAILS)
    sign_ins = _months(Kind.SIGN_INS)

    def months(self) -> dict[Kind, int]:
        """What was filled in."""
        return {kind: self[kind.value].data for kind in Kind}
