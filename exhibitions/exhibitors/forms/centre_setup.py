"""The form of the centre's set-up: quotas, hours of passes, panels, deadlines, whom to ask."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, StringField, TimeField, ValidationError
from wtforms.validators import Length, Optional

from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.forms import Form, SelectChoice, typed_number
from exhibitions.exhibitors.rules.centre import Centre
from exhibitions.exhibitors.rules.fascia import Panel
from exhibitions.exhibitors.rules.quotas import Basis, Beyond, Quota
from exhibitions.exhibitors.rules.staff import StaffKind, Window
from exhibitions.exhibitors.service.centre import SetUp
from exhibitions.expos.forms.fields import any_day

_BASIS = [
    SelectChoice(Basis.AREA.value, _l("for every so many m²")),
    SelectChoice(Basis.STAND.value, _l("for each standard stand of 9 m²")),
]
_BEYOND = [
    SelectChoice(Beyond.ASK.value, _l("the organiser is asked")),
    SelectChoice(Beyond.PRICE.value, _l("at a price")),
    SelectChoice(Beyond.REFUSE.value, _l("nothing more")),
]
KINDS = ("staff", "build_up", "service")
DUE = ("contract", "fascia", "directory", "badges", "build_up", "services")
_MOST = 9_999


class CentreForm(Form):
    """All of it on one page; an empty limit of a panel is the usual one, an empty hour is the whole day."""

    contact_name = StringField(_l("Contact person"), validators=[Optional(), Length(max=100)])
    contact_phone = StringField(_l("Phone of the contact"), validators=[Optional(), Length(max=50)])
    contact_email = StringField(_l("E-mail"), validators=[Optional(), Length(max=254)])
    arrival_gate = StringField(
        _l("Gate for exhibitors on the first day"), validators=[Optional(), Length(max=100)]
    )
    arrival_from = TimeField(_l("Opens for exhibitors at"), validators=[Optional()])
    print_on = DateField(_l("Print date of directory and fascias"), validators=[Optional()])
    due_contract = DateField(_l("Contract back by"), validators=[Optional()])
    due_fascia = DateField(_l("Fascia text by"), validators=[Optional()])
    due_directory = DateField(_l("Directory entry by"), validators=[Optional()])
    due_badges = DateField(_l("Staff badges by"), validators=[Optional()])
    due_build_up = DateField(_l("Build-up passes by"), validators=[Optional()])
    due_services = DateField(_l("Services by"), validators=[Optional()])
    panel_zh = StringField(_l("Fascia: characters in Chinese"), validators=[Length(max=20)])
    panel_en = StringField(_l("Fascia: characters in English"), validators=[Length(max=20)])
    fascia_fee = StringField(_l("Fee for another text after the print date"), validators=[Length(max=20)])
    staff_basis = SelectField(_l("Exhibitor badges"), choices=_BASIS)
    staff_gives = StringField(_l("Badges"), validators=[Length(max=20)])
    staff_every = StringField(_l("m²"), validators=[Length(max=20)])
    staff_least = StringField(_l("At least"), validators=[Length(max=20)])
    staff_most = StringField(_l("At most"), validators=[Optional(), Length(max=20)])
    staff_co = StringField(_l("More for each co-exhibitor"), validators=[Length(max=20)])
    staff_beyond = SelectField(_l("Over the quota"), choices=_BEYOND)
    staff_per_day = StringField(_l("Price a day"), validators=[Length(max=20)])
    staff_per_card = StringField(_l("Price a card"), validators=[Length(max=20)])
    build_up_basis = SelectField(_l("Build-up passes"), choices=_BASIS)
    build_up_gives = StringField(_l("Badges"), validators=[Length(max=20)])
    build_up_every = StringField(_l("m²"), validators=[Length(max=20)])
    build_up_least = StringField(_l("At least"), validators=[Length(max=20)])
    build_up_most = StringField(_l("At most"), validators=[Optional(), Length(max=20)])
    build_up_co = StringField(_l("More for each co-exhibitor"), validators=[Length(max=20)])
    build_up_beyond = SelectField(_l("Over the quota"), choices=_BEYOND)
    build_up_per_day = StringField(_l("Price a day"), validators=[Length(max=20)])
    build_up_per_card = StringField(_l("Price a card"), validators=[Length(max=20)])
    build_up_from = TimeField(_l("Admits from"), validators=[Optional()])
    build_up_to = TimeField(_l("Admits until"), validators=[Optional()])
    build_up_first = any_day(_l("First night"))
    build_up_last = any_day(_l("Last night"))
    service_basis = SelectField(_l("Service badges"), choices=_BASIS)
    service_gives = StringField(_l("Badges"), validators=[Length(max=20)])
    service_every = StringField(_l("m²"), validators=[Length(max=20)])
    service_least = StringField(_l("At least"), validators=[Length(max=20)])
    service_most = StringField(_l("At most"), validators=[Optional(), Length(max=20)])
    service_co = StringField(_l("More for each co-exhibitor"), validators=[Length(max=20)])
    service_beyond = SelectField(_l("Over the quota"), choices=_BEYOND)
    service_per_day = StringField(_l("Price a day"), validators=[Length(max=20)])
    service_per_card = StringField(_l("Price a card"), validators=[Length(max=20)])

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if (self.build_up_from.data is None) is not (self.build_up_to.data is None):
            missing: Any = self.build_up_from if self.build_up_from.data is None else self.build_up_to
            missing.errors = [*missing.errors, gettext("Enter both hours, or none")]
        elif self.build_up_from.data is None and (self.build_up_first.data or self.build_up_last.data):
            self.build_up_from.errors = [*self.build_up_from.errors, gettext("Nights need hours: enter both")]
        for name, field in self._fields.items():
            self._check(name, field)
        return not self.errors

    def _check(self, name: str, field: Field) -> None:
        try:
            if name.endswith(("_gives", "_least", "_most", "_co", "panel_zh", "panel_en")):
                _count(field.data, empty=name.endswith("_most"))
            elif name.endswith(("_every", "_per_day", "_per_card", "_fee")):
                _amount(field.data)
        except ValidationError as error:
            field.errors = [*field.errors, str(error)]

    def set_up(self, now: SetUp) -> SetUp:
        """What was filled in; what the page does not ask about stays as it is `now`."""
        panel = Panel(zh=_count(self.panel_zh.data) or 0, en=_count(self.panel_en.data) or 0)
        opens, closes = self.build_up_from.data, self.build_up_to.data
        windows = dict(now.centre.windows)
        windows.pop(StaffKind.BUILD_UP, None)
        if opens is not None and closes is not None:
            days = (self.build_up_first.data, self.build_up_last.data)
            windows[StaffKind.BUILD_UP] = Window(opens, closes, *days)
        centre = msgspec.structs.replace(
            now.centre,
            quotas={StaffKind(kind): self._quota(kind) for kind in KINDS},
            windows=windows,
            panels=now.centre.panels | {"shell": panel, "upgraded": panel},
            fascia_fee_minor=int(_amount(self.fascia_fee.data) * 100),
            due=self._due(now.centre),
            arrival_gate=clean_name(self.arrival_gate.data or ""),
            arrival_from=self.arrival_from.data,
        )
        names = (self.contact_name, self.contact_phone, self.contact_email)
        return SetUp(centre, self.print_on.data, *(clean_name(field.data or "") for field in names))

    def _due(self, now: Centre) -> dict[str, date]:
        found = {key: self[f"due_{key}"].data for key in DUE}
        kept = {key: day for key, day in now.due.items() if key not in DUE}
        return kept | {key: day for key, day in found.items() if day is not None}

    def _quota(self, kind: str) -> Quota:
        def of(name: str) -> Any:
            return self[f"{kind}_{name}"].data

        return Quota(
            kind=StaffKind(kind),
            basis=Basis(of("basis")),
            every_m2=_amount(of("every")),
            gives=_count(of("gives")) or 0,
            least=_count(of("least")) or 0,
            most=_count(of("most"), empty=True),
            for_co_exhibitor=_count(of("co")) or 0,
            beyond=Beyond(of("beyond")),
            per_day_minor=int(_amount(of("per_day")) * 100),
            per_card_minor=int(_amount(of("per_card")) * 100),
        )


def shown(now: SetUp) -> dict[str, Any]:
    """The set-up as the form shows it."""
    centre, panel = now.centre, now.centre.panels.get("shell") or Panel()
    window = centre.windows.get(StaffKind.BUILD_UP)
    found: dict[str, Any] = {
        "contact_name": now.contact_name,
        "contact_phone": now.contact_phone,
        "contact_email": now.contact_email,
        "print_on": now.print_on,
        "arrival_gate": centre.arrival_gate,
        "arrival_from": _minute(centre.arrival_from),
        "panel_zh": str(panel.zh),
        "panel_en": str(panel.en),
        "fascia_fee": _money(centre.fascia_fee_minor),
        "build_up_from": _minute(window.start) if window else None,
        "build_up_to": _minute(window.end) if window else None,
        "build_up_first": window.first if window else None,
        "build_up_last": window.last if window else None,
    }
    found |= {f"due_{key}": centre.due.get(key) for key in DUE}
    for kind in KINDS:
        rule = centre.quotas[StaffKind(kind)]
        found |= {
            f"{kind}_basis": rule.basis.value,
            f"{kind}_gives": str(rule.gives),
            f"{kind}_every": f"{rule.every_m2}",
            f"{kind}_least": str(rule.least),
            f"{kind}_most": "" if rule.most is None else str(rule.most),
            f"{kind}_co": str(rule.for_co_exhibitor),
            f"{kind}_beyond": rule.beyond.value,
            f"{kind}_per_day": _money(rule.per_day_minor),
            f"{kind}_per_card": _money(rule.per_card_minor),
        }
    return found


def _minute(hour: time | None) -> time | None:
    return hour.replace(second=0, microsecond=0) if hour else None


def _money(minor: int) -> str:
    return f"{Decimal(minor) / 100:.2f}"


def _count(text: str | None, *, empty: bool = False) -> int | None:
    if empty and not (text or "").strip():
        return None
    number = typed_number(text or "")
    if number is None or number > _MOST:
        raise ValidationError(gettext("Enter a number from 0 to %(most)s", most=_MOST))
    return number


def _amount(text: str | None) -> Decimal:
    try:
        number = Decimal(clean_code(text or "").replace(",", "").removeprefix("¥"))
    except InvalidOperation as error:
        raise ValidationError(gettext("Enter a number like 1,200 or 85.50")) from error
    if not number.is_finite() or not 0 <= number <= 1_000_000 or number * 100 != int(number * 100):
        raise ValidationError(gettext("Enter a number like 1,200 or 85.50"))
    return number
