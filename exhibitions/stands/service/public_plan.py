"""V5: what everybody may see of the published plan, and which stands are meant by what somebody typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exhibitions.core import clock
from exhibitions.expos.models import Expo
from exhibitions.stands.models import PlanVersion
from exhibitions.stands.queries import directory
from exhibitions.stands.queries import plan as queries
from exhibitions.stands.rules import picture, snapshot
from exhibitions.stands.rules.background import metres
from exhibitions.stands.rules.picture import StandState
from exhibitions.stands.rules.plan import order_of, search_key
from exhibitions.stands.service import versions

MOST_FOUND = 300
PUBLIC_STATES = (StandState.FREE, StandState.TAKEN, StandState.CLOSED)

Facts = dict[str, Any]


def map_shown(expo: Expo, language: str, *, asked: str, hall: str, view: str) -> dict[str, Any]:
    """What `stands/_map.html` shows of the published plan: the hall of the first stand that is `asked` for (its number,
    or words of an exhibitor), else the one of this code, else the first. `drawing` is None before it is published;
    `view` is which of list and plan a phone shows, the plan where a stand was found."""
    version = queries.published(expo)
    halls = versions.halls_of(version, language) if version else []
    names = queries.shown_exhibitors(expo, clock.now())
    found = _asked_for(expo, _stands(halls), names, asked)
    code = found[0]["hall"] if found else hall
    here = next((each for each in halls if each[0].code == code), halls[0] if halls else None)
    return {
        "version": version,
        "halls": halls,
        "here": here,
        "states": public_states(expo, halls),
        "shown": PUBLIC_STATES,
        "found": found,
        "marked": [stand["number"] for stand in found],
        "view": "plan" if (view or ("plan" if found else "")) == "plan" else "list",
        **(_hall(here, found, names, language) if here else {"drawing": None}),
    }


def _hall(
    hall: versions.SavedHall, found: Sequence[Facts], names: Mapping[int, queries.Shown], language: str
) -> dict[str, object]:
    """The chosen hall: its drawing, its stands and who may be named there; where several stands were found, these
    with those of other halls among them."""
    size, _name, stands, shapes, facts = hall
    rows = found if len(found) > 1 else facts
    all_of = {stand["number"]: stand for stand in (*facts, *rows)}
    named = {number: names[stand["id"]] for number, stand in all_of.items() if stand["id"] in names}
    return {
        "drawing": picture.draw(size, stands, shapes),
        "areas": {number: metres(stand["area"] // 10) for number, stand in all_of.items()},
        "rows": sorted(rows, key=lambda stand: order_of(stand["number"])),
        "names": {number: shown.name(language) for number, shown in named.items()},
        "entries": {number: shown.entry for number, shown in named.items() if shown.entry},
    }


def numbers_asked_for(expo: Expo, asked: str) -> list[str]:
    """The numbers of the stands that are meant by what was typed: the same that the page finds, without reading all that
    the page shows."""
    version = queries.published_mark(expo)
    key = search_key(asked)
    if version is None or not asked:
        return []
    numbered = _numbered(version)
    whole = next((each.number for each in numbered if each.key == key), None) if key else None
    if whole is not None:
        return [whole]
    named = directory.stands_with(expo, asked, MOST_FOUND)
    named = queries.shown_among(expo, named, clock.now()) if named else named
    found = [each.number for each in numbered if (key and each.key.startswith(key)) or each.id in named]
    return found[:MOST_FOUND]


def number_asked_for(expo: Expo, asked: str) -> str | None:
    """The stand of the published plan whose number was typed, however it was spelled; None for anything else."""
    version, key = queries.published_mark(expo), search_key(asked)
    numbered = _numbered(version) if version is not None and key else ()
    return next((each.number for each in numbered if each.key == key), None)


class _Numbered(NamedTuple):
    """A stand of a published plan as it is searched for."""

    id: int
    number: str
    key: str


_MOST_PLANS = 8
_plans: dict[str, tuple[_Numbered, ...]] = {}


def _numbered(version: PlanVersion) -> tuple[_Numbered, ...]:
    """The stands of a version as people count. A version never changes: its digest is all that must be known of it."""
    found = _plans.get(version.sha256)
    if found is None:
        stands = snapshot.read(version.snapshot)["stands"]
        ordered = sorted(stands, key=lambda stand: order_of(stand["number"]))
        found = tuple(_Numbered(each["id"], each["number"], search_key(each["number"])) for each in ordered)
        for old in list(_plans)[: 1 - _MOST_PLANS]:
            _plans.pop(old, None)
        _plans[version.sha256] = found
    return found


def _stands(halls: Sequence[versions.SavedHall]) -> list[Facts]:
    return [stand for hall in halls for stand in hall[4]]


def _asked_for(
    expo: Expo, stands: Sequence[Facts], names: Mapping[int, queries.Shown], asked: str
) -> list[Facts]:
    """The one of that number, else those whose number begins so, and those of exhibitors who are named there and whose
    entry has the words: name, brand, product, pinyin."""
    key = search_key(asked)
    keys = {stand["id"]: search_key(stand["number"]) for stand in stands} if key else {}
    number = next((stand for stand in stands if keys.get(stand["id"]) == key), None) if key else None
    if number is not None:
        return [number]
    meant = {stand_id for stand_id, said in keys.items() if said.startswith(key)}
    if names and asked:
        meant |= directory.stands_with(expo, asked, MOST_FOUND) & names.keys()
    found = sorted((one for one in stands if one["id"] in meant), key=lambda one: order_of(one["number"]))
    return found[:MOST_FOUND]


def public_states(expo: Expo, halls: Sequence[versions.SavedHall]) -> dict[str, StandState]:
    """What everybody may know of each stand of the published plan: free, taken or not for sale."""
    taken = queries.taken(expo, clock.now())
    rows = queries.stands_with_ids(expo, [stand["id"] for hall in halls for stand in hall[4]])
    found: dict[str, StandState] = {}
    for hall in halls:
        for stand in hall[4]:
            row = rows.get(stand["id"])
            free = StandState.FREE if stand["on_sale"] and row is not None else StandState.CLOSED
            # A stand that was merged away since is whose the whole is; one that was taken off is nobody's to have.
            here = row.merged_into_id if row is not None and row.merged_into_id else stand["id"]
            if row is not None and row.retired_at is not None:
                free = StandState.CLOSED
            found[stand["number"]] = StandState.TAKEN if here in taken else free
    return found
