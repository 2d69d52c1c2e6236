"""The answers for addresses with a fair in them, and the pages of its set-up."""

from __future__ import annotations

from exhibitions.expos.views.answers import answer_permission, answer_personal_link, answer_public
from exhibitions.expos.views.setup import blueprint

__all__ = ["answer_permission", "answer_personal_link", "answer_public", "blueprint"]
