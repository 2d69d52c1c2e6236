"""The sign-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from exhibitions.core.forms import Form


class SignInForm(Form):
    """`kept` is what was typed on the page that asked to sign in first (core.kept); nobody types it."""

    email = StringField(
        _l("E-mail"), validators=[InputRequired(_l("Enter your e-mail address")), Length(max=254)]
    )
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password")), Length(max=1000)]
    )
    kept = HiddenField()
