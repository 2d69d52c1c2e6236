"""By what two entries of the register may be one company, each with its reason and its strength (E-7)."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from exhibitions.core.contact import UNSEEN
from exhibitions.core.errors import N_
from exhibitions.core.regions import is_known, region_key
from exhibitions.core.sameness import bounded

KEY_LENGTH = 200
_SURE = frozenset({"code", "name"})
"""Of these also many say the same company; so many are compared at most, for the pairs grow with the square."""
MOST_OF_A_NAME = 200
MOST_IN_A_GROUP = 20
"""What more companies than this have in common (a switchboard, an agency's mail) says nothing of any two of them."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MARKED = re.compile(r"[(（\[【〔]\s*(?:주|유|합|사|재|株|有|資|名|同)\s*[)）\]】〕]")
_BRACKETED = re.compile(r"[(\[{【〔〈《「『<]([^)\]}】〕〉》」』>]*)[)\]}】〕〉》」』>]")
_DOTS = dict.fromkeys(map(ord, ".'’`·・"))
_WORD_ENDS = _words(
    "and co ltd limited inc incorporated corp corporation company coltd coinc llc llp lp plc gmbh mbh ag kg kgaa ohg ug eg "
    "ek eurl sa sas sasu sarl sàrl snc sca scs scrl spa srl srls sl slu slne cv bv nv vof ab as asa ans hf ehf oy oyj aps "
    "pty pte sdn bhd kk gk oü doo dooel sro zrt kft nyrt bt eood ood ead spzoo zoo jsc ojsc pjsc cjsc ooo оао зао пао "
    "ооо ltda lda ltdşti şti aş pvt private wll fze fzco fzllc cie cía tbk group holding holdings"
)
_WORD_BEGINS = _words("ооо оао зао пао тоо pt")
_LETTERS = 5
"""So many single letters behind a name may be one legal form that was written apart: S. p. A., s. r. o., a/s."""
_ASIAN_FORMS = (
    "유한책임회사",
    "농업회사법인",
    "영농조합법인",
    "주식회사",
    "유한회사",
    "합자회사",
    "합명회사",
    "株式会社",
    "株式會社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
)
"""Korean and Japanese forms, which stand before the name or behind it."""
_HAN_ENDS = (
    "集团股份有限公司",
    "集團股份有限公司",
    "特殊普通合伙企业",
    "股份合作制公司",
    "股份合作制企业",
    "股份合作公司",
    "股份合作企业",
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "责任有限公司",
    "无限责任公司",
    "個體工商戶",
    "个体工商户",
    "个人独资企业",
    "有限合伙企业",
    "普通合伙企业",
    "特殊普通合伙",
    "外商独资企业",
    "股份公司",
    "有限公司",
    "有限合伙",
    "普通合伙",
    "合伙企业",
    "总公司",
    "總公司",
    *_ASIAN_FORMS,
    "集团",
    "集團",
    "公司",
    "그룹",
)
_HAN_BEGINS = _ASIAN_FORMS
_BRANCH = (
    "分公司",
    "分廠",
    "分厂",
    "分店",
    "分行",
    "办事处",
    "辦事處",
    "代表处",
    "代表處",
    "지점",
    "지사",
    "支店",
    "branch",
)
"""A branch has a licence of its own: what it is called by is no form, and its name never becomes its parent's."""
_HAN_TRADES = (
    "农民专业合作社",
    "专业合作社",
    "专业合作联社",
    "股份合作社",
    "合作社",
    "经营部",
    "门市部",
    "工作室",
    "服务部",
    "商行",
    "工厂",
    "工廠",
    "厂",
    "廠",
)
"""How small firms end their names. A factory may have become a company of its name, or be another beside it: what is
alike but for such a word is worth a look and no more."""
_FREE = _words(
    "qq.com foxmail.com 163.com 126.com yeah.net 188.com sina.com sina.cn sohu.com aliyun.com 139.com 189.cn wo.cn "
    "wo.com.cn 21cn.com tom.com 263.net 2980.com gmail.com googlemail.com icloud.com me.com mac.com aol.com msn.com "
    "protonmail.com proton.me mail.com mail.ru bk.ru list.ru inbox.ru rambler.ru naver.com daum.net hanmail.net "
    "kakao.com nate.com web.de t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net libero.it zoho.com"
)
_FREE_FAMILIES = _words("hotmail outlook live yahoo ymail rocketmail yandex gmx")
_FREE_PREFIXES = ("vip.", "mail.", "vip-")


class DoubleReason(enum.StrEnum):
    """What two entries have in common."""

    CREDIT_CODE = "credit_code"
    NAME_ZH = "name_zh"
    NAME_EN = "name_en"
    NAME_ALIKE = "name_alike"
    PHONE = "phone"
    DOMAIN = "domain"


REASON_TEXTS: Mapping[DoubleReason, str] = {
    DoubleReason.CREDIT_CODE: N_("Same credit code"),
    DoubleReason.NAME_ZH: N_("Same name in Chinese"),
    DoubleReason.NAME_EN: N_("Same name in English"),
    DoubleReason.NAME_ALIKE: N_("Same name but for a remark in brackets or a word like “factory”"),
    DoubleReason.PHONE: N_("Same phone number"),
    DoubleReason.DOMAIN: N_("Same mail domain"),
}


class Strength(enum.IntEnum):
    """How sure it is that two entries are one company."""

    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


STRENGTH_TEXTS: Mapping[Strength, str] = {
    Strength.POSSIBLE: N_("Possible"),
    Strength.LIKELY: N_("Likely"),
    Strength.CERTAIN: N_("Certain"),
}
_ALONE: Mapping[DoubleReason, Strength] = {
    DoubleReason.CREDIT_CODE: Strength.CERTAIN,
    DoubleReason.NAME_ZH: Strength.LIKELY,
    DoubleReason.NAME_EN: Strength.LIKELY,
    DoubleReason.NAME_ALIKE: Strength.POSSIBLE,
    DoubleReason.PHONE: Strength.POSSIBLE,
    DoubleReason.DOMAIN: Strength.POSSIBLE,
}


@dataclass(frozen=True)
class Entry:
    """What is compared of a company: its own number, both names, the normal credit code, phones in E.164, mail domains."""

    id: int
    name_zh: str = ""
    name_en: str = ""
    credit_code: str | None = None
    phones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Double:
    """Two entries, the older first, that may be one company; why, and how sure that is."""

    one: int
    other: int
    reasons: tuple[DoubleReason, ...]
    strength: Strength


@lru_cache(maxsize=1 << 15)
def name_key(name: str) -> str:
    """A company's name as it is compared: small letters, without brackets, blanks, marks and legal form, at most 200 long.

    What stands in brackets counts: 星河（上海）有限公司 is 星河上海有限公司 and not 星河（北京）有限公司. A name that is nothing
    but a legal form stays as it is, and a branch is never its parent.
    """
    return bounded(_bare(_folded(name)), KEY_LENGTH)


@lru_cache(maxsize=1 << 15)
def alike_key(name: str) -> str:
    """The same without what stands in brackets, unless that is a place, by which companies of one name are told apart,
    and without a last word like 厂 or 商行 of which more than a place is left.
    """
    key = _bare(_BRACKETED.sub(_place_only, _folded(name)))
    firm = next((key.removesuffix(end) for end in _HAN_TRADES if key.endswith(end)), key)
    return bounded(key if len(firm) < 2 or is_known(region_key(firm)) else firm, KEY_LENGTH)


def mail_domain(address: str) -> str:
    """The domain of an e-mail address, "" for those where anybody has one (QQ, Gmail, Naver …)."""
    domain = address.rpartition("@")[2].strip().strip(".").lower()
    for prefix in _FREE_PREFIXES:
        if domain.removeprefix(prefix) in _FREE:
            return ""
    return "" if domain.split(".")[0] in _FREE_FAMILIES else domain


def site_domain(website: str) -> str:
    """The domain of a web address, without www; "" when there is none."""
    text = website.strip()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if "." in host else ""


def compared(one: Entry, other: Entry) -> tuple[DoubleReason, ...]:
    """What two entries have in common, the strongest first; nothing for two companies whose credit codes differ."""
    if one.credit_code and other.credit_code:
        if one.credit_code != other.credit_code:
            return ()
        same = [DoubleReason.CREDIT_CODE]
    else:
        same = []
    for reason, keys in (
        (DoubleReason.NAME_ZH, (name_key(one.name_zh), name_key(other.name_zh))),
        (DoubleReason.NAME_EN, (name_key(one.name_en), name_key(other.name_en))),
    ):
        if keys[0] and keys[0] == keys[1]:
            same.append(reason)
    if not {DoubleReason.NAME_ZH, DoubleReason.NAME_EN} & set(same) and _alike(one, other):
        same.append(DoubleReason.NAME_ALIKE)
    if one.phones & other.phones:
        same.append(DoubleReason.PHONE)
    if one.domains & other.domains:
        same.append(DoubleReason.DOMAIN)
    return tuple(same)


def strength_of(reasons: tuple[DoubleReason, ...]) -> Strength:
    """How sure some reasons make it: two weak ones are likely."""
    strongest = max(_ALONE[reason] for reason in reasons)
    return max(strongest, Strength.LIKELY) if len(reasons) > 1 else strongest


def found_doubles(entries: Iterable[Entry]) -> list[Double]:
    """All pairs that may be one company, the surest first, the older entry (the smaller number) first in each."""
    known = sorted(entries, key=lambda entry: entry.id)
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in known:
        for key in _keys(entry):
            groups[key].append(entry)
    pairs = {
        (one.id, other.id): (one, other)
        for key, group in groups.items()
        if len(group) <= (MOST_OF_A_NAME if key[0] in _SURE else MOST_IN_A_GROUP)
        for place, one in enumerate(group)
        for other in group[place + 1 :]
    }
    found = []
    for one, other in pairs.values():
        reasons = compared(one, other)
        if reasons:
            found.append(Double(one.id, other.id, reasons, strength_of(reasons)))
    return sorted(found, key=lambda double: (-double.strength, double.one, double.other))


def _keys(entry: Entry) -> set[tuple[str, str]]:
    keys = {("name", key) for key in _name_keys(entry) | _alike_keys(entry)}
    keys |= {("phone", phone) for phone in entry.phones} | {("domain", domain) for domain in entry.domains}
    keys.add(("code", entry.credit_code or ""))
    return {key for key in keys if key[1]}


def _alike(one: Entry, other: Entry) -> bool:
    """Whether one has the other's name and a remark besides; two remarks tell two companies apart."""
    return bool(_alike_keys(one) & _name_keys(other) or _name_keys(one) & _alike_keys(other))


def _name_keys(entry: Entry) -> set[str]:
    return {name_key(name) for name in (entry.name_zh, entry.name_en)} - {""}


def _alike_keys(entry: Entry) -> set[str]:
    return {alike_key(name) for name in (entry.name_zh, entry.name_en)} - {""}


def _folded(name: str) -> str:
    return _MARKED.sub(" ", unicodedata.normalize("NFKC", name.translate(UNSEEN)).lower())


def _place_only(found: re.Match[str]) -> str:
    tells_apart = is_known(region_key(found[1])) or found[1].strip().endswith(_BRANCH)
    return f" {found[1]} " if tells_apart else " "


def _bare(folded: str) -> str:
    text = folded.replace("&", " and ").translate(_DOTS)
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    while len(words) > 1 and (cut := _form_words(words)):
        words = words[:-cut]
    if len(words) > 1 and words[0] in _WORD_BEGINS:
        words = words[1:]
    key = "".join(words)
    while key not in _HAN_ENDS and not key.endswith(_BRANCH):
        shorter = next((key.removesuffix(end) for end in _HAN_ENDS if key.endswith(end)), key)
        shorter = next(
            (shorter.removeprefix(begin) for begin in _HAN_BEGINS if shorter.startswith(begin)), shorter
        )
        if not shorter or shorter == key:
            break
        key = shorter
    return key


def _form_words(words: list[str]) -> int:
    """How many words at the end are a legal form, never all of them: one, or single letters that were written apart."""
    if words[-1] in _WORD_ENDS:
        return 1
    last = words[-min(_LETTERS, len(words) - 1) :]
    for cut in range(len(last), 1, -1):
        # "sp. z o.o." has one word of two letters among them.
        if all(len(word) <= 2 for word in last[-cut:]) and "".join(last[-cut:]) in _WORD_ENDS:
            return cut
    return 0
