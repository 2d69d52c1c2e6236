"""The answers of an application as forms and pages show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from exhibitions.companies.rules.papers import KIND_TEXTS, PaperKind
from exhibitions.core import regions
from exhibitions.core.contact import masked_email, masked_name, masked_phone, written_phone
from exhibitions.core.i18n import format_phone, language
from exhibitions.core.pinyin import spelled
from exhibitions.exhibitors.forms.applying import BUSINESSES, PACKAGES, PLACES, SIDES
from exhibitions.exhibitors.models import Exhibitor, ProductCategory
from exhibitions.exhibitors.queries import applying as queries
from exhibitions.exhibitors.queries.applying import Line
from exhibitions.exhibitors.rules import application
from exhibitions.exhibitors.rules.application import (
    CompanyBlock,
    ContactBlock,
    ProductsBlock,
    StandBlock,
    Step,
)
from exhibitions.exhibitors.rules.typed import checked_letter
from exhibitions.expos.models import Expo


@dataclass(frozen=True)
class Shown:
    """A block of an application as a page shows it: its step, title, and facts with their words."""

    step: Step
    title: str
    rows: tuple[tuple[str, str], ...]


def typed(exhibitor: Exhibitor, name: str) -> dict[str, Any]:
    """The answers of one block as the fields of its form take them."""
    block = getattr(application.read(exhibitor.answers), name)
    values = application.written(block)
    if isinstance(block, ContactBlock):
        values["phone"] = written_phone(block.phone)
    if isinstance(block, StandBlock):
        values |= {each: square(getattr(block, each)) for each in ("area", "least_area")}
        values |= {each: length(getattr(block, each)) for each in ("width", "depth")}
        wishes = (*block.wishes, "", "", "")
        values |= {f"wish_{place}": wishes[place - 1] for place in (1, 2, 3)}
    return values


def square(area: int) -> str:
    """An area of cm² in m², without zeros behind; "" for none."""
    return f"{Decimal(area) / 10_000:f}" if area else ""


def length(side: int) -> str:
    """A side of mm in metres; "" for none."""
    return f"{Decimal(side) / 1000:f}" if side else ""


def flat(tree: Sequence[Line]) -> list[ProductCategory]:
    """All lines of a nomenclature, each behind the one above it."""
    return [line.category for line in _walk(tree)]


class Search:
    """What is looked for in a nomenclature: the lines whose names, sounds or code hold it."""

    def __init__(self, tree: Sequence[Line], asked: str = "") -> None:
        word = asked.strip().casefold()
        self.asked = asked
        self.found = {row.id for row in flat(tree) if word and word in self.words(row)}

    def words(self, row: ProductCategory) -> str:
        """By what a line is found: both names, the sound of the Chinese one, its code."""
        return f"{row.name_zh} {row.name_en} {spelled(row.name_zh)} {row.code}".casefold()

    def opens(self, line: Line, chosen: Sequence[int]) -> bool:
        """Whether a group shows what is inside it: something there is ticked, or was looked for."""
        inside = {each.category.id for each in _walk([line])}
        return bool(inside & (self.found | set(chosen)))


def _walk(lines: Sequence[Line]) -> Iterator[Line]:
    for line in lines:
        yield line
        yield from _walk(line.below)


def name_of(exhibitor: Exhibitor, lang: str = "") -> str:
    """What a company is called, by the register, else by its application."""
    lang = lang or language()
    names = exhibitor.company or application.read(exhibitor.answers).company
    zh, en = names.name_zh, names.name_en
    return (zh if lang == "zh" else en) or zh or en


def blocks(expo: Expo, exhibitor: Exhibitor, *, masked: bool = False) -> list[Shown]:
    """The whole application, block by block, facts that are not given left out; `masked`: nobody can be reached by it."""
    whole = application.read(exhibitor.answers)
    found = [
        Shown(Step.COMPANY, _("Company"), _company(whole.company)),
        Shown(Step.DETAILS, _("About the company"), _details(whole.company)),
        Shown(Step.CONTACT, _("Contact person"), _contact(whole.contact, masked=masked)),
        Shown(Step.PRODUCTS, _("Products"), _products(expo, whole.products)),
        Shown(Step.STAND, _("Stand wish"), _stand(expo, whole.stand)),
        Shown(Step.CO_EXHIBITORS, _("Co-exhibitors"), _named(exhibitor.co_exhibitors)),
        Shown(Step.REPRESENTED, _("Represented companies"), _named(exhibitor.represented)),
        Shown(Step.PAPERS, _("Papers"), _papers(exhibitor)),
    ]
    return [Shown(each.step, each.title, _given(each.rows)) for each in found]


def _given(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in rows if value)


def _company(block: CompanyBlock) -> tuple[tuple[str, str], ...]:
    return (
        (_("Name in Chinese"), block.name_zh),
        (_("Name in English"), block.name_en),
        (_("Unified social credit code"), block.credit_code),
        (_("Country or region"), country_name(block.country)),
    )


def _details(block: CompanyBlock) -> tuple[tuple[str, str], ...]:
    place = regions.region_name(block.region, language()) if block.region else ""
    other = country_name(block.statistics_country) if block.statistics_country else ""
    kinds = [str(word) for kind, word in BUSINESSES.items() if kind.value in block.kinds]
    return (
        (_("Address in the contract"), block.address),
        (_("Province or city"), place),
        (_("Postcode"), block.postcode),
        (_("Company's phone"), block.phone),
        (_("Website"), block.website),
        (_("Legal representative"), block.legal_representative),
        (_("Brand or name on the fascia"), block.brand),
        (
            _("Letter under which you are listed"),
            checked_letter(block.letter, block.name_en, block.name_zh),
        ),
        (_("What the company does"), _(", ").join(kinds)),
        (_("Member of associations"), block.memberships),
        (_("Country in the statistics"), other and f"{other} ({block.statistics_reason})"),
    )


def _contact(block: ContactBlock, *, masked: bool) -> tuple[tuple[str, str], ...]:
    if masked:
        return (
            (_("Name"), masked_name(block.name) if block.name else ""),
            (_("Mobile number"), masked_phone(block.phone) if block.phone else ""),
            (_("E-mail"), masked_email(block.email) if block.email else ""),
        )
    return (
        (_("Name"), block.name),
        (_("Job title"), block.title),
        (_("Mobile number"), format_phone(block.phone) if block.phone else ""),
        (_("E-mail"), block.email),
        (_("WeChat"), block.wechat),
        (_("Invoice to another company"), block.invoice_name),
        (_("Its tax number"), block.invoice_tax_number),
        (_("E-mail for the invoice"), block.invoice_email),
    )


def _products(expo: Expo, block: ProductsBlock) -> tuple[tuple[str, str], ...]:
    lines = [plain_name(row) for row in queries.categories(expo, block.categories)]
    return (
        (_("Product categories"), _(", ").join(lines)),
        (_("Your products in your own words"), block.text),
        (_("HS code"), block.hs_code),
    )


def _stand(expo: Expo, block: StandBlock) -> tuple[tuple[str, str], ...]:
    if not block.area:
        return ()
    zone = next(((plain_name(zone) or zone.code) for zone in expo.zones if zone.id == block.zone_id), "")
    sides = f"{length(block.width)} × {length(block.depth)} m" if block.width else ""
    return (
        (_("Kind of stand"), str(PACKAGES[application.Package(block.package)])),
        (_("Where"), str(PLACES[application.Place(block.place)])),
        (_("Wished area (m²)"), square(block.area)),
        (_("Least area (m²)"), square(block.least_area)),
        (_("Width × depth"), sides),
        (_("Open sides"), str(SIDES[block.open_sides])),
        (_("Zone"), zone),
        (_("Two storeys"), _("Yes") if block.two_storeys else ""),
        (_("Something hangs from the ceiling"), _("Yes") if block.hanging else ""),
        (_("Heavy or high exhibits"), block.heavy),
        (_("Near which company"), block.near),
        (_("Away from which company"), block.away_from),
        (_("Stands wished, the dearest first"), _(", ").join(block.wishes)),
    )


def _named(rows: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((plain_name(row), country_name(row.country)) for row in rows)


def _papers(exhibitor: Exhibitor) -> tuple[tuple[str, str], ...]:
    papers = exhibitor.answers.get("papers") or []
    return tuple((_(KIND_TEXTS[PaperKind(paper["kind"])]), paper["name"]) for paper in papers)


def plain_name(row: Any) -> str:
    """The name of a row in the reader's language, else the other one, without the mark of its language."""
    zh, en = row.name_zh, row.name_en
    return str((zh if language() == "zh" else en) or zh or en)


def country_name(code: str) -> str:
    """A country or region by its two letters, in the reader's language."""
    return regions.region_name(code, language())


def papers(exhibitor: Exhibitor) -> list[dict[str, Any]]:
    """The papers of an application with the word for each."""
    found = exhibitor.answers.get("papers") or []
    return [{**paper, "word": _(KIND_TEXTS[PaperKind(paper["kind"])])} for paper in found]


def fact_word(name: str) -> str:
    """What a fact that the register has as well is called."""
    words = {
        "name_zh": _("Name in Chinese"),
        "name_en": _("Name in English"),
        "credit_code": _("Unified social credit code"),
        "country": _("Country or region"),
        "statistics_country": _("Country in the statistics"),
        "region": _("Province or city"),
        "address_zh": _("Address in the contract"),
        "postcode": _("Postcode"),
        "phone": _("Company's phone"),
        "website": _("Website"),
        "legal_representative": _("Legal representative"),
    }
    return str(words[name])


def fact_value(name: str, value: Any) -> str:
    """Such a fact in words; "" for none."""
    if not value:
        return ""
    if name in ("country", "statistics_country", "region"):
        return country_name(str(value))
    return str(value)
