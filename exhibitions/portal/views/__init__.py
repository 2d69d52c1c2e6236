"""The pages that span rooms."""

from __future__ import annotations

from exhibitions.portal.views import (
    copying,
    demo,
    desk,
    exhibitor,
    fair_people,
    incident,
    my_data,
    people,
    planning,
    privacy,
    processing,
    public,
    retention,
    sender,
    setup,
    status,
)
from exhibitions.portal.views.frame import blueprint, install

__all__ = [
    "blueprint",
    "copying",
    "demo",
    "desk",
    "exhibitor",
    "fair_people",
    "incident",
    "install",
    "my_data",
    "people",
    "planning",
    "privacy",
    "processing",
    "public",
    "retention",
    "sender",
    "setup",
    "status",
]
