"""Other companies on the stand: with people of their own, or by their goods alone."""

from __future__ import annotations

from functools import partial

from flask_babel import lazy_gettext
from wtforms import EmailField, RadioField, StringField, TelField

from exhibitions.core.contact import clean_code, normal_phone
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.forms.applying.checked import YES_NO, Onward
from exhibitions.exhibitors.forms.applying.company import Named
from exhibitions.exhibitors.rules import typed
from exhibitions.exhibitors.service.co_exhibitors import CoFacts, RepresentedFacts


class CoForm(Named):
    """A co-exhibitor, named by the main exhibitor or declared by itself."""

    page_order = ("country", "credit_code", "name_zh", "name_en", "own_goods", "own_staff")
    checks = {**Named.checks, "contact_name": partial(typed.checked_text, most=typed.LONGEST_PERSON)}
    alike = {
        **Named.alike,
        "contact_phone": lambda text: normal_phone(text) or text,
        "contact_email": str.lower,
    }
    own_goods = RadioField(lazy_gettext("It shows goods of its own"), choices=YES_NO, validate_choice=False)
    own_staff = RadioField(
        lazy_gettext("Its own staff is at the stand"), choices=YES_NO, validate_choice=False
    )
    contact_name = StringField(lazy_gettext("Contact person"))
    contact_phone = TelField(lazy_gettext("Mobile number"))
    contact_email = EmailField(lazy_gettext("E-mail"))

    def together(self) -> None:
        """A number or address, where given, is one."""
        super().together()
        for name in ("own_goods", "own_staff"):
            if self[name].data not in ("yes", "no"):
                self.refuse(name, Refused("answer_missing", N_("Choose yes or no")))
        phone, email = self.contact_phone.data or "", self.contact_email.data or ""
        if clean_code(phone):
            self.ask("contact_phone", lambda: typed.checked_reach(phone, "")[0])
        if clean_code(email):
            self.ask("contact_email", lambda: typed.checked_reach("", email)[1])

    def facts(self) -> CoFacts:
        """The company as it is kept."""
        names = ("name_zh", "name_en", "credit_code", "country", "contact_name")
        return CoFacts(
            **{name: self.kept[name] for name in names},
            contact_phone=self.kept.get("contact_phone"),
            contact_email=self.kept.get("contact_email"),
            own_goods=self.own_goods.data == "yes",
            own_staff=self.own_staff.data == "yes",
        )


class RepresentedForm(Onward, Named):
    """A company whose goods alone are shown."""

    typed_in = ("credit_code", "name_zh", "name_en")
    page_order = ("country", "credit_code", "name_zh", "name_en")

    def facts(self) -> RepresentedFacts:
        """The company as it is kept."""
        return RepresentedFacts(
            **{name: self.kept[name] for name in ("name_zh", "name_en", "credit_code", "country")}
        )
