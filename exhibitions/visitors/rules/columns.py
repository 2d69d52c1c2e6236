"""What the columns of other people's lists are called (IR1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache

from exhibitions.core.sameness import NOISE


class Column(StrEnum):
    """What a column of a visitors' list can hold."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    COMPANY = "company"
    TITLE = "title"
    REGION = "region"
    CATEGORY = "category"
    VISIT_DATE = "visit_date"
    NOTE = "note"
    NUMBER = "number"
    """The number of a badge in one of our own exports: such a row changes the person who has it."""


# By column, the names in order of trust: of two columns the one whose name stands in an earlier line is taken
# (a mobile number before a telephone), of two in the same line the left one.
NAMES: Mapping[Column, str] = {
    Column.NAME: """
        姓名 名字 参观者姓名 观众姓名 来宾姓名 嘉宾姓名 中文姓名 真实姓名 客户姓名 人员姓名 参观人姓名 參觀者姓名 觀眾姓名 來賓姓名 name fullname visitorname attendeename guestname personname participantname yourname visitor 성명 이름 성함 참관객명 참관객성명 참관객이름 방문자명 방문자성명 방문객명 신청자명 참가자명 참가자성명 한글성명 한글이름 국문성명
        联系人 联系人姓名 参观人 参观者 聯絡人 聯繫人 contactname contactperson 담당자 담당자명 담당자성명 고객명
        英文姓名 英文名 nameinenglish englishname 영문성명 영문이름 영문명
    """,
    Column.PHONE: """
        手机号 手机 手机号码 移动电话 移动电话号码 联系手机 手机电话 手機 手機號 手機號碼 行動電話 行動電話號碼 流動電話 mobile mobilephone mobilenumber mobilephonenumber mobileno cell cellphone cellphonenumber cellnumber 휴대폰 휴대폰번호 휴대전화 휴대전화번호 핸드폰 핸드폰번호 휴대번호 모바일 hp h/p
        联系电话 电话 电话号码 联系方式 联系号码 聯絡電話 聯繫電話 電話 電話號碼 聯絡方式 phone phonenumber phoneno tel telephone telephonenumber telno contactnumber contactphone contactno 연락처 전화번호 전화 연락번호
    """,
    Column.EMAIL: """
        电子邮箱 邮箱 电子邮件 邮件 邮箱地址 电子邮箱地址 电子邮件地址 邮件地址 联系邮箱 電子郵箱 電子郵件 電郵 電子信箱 信箱 郵箱 電郵地址 電子郵件地址 電子郵件信箱 email emailaddress emailid mail mailaddress 이메일 이메일주소 전자우편 전자메일 메일 메일주소
    """,
    Column.COMPANY: """
        单位名称 单位 公司 公司名称 公司名 工作单位 企业 企业名称 所在单位 所属单位 参观单位 所在公司 公司单位 單位 單位名稱 公司名稱 工作單位 服務單位 企業 企業名稱 company companyname organization organisation organizationname organisationname employer affiliation corporation firm firmname 회사명 회사 업체명 업체 소속회사 기업명 기업 회사이름 상호 상호명
        机构 机构名称 组织 组织名称 機構 機構名稱 institution 소속 소속기관 기관명 기관 단체명 직장 직장명
    """,
    Column.TITLE: """
        职务 职位 职称 岗位 职务名称 職務 職位 職稱 職銜 title jobtitle position job jobposition jobrole role post 직책 직위 직급 직함 직무
    """,
    Column.REGION: """
        所在地区 地区 所在省份 所在省市 省份 省市 所在地 区域 所在区域 地域 所在城市 城市 省 所在地區 地區 省份地区 region area province city location provincecity 지역 소재지 거주지역 거주지 지역구분 시도
        国家地区 国家或地区 国家 國家 國家地區 country countryregion nation 국가 나라
    """,
    Column.CATEGORY: """
        观众类别 观众类型 参观类别 参观者类别 人员类别 观众身份 觀眾類別 觀眾類型 參觀類別 category visitorcategory visitortype visitorclass badgeclass badgetype class attendeetype 구분 참관구분 참관객구분 참관객유형 관람객구분 관람구분 방문구분 참관유형
        类别 类型 身份 类别名称 類別 類型 身分 type 분류 유형
    """,
    Column.VISIT_DATE: """
        预计参观日期 参观日期 预约日期 预约参观日期 拟参观日期 计划参观日期 参观时间 预计参观时间 到访日期 来访日期 参观日 預計參觀日期 參觀日期 預約日期 參觀時間 visitdate visitday dateofvisit visitingdate plannedvisitdate expectedvisitdate plannedvisit dayofvisit 방문일 방문일자 방문날짜 방문예정일 방문예정일자 참관일 참관일자 참관예정일 참관날짜 관람일 관람일자 관람예정일
    """,
    Column.NOTE: """
        备注 备注信息 备注说明 附注 说明 留言 备考 備註 附註 說明 note notes remark remarks comment comments memo 비고 메모 비고사항 참고 참고사항 특이사항
    """,
    Column.NUMBER: """
        参观证号 参观证号码 参观证编号 证件编号 badgenumber badgeno badge number 출입증번호 출입증
    """,
}

BRACKETED = re.compile(r"[(\[{【〔〈《「『<].*?[)\]}】〕〉》」』>]")
PARTS = re.compile(r"[/|\\&+]")
LATIN_EDGE = re.compile(
    r"(?<=[a-z])(?=[\u3400-\u9fff\uac00-\ud7a3])|(?<=[\u3400-\u9fff\uac00-\ud7a3])(?=[a-z])"
)
HAN_EDGE = re.compile(r"(?<=[\u3400-\u9fff])(?=[\uac00-\ud7a3])|(?<=[\uac00-\ud7a3])(?=[\u3400-\u9fff])")


def heading_key(text: str) -> str:
    """A column name as it is compared: NFKC, lower case, without blanks, marks and a bracketed remark (IR1)."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return NOISE.sub("", BRACKETED.sub("", folded))


def _known_names() -> dict[str, tuple[Column, int]]:
    return {
        heading_key(name): (column, trust)
        for column, lines in NAMES.items()
        for trust, line in enumerate(lines.strip().splitlines())
        for name in line.split()
    }


KNOWN = _known_names()


@lru_cache(maxsize=4_096)
def recognised(text: str) -> tuple[Column, int] | None:
    """The column that a heading names, and how little it is to be trusted (0 best); None for an unknown name.

    "姓名 / Name" and "姓名Name" are known by their parts, as long as these mean the same.
    """
    if not text or len(text) > 100:
        return None
    key = heading_key(text)
    if key in KNOWN:
        return KNOWN[key]
    parts = [
        part
        for chunk in PARTS.split(key)
        for edge in LATIN_EDGE.split(chunk)
        for part in HAN_EDGE.split(edge)
    ]
    found = [KNOWN[part] for part in parts if part in KNOWN]
    if len(parts) < 2 or len({column for column, _ in found}) != 1:
        return None
    return found[0][0], max(trust for _, trust in found)


def known_columns(texts: Sequence[str]) -> int:
    """How many different columns a row of texts names; two make it the heading (IR1)."""
    return len({found[0] for found in map(recognised, texts) if found})


def columns_of(heading: Sequence[str]) -> dict[Column, int]:
    """Where each column stands in a heading, from 0."""
    best: dict[Column, tuple[int, int]] = {}
    for place, text in enumerate(heading):
        found = recognised(text)
        if found and (found[0] not in best or (found[1], place) < best[found[0]]):
            best[found[0]] = (found[1], place)
    return {column: place for column, (_, place) in best.items()}


def can_be_imported(columns: Mapping[Column, int]) -> bool:
    """Whether the columns are enough: a name, and a phone or an e-mail (IR1)."""
    return Column.NAME in columns and (Column.PHONE in columns or Column.EMAIL in columns)
