"""Who invites visitors as the office fills it in, and the filters of the list."""

from __future__ import annotations

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, StringField, TelField, ValidationError
from wtforms.validators import Length, Optional

from exhibitions.core import asked
from exhibitions.core.forms import Form, SelectChoice
from exhibitions.visitors.forms.asking import ask
from exhibitions.visitors.queries.invitations import ENDED, OPEN, SourceFilters
from exhibitions.visitors.rules.invitations import KINDS, Kind, SourceFacts, checked_source
from exhibitions.visitors.rules.registration import checked_company, checked_name, checked_phone


class SourceForm(Form):
    """Who invites. The number of the person to ask is not shown again; left empty it is kept, unless it is to be removed."""

    kind = SelectField(
        _l("Kind"), choices=[SelectChoice(kind.value, _l(name)) for kind, name in KINDS.items()]
    )
    name_zh = StringField(_l("Name in Chinese"), validators=[Length(max=300)])
    name_en = StringField(_l("Name in English"), validators=[Optional(), Length(max=300)])
    contact = StringField(_l("Person to ask there"), validators=[Optional(), Length(max=300)])
    phone = TelField(_l("Mobile number"), validators=[Optional(), Length(max=40)])
    no_phone = BooleanField(_l("Remove the number"))

    def validate_name_zh(self, field: Field) -> None:
        if not (field.data or "").strip() and not (self.name_en.data or "").strip():
            raise ValidationError(gettext("Enter a name"))
        ask(checked_company, field)

    def validate_name_en(self, field: Field) -> None:
        ask(checked_company, field)

    def validate_contact(self, field: Field) -> None:
        ask(checked_name, field)

    def validate_phone(self, field: Field) -> None:
        ask(checked_phone, field)

    def facts(self) -> SourceFacts:
        """What was filled in, checked."""
        return checked_source(
            Kind(self.kind.data),
            self.name_zh.data or "",
            self.name_en.data or "",
            self.contact.data or "",
            self.phone.data or "",
        )


def wanted() -> SourceFilters:
    """The filters of this address; what is no filter is left out."""
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    return SourceFilters(
        kind=kind if kind in list(Kind) else "",
        state=state if state in (OPEN, ENDED) else "",
        text=asked.kept_text(request.args.get("s", "")),
    )
