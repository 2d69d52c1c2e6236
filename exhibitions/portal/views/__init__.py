"""The pages that span rooms."""

from __future__ import annotations

from exhibitions.portal.views import demo, desk, public, setup, status
from exhibitions.portal.views.frame import blueprint, install

__all__ = ["blueprint", "demo", "desk", "install", "public", "setup", "status"]
