"""The forms of people and roles (A1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from exhibitions.core.forms import Form, SelectChoice

BY_MAIL, BY_HAND = "mail", "link"


class InviteForm(Form):
    """Who is invited, with which roles, and how the link gets there. A fair's page has no roles of the organisation."""

    email = StringField(
        _l("E-mail"), validators=[InputRequired(_l("Enter an e-mail address")), Length(max=254)]
    )
    name = StringField(_l("Name"), validators=[Optional(), Length(max=100)])
    organisation_roles = SelectMultipleField(_l("Roles in the organisation"))
    fair = SelectField(_l("Fair"), validate_choice=False)
    fair_roles = SelectMultipleField(_l("Roles at the fair"))
    way = RadioField(
        _l("How the invitation gets there"),
        choices=[
            SelectChoice(BY_MAIL, _l("By e-mail")),
            SelectChoice(BY_HAND, _l("I hand the link over myself")),
        ],
    )


class OrganisationRolesForm(Form):
    """The roles that a person shall have in the organisation."""

    organisation_roles = SelectMultipleField(_l("Roles in the organisation"))


class FairRolesForm(Form):
    """The roles that a person shall have at one fair."""

    fair = SelectField(_l("Fair"), validate_choice=False)
    fair_roles = SelectMultipleField(_l("Roles at the fair"))
