"""The pages that span rooms."""

from __future__ import annotations

from exhibitions.portal.views import desk, public, setup, status
from exhibitions.portal.views.frame import blueprint, install

__all__ = ["blueprint", "desk", "install", "public", "setup", "status"]
