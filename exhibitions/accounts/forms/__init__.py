"""The forms of signing in and of the own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.forms import Form, SelectChoice

_LONGEST_PASSWORD = 1000


class SignInForm(Form):
    """`kept` is what was typed on the page that asked to sign in first (core.kept); nobody types it."""

    email = StringField(
        _l("E-mail"), validators=[InputRequired(_l("Enter your e-mail address")), Length(max=254)]
    )
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Enter your password")), Length(max=_LONGEST_PASSWORD)]
    )
    kept = HiddenField()


class SecondStepForm(Form):
    """`typed` is what `kept` is on the form before: it has another name, because this form is no page of its own."""

    code = StringField(_l("Code"), validators=[InputRequired(_l("Enter the code")), Length(max=40)])
    typed = HiddenField()


class ForgotForm(Form):
    """Where a link for a new password is sent."""

    email = StringField(
        _l("E-mail"), validators=[InputRequired(_l("Enter your e-mail address")), Length(max=254)]
    )


class NewPasswordForm(Form):
    """The first password, or a new one by a link."""

    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(_l("Enter your password")), Length(max=_LONGEST_PASSWORD)],
    )


class ChangePasswordForm(NewPasswordForm):
    """The new password with the old one (ASVS 6.2.3)."""

    page_order = ("old_password", "password")
    old_password = PasswordField(
        _l("Present password"),
        validators=[InputRequired(_l("Enter your present password")), Length(max=_LONGEST_PASSWORD)],
    )


class ConfirmForm(Form):
    """That the person is still there: by password, or by a code where there is none."""

    password = PasswordField(_l("Password"), validators=[Optional(), Length(max=_LONGEST_PASSWORD)])
    code = StringField(_l("Code"), validators=[Optional(), Length(max=40)])


class AboutMeForm(Form):
    """What a person is called, and the language of letters."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Enter your name")), Length(max=100)])
    language = SelectField(
        _l("Language of letters to you"), choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")]
    )


class CodeForm(Form):
    """The first code of an authenticator app."""

    code = StringField(
        _l("Code of six digits"), validators=[InputRequired(_l("Enter the code")), Length(max=20)]
    )
