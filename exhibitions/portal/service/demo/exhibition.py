"""The exhibitors of the demo: a plan with its stands, prices, companies from the first call to the paid stand.

Everything is made by the services that the pages use; names, numbers and goods are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from exhibitions.accounts import service as accounts
from exhibitions.companies import service as companies
from exhibitions.companies.models import Company, CompanyContact, CompanyPaper
from exhibitions.companies.rules.facts import CompanyFacts
from exhibitions.companies.rules.papers import PaperFacts, PaperKind
from exhibitions.companies.rules.roles import ContactRole
from exhibitions.companies.service import ContactFacts, papers
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.exhibitors.models import Exhibitor, ExhibitorPerson
from exhibitions.exhibitors.queries import LINK
from exhibitions.exhibitors.rules.figures import Figures
from exhibitions.exhibitors.rules.people import PersonRole
from exhibitions.exhibitors.rules.recruiting import NextStep, Talk
from exhibitions.exhibitors.rules.states import Mover, State
from exhibitions.exhibitors.service import directory, figures, recruiting, setting_up
from exhibitions.exhibitors.service.moving import move
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import visitor_days
from exhibitions.files import service as files
from exhibitions.orders.models import Order
from exhibitions.orders.queries import checking
from exhibitions.orders.rules.clearing import Clearing, Deduction
from exhibitions.orders.rules.services import Size
from exhibitions.orders.rules.states import InvoiceKind, PaymentKind
from exhibitions.orders.service import booking, clearing, contracts, ordering
from exhibitions.orders.service.booking import Incoming
from exhibitions.portal.service.demo.made_up import FIRMS, GOODS, Firm
from exhibitions.stands.models import Stand
from exhibitions.stands.rules.facts import HallFacts, ShapeFacts, StandFacts
from exhibitions.stands.rules.plan import ShapeKind, StandKind
from exhibitions.stands.rules.price_list import (
    Basis,
    Discount,
    DiscountBasis,
    Fee,
    FeeBasis,
    PriceList,
    Rate,
    Schedule,
    SideSurcharge,
    Who,
)
from exhibitions.stands.rules.price_list import Step as LadderStep
from exhibitions.stands.rules.rows import Numbering, Row
from exhibitions.stands.service import assigning, drawing, holding, price_lists, versions

HALL_WIDTH, HALL_DEPTH = 60_000, 42_000
_SIDE = 3_000
_AISLE = 3_000
_ZONES = {"A": ("home", "appliance"), "B": ("craft", "toy"), "C": ("food", "textile")}
PRICES = PriceList(
    currency="CNY",
    tax_percent=Decimal(6),
    tax_included=True,
    rates=(
        Rate(
            name_zh="标准展位",
            name_en="Shell scheme stand",
            kinds=(StandKind.SHELL.value,),
            basis=Basis.PER_M2,
            amount=Decimal(880),
        ),
        Rate(
            name_zh="光地",
            name_en="Raw space",
            kinds=(StandKind.RAW.value,),
            basis=Basis.PER_M2,
            amount=Decimal(780),
        ),
    ),
    surcharges=(
        SideSurcharge(sides=2, percent=Decimal(10)),
        SideSurcharge(sides=3, percent=Decimal(15)),
        SideSurcharge(sides=4, percent=Decimal(20)),
    ),
    fees=(
        Fee(
            name_zh="会刊与宣传费",
            name_en="Directory and media",
            basis=FeeBasis.PER_EXHIBITOR,
            amount=Decimal(600),
        ),
        Fee(
            name_zh="联合参展商注册费",
            name_en="Co-exhibitor",
            basis=FeeBasis.PER_CO_EXHIBITOR,
            amount=Decimal(1200),
        ),
    ),
    discounts=(
        Discount(
            name_zh="会员价",
            name_en="Member price",
            basis=DiscountBasis.PERCENT,
            amount=Decimal(10),
            who=Who.MEMBERS,
        ),
    ),
    schedule=Schedule(deposit_percent=50, balance_months=1, pay_days=7),
    cancellation=(
        LadderStep(days_before=90, percent=Decimal(25)),
        LadderStep(days_before=30, percent=Decimal(50)),
        LadderStep(days_before=0, percent=Decimal(100)),
    ),
    account_holder="演示展览有限公司（虚构）",
    account_bank="演示银行大连分行",
    account_number="0000 0000 0000 0000 001",
    terms_zh="签约后七日内支付首期款，逾期未付的，主办单位可另行安排展位。",
    terms_en="The first instalment is due within seven days; after that the organiser may give the stand to others.",
)


CLEARING = Clearing(
    sizes=(Size(Decimal(36), 500_000), Size(Decimal(72), 1_000_000), Size(Decimal(144), 2_000_000)),
    deductions=(
        Deduction(text_zh="垃圾未清", text_en="Rubbish left behind", minor=100_000),
        Deduction(text_zh="地面损坏", text_en="Damage to the floor"),
        Deduction(text_zh="展台未拆", text_en="Stand not taken down", percent=Decimal(100)),
    ),
)


@dataclass
class Bill:
    """What a firm of the demo wants on its invoice."""

    title: str
    kind: InvoiceKind = InvoiceKind.DIGITAL
    tax_number: str = ""
    address_phone: str = ""
    bank_account: str = ""
    receiver: str = ""
    receiver_phone: str | None = None
    receiver_email: str | None = None


def make_register() -> dict[str, Company]:
    """The companies of the demo in the register, by their Chinese or English name; those that are there stay."""
    found = {}
    for firm in FIRMS:
        company = companies.add(_facts(firm), SYSTEM)
        contact = ContactFacts(ContactRole.MAIN, firm.contact, firm.title, firm.phone, firm.email)
        companies.add_contact(company, contact, SYSTEM)
        found[firm.name] = company
    return found


def prepare(expo: Expo) -> dict[str, list[Stand]]:
    """The fair's halls with their stands, its prices and terms; gives the stands of each zone."""
    setting_up.set_up(
        expo,
        setting_up.SetUp(
            opens_at=clock.now() - timedelta(days=200),
            closes_at=_last_moment(expo),
            terms_zh="参展申请为要约，经主办单位确认后生效。展位不得转让、转租。",
            terms_en="An application is an offer; it binds once the organiser admits it. Stands are not handed on.",
            price_zh="标准展位每平方米 880 元，光地每平方米 780 元，均含税。",
            price_en="Shell scheme ¥880 and raw space ¥780 a square metre, tax included.",
            contact_name="招展部",
            contact_phone="0411-0000 0001",
            contact_email="exhibit@demo.invalid",
            nomenclature=list(GOODS),
        ),
        SYSTEM,
    )
    price_lists.save(expo, lambda _prices: PRICES, SYSTEM)
    price_lists.put_in_force(expo, SYSTEM)
    clearing.save(expo, CLEARING, SYSTEM)
    by_zone: dict[str, list[Stand]] = {}
    for hall in expo.halls:
        _draw_hall(expo, hall.id, hall.code, by_zone)
    versions.save(expo, "招展用图", SYSTEM, publish=True)
    return by_zone


def _last_moment(expo: Expo) -> datetime:
    """Eight in the evening of the fair's last day: whoever plays the demo can still apply."""
    return datetime.combine(visitor_days(expo)[-1], time(20), ZoneInfo(expo.timezone))


def _draw_hall(expo: Expo, hall_id: int, code: str, by_zone: dict[str, list[Stand]]) -> None:
    """Two zones a hall: four double rows of shell scheme stands behind raw space along the front."""
    drawing.measure_hall(expo, hall_id, HallFacts(HALL_WIDTH, HALL_DEPTH), SYSTEM)
    zones = {zone.code: zone.id for zone in expo.zones}
    for half, zone in enumerate(_ZONES[code]):
        left = 3_000 + half * 30_000
        like = StandFacts("X1", hall_id, ((0, 0), (1, 0), (1, 1)), StandKind.RAW, zones[zone])
        raw = Row(
            left, 3_000, 3, 6_000, 6_000, gap_after=1, gap=_AISLE, numbering=_numbers(code, half * 3 + 1)
        )
        laid = drawing.lay_row(expo, hall_id, raw, like, SYSTEM)
        shell = StandFacts("X1", hall_id, like.polygon, StandKind.SHELL, zones[zone])
        for number in range(3):
            top = 13_000 + number * (2 * _SIDE + _AISLE)
            start = 11 + number * 20 + half * 100
            row = Row(
                left, top, 8, _SIDE, _SIDE, numbering=_numbers(code, start), back=_numbers(code, start + 10)
            )
            laid += drawing.lay_row(expo, hall_id, row, shell, SYSTEM)
        by_zone[zone] = laid
    service = ((3_000, 40_000), (9_000, 40_000), (9_000, 42_000), (3_000, 42_000))
    drawing.save_shape(
        expo, None, ShapeFacts(ShapeKind.SERVICE, hall_id, service, "服务台", "Information"), SYSTEM
    )


def _numbers(code: str, start: int) -> Numbering:
    return Numbering(start=start, prefix=code, digits=2)


def take_earlier(expo: Expo, register: dict[str, Company]) -> None:
    """Two of three of the companies exhibited in the edition before."""
    for place, firm in enumerate(FIRMS):
        if place % 3 == 2:
            continue
        exhibitor = recruiting.take_in(expo, register[firm.name], SYSTEM)
        exhibitor.state, exhibitor.state_since = State.CLOSED, clock.now() - timedelta(days=350)


def make_exhibitors(
    expo: Expo, register: dict[str, Company], stands: dict[str, list[Stand]], owners: list[int]
) -> list[Exhibitor]:
    """The companies' parts in the running fair, each as far as its firm says; those on site first."""
    made = []
    copy = files.store(
        _LICENCE,
        name="licence.pdf",
        content_type="application/pdf",
        purpose=papers.COPY,
        expo_id=expo.id,
        owner=SYSTEM,
    )
    for place, firm in enumerate(FIRMS):
        owner = owners[place % len(owners)]
        exhibitor = recruiting.take_in(expo, register[firm.name], SYSTEM, user_id=owner)
        exhibitor.zone_id = next(zone.id for zone in expo.zones if zone.code == firm.zone)
        _recruit(expo, exhibitor, firm, place)
        if firm.state in _APPLIED:
            person = _apply(expo, exhibitor, firm)
            _take_stand(expo, exhibitor, person, firm, stands)
            _hand_in(register[firm.name], copy.id)
        made.append(exhibitor)
    db.session.flush()
    return made


_LICENCE = b"%PDF-1.4\n%%EOF\n"
"""The copy of an invented licence: nothing stands on it."""


def _hand_in(company: Company, copy_id: int) -> None:
    """The business licence without which nobody moves in."""
    papers.hand_in(company, PaperFacts(PaperKind.LICENCE), copy_id, SYSTEM)


_APPLIED = tuple(State)[tuple(State).index(State.SUBMITTED) : tuple(State).index(State.CLOSED)]


def _recruit(expo: Expo, exhibitor: Exhibitor, firm: Firm, place: int) -> None:
    if firm.state is State.PROSPECT:
        exhibitor.state_since = clock.now() - timedelta(days=20)
        return
    step = NextStep("寄送参展合同", clock.now().date() + timedelta(days=place % 9 - 2), exhibitor.user_id)
    said = Talk(clock.now() - timedelta(days=30 + place), "phone", firm.contact, firm.said, step)
    recruiting.talk(expo, exhibitor, said, SYSTEM)
    if firm.state in (State.INTERESTED, State.NOT_THIS_EDITION):
        recruiting.put(exhibitor, firm.state, SYSTEM)


def _apply(expo: Expo, exhibitor: Exhibitor, firm: Firm) -> ExhibitorPerson:
    """The application as sent, checked and decided, with the firm's person in the exhibitor's centre."""
    person = ExhibitorPerson(
        expo_id=expo.id,
        exhibitor_id=exhibitor.id,
        role=PersonRole.OWNER,
        name=firm.contact,
        title=firm.title,
        phone=firm.phone,
        email=firm.email,
        language=firm.language,
        created_at=clock.now(),
    )
    db.session.add(person)
    exhibitor.reference = f"{expo.edition}-{exhibitor.number[-5:]}"
    exhibitor.submitted_at = clock.now() - timedelta(days=40)
    exhibitor.terms_version = 1
    exhibitor.language = firm.language
    move(exhibitor, State.DRAFT, Mover.EXHIBITOR, SYSTEM)
    move(exhibitor, State.SUBMITTED, Mover.EXHIBITOR, SYSTEM)
    for state in (State.CHECKED, State.ADMITTED):
        if firm.state in (State.SUBMITTED,) or (state is State.ADMITTED and firm.state is State.CHECKED):
            break
        if state is State.ADMITTED and firm.state is State.WAIT_LISTED:
            move(exhibitor, State.WAIT_LISTED, Mover.OFFICE, SYSTEM)
            break
        move(exhibitor, state, Mover.OFFICE, SYSTEM)
    db.session.flush()
    return person


def _take_stand(
    expo: Expo, exhibitor: Exhibitor, person: ExhibitorPerson, firm: Firm, stands: dict[str, list[Stand]]
) -> None:
    if exhibitor.state is not State.ADMITTED:
        return
    free = stands[firm.zone]
    stand = next((each for each in free if each.kind is firm.kind), free[0])
    free.remove(stand)
    if firm.state is State.ADMITTED:
        holding.hold(expo, exhibitor, stand.id, SYSTEM, until=clock.now() + timedelta(days=3))
        return
    assigning.assign(expo, exhibitor, stand.id, SYSTEM)
    if firm.state is State.OFFERED:
        return
    order = ordering.confirm(
        expo,
        exhibitor,
        person,
        checking.check(expo, exhibitor, clock.now()).mark,
        Bill(
            firm.name,
            tax_number=firm.credit_code or "",
            receiver=firm.contact,
            receiver_email=firm.email,
        ),
        SYSTEM,
    )
    if firm.state is not State.ACCEPTED:
        _pay(expo, order, firm)


def _pay(expo: Expo, order: Order, firm: Firm) -> None:
    contracts.stamped(expo, order, SYSTEM)
    if firm.state is State.CONTRACTED:
        return
    share = 2 if firm.state is State.DEPOSIT_PAID else 1
    came = Incoming(
        PaymentKind.TRANSFER,
        order.total // share,
        clock.now().date() - timedelta(days=9),
        payer=firm.name,
        note=f"展位费 {order.reference}",
        key=f"demo-{order.id}",
    )
    booking.book(expo, order, came, SYSTEM)


def way_in(expo: Expo, which: str) -> str:
    """A personal link into the centre of a company that is choosing a stand, or of one that has `paid`; gives its token."""
    state = State.PAID if which == "paid" else State.ADMITTED
    found = (
        sa.select(ExhibitorPerson.id)
        .join(ExhibitorPerson.exhibitor)
        .where(Exhibitor.expo_id == expo.id, Exhibitor.state == state)
        .order_by(Exhibitor.id, ExhibitorPerson.id)
        .limit(1)
    )
    person_id = db.session.scalar(found)
    if person_id is None:
        raise NotFound("exhibitor_gone", N_("This exhibitor is not there any more."))
    return accounts.mint_link(LINK, person_id, expo_id=expo.id)


def remove_companies() -> None:
    """Take the companies of the demo out of the register again, as far as no fair has them."""
    invented = sa.select(CompanyContact.company_id).where(CompanyContact.email.endswith("demo.invalid"))
    used = sa.select(Exhibitor.company_id).where(Exhibitor.company_id.is_not(None))
    gone = list(
        db.session.scalars(sa.select(Company.id).where(Company.id.in_(invented), Company.id.not_in(used)))
    )
    db.session.execute(sa.delete(CompanyPaper).where(CompanyPaper.company_id.in_(gone)))
    db.session.execute(sa.delete(CompanyContact).where(CompanyContact.company_id.in_(gone)))
    db.session.execute(sa.delete(Company).where(Company.id.in_(gone)))


def report_day(expo: Expo, exhibitors: list[Exhibitor], day: date) -> None:
    """What two of three of those under contract sold on a day that is over; a few report that there was nothing."""
    taking = [each for each in exhibitors if each.state in (State.PAID, State.ON_SITE, State.DEPOSIT_PAID)]
    for place, exhibitor in enumerate(taking):
        if place % 3 == 2:
            continue
        nothing = place % 5 == 1
        sales = 0 if nothing else (3_000 + 1_700 * place) * 100
        said = Figures(
            sales=sales,
            visitors=0 if nothing else 40 + 7 * place,
            contracts=0 if nothing else place % 4,
            contracts_amount=0 if nothing or not place % 4 else 80_000_00 * (place % 4),
            intents=0 if nothing else 2 + place % 3,
            intents_amount=0 if nothing else 50_000_00 * (2 + place % 3),
        )
        figures.report(expo, exhibitor, day, figures.Said(said), SYSTEM)


def publish_directory(expo: Expo) -> None:
    """The directory as visitors see it, with a few words of each firm."""
    directory.publish(expo, SYSTEM)


def _facts(firm: Firm) -> CompanyFacts:
    return CompanyFacts(
        name_zh=firm.name if firm.country != "KR" else "",
        name_en=firm.name_en,
        country=firm.country,
        credit_code=firm.credit_code or "",
        region=firm.region,
        is_member=firm.is_member,
        kinds=("manufacturer",),
    )
