"""The pages of the register of companies."""

from exhibitions.companies.views import contacts, doubles, exporting, importing, papers, record, register
from exhibitions.companies.views.base import blueprint

__all__ = ["blueprint", "contacts", "doubles", "exporting", "importing", "papers", "record", "register"]
