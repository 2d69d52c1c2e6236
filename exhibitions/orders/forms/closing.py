"""What was counted at the end of a day."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.forms import Form
from exhibitions.orders.forms.money import one_line
from exhibitions.orders.rules.amounts import minor_of, money_of

_COUNT = _l("Enter what was counted, 0 for nothing")


class CloseForm(Form):
    """Cash and QR payments as counted, why they differ, who counted."""

    cash = StringField(_l("Cash counted"), validators=[InputRequired(_COUNT)])
    qr = StringField(_l("QR payments as the provider lists them"), validators=[InputRequired(_COUNT)])
    explanation = TextAreaField(_l("Why it differs"), validators=[Optional(), Length(max=300)])
    signed_by = one_line(_l("Counted by"), 100, _l("Enter the name of who counted."))

    counted: dict[str, int]
    """Minor units by kind, once `accepted`."""

    def prepare(self, currency: str) -> None:
        """Say the currency that is counted."""
        self.currency = currency

    def validate(self, extra_validators: Any = None) -> bool:
        """Also read both amounts; less than nothing is possible: more was given back than taken in."""
        good = bool(super().validate(extra_validators))
        self.counted = {}
        for name in ("cash", "qr"):
            minor = minor_of(money_of(self[name].data or ""), self.currency)
            if minor is None:
                self[name].errors = [str(_COUNT)]
                good = False
            else:
                self.counted[name] = minor
        return good
