"""The pages that span rooms."""

from __future__ import annotations

from exhibitions.portal.views import demo, desk, public, sender, setup, status
from exhibitions.portal.views.frame import blueprint, install

__all__ = ["blueprint", "demo", "desk", "install", "public", "sender", "setup", "status"]
