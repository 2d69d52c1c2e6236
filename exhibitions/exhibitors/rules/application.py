"""An application to exhibit: its four blocks, what each must hold, and when it may be sent (spec §2.1, E1).

Numbers are kept as people mean them: lengths in millimetres, areas in cm². A block refuses what it cannot hold when it
is made; what is only missing is told by `gaps`, so that a half-written application can be kept.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from exhibitions.core.contact import clean_code
from exhibitions.core.errors import N_, Refused
from exhibitions.exhibitors.rules.co_exhibitors import country_for_statistics
from exhibitions.exhibitors.rules.typed import MOST_AREA

MOST_CATEGORIES = 20
MOST_COMPANIES = 50
"""So many co-exhibitors, and so many represented companies, one application may name."""
MOST_PAPERS = 20
MOST_WISHES = 3
RAW_MINIMUM = {"indoor": 36 * 10_000, "outdoor": 100 * 10_000}
"""From how many cm² on raw space is let (spec §2.4), unless the fair says otherwise."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")


class Step(enum.StrEnum):
    """The pages of the application, one thing each, in their order."""

    COMPANY = "company"
    DETAILS = "details"
    CONTACT = "contact"
    PRODUCTS = "products"
    STAND = "stand"
    CO_EXHIBITORS = "co-exhibitors"
    REPRESENTED = "represented"
    PAPERS = "papers"
    CHECK = "check"


class Place(enum.StrEnum):
    """Under a roof or not."""

    INDOOR = "indoor"
    OUTDOOR = "outdoor"


class Package(enum.StrEnum):
    """What stands on the area when the exhibitor comes."""

    SHELL = "shell"
    UPGRADED = "upgraded"
    RAW = "raw"


class OpenState(enum.StrEnum):
    """Whether a fair takes applications."""

    NOT_SET = "not_set"
    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"
    OVER = "over"


@dataclass(frozen=True)
class CompanyBlock:
    """Block I: who applies. `country` is that of the address in the contract (E-5), two letters."""

    name_zh: str = ""
    name_en: str = ""
    brand: str = ""
    letter: str = ""
    credit_code: str = ""
    country: str = "CN"
    statistics_country: str = ""
    statistics_reason: str = ""
    region: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    website: str = ""
    legal_representative: str = ""
    memberships: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContactBlock:
    """Block I: whom to talk to, and who gets the invoice where that is somebody else."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    wechat: str = ""
    invoice_name: str = ""
    invoice_tax_number: str = ""
    invoice_email: str = ""


@dataclass(frozen=True)
class ProductsBlock:
    """Block I: what is shown, by lines of the fair's nomenclature and in own words."""

    categories: tuple[int, ...] = ()
    text: str = ""
    hs_code: str = ""


@dataclass(frozen=True)
class StandBlock:
    """Block II: what kind of stand is wished. Sides in mm, areas in cm², 0 = not said; open sides 1 to 4, 0 = any."""

    place: str = Place.INDOOR
    package: str = Package.SHELL
    area: int = 0
    least_area: int = 0
    width: int = 0
    depth: int = 0
    open_sides: int = 0
    zone_id: int = 0
    two_storeys: bool = False
    hanging: bool = False
    heavy: str = ""
    near: str = ""
    away_from: str = ""
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declarations:
    """What is agreed to with the sending: the version of the terms, and each sentence by itself."""

    terms_version: int = 0
    consent: bool = False
    no_claim: bool = False
    no_subletting: bool = False


DECLARED = {
    "no_claim": N_("Please confirm that the application is a binding offer"),
    "no_subletting": N_("Please confirm that you will not hand the stand on"),
    "consent": N_("Please agree that your data may be used for this application"),
}
"""What each declaration that was left open is answered, in the order of the page."""


@dataclass(frozen=True)
class Gap:
    """What is still missing, and on which page it is said."""

    step: Step
    code: str
    message: str


@dataclass(frozen=True)
class Application:
    """The blocks that are kept as answers; co-exhibitors and represented companies are rows of their own."""

    company: CompanyBlock = CompanyBlock()
    contact: ContactBlock = ContactBlock()
    products: ProductsBlock = ProductsBlock()
    stand: StandBlock = StandBlock()


class Window(Protocol):
    """When a fair takes applications: [opens, closes)."""

    @property
    def opens_at(self) -> datetime | None:
        """The first moment; None: nobody has said so yet, and the fair takes none."""

    @property
    def closes_at(self) -> datetime | None:
        """The moment at which it ends, None: with the fair; whoever sends later waits."""


Block = TypeVar("Block", CompanyBlock, ContactBlock, ProductsBlock, StandBlock)


def open_state(window: Window | None, now: datetime, today: date, last_day: date | None) -> OpenState:
    """Whether a fair takes applications at `now`; `last_day` is its last day in the halls, `today` the fair's own day."""
    if last_day is not None and today > last_day:
        return OpenState.OVER
    if window is None or window.opens_at is None:
        return OpenState.NOT_SET
    if now < window.opens_at:
        return OpenState.NOT_YET
    if window.closes_at is not None and now >= window.closes_at:
        return OpenState.CLOSED
    return OpenState.OPEN


def check_begin(state: OpenState) -> None:
    """An application may be begun while it is open, and after the closing for the waiting list. Raises `Refused`."""
    if state in (OpenState.NOT_SET, OpenState.NOT_YET):
        raise Refused("not_open", N_("Applications are not open yet"))
    if state is OpenState.OVER:
        raise Refused("fair_over", N_("This fair is over"))


def reference(edition: int, number: int) -> str:
    """What letters and bank transfers quote: two digits of the edition, the number, a check digit (ISO 7064 MOD 11,10)."""
    digits = f"{edition % 100:02d}{number:05d}"
    return digits + str(_check_digit(digits))


def is_reference(text: str) -> bool:
    """Whether the text is a reference whose check digit is right; blanks, dashes and full-width digits do not matter."""
    digits = re.sub(r"[\s-]", "", clean_code(text))
    return re.fullmatch(r"[0-9]{8,}", digits) is not None and _check_digit(digits[:-1]) == int(digits[-1])


def _check_digit(digits: str) -> int:
    product = 10
    for digit in digits:
        product = (product + int(digit)) % 10 or 10
        product = product * 2 % 11
    return (11 - product) % 10


def read(answers: Mapping[str, Any]) -> Application:
    """The blocks of an application as they were kept; what is missing or unknown has its default."""
    return Application(
        company=_block(CompanyBlock, answers.get("company")),
        contact=_block(ContactBlock, answers.get("contact")),
        products=_block(ProductsBlock, answers.get("products")),
        stand=_block(StandBlock, answers.get("stand")),
    )


def written(block: CompanyBlock | ContactBlock | ProductsBlock | StandBlock) -> dict[str, Any]:
    """A block as JSON holds it."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(block).items()}


def _block(kind: type[Block], kept: Any) -> Block:
    known = {field.name for field in fields(kind)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in (kept or {}).items()
        if name in known
    }
    return kind(**values)


def checked_stand(block: StandBlock, raw_minimum: Mapping[str, int] | None = None) -> StandBlock:
    """The wish with its area, found from width and depth where those alone are given.

    `raw_minimum` is the fair's own least area of raw space in cm², by place. Raises `Refused`: neither area nor both
    sides, sides and area that do not fit, a least area above the wished one, raw space that is too small, a second
    storey on a stand that the organiser builds, the same stand wished twice.
    """
    area = _wished_area(block)
    if block.least_area > area:
        raise Refused("least_area", N_("The least area cannot be larger than the wished one"))
    least = {**RAW_MINIMUM, **(raw_minimum or {})}[block.place]
    if block.package == Package.RAW and area < least:
        raise Refused(
            "raw_small", N_("Raw space is let from %(least)s m² on"), least=f"{Decimal(least) / 10_000:f}"
        )
    if block.two_storeys and block.package != Package.RAW:
        raise Refused("storeys_raw", N_("A second storey needs raw space"))
    if not 0 <= block.open_sides <= 4:
        raise Refused("open_sides", N_("A stand has one to four open sides"))
    return replace(block, area=area, wishes=checked_wishes(block.wishes))


def _wished_area(block: StandBlock) -> int:
    by_sides = block.width * block.depth // 100
    if bool(block.width) is not bool(block.depth):
        raise Refused("one_side", N_("Enter width and depth, or the area alone"))
    if not block.area and not by_sides:
        raise Refused("area_missing", N_("Enter how many square metres you wish"))
    if block.area and by_sides and block.area != by_sides:
        raise Refused("area_differs", N_("Width times depth is not this area"))
    area = block.area or by_sides
    if area > MOST_AREA:
        raise Refused("measure_invalid", N_("Enter an area in square metres, like 36"))
    return area


def _number(text: str) -> str:
    """A stand number as the plan writes it: without blanks, with the plain dash, in capitals."""
    return "".join(clean_code(text).translate(_DASHES).split()).upper()


def checked_wishes(numbers: Sequence[str]) -> tuple[str, ...]:
    """Up to three stands by number, the dearest first; blanks left out. Raises `Refused` for the same one twice."""
    kept = tuple(number for number in (_number(each) for each in numbers) if number)
    if len(set(kept)) < len(kept):
        raise Refused("wish_twice", N_("You have named the same stand twice"))
    if len(kept) > MOST_WISHES or any(len(each) > 20 for each in kept):
        raise Refused("wishes_many", N_("Name up to three stands by their number"))
    return kept


def gaps(application: Application, has_nomenclature: bool) -> tuple[Gap, ...]:
    """What is missing before it can be sent, page by page in their order; nothing: it is complete."""
    company, contact, products = application.company, application.contact, application.products
    found = [
        *_company_gaps(company),
        *(
            ()
            if contact.name
            else (Gap(Step.CONTACT, "contact_missing", N_("Enter the name of the contact")),)
        ),
        *(
            ()
            if contact.phone or contact.email
            else (Gap(Step.CONTACT, "reach_missing", N_("Enter a mobile number or an e-mail address")),)
        ),
    ]
    if has_nomenclature and not products.categories:
        found.append(Gap(Step.PRODUCTS, "categories_missing", N_("Choose at least one product category")))
    if not has_nomenclature and not products.text:
        found.append(Gap(Step.PRODUCTS, "products_missing", N_("Say what you will show")))
    if not application.stand.area:
        found.append(Gap(Step.STAND, "area_missing", N_("Enter how many square metres you wish")))
    return tuple(found)


def _company_gaps(company: CompanyBlock) -> list[Gap]:
    found = []
    if not company.name_zh and not company.name_en:
        found.append(Gap(Step.COMPANY, "name_missing", N_("Enter the company's name")))
    elif company.country == "CN" and not company.name_zh:
        found.append(Gap(Step.COMPANY, "name_zh_missing", N_("Enter the company's Chinese name")))
    if not company.country:
        found.append(Gap(Step.COMPANY, "country_unknown", N_("Choose a country from the list")))
    if company.country == "CN" and not company.credit_code:
        found.append(Gap(Step.COMPANY, "code_missing", N_("Enter the unified social credit code")))
    if not company.address:
        found.append(Gap(Step.DETAILS, "address_missing", N_("Enter the company's address")))
    return found


def check_declarations(said: Declarations, terms_version: int) -> None:
    """Each sentence must be agreed to, and the terms in the version that is in force. Raises `Refused`."""
    if said.terms_version != terms_version:
        raise Refused("terms_changed", N_("The terms have changed since. Please read them again"))
    for name, sentence in DECLARED.items():
        if not getattr(said, name):
            raise Refused(f"{name}_missing", sentence)


def statistics_country(company: CompanyBlock) -> str:
    """The country under which the company counts (E-5); raises `Refused` like `country_for_statistics`."""
    return country_for_statistics(company.country, company.statistics_country, company.statistics_reason)


def next_step(step: Step) -> Step:
    """The page behind this one; the last leads to itself."""
    steps = list(Step)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def differences(now: Mapping[str, Any], applied: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """Where an application says something else than the register: (fact, registered, applied); what it leaves out agrees."""
    return tuple(
        (name, now.get(name), value) for name, value in applied.items() if value and now.get(name) != value
    )
