"""The pages that span rooms."""

from __future__ import annotations

from exhibitions.portal.views import (
    demo,
    desk,
    incident,
    my_data,
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
    "demo",
    "desk",
    "incident",
    "install",
    "my_data",
    "privacy",
    "processing",
    "public",
    "retention",
    "sender",
    "setup",
    "status",
]
