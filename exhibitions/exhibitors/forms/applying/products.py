"""What is shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask_babel import lazy_gettext
from wtforms import SelectMultipleField, StringField, TextAreaField

from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.forms.applying.checked import Checked, plain
from exhibitions.exhibitors.models import ProductCategory
from exhibitions.exhibitors.rules import typed
from exhibitions.exhibitors.rules.application import MOST_CATEGORIES, ProductsBlock


class ProductsForm(Checked):
    """What is shown, by words of the fair's nomenclature and in own words."""

    checks = {"text": partial(typed.checked_lines, most=500), "hs_code": typed.checked_hs_code}
    categories = SelectMultipleField(lazy_gettext("Product categories"), choices=[], coerce=int)
    text = TextAreaField(lazy_gettext("Your products in your own words"))
    hs_code = StringField(lazy_gettext("HS code"))

    def offer(self, offered: Sequence[ProductCategory]) -> None:
        """Fill in the lines of the nomenclature."""
        self.categories.choices = [(row.id, plain(row)) for row in offered]

    def together(self) -> None:
        """At least one line, where there are any, and not all of them."""
        chosen = self.categories.data or []
        if self.categories.choices and not chosen:
            sentence = N_("Choose at least one product category")
            self.refuse("categories", Refused("categories_missing", sentence))
        if len(chosen) > MOST_CATEGORIES:
            sentence = N_("Choose at most %(most)s product categories")
            self.refuse("categories", Refused("categories_many", sentence, most=MOST_CATEGORIES))
        if not self.categories.choices and not self.kept["text"]:
            self.refuse("text", Refused("products_missing", N_("Say what you will show")))

    def block(self) -> ProductsBlock:
        """The products as they are kept."""
        return ProductsBlock(tuple(self.categories.data or ()), self.kept["text"], self.kept["hs_code"])
