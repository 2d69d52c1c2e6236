"""The pages of the room. `blueprints` is what the application registers."""

from exhibitions.visitors.views import (
    arranging,
    background,
    badge,
    bulk,
    desk,
    exporting,
    importing,
    list,
    merging,
    messages,
    registration,
    reminders,
    unsubscribe,
)
from exhibitions.visitors.views.base import blueprint

blueprints = (blueprint, badge.blueprint, unsubscribe.blueprint)

__all__ = [
    "arranging",
    "background",
    "badge",
    "blueprint",
    "blueprints",
    "bulk",
    "desk",
    "exporting",
    "importing",
    "list",
    "merging",
    "messages",
    "registration",
    "reminders",
    "unsubscribe",
]
