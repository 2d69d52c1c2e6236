"""The pages that span rooms."""

from __future__ import annotations

from exhibitions.portal.views import copying, demo, desk, planning, public, setup, status
from exhibitions.portal.views.frame import blueprint, install

__all__ = ["blueprint", "copying", "demo", "desk", "install", "planning", "public", "setup", "status"]
