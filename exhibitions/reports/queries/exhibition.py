"""The facts of space and exhibitors as the counting rules want them, and visitors under a profile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules.classes import Audience
from exhibitions.companies.models import Company
from exhibitions.core.db import db
from exhibitions.core.regions import Group, group_of
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, RepresentedCompany
from exhibitions.exhibitors.queries import presence
from exhibitions.exhibitors.queries.presence import Who
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.presence import Attended, Evidence, attended, proof_of
from exhibitions.exhibitors.rules.states import ADMITTED, UNDER_CONTRACT, State
from exhibitions.expos.models import Expo, Hall
from exhibitions.expos.queries import present
from exhibitions.gates.queries import figures as gates
from exhibitions.gates.rules import counting
from exhibitions.reports.rules.exhibition import AreaFact, AreaKind, Facts, PartFact, Role, StandFact, Use
from exhibitions.reports.rules.profiles import Basis, Profile
from exhibitions.stands.models import Allocation, HallPlan, Shape, Stand
from exhibitions.stands.rules.allocation import AllocationKind, EndReason
from exhibitions.stands.rules.plan import ShapeKind, StandKind

_CM2 = Decimal(10_000)
_MM2 = Decimal(1_000_000)
_PAID = frozenset({State.PAID, State.ON_SITE, State.CLOSED})
_NOBODY = Evidence()
_KINDS = {
    ShapeKind.SPECIAL: AreaKind.SPECIAL_SHOW,
    ShapeKind.SERVICE: AreaKind.SERVICE,
    ShapeKind.STAGE: AreaKind.STAGE,
    ShapeKind.CATERING: AreaKind.TEMPORARY_CATERING,
    ShapeKind.RESTAURANT: AreaKind.CATERING,
    ShapeKind.OFFICE: AreaKind.OFFICE,
    ShapeKind.STORAGE: AreaKind.STORAGE,
    ShapeKind.AISLE: AreaKind.AISLE,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """Who was there, and whether the hour has struck from which a stand without anybody is empty."""

    evidence: Mapping[Who, Evidence]
    now: datetime
    empty_from: datetime | None

    @property
    def is_past(self) -> bool:
        """Whether presence must be proved by now; before, everybody under contract is taken to come."""
        return self.empty_from is not None and self.now >= self.empty_from

    def came(self, *who: Who) -> bool:
        """Whether somebody of these came: proved, or registered at the exhibitor desk."""
        if self.empty_from is None:
            return True
        states = [attended(self.evidence.get(one, _NOBODY), self.now, self.empty_from) for one in who]
        return any(state is not Attended.ABSENT for state in states)

    def staffed(self, who: Who) -> bool:
        """Whether own personnel is proved (E-1)."""
        return not self.is_past or proof_of(self.evidence.get(who, _NOBODY)) is not None


def seen(expo: Expo) -> Seen:
    """Who was there by now."""
    return Seen(presence.evidence(expo), present(expo), presence.empty_from(expo))


def facts(expo: Expo) -> Facts:
    """All stands, areas and companies of the fair, as they stand now."""
    there = seen(expo)
    exhibitors = _exhibitors(expo)
    shared = _co_exhibitors(expo)
    plans = _plans(expo)
    stands, of_exhibitor = _stands(expo, exhibitors, shared, plans, there)
    return Facts(
        host=expo.country,
        stands=stands,
        areas=_areas(expo, plans),
        parts=_parts(expo, exhibitors, shared, of_exhibitor, there),
    )


def _exhibitors(expo: Expo) -> dict[int, Exhibitor]:
    found = (
        sa.select(Exhibitor)
        .outerjoin(Exhibitor.company)
        .options(contains_eager(Exhibitor.company))
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state.in_((*ADMITTED, State.CANCELLED)))
    )
    return {row.id: row for row in db.session.scalars(found)}


def _co_exhibitors(expo: Expo) -> dict[int, list[CoExhibitor]]:
    found = sa.select(CoExhibitor).where(
        CoExhibitor.expo_id == expo.id,
        CoExhibitor.state.in_((CoState.NAMED, CoState.DECLARED, CoState.ADMITTED)),
    )
    grouped: dict[int, list[CoExhibitor]] = defaultdict(list)
    for row in db.session.scalars(found.order_by(CoExhibitor.id)):
        grouped[row.exhibitor_id].append(row)
    return grouped


def _plans(expo: Expo) -> dict[int, HallPlan]:
    rows = db.session.scalars(sa.select(HallPlan).where(HallPlan.expo_id == expo.id))
    return {row.hall_id: row for row in rows}


def _stands(
    expo: Expo,
    exhibitors: Mapping[int, Exhibitor],
    shared: Mapping[int, Sequence[CoExhibitor]],
    plans: Mapping[int, HallPlan],
    there: Seen,
) -> tuple[list[StandFact], dict[int, list[Use]]]:
    """The stands of the plan, and what became of those of each exhibitor."""
    live = (
        sa.select(Stand, Allocation)
        .outerjoin(Allocation, sa.and_(Allocation.stand_id == Stand.id, Allocation.ended_at.is_(None)))
        .where(Stand.expo_id == expo.id, Stand.retired_at.is_(None))
        .order_by(Stand.number)
    )
    cancelled = _cancelled(expo)
    found: list[StandFact] = []
    of_exhibitor: dict[int, list[Use]] = defaultdict(list)
    for row in db.session.execute(live):
        stand = row[0]
        # The outer side of the join: a stand that nobody has.
        allocation: Allocation | None = row[1]
        holder = exhibitors.get(allocation.exhibitor_id) if allocation is not None else None
        use = Use.CANCELLED if allocation is None and stand.id in cancelled else Use.FREE
        if allocation is not None:
            use = _use(allocation, holder, shared, there)
        if holder is not None and use is not Use.HELD:
            of_exhibitor[holder.id].append(use)
        plan = plans.get(stand.hall_id)
        found.append(
            StandFact(
                number=stand.number,
                area=Decimal(stand.contracted_area or stand.area) / _CM2,
                holder=_key(holder.company_id, f"exhibitor-{holder.id}") if holder else "",
                country=holder.country if holder else "",
                use=use,
                outdoor=plan is not None and plan.is_outdoor,
                upper=Decimal(stand.upper_area) / _CM2,
                charged=not stand.is_free_of_charge,
                paid=holder is not None and holder.state in _PAID,
                raw=stand.kind is StandKind.RAW,
            )
        )
    return found, of_exhibitor


def _use(
    allocation: Allocation,
    holder: Exhibitor | None,
    shared: Mapping[int, Sequence[CoExhibitor]],
    there: Seen,
) -> Use:
    if allocation.kind is AllocationKind.HOLD:
        return Use.HELD
    if holder is None or holder.state is State.CANCELLED:
        return Use.CANCELLED
    if holder.state not in UNDER_CONTRACT:
        return Use.HELD
    everybody: list[Who] = [(holder.id, None), *((holder.id, co.id) for co in shared.get(holder.id, ()))]
    return Use.USED if there.came(*everybody) else Use.NO_SHOW


def _cancelled(expo: Expo) -> frozenset[int]:
    """Stands whose last holder has cancelled."""
    last = (
        sa.select(sa.func.max(Allocation.id))
        .where(Allocation.expo_id == expo.id)
        .group_by(Allocation.stand_id)
    )
    found = sa.select(Allocation.stand_id).where(
        Allocation.id.in_(last), Allocation.end_reason == EndReason.CANCELLED
    )
    return frozenset(db.session.scalars(found))


def _areas(expo: Expo, plans: Mapping[int, HallPlan]) -> list[AreaFact]:
    """What lies on the plan and is no stand. A hall in which no aisle is drawn has as aisles what is left of its floor."""
    rows = db.session.scalars(sa.select(Shape).where(Shape.expo_id == expo.id).order_by(Shape.id)).all()
    found = [
        AreaFact(
            name=row.label_zh or row.label_en or f"{row.kind.value}-{row.id}",
            kind=_KINDS[row.kind],
            area=Decimal(row.area) / _CM2,
            outdoor=row.hall_id in plans and plans[row.hall_id].is_outdoor,
        )
        for row in rows
        if row.kind in _KINDS
    ]
    drawn = {row.hall_id for row in rows if row.kind is ShapeKind.AISLE}
    taken = _taken(expo, rows)
    codes = dict(db.session.execute(sa.select(Hall.id, Hall.code).where(Hall.expo_id == expo.id)).all())
    for hall_id, plan in sorted(plans.items()):
        left = Decimal(plan.width) * plan.depth / _MM2 - taken.get(hall_id, Decimal(0))
        if hall_id not in drawn and left > 0:
            name = f"{codes.get(hall_id, hall_id)}: rest"
            found.append(AreaFact(name, AreaKind.AISLE, left, plan.is_outdoor))
    return found


def _taken(expo: Expo, shapes: Iterable[Shape]) -> dict[int, Decimal]:
    areas = sa.select(Stand.hall_id, sa.func.sum(Stand.area)).where(
        Stand.expo_id == expo.id, Stand.retired_at.is_(None)
    )
    found: dict[int, Decimal] = defaultdict(Decimal)
    for hall_id, area in db.session.execute(areas.group_by(Stand.hall_id)):
        found[hall_id] += Decimal(area) / _CM2
    for row in shapes:
        found[row.hall_id] += Decimal(row.area) / _CM2
    return found


def _parts(
    expo: Expo,
    exhibitors: Mapping[int, Exhibitor],
    shared: Mapping[int, Sequence[CoExhibitor]],
    of_exhibitor: Mapping[int, Sequence[Use]],
    there: Seen,
) -> list[PartFact]:
    found = []
    on_stand: dict[int, bool] = {}
    for row in exhibitors.values():
        uses = of_exhibitor.get(row.id, ())
        on_stand[row.id] = Use.USED in uses if uses else not there.is_past
        found.append(
            PartFact(
                key=_key(row.company_id, f"exhibitor-{row.id}"),
                role=Role.MAIN,
                country=row.country,
                name=_name(row.company),
                code=(row.company.credit_code or "") if row.company else "",
                accepted=row.state in UNDER_CONTRACT,
                staff=there.staffed((row.id, None)),
                present=on_stand[row.id],
                returning=row.is_returning,
            )
        )
    found += [
        PartFact(
            key=_key(co.company_id, f"co-{co.id}"),
            role=Role.CO,
            country=co.country,
            name=co.name_zh or co.name_en,
            code=co.credit_code or "",
            accepted=co.state is CoState.ADMITTED and exhibitors[main].state in UNDER_CONTRACT,
            staff=co.own_staff is not False and there.staffed((main, co.id)),
            goods=co.own_goods is not False,
            present=on_stand[main],
        )
        for main, members in shared.items()
        if main in on_stand
        for co in members
    ]
    rows = db.session.scalars(sa.select(RepresentedCompany).where(RepresentedCompany.expo_id == expo.id))
    found += [
        PartFact(
            key=f"represented-{row.id}",
            role=Role.REPRESENTED,
            country=row.country,
            name=row.name_zh or row.name_en,
            code=row.credit_code or "",
            staff=False,
            present=on_stand[row.exhibitor_id],
        )
        for row in rows
        if row.exhibitor_id in on_stand and exhibitors[row.exhibitor_id].state in UNDER_CONTRACT
    ]
    return found


def _key(company_id: int | None, otherwise: str) -> str:
    return otherwise if company_id is None else f"company-{company_id}"


def _name(company: Company | None) -> str:
    return (company.name_zh or company.name_en) if company else ""


def attendance(expo: Expo, profile: Profile) -> counting.Attendance:
    """Visits and visitors under the profile: for ABC press are visitors (V-13)."""
    setting = gates.setting(expo)
    if profile.press_counted:
        press = {one.key for one in badge_queries.classes(expo) if one.audience is Audience.MEDIA}
        classes = {
            key: replace(rule, counts=rule.counts or key in press) for key, rule in setting.classes.items()
        }
        setting = replace(setting, classes=classes)
    return counting.attendance(gates.scans(expo), replace(setting, nameless_slips=profile.nameless_slips))


@dataclass(frozen=True, slots=True)
class Visitors:
    """Visitors of the fair and the overseas among them (V-11)."""

    visits: int
    visitors: int
    overseas: int

    @property
    def repeat(self) -> int:
        """Visits beyond the first of each person; apart, never added to the visitors (V-13)."""
        return self.visits - self.visitors


def visitors(expo: Expo, profile: Profile) -> Visitors:
    """The visitors under the profile; overseas are Hong Kong, Macao, Taiwan and all other countries."""
    found = attendance(expo, profile)
    overseas = sum(
        tally.visitors
        for region, tally in found.by_region.items()
        if group_of(region, expo.city, expo.country) is Group.ABROAD
    )
    return Visitors(found.total.visits, found.total.visitors, overseas)


def basis(exhibitors: tuple[Decimal, Decimal], area: tuple[Decimal, Decimal], people: Visitors) -> Basis:
    """What T-1 looks at: overseas part and whole of exhibitors and of stand space, and the visitors."""
    return Basis(
        exhibitors=int(exhibitors[1]),
        exhibitors_overseas=int(exhibitors[0]),
        visitors=people.visitors,
        visitors_overseas=people.overseas,
        area=area[1],
        area_overseas=area[0],
    )
