"""Who invites visitors to a fair: exhibitors, associations, channels; their words in links, and what came of them."""

from __future__ import annotations

import enum
from collections.abc import Container, Mapping
from dataclasses import dataclass

from exhibitions.core.contact import clean_name
from exhibitions.core.errors import N_, Refused
from exhibitions.core.sameness import bounded, same_key
from exhibitions.visitors.rules.columns import heading_key
from exhibitions.visitors.rules.pasted import BadRow, Pasted, known_names, read_pasted
from exhibitions.visitors.rules.registration import checked_company, checked_name, checked_phone


class Kind(enum.StrEnum):
    """What somebody is who invites."""

    EXHIBITOR = "exhibitor"
    ASSOCIATION = "association"
    CHANNEL = "channel"
    MEDIA = "media"
    OTHER = "other"


KINDS: Mapping[Kind, str] = {
    Kind.EXHIBITOR: N_("Exhibitor"),
    Kind.ASSOCIATION: N_("Association"),
    Kind.CHANNEL: N_("Channel"),
    Kind.MEDIA: N_("Media"),
    Kind.OTHER: N_("Somebody else"),
}
_KIND_NAMES = {
    Kind.EXHIBITOR: "参展商 展商 exhibitor",
    Kind.ASSOCIATION: "协会 商会 联合会 学会 association chamber federation society",
    Kind.CHANNEL: "渠道 平台 微信 网站 channel platform wechat website",
    Kind.MEDIA: "媒体 media press",
    Kind.OTHER: "其他 其它 other somebodyelse",
}
_KNOWN_KINDS = {heading_key(name): kind for kind, line in _KIND_NAMES.items() for name in line.split()}

MOST_SOURCES = 3000
"""So many invite to one fair."""
LONGEST_KEY = 200
LETTERS = "23456789bcdfghjkmnpqrstvwxz"
"""Of what words of links are made: nothing that is mistaken for another sign, no vowels and so no words of a language."""
WORD_LENGTH = 6

COLUMNS = known_names(
    {
        "name_zh": "名称 姓名 单位 单位名称 公司 公司名称 企业名称 渠道 渠道名称 邀请方 中文名称 协会名称 name source company organisation organization namezh chinesename",
        "name_en": "英文名称 英文名 英文 englishname nameen",
        "kind": "类别 类型 种类 渠道类型 kind type category",
        "contact": "联系人 负责人 经办人 contact contactperson contactname",
        "phone": "手机号 手机 电话 联系电话 手机号码 phone mobile telephone tel contactphone",
    }
)
USUAL = ("name_zh", "kind", "contact", "phone", "name_en")


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """Who invites: kind, name in either language, the person to ask there, and that person's number (E.164) or None."""

    kind: Kind
    name_zh: str = ""
    name_en: str = ""
    contact: str = ""
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a source: who registered by its link, who of them did not cancel, and who came in at a gate (V-7).

    An invitation that was sent is nothing yet.
    """

    registered: int = 0
    alive: int = 0
    visited: int = 0

    @property
    def turn_up(self) -> int | None:
        """Of a hundred who registered and stayed, how many came, rounded half up; None while nobody did."""
        base = max(self.alive, self.visited)
        return (200 * self.visited + base) // (2 * base) if base else None


def checked_source(
    kind: Kind, name_zh: str, name_en: str = "", contact: str = "", phone: str = ""
) -> SourceFacts:
    """The facts as they are kept (IR3, IR4, IR10). Raises `Refused`: no name, a formula, too long, no number."""
    name_zh, name_en = checked_company(name_zh), checked_company(name_en)
    if not name_zh and not name_en:
        raise Refused("name_missing", N_("Enter a name"))
    return SourceFacts(
        kind,
        name_zh,
        name_en,
        checked_name(contact) if clean_name(contact) else "",
        checked_phone(phone) if phone.strip() else None,
    )


def name_key(facts: SourceFacts) -> str:
    """By what two sources are the same one: the name as `same_key` has it, at most LONGEST_KEY."""
    return bounded(same_key(facts.name_zh or facts.name_en), LONGEST_KEY)


def kind_of(text: str) -> Kind:
    """The kind that a cell names, an exhibitor when it is empty. Raises `Refused` for an unknown one (IR9)."""
    kind = _KNOWN_KINDS.get(heading_key(text)) if text.strip() else Kind.EXHIBITOR
    if kind is None:
        raise Refused(
            "kind_unknown", N_("This kind is not known: exhibitor, association, channel, media, other")
        )
    return kind


def read_sources(text: str, taken: Container[str]) -> tuple[Pasted, list[SourceFacts], list[BadRow]]:
    """The sources of a pasted table, and the rows that are none with the reason of each.

    `taken` holds the names (as `name_key` gives them) that are there already; the first of two alike wins (IR7). Raises
    `Refused` like `read_pasted`.
    """
    pasted = read_pasted(text, COLUMNS, USUAL)
    good: list[SourceFacts] = []
    bad: list[BadRow] = []
    seen: set[str] = set()
    for line in pasted.lines:
        cell = line.cells.get
        try:
            facts = checked_source(
                kind_of(cell("kind", "")),
                cell("name_zh", ""),
                cell("name_en", ""),
                cell("contact", ""),
                cell("phone", ""),
            )
            key = name_key(facts)
            if key in seen:
                raise Refused("source_twice", N_("This name stands in the list twice"))
            if key in taken:
                raise Refused("source_known", N_("This name is among the sources already"))
        except Refused as refusal:
            bad.append(BadRow(line.number, line.text, refusal))
        else:
            seen.add(key)
            good.append(facts)
    return pasted, good, bad
