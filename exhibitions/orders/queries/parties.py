"""Who signs a contract about what, as it was at that moment: names and addresses may change later, the contract not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exhibitions.exhibitors import queries as exhibitor_queries
from exhibitions.exhibitors.models import Exhibitor
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.models import Expo
from exhibitions.expos.rules import UnitRole
from exhibitions.organisation.queries import organisation
from exhibitions.stands.models import Allocation, Stand
from exhibitions.stands.queries.of_exhibitors import area_of, sides_of

_NAMELESS = {"name_zh": "", "name_en": ""}
_PLACELESS = {"address_zh": "", "address_en": ""}


def parties(expo: Expo, exhibitor: Exhibitor, allocations: Sequence[Allocation]) -> dict[str, object]:
    """Fair, organiser, exhibitor and stands in plain data, both languages."""
    days = expo_queries.visitor_days(expo)
    return {
        "fair": {
            **_both(expo, "name"),
            **_both(expo, "venue"),
            **_both(expo, "address"),
            "first": days[0].isoformat() if days else "",
            "last": days[-1].isoformat() if days else "",
        },
        "organiser": _organiser(expo),
        "exhibitor": _exhibitor(exhibitor),
        "stands": [stand_of(each.stand) for each in allocations],
    }


def stand_of(stand: Stand) -> dict[str, Any]:
    """A stand as a contract keeps it; area in cm²."""
    return {
        "number": stand.number,
        **_both(stand.hall, "name"),
        "area": area_of(stand),
        "upper": stand.upper_area,
        "sides": sides_of(stand),
        "kind": stand.kind.value,
    }


def _both(thing: object, field: str) -> dict[str, str]:
    return {f"{field}_{lang}": getattr(thing, f"{field}_{lang}") or "" for lang in ("zh", "en")}


def _organiser(expo: Expo) -> dict[str, str]:
    """The organisation whose installation this is; while nobody has said who it is, the fair's own host."""
    own = organisation()
    units = [unit for role in (UnitRole.HOST, UnitRole.ORGANISER) for unit in expo.units if unit.role is role]
    signs = own if own is not None else next(iter(units), None)
    settings = exhibitor_queries.settings(expo)
    return {
        **(_both(signs, "name") if signs is not None else _NAMELESS),
        **(_both(own, "address") if own is not None else _PLACELESS),
        "contact": settings.contact_name if settings else "",
        "phone": (settings.contact_phone if settings else "") or expo.hotline,
    }


def _exhibitor(exhibitor: Exhibitor) -> dict[str, str]:
    company = exhibitor.company
    return {
        **(_both(company, "name") if company else _NAMELESS),
        **(_both(company, "address") if company else _PLACELESS),
        "credit_code": (company.credit_code or "") if company else "",
        "legal_representative": company.legal_representative if company else "",
    }
