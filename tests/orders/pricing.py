"""Price lists that tests sell by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.expos.models import Expo, Hall
from exhibitions.orders.models import Order
from exhibitions.orders.queries import checking
from exhibitions.orders.rules.states import InvoiceKind
from exhibitions.orders.service import ordering
from exhibitions.stands.models import PriceList as PriceListRow
from exhibitions.stands.rules.price_list import (
    Basis,
    Fee,
    FeeBasis,
    PriceList,
    Rate,
    Schedule,
    SideSurcharge,
    Step,
)
from exhibitions.stands.service import holding, price_lists
from tests.exhibiting import make_exhibitor, make_hall_plan, make_stand

CORNER = PriceList(
    tax_percent=Decimal(6),
    tax_included=False,
    rates=(Rate(basis=Basis.PER_STAND, amount=Decimal(8000), unit_m2=Decimal(9)),),
    surcharges=(SideSurcharge(sides=2, percent=Decimal(20)),),
    fees=(
        Fee(name_zh="会刊费", name_en="Directory", basis=FeeBasis.PER_EXHIBITOR, amount=Decimal("333.33")),
    ),
    schedule=Schedule(deposit_percent=50, balance_on=date(2999, 1, 1), pay_days=5),
    cancellation=(Step(days_before=90, percent=Decimal(25)), Step(days_before=0, percent=Decimal(100))),
    terms_zh="撤展前不得离场。",
    terms_en="Nobody leaves before the end.",
)
"""8,000 a standard stand, corner +20 %, 333.33 for the directory, 6 % tax on top."""


class Digital:
    """Invoice data as the form gives them."""

    kind = InvoiceKind.DIGITAL
    title = "星河家居有限公司"
    tax_number = "91210200MA0ABCDE63"
    address_phone = bank_account = receiver = ""
    receiver_phone: str | None = None
    receiver_email: str | None = "e@example.org"


def put_in_force(expo: Expo, prices: PriceList) -> PriceListRow:
    """Make these the fair's prices, inside the caller's transaction."""
    price_lists.save(expo, lambda _: prices, SYSTEM)
    return price_lists.put_in_force(expo, SYSTEM)


def make_order(expo: Expo, hall: Hall | None = None, number: str = "S01") -> Order:
    """An order for a stand of 9 m² on an empty plan, inside the caller's transaction; makes prices too."""
    put_in_force(expo, CORNER)
    exhibitor, person, _token = make_exhibitor(expo, f"订购企业{expo.slug}")
    if hall is None:
        make_hall_plan(expo)
    stand = make_stand(expo, number, 0, 15_000, **({"hall": hall} if hall is not None else {}))
    holding.hold(expo, exhibitor, stand.id, SYSTEM)
    seen = checking.check(expo, exhibitor, clock.now()).mark
    return ordering.confirm(expo, exhibitor, person, seen, Digital(), SYSTEM)
