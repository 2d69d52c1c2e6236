"""The pages of the room. `blueprints` is what the application registers."""

from exhibitions.visitors.views import (
    badge,
    desk,
    importing,
    list,
    messages,
    registration,
    reminders,
    unsubscribe,
)
from exhibitions.visitors.views.base import blueprint

blueprints = (blueprint, badge.blueprint, unsubscribe.blueprint)

__all__ = [
    "badge",
    "blueprint",
    "blueprints",
    "desk",
    "importing",
    "list",
    "messages",
    "registration",
    "reminders",
    "unsubscribe",
]
