"""The pages of an application to exhibit (E1), one thing each; what is typed is checked by the rules of its block."""

from __future__ import annotations

from exhibitions.exhibitors.forms.applying.checked import Checked, Onward
from exhibitions.exhibitors.forms.applying.company import BUSINESSES, CompanyForm, DetailsForm
from exhibitions.exhibitors.forms.applying.contact import ContactForm
from exhibitions.exhibitors.forms.applying.on_stand import CoForm, RepresentedForm
from exhibitions.exhibitors.forms.applying.products import ProductsForm
from exhibitions.exhibitors.forms.applying.sending import FindForm, SendForm
from exhibitions.exhibitors.forms.applying.stand import PACKAGES, PLACES, SIDES, StandForm

__all__ = [
    "BUSINESSES",
    "PACKAGES",
    "PLACES",
    "SIDES",
    "Checked",
    "CoForm",
    "CompanyForm",
    "ContactForm",
    "DetailsForm",
    "FindForm",
    "Onward",
    "ProductsForm",
    "RepresentedForm",
    "SendForm",
    "StandForm",
]
