"""What a fair's set-up says about the exhibitor's centre: quotas, hours of passes, panels, deadlines; kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import msgspec
from msgspec import Struct, field

from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.rules.fascia import PANELS, STANDARD, Panel
from exhibitions.exhibitors.rules.quotas import DEFAULTS, Quota, check_quota
from exhibitions.exhibitors.rules.staff import StaffKind, Window, check_window
from exhibitions.exhibitors.rules.tasks import ORDER

MOST_CHARACTERS = 100
"""The columns of a fascia hold no more."""


class Centre(Struct, frozen=True, kw_only=True):
    """The part of a fair's settings that the exhibitor's centre reads; what is missing is as usual.

    `windows` are the hours of a day in which a kind of pass admits, `panels` what a kind of stand's fascia holds (None:
    there is none), `due` the last good day of a duty, `arrival_gate` where exhibitors come in first.
    """

    quotas: dict[StaffKind, Quota] = field(default_factory=lambda: {rule.kind: rule for rule in DEFAULTS})
    windows: dict[StaffKind, Window] = field(default_factory=dict)
    panels: dict[str, Panel | None] = field(default_factory=lambda: dict(PANELS))
    fascia_fee_minor: int = 0
    due: dict[str, date] = field(default_factory=dict)
    arrival_gate: str = ""
    arrival_from: time | None = None


def chooses_stand(data: Mapping[str, Any]) -> bool:
    """Whether, by the settings of a fair, companies choose their stands themselves once they are admitted."""
    choosing = data.get("choosing") or {}
    return choosing.get("who", "exhibitor") == "exhibitor" and bool(choosing.get("opens_at"))


def read_centre(data: Mapping[str, Any]) -> Centre:
    """The settings from the JSON of a fair; kinds that it does not name are as usual."""
    found = msgspec.convert(data, Centre, strict=False)
    usual = Centre()
    return msgspec.structs.replace(
        found, quotas=usual.quotas | found.quotas, panels=usual.panels | found.panels
    )


def as_data(centre: Centre) -> dict[str, Any]:
    """The settings as JSON can hold them; `read_centre` gives them back."""
    found: dict[str, Any] = msgspec.to_builtins(centre)
    return found


def check_centre(centre: Centre) -> None:
    """Refuse quotas that make no sense, panels without room, duties nobody knows and fees below nothing."""
    for kind, rule in centre.quotas.items():
        check_quota(rule)
        if rule.kind is not kind:
            raise Refused("quota_kind", N_("A quota stands under another kind of badge"))
    for window in centre.windows.values():
        check_window(window)
    for panel in centre.panels.values():
        check_panel(panel or STANDARD)
    if not centre.due.keys() <= set(ORDER):
        raise Refused("duty_unknown", N_("There is no such duty"))
    if centre.fascia_fee_minor < 0:
        raise Refused("fee_negative", N_("Enter 0 or more"))


def check_panel(panel: Panel) -> None:
    """Refuse a panel that holds nothing in either language, or more than can be kept."""
    if not 0 < max(panel.zh, panel.en) <= MOST_CHARACTERS or min(panel.zh, panel.en) < 0:
        raise Refused("panel_limits", N_("Enter a limit from 1 to %(most)s"), most=MOST_CHARACTERS)
