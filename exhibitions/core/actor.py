"""Who does something: a signed-in person, a device, the holder of a personal link, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """The doer of a change, as the audit keeps it. `name` is never personal data of a visitor."""

    kind: str
    id: int | None = None
    name: str = ""


SYSTEM = Actor("system")
