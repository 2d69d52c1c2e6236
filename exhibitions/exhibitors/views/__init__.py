"""The pages of exhibitors: the public's, the exhibitor's own, the desk's."""

from __future__ import annotations

from exhibitions.core.shares import percent
from exhibitions.exhibitors.views import (
    applying,
    centre_setup,
    co_exhibitor,
    deciding,
    exhibit,
    figures,
    letters,
    list,
    mailing,
    on_my_stand,
    people,
    recruiting,
    sales_figures,
)
from exhibitions.exhibitors.views.base import blueprint

blueprints = (blueprint, mailing.leaving)

__all__ = [
    "applying",
    "blueprint",
    "co_exhibitor",
    "deciding",
    "exhibit",
    "letters",
    "list",
    "on_my_stand",
    "people",
    "recruiting",
]
blueprint.add_app_template_filter(percent)

__all__ = [
    "__all__",
    "applying",
    "blueprint",
    "blueprints",
    "centre_setup",
    "co_exhibitor",
    "deciding",
    "exhibit",
    "figures",
    "letters",
    "list",
    "mailing",
    "on_my_stand",
    "people",
    "recruiting",
    "sales_figures",
]
