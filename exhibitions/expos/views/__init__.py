"""The answers for addresses with a fair in them, and the pages of its set-up."""

from __future__ import annotations

from exhibitions.expos.queries import on_clock_of
from exhibitions.expos.views.answers import answer_permission, answer_personal_link, answer_public
from exhibitions.expos.views.setup import blueprint

# In every template: `{{ moment | on_clock_of(expo) | datetime(expo.timezone) }}`.
blueprint.add_app_template_filter(on_clock_of)

__all__ = ["answer_permission", "answer_personal_link", "answer_public", "blueprint"]
