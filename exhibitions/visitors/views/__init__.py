"""The pages of the room. `blueprints` is what the application registers."""

from exhibitions.visitors.views import badge, desk, importing, list, registration, reminders
from exhibitions.visitors.views.base import blueprint

blueprints = (blueprint, badge.blueprint)

__all__ = ["badge", "blueprint", "blueprints", "desk", "importing", "list", "registration", "reminders"]
