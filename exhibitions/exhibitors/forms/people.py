"""The people of a company in its centre."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, RadioField, StringField, TelField

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.forms.applying import Checked
from exhibitions.exhibitors.rules import typed
from exhibitions.exhibitors.rules.people import ROLE_WORDS, PersonRole
from exhibitions.exhibitors.service.people import PersonFacts


class _Role(Checked):
    """A role out of the five."""

    role = RadioField(lazy_gettext("Role"), choices=[], validate_choice=False)

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.role.choices = [(role.value, gettext(word)) for role, word in ROLE_WORDS.items()]

    @property
    def chosen(self) -> PersonRole:
        """The role that was chosen."""
        return PersonRole(self.role.data)

    def together(self) -> None:
        """One of them."""
        if self.role.data not in list(PersonRole):
            self.role.errors = [*self.role.errors, gettext("Choose a role")]


class RoleForm(_Role):
    """Another role for somebody."""


class PersonForm(_Role):
    """Who is asked in."""

    page_order = ("name", "phone", "email", "role")
    checks = {"name": typed.checked_person}
    name = StringField(lazy_gettext("Name"))
    phone = TelField(lazy_gettext("Mobile number"))
    email = EmailField(lazy_gettext("E-mail"))

    def together(self) -> None:
        """A role, and one way to send the link."""
        super().together()
        phone, email = self.phone.data or "", self.email.data or ""
        try:
            self.kept["phone"], self.kept["email"] = typed.checked_reach(phone, email)
        except Refused as refusal:
            self.refuse("email" if refusal.code.startswith("email") else "phone", refusal)

    def facts(self) -> PersonFacts:
        """Who it is."""
        return PersonFacts(self.kept["name"], self.chosen, self.kept["phone"], self.kept["email"])
