"""What kind of stand is wished."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField, StringField

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.forms.applying.checked import Checked, offered, plain, same
from exhibitions.exhibitors.rules import application, typed
from exhibitions.exhibitors.rules.application import MOST_WISHES, Package, Place, StandBlock
from exhibitions.expos.models import Expo

PACKAGES = {
    Package.SHELL: lazy_gettext("Shell scheme stand"),
    Package.UPGRADED: lazy_gettext("Upgraded shell scheme stand"),
    Package.RAW: lazy_gettext("Raw space"),
}
PLACES = {Place.INDOOR: lazy_gettext("In a hall"), Place.OUTDOOR: lazy_gettext("Outdoors")}
SIDES = {
    0: lazy_gettext("Any"),
    1: lazy_gettext("One (row)"),
    2: lazy_gettext("Two (corner)"),
    3: lazy_gettext("Three (end)"),
    4: lazy_gettext("Four (island)"),
}


class StandForm(Checked):
    """What kind of stand is wished."""

    checks = {
        "area": typed.checked_area,
        "least_area": typed.checked_area,
        "width": typed.checked_side,
        "depth": typed.checked_side,
        "heavy": partial(typed.checked_text, most=300),
        "near": partial(typed.checked_text, most=300),
        "away_from": partial(typed.checked_text, most=300),
    }
    alike = {
        **dict.fromkeys(("area", "least_area"), same(typed.checked_area)),
        **dict.fromkeys(("width", "depth"), same(typed.checked_side)),
        **dict.fromkeys(("wish_1", "wish_2", "wish_3"), str.upper),
    }
    package = RadioField(
        lazy_gettext("Kind of stand"), choices=offered(PACKAGES), default=Package.SHELL.value
    )
    place = RadioField(lazy_gettext("Where"), choices=offered(PLACES), default=Place.INDOOR.value)
    area = StringField(lazy_gettext("Wished area (m²)"))
    least_area = StringField(lazy_gettext("Least area (m²)"))
    width = StringField(lazy_gettext("Width (m)"))
    depth = StringField(lazy_gettext("Depth (m)"))
    open_sides = RadioField(lazy_gettext("Open sides"), choices=offered(SIDES), coerce=int, default=0)
    zone_id = SelectField(lazy_gettext("Zone"), choices=[], coerce=int, default=0)
    two_storeys = BooleanField(lazy_gettext("Two storeys"))
    hanging = BooleanField(lazy_gettext("Something hangs from the ceiling"))
    heavy = StringField(lazy_gettext("Heavy or high exhibits"))
    near = StringField(lazy_gettext("Near which company"))
    away_from = StringField(lazy_gettext("Away from which company"))
    wish_1 = StringField(lazy_gettext("First choice"))
    wish_2 = StringField(lazy_gettext("Second choice"))
    wish_3 = StringField(lazy_gettext("Third choice"))

    _COLUMN: ClassVar[Mapping[str, str]] = {
        "least_area": "least_area",
        "one_side": "width",
        "area_differs": "area",
        "raw_small": "area",
        "storeys_raw": "two_storeys",
        "open_sides": "open_sides",
        "wish_twice": "wish_2",
        "wishes_many": "wish_1",
    }

    def offer(
        self,
        expo: Expo,
        raw_minimum: Mapping[str, int],
        on_plan: Sequence[Callable[[Expo, Sequence[str]], None]] = (),
    ) -> None:
        """Fill in the zones; `raw_minimum` is from where on this fair lets raw space, in cm² by place. `on_plan` refuse a
        wish for a stand that the plan does not have."""
        self.raw_minimum = raw_minimum
        self._expo, self._on_plan = expo, on_plan
        zones = [(zone.id, plain(zone) or zone.code) for zone in expo.zones]
        self.zone_id.choices = [(0, gettext("Not sure yet")), *zones]

    def together(self) -> None:
        """The wish as a whole."""
        try:
            self._block = application.checked_stand(self._typed(), self.raw_minimum)
        except Refused as refusal:
            self.refuse(self._COLUMN.get(refusal.code, "area"), refusal)
        else:
            for each in range(1, MOST_WISHES + 1):
                self._ask_plan(f"wish_{each}")

    def _ask_plan(self, name: str) -> None:
        """Whether the plan has the wished stand."""
        try:
            numbers = application.checked_wishes([self[name].data or ""])
            for check in self._on_plan:
                check(self._expo, numbers)
        except Refused as refusal:
            self.refuse(name, refusal)

    @property
    def more_said(self) -> bool:
        """Whether the part that few need holds anything, or a fault."""
        names = ("two_storeys", "hanging", "heavy", "near", "away_from", "wish_1", "wish_2", "wish_3")
        return any(self[name].data or self[name].errors for name in names)

    def _typed(self) -> StandBlock:
        wishes = (self[f"wish_{each}"].data or "" for each in range(1, MOST_WISHES + 1))
        return StandBlock(
            place=self.place.data,
            package=self.package.data,
            open_sides=self.open_sides.data or 0,
            zone_id=self.zone_id.data or 0,
            two_storeys=bool(self.two_storeys.data),
            hanging=bool(self.hanging.data),
            wishes=tuple(wishes),
            **{name: self.kept[name] for name in self.checks},
        )

    def block(self) -> StandBlock:
        """The wish as it is kept."""
        return self._block
