"""Signing in and out, the own account, and the answers for signed-in people."""

from __future__ import annotations

from exhibitions.accounts.views import account, entry, links
from exhibitions.accounts.views.base import answer_signed_in, blueprint, install

__all__ = ["account", "answer_signed_in", "blueprint", "entry", "install", "links"]
