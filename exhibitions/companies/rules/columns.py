"""What the columns of other people's lists of companies are called (IR1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from exhibitions.core.errors import N_
from exhibitions.core.sameness import NOISE


class Column(StrEnum):
    """What a column of a list of companies can hold."""

    NUMBER = "number"
    """The number of a company in one of our own exports: such a row changes that company."""
    NAME_ZH = "name_zh"
    NAME_EN = "name_en"
    CREDIT_CODE = "credit_code"
    COUNTRY = "country"
    REGION = "region"
    ADDRESS_ZH = "address_zh"
    ADDRESS_EN = "address_en"
    POSTCODE = "postcode"
    PHONE = "phone"
    WEBSITE = "website"
    LEGAL_REPRESENTATIVE = "legal_representative"
    NOTE = "note"
    CONTACT = "contact"
    TITLE = "title"
    MOBILE = "mobile"
    EMAIL = "email"


COLUMN_TEXTS: Mapping[Column, str] = {
    Column.NUMBER: N_("Company number"),
    Column.NAME_ZH: N_("Name in Chinese"),
    Column.NAME_EN: N_("Name in English"),
    Column.CREDIT_CODE: N_("Credit code"),
    Column.COUNTRY: N_("Country"),
    Column.REGION: N_("Region"),
    Column.ADDRESS_ZH: N_("Address in Chinese"),
    Column.ADDRESS_EN: N_("Address in English"),
    Column.POSTCODE: N_("Postcode"),
    Column.PHONE: N_("Company phone"),
    Column.WEBSITE: N_("Website"),
    Column.LEGAL_REPRESENTATIVE: N_("Legal representative"),
    Column.NOTE: N_("Note"),
    Column.CONTACT: N_("Contact person"),
    Column.TITLE: N_("Job title"),
    Column.MOBILE: N_("Mobile number"),
    Column.EMAIL: N_("E-mail"),
}

# By column, the names in order of trust: of two columns the one whose name stands in an earlier line is taken.
NAMES: Mapping[Column, str] = {
    Column.NUMBER: """
        公司编号 企业编号 单位编号 编号 companynumber companyno 회사번호 업체번호
    """,
    Column.NAME_ZH: """
        中文名称 公司中文名称 公司中文名 企业中文名称 单位中文名称 中文名 namezh namechinese nameinchinese chinesename companynamezh companynamechinese 중문명 중문회사명 중국어회사명
        公司名称 企业名称 单位名称 公司名 公司 单位 企业 展商名称 参展商 参展商名称 参展单位 展商 客户名称 名称 公司全称 企业全称 全称 單位名稱 公司名稱 企業名稱 company companyname exhibitor exhibitorname organisation organization firm name 회사명 업체명 기업명 회사 업체 상호 상호명 참가업체 참가업체명
    """,
    Column.NAME_EN: """
        英文名称 公司英文名称 公司英文名 企业英文名称 单位英文名称 英文名 nameen nameenglish nameinenglish englishname companynameen companynameenglish 영문명 영문회사명 영문업체명 회사명영문
    """,
    Column.CREDIT_CODE: """
        统一社会信用代码 社会信用代码 信用代码 统一信用代码 统一代码 營業執照號 统一社会信用代码证号 creditcode unifiedsocialcreditcode socialcreditcode uscc uscicode 통일사회신용코드 신용코드
        税号 纳税人识别号 营业执照号 执照号 taxid taxnumber taxno
    """,
    Column.COUNTRY: """
        国家 国家地区 国家或地区 國家 國別 国别 country countryregion nation 국가 나라
    """,
    Column.REGION: """
        所在地区 地区 省份 省市 城市 所在地 所在城市 所在省份 地域 區域 地區 region province city location 지역 소재지 도시 시도
    """,
    Column.ADDRESS_ZH: """
        地址 中文地址 公司地址 通讯地址 通信地址 详细地址 注册地址 联系地址 单位地址 办公地址 地址中文 address addresszh companyaddress postaladdress street 주소 회사주소
    """,
    Column.ADDRESS_EN: """
        英文地址 地址英文 addressen addressenglish englishaddress 영문주소
    """,
    Column.POSTCODE: """
        邮编 邮政编码 郵編 郵遞區號 postcode postalcode zip zipcode 우편번호
    """,
    Column.PHONE: """
        公司电话 单位电话 办公电话 固定电话 座机 总机 電話 电话 联系电话 电话号码 tel telephone telephoneno officephone companyphone phone phonenumber phoneno 전화번호 전화 대표전화 회사전화
    """,
    Column.WEBSITE: """
        网址 网站 公司网址 官网 主页 公司主页 網址 website web url homepage site 홈페이지 웹사이트
    """,
    Column.LEGAL_REPRESENTATIVE: """
        法定代表人 法人代表 法人 负责人 企业法人 legalrepresentative representative 대표자 대표이사 대표 대표자명
    """,
    Column.NOTE: """
        备注 备注信息 说明 備註 附注 note notes remark remarks comment comments 비고 메모
    """,
    Column.CONTACT: """
        联系人 联系人姓名 聯絡人 聯繫人 经办人 业务联系人 contact contactname contactperson 담당자 담당자명 담당자성명
        姓名 fullname personname 성명 이름
    """,
    Column.TITLE: """
        职务 职位 联系人职务 职称 職務 職稱 title jobtitle position 직책 직위 직급
    """,
    Column.MOBILE: """
        手机 手机号 手机号码 联系人手机 移动电话 联系手机 手機 手機號碼 行動電話 mobile mobilephone mobilenumber mobileno cell cellphone 휴대폰 휴대전화 휴대폰번호 핸드폰
        联系方式 contactnumber contactphone 연락처
    """,
    Column.EMAIL: """
        邮箱 电子邮箱 电子邮件 邮件 邮箱地址 联系邮箱 電子郵件 電郵 信箱 email emailaddress mail mailaddress 이메일 이메일주소 메일 전자우편
    """,
}

_BRACKETED = re.compile(r"[(\[{【〔〈《「『<].*?[)\]}】〕〉》」』>]")
_LANGUAGE = re.compile(r"[(\[【]\s*(中文?|zh|chinese|英文?|en|english|영문|중문)\s*[)\]】]")
_ENGLISH = frozenset({"英", "英文", "en", "english", "영문"})
_PAIRS = ((Column.NAME_ZH, Column.NAME_EN), (Column.ADDRESS_ZH, Column.ADDRESS_EN))
_PARTS = re.compile(r"[/|\\&+]")


def heading_key(text: str) -> str:
    """A column name as it is compared: NFKC, lower case, without blanks, marks and a bracketed remark (IR1).

    A remark that says the language (公司名称（英文）, Address (EN)) is part of the name.
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    language = _LANGUAGE.search(folded)
    key = NOISE.sub("", _BRACKETED.sub("", folded))
    return key + ("en" if language and language[1] in _ENGLISH else "")


def _known_names() -> dict[str, tuple[Column, int]]:
    known = {
        heading_key(name): (column, trust)
        for column, lines in NAMES.items()
        for trust, line in enumerate(lines.strip().splitlines())
        for name in line.split()
    }
    for chinese, english in _PAIRS:
        known |= {f"{name}en": (english, 0) for name, (column, _) in list(known.items()) if column is chinese}
    return known


KNOWN = _known_names()


@lru_cache(maxsize=4_096)
def recognised(text: str) -> tuple[Column, int] | None:
    """The column that a heading names, and how little it is to be trusted (0 best); None for an unknown name.

    "公司名称 / Company" is known by its parts, as long as these mean the same.
    """
    if not text or len(text) > 100:
        return None
    key = heading_key(text)
    if key in KNOWN:
        return KNOWN[key]
    parts = [NOISE.sub("", part) for part in _PARTS.split(key)]
    found = [KNOWN[part] for part in parts if part in KNOWN]
    if len(parts) < 2 or len({column for column, _ in found}) != 1:
        return None
    return found[0][0], max(trust for _, trust in found)


def known_columns(texts: Sequence[str]) -> int:
    """How many different columns a row of texts names; two make it the heading (IR1)."""
    return len({found[0] for found in map(recognised, texts) if found})


def columns_of(heading: Sequence[str]) -> dict[Column, int]:
    """Where each column stands in a heading, from 0.

    公司名称 beside Company is the name in two languages: the one in Latin letters is the English one.
    """
    best: dict[Column, tuple[int, int]] = {}
    named: dict[Column, list[int]] = {}
    for place, text in enumerate(heading):
        known = recognised(text)
        if known is None:
            continue
        column, trust = known
        named.setdefault(column, []).append(place)
        if column not in best or (trust, place) < best[column]:
            best[column] = (trust, place)
    found = {column: place for column, (_, place) in best.items()}
    for chinese, english in _PAIRS:
        latin = [place for place in named.get(chinese, []) if heading_key(heading[place]).isascii()]
        own = [place for place in named.get(chinese, []) if place not in latin]
        if latin and own and english not in found:
            found |= {english: latin[0], chinese: own[0]}
    return found


def can_be_imported(columns: Mapping[Column, int]) -> bool:
    """Whether the columns are enough: a name, in Chinese or in English."""
    return Column.NAME_ZH in columns or Column.NAME_EN in columns
