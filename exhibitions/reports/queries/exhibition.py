"""The facts of space and exhibitors as the counting rules want them, and visitors under a profile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from exhibitions.badges import queries as badge_queries
from exhibitions.badges.rules.classes import Audience
from exhibitions.companies.models import Company
from exhibitions.companies.rules.doubles import name_key
from exhibitions.core.db import db
from exhibitions.core.regions import Group, group_of
from exhibitions.exhibitors.models import CoExhibitor, Exhibitor, RepresentedCompany
from exhibitions.exhibitors.queries import presence
from exhibitions.exhibitors.queries.presence import Who
from exhibitions.exhibitors.rules.co_exhibitors import CoState
from exhibitions.exhibitors.rules.presence import Attended, Evidence, attended, proof_of
from exhibitions.exhibitors.rules.states import ADMITTED, UNDER_CONTRACT, State
from exhibitions.expos.models import Expo, Hall
from exhibitions.expos.queries import present, visitor_days
from exhibitions.gates.queries import figures as gates
from exhibitions.gates.rules import counting
from exhibitions.reports.rules.facts import AreaFact, AreaKind, Facts, PartFact, Role, StandFact, Use
from exhibitions.reports.rules.profiles import Basis, Profile
from exhibitions.stands.models import Allocation, HallPlan, Shape, Stand
from exhibitions.stands.queries.of_exhibitors import area_of
from exhibitions.stands.queries.quoting import returning
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
    """Who was there, and whether the hour has struck from which a stand without anybody is empty.

    A stand that nobody has looked at yet keeps its contract's figures while the fair runs; once it `ends`, own personnel is
    proved or it is not (E-1).
    """

    evidence: Mapping[Who, Evidence]
    now: datetime
    empty_from: datetime | None
    ends: datetime | None

    @property
    def is_past(self) -> bool:
        """Whether the hour has struck; before, everybody under contract is taken to come."""
        return self.empty_from is not None and self.now >= self.empty_from

    def came(self, *who: Who) -> bool:
        """Whether somebody of these came: proved, or registered at the exhibitor desk."""
        if self.empty_from is None:
            return True
        states = [attended(self.evidence.get(one, _NOBODY), self.now, self.empty_from) for one in who]
        return any(state is not Attended.ABSENT for state in states)

    def staffed(self, who: Who) -> bool:
        """Whether own personnel is proved (E-1), or nobody has looked yet while the fair runs."""
        seen = self.evidence.get(who, _NOBODY)
        if not self.is_past or proof_of(seen) is not None:
            return True
        looked = seen.ticked or seen.empty or seen.arrived
        return not looked and self.ends is not None and self.now < self.ends

    def unchecked(self, *who: Who) -> bool:
        """Whether the hour has struck and nobody knows anything of any of these."""
        if self.empty_from is None:
            return False
        states = {attended(self.evidence.get(one, _NOBODY), self.now, self.empty_from) for one in who}
        return states == {Attended.UNCHECKED}


def seen(expo: Expo) -> Seen:
    """Who was there by now."""
    last = next(reversed(visitor_days(expo)), None)
    ends = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(expo.timezone)) if last else None
    return Seen(presence.evidence(expo), present(expo), presence.empty_from(expo), ends)


def _unchecked(expo: Expo, there: Seen, shared: Mapping[int, Sequence[CoExhibitor]]) -> int:
    found = (
        sa.select(Allocation.exhibitor_id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(
            Allocation.expo_id == expo.id,
            Allocation.kind == AllocationKind.ASSIGNED,
            Allocation.ended_at.is_(None),
            Exhibitor.state.in_(UNDER_CONTRACT),
        )
    )
    return sum(
        there.unchecked((number, None), *((number, co.id) for co in shared.get(number, ())))
        for number in db.session.scalars(found)
    )


def facts(expo: Expo) -> Facts:
    """All stands, areas and companies of the fair, as they stand now."""
    return checked_facts(expo)[0]


def checked_facts(expo: Expo) -> tuple[Facts, int]:
    """The facts, and how many assigned stands under contract nobody has looked at since they could be empty."""
    there = seen(expo)
    exhibitors = _exhibitors(expo)
    shared = _co_exhibitors(expo)
    plans = _plans(expo)
    stands, of_exhibitor = _stands(expo, exhibitors, shared, plans, there)
    found = Facts(
        host=expo.country,
        stands=stands,
        areas=_areas(expo, plans),
        parts=_parts(expo, exhibitors, shared, of_exhibitor, there),
    )
    return found, _unchecked(expo, there, shared)


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
                area=Decimal(area_of(stand)) / _CM2,
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
    were_there = returning(expo, exhibitors.values())
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
                returning=row.id in were_there,
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
    rows = db.session.scalars(
        sa.select(RepresentedCompany)
        .where(RepresentedCompany.expo_id == expo.id)
        .order_by(RepresentedCompany.id)
    )
    names = _named(exhibitors.values(), shared)
    found += [
        PartFact(
            key=_key_of(row, names),
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


def _named(
    exhibitors: Iterable[Exhibitor], shared: Mapping[int, Sequence[CoExhibitor]]
) -> dict[tuple[str, str], str]:
    """The keys of those who take part, by country and name as it is compared."""
    found: dict[tuple[str, str], str] = {}
    for row in exhibitors:
        for name in (row.company.name_zh, row.company.name_en) if row.company else ():
            found.setdefault((row.country, name_key(name)), _key(row.company_id, f"exhibitor-{row.id}"))
    for co in (each for members in shared.values() for each in members):
        for name in (co.name_zh, co.name_en):
            found.setdefault((co.country, name_key(name)), _key(co.company_id, f"co-{co.id}"))
    return found


def _key_of(row: RepresentedCompany, names: dict[tuple[str, str], str]) -> str:
    """A represented company is typed by each who represents it: without a credit code its name and country tell that it
    is on two stands, or an exhibitor itself (E-7)."""
    own = f"represented-{row.id}"
    called = [(row.country, key) for name in (row.name_zh, row.name_en) if (key := name_key(name))]
    if row.credit_code or not called:
        return own
    known = next((names[each] for each in called if each in names), own)
    for each in called:
        names.setdefault(each, known)
    return known


def _key(company_id: int | None, otherwise: str) -> str:
    return otherwise if company_id is None else f"company-{company_id}"


def _name(company: Company | None) -> str:
    return (company.name_zh or company.name_en) if company else ""


@dataclass(frozen=True, slots=True)
class Visitors:
    """Visitors of the fair, the overseas among them (V-11), and those of whom no place is known.

    `staff` are the exhibitors' own people who came, apart; None where the profile has no such figure (V-13).
    """

    visits: int
    visitors: int
    overseas: int
    unknown: int = 0
    staff: int | None = None

    @property
    def repeat(self) -> int:
        """Visits beyond the first of each person; apart, never added to the visitors (V-13)."""
        return self.visits - self.visitors


def visitors(expo: Expo, profile: Profile) -> Visitors:
    """The visitors under the profile; overseas are Hong Kong, Macao, Taiwan and all other countries."""
    setting, scans = gates.setting(expo), gates.scans(expo)
    setting = replace(setting, nameless_slips=profile.nameless_slips)
    classes = badge_queries.classes(expo) if profile.press_counted or profile.staff_apart else ()
    if profile.press_counted:
        press = {one.key for one in classes if one.audience is Audience.MEDIA}
        setting = replace(
            setting,
            classes={
                key: replace(rule, counts=rule.counts or key in press)
                for key, rule in setting.classes.items()
            },
        )
    found = counting.attendance(scans, setting)
    staff = None
    if profile.staff_apart:
        own = {one.key for one in classes if one.audience is Audience.EXHIBITOR}
        alone = {key: replace(rule, counts=key in own) for key, rule in setting.classes.items()}
        badges = {key for key, holder in setting.badges.items() if holder.rule in own}
        # Theirs alone: walking all scans a second time costs as much as the visitors do.
        theirs = [scan for scan in scans if scan.badge in badges]
        staff = counting.attendance(theirs, replace(setting, classes=alone)).total.visitors
    groups: dict[Group, int] = defaultdict(int)
    for region, tally in found.by_region.items():
        groups[group_of(region, expo.city, expo.country)] += tally.visitors
    total = found.total
    return Visitors(total.visits, total.visitors, groups[Group.ABROAD], groups[Group.UNKNOWN], staff)


def basis(exhibitors: tuple[Decimal, Decimal], area: tuple[Decimal, Decimal], people: Visitors) -> Basis:
    """What T-1 looks at: overseas part and whole of exhibitors and of stand space, and the visitors.

    A whole is of those whose country is known: who says nothing is neither national nor overseas.
    """
    return Basis(
        exhibitors=int(exhibitors[1]),
        exhibitors_overseas=int(exhibitors[0]),
        visitors=people.visitors - people.unknown,
        visitors_overseas=people.overseas,
        area=area[1],
        area_overseas=area[0],
    )
