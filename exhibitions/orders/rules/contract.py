"""What a contract says, part by part, in one language; where it stands on the paper is service.contract_drawing's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from exhibitions.core.money import formatted, from_minor, in_capitals
from exhibitions.orders.rules.states import InstalmentKind
from exhibitions.stands.rules import price_words

LANGUAGES = ("zh", "en")
Rows = tuple[tuple[str, str], ...]
"""Facts of a paper, each with what it is called."""
_CM2 = Decimal(10_000)
_KINDS = {
    "shell": {"zh": "标准展位", "en": "shell scheme stand"},
    "upgraded": {"zh": "升级展位", "en": "upgraded stand"},
    "raw": {"zh": "光地（特装）", "en": "raw space"},
}
_PARTS = {
    InstalmentKind.DEPOSIT: {"zh": "订金", "en": "Down payment"},
    InstalmentKind.BALANCE: {"zh": "尾款", "en": "Balance"},
    InstalmentKind.FULL: {"zh": "全款", "en": "Whole sum"},
    InstalmentKind.FEE: {"zh": "取消费", "en": "Cancellation fee"},
    InstalmentKind.CLEARING: {"zh": "清场押金", "en": "Clearing deposit"},
}
WORDS = {
    "title": {"zh": "参展合同", "en": "Exhibition contract"},
    "number": {"zh": "合同编号", "en": "Contract number"},
    "a": {"zh": "甲方（主办单位）", "en": "Party A (organiser)"},
    "b": {"zh": "乙方（参展商）", "en": "Party B (exhibitor)"},
    "code": {"zh": "统一社会信用代码", "en": "Credit code"},
    "representative": {"zh": "法定代表人", "en": "Legal representative"},
    "address": {"zh": "地址", "en": "Address"},
    "contact": {"zh": "联系人", "en": "Contact"},
    "fair": {"zh": "展会", "en": "Fair"},
    "days": {"zh": "展期", "en": "Days"},
    "venue": {"zh": "地点", "en": "Venue"},
    "stands": {"zh": "一、展位", "en": "1. Stand"},
    "prices": {"zh": "二、费用", "en": "2. Price"},
    "payment": {"zh": "三、付款", "en": "3. Payment"},
    "terms": {"zh": "四、条款", "en": "4. Terms"},
    "item": {"zh": "项目", "en": "Item"},
    "counted": {"zh": "计算方式", "en": "How it is counted"},
    "amount": {"zh": "金额", "en": "Amount"},
    "net": {"zh": "不含税合计", "en": "Sum before tax"},
    "tax": {"zh": "税额", "en": "Tax"},
    "taxed": {"zh": "其中税额", "en": "Tax in it"},
    "total": {"zh": "合计", "en": "Total"},
    "capitals": {"zh": "大写金额", "en": "In Chinese capitals"},
    "account_holder": {"zh": "户名", "en": "Account holder"},
    "account_bank": {"zh": "开户行", "en": "Bank"},
    "account_number": {"zh": "账号", "en": "Account number"},
    "due": {"zh": "付款期限", "en": "Due on"},
    "seal": {"zh": "公章", "en": "Seal"},
    "seam": {"zh": "骑缝章", "en": "Seam seal"},
    "sign": {"zh": "授权代表签字", "en": "Authorised signature"},
    "date": {"zh": "日期", "en": "Date"},
}


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A line of the table of prices."""

    name: str
    reason: str
    amount: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract in one language, ready to be set."""

    lang: str
    number: str
    fair: str
    head: Rows
    party_a: Rows
    party_b: Rows
    stands: tuple[str, ...]
    items: tuple[PricedItem, ...]
    sums: tuple[tuple[str, str], ...]
    total: str
    capitals: str
    payments: tuple[str, ...]
    terms: tuple[str, ...]
    signed: str

    def word(self, key: str) -> str:
        """One of `WORDS` in the contract's language."""
        return WORDS[key][self.lang]


@dataclass(frozen=True, slots=True)
class Source:
    """What an order holds for its contract; amounts in minor units.

    `deposit` is the clearing deposit that was asked beside the price, and until when. Lines are (zh, en) texts, reasons, and amounts as the price list counts: with their tax where it is `included`.
    """

    number: str
    reference: str
    currency: str
    parties: dict[str, Any]
    lines: Sequence[tuple[tuple[str, str], tuple[str, str], int]]
    net: int
    tax: int
    included: bool
    parts: Sequence[tuple[InstalmentKind, int, date]]
    terms: dict[str, str]
    account: dict[str, str]
    version: int
    sha256: str
    confirmed: date
    deposit: tuple[int, date] | None = None


def contract(source: Source, lang: str) -> Contract:
    """The contract in `zh` or `en`. What is missing in one language is said in the other."""
    fair = source.parties["fair"]
    party_a, party_b = both_parties(source.parties, lang)
    total = from_minor(source.net + source.tax, source.currency)
    word = {key: words[lang] for key, words in WORDS.items()}
    return Contract(
        lang=lang,
        number=source.number,
        fair=said(fair, "name", lang),
        head=about_fair(fair, lang),
        party_a=party_a,
        party_b=party_b,
        stands=tuple(stand_words(each, lang) for each in source.parties["stands"]),
        items=tuple(
            PricedItem(
                _of(text, lang),
                _of(reason, lang),
                formatted(from_minor(net, source.currency), source.currency),
            )
            for text, reason, net in source.lines
        ),
        sums=_sums(source, word),
        total=formatted(total, source.currency),
        capitals=in_capitals(total, source.currency),
        payments=_payments(source, lang),
        terms=_terms(source, lang),
        signed=day(source.confirmed, lang),
    )


def about_fair(fair: Mapping[str, str], lang: str) -> Rows:
    """The fair, its days and where it is."""
    word = {key: words[lang] for key, words in WORDS.items()}
    return _filled(
        (word["fair"], said(fair, "name", lang)),
        (word["days"], _span(fair, lang)),
        (word["venue"], _joined(" · ", said(fair, "venue", lang), said(fair, "address", lang))),
    )


def both_parties(parties: Mapping[str, Any], lang: str) -> tuple[Rows, Rows]:
    """Who signs: the organiser and the exhibitor, each with what a contract says of it."""
    a, b = parties["organiser"], parties["exhibitor"]
    word = {key: words[lang] for key, words in WORDS.items()}
    return (
        _party(
            (word["a"], said(a, "name", lang)),
            (word["address"], said(a, "address", lang)),
            (word["contact"], _joined(" ", a["contact"], a["phone"])),
        ),
        _party(
            (word["b"], said(b, "name", lang)),
            (word["code"], b["credit_code"]),
            (word["representative"], b["legal_representative"]),
            (word["address"], said(b, "address", lang)),
        ),
    )


def said(thing: Mapping[str, Any], field: str, lang: str) -> str:
    """A text of the frozen data in this language, else in the other."""
    other = "en" if lang == "zh" else "zh"
    return str(thing.get(f"{field}_{lang}") or thing.get(f"{field}_{other}") or "")


def day(value: date, lang: str) -> str:
    """A day as contracts write it."""
    if lang == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%b} {value.year}"


def _of(texts: tuple[str, str], lang: str) -> str:
    zh, en = texts
    return (zh or en) if lang == "zh" else (en or zh)


def _filled(*rows: tuple[str, str]) -> Rows:
    return tuple(row for row in rows if row[1])


def _party(name: tuple[str, str], *rows: tuple[str, str]) -> Rows:
    """A party's name always stands there, if need be as a line to write on."""
    return ((name[0], name[1] or "________________"), *_filled(*rows))


def _joined(between: str, *texts: str) -> str:
    return between.join(text for text in texts if text)


def _span(fair: Mapping[str, str], lang: str) -> str:
    if not fair["first"]:
        return ""
    first, last = (day(date.fromisoformat(fair[name]), lang) for name in ("first", "last"))
    return first if first == last else f"{first}{'至' if lang == 'zh' else ' to '}{last}"


def stand_words(stand: Mapping[str, Any], lang: str) -> str:
    """A stand as a contract names it: number, hall, area, open sides, how it is built."""
    area = f"{price_words.number(Decimal(stand['area']) / _CM2)} m²"
    sides = price_words.sides(min(max(int(stand["sides"]), 1), 4))
    parts = [
        stand["number"],
        said(stand, "name", lang),
        area,
        _of(sides, lang),
        _KINDS.get(stand["kind"], {}).get(lang, ""),
    ]
    if stand["upper"]:
        upper = price_words.number(Decimal(stand["upper"]) / _CM2)
        parts.append(f"{'二层' if lang == 'zh' else 'upper storey'} {upper} m²")
    return _joined(" · ", *parts)


def _sums(source: Source, word: dict[str, str]) -> tuple[tuple[str, str], ...]:
    if not source.tax:
        return ()
    taxes = (("taxed", source.tax),) if source.included else (("net", source.net), ("tax", source.tax))
    return tuple(
        (word[name], formatted(from_minor(minor, source.currency), source.currency)) for name, minor in taxes
    )


def _deposit(minor: int, due: date, currency: str, lang: str) -> str:
    """Both owe something by it, so the contract says it, though it is no part of the price."""
    name, amount = _PARTS[InstalmentKind.CLEARING][lang], formatted(from_minor(minor, currency), currency)
    if lang == "zh":
        return f"{name} {amount}，于{day(due, lang)}前（含当日）付清；不计入合同价款，撤展清场验收合格后退还"
    return f"{name} {amount}, to be paid by {day(due, lang)} (inclusive); no part of the price, and given back once the stand is left clear"


def _payments(source: Source, lang: str) -> tuple[str, ...]:
    rows = []
    for kind, minor, due in source.parts:
        amount = formatted(from_minor(minor, source.currency), source.currency)
        if lang == "zh":
            rows.append(f"{_PARTS[kind]['zh']} {amount}，于{day(due, lang)}前（含当日）付清")
        else:
            rows.append(f"{_PARTS[kind]['en']} {amount}, to be paid by {day(due, lang)} (inclusive)")
    if source.deposit is not None:
        rows.append(_deposit(*source.deposit, source.currency, lang))
    rows += [
        f"{WORDS[name][lang]}{'：' if lang == 'zh' else ': '}{text}"
        for name, text in source.account.items()
        if text
    ]
    if lang == "zh":
        rows.append(f"汇款请注明：{source.reference}")
    else:
        rows.append(f"Please quote {source.reference} in the transfer")
    return tuple(rows)


def _terms(source: Source, lang: str) -> tuple[str, ...]:
    own = [line.strip() for line in said(source.terms, "terms", lang).splitlines() if line.strip()]
    if lang == "zh":
        usual = [
            f"费用按甲方第 {source.version} 版价格表计算（校验码 {source.sha256[:16]}），合同签订后不再变动；缩小面积视为取消所减部分。",
            "展位不得转让或转租。本合同一式两份，双方各执一份，自双方盖章之日起生效。",
        ]
    else:
        usual = [
            f"Prices are those of version {source.version} of party A's price list (digest {source.sha256[:16]}).",
            "They stay as they are; a smaller area counts as cancellation of the difference.",
            "The stand may not be ceded or sub-let. Two copies, one for each party, in force when both are sealed.",
            "Where the languages differ, the Chinese text decides.",
        ]
    return (*usual, *own)
