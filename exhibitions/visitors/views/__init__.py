"""The pages of the room. `blueprints` is what the application registers."""

from exhibitions.visitors.views import (
    agreements,
    answers,
    arranging,
    background,
    badge,
    bulk,
    deciding,
    desk,
    exporting,
    form_preview,
    form_setup,
    guests,
    importing,
    invitations,
    list,
    merging,
    messages,
    posters,
    registration,
    reminders,
    unsubscribe,
)
from exhibitions.visitors.views.base import blueprint, my_badge

blueprints = (blueprint, my_badge, unsubscribe.blueprint)

__all__ = [
    "agreements",
    "answers",
    "arranging",
    "background",
    "badge",
    "blueprint",
    "blueprints",
    "bulk",
    "deciding",
    "desk",
    "exporting",
    "form_preview",
    "form_setup",
    "guests",
    "importing",
    "invitations",
    "list",
    "merging",
    "messages",
    "posters",
    "registration",
    "reminders",
    "unsubscribe",
]
