"""The texts of a badge, as its design asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale

from exhibitions.badges.rules.layout import Design, Facts

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CODE = 2


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of a holder that may be printed. `region` is a Chinese place or a code of ISO 3166-1."""

    name: str
    company: str
    title: str = ""
    region: str = ""
    planned_day: date | None = None


SAMPLES = (
    Words("欧阳娜娜", "大连示例进出口贸易有限公司", "采购总监", "辽宁"),
    Words("Nguyễn Thị Hoàng Anh-Schmidt", "Rhein-Main Porzellan GmbH & Co. KG", "Head of Purchasing", "DE"),
    Words(
        "阿卜杜热合曼·买买提明·库尔班",
        "新疆维吾尔自治区示例民族手工艺品进出口有限责任公司",
        "董事长兼总经理",
        "新疆",
    ),
    Words("김하늘", "한국경공업협회 전시사업부", "부장", "KR"),
)


def facts(words: Words, class_words: str, number: str, fair: str, design: Design) -> Facts:
    """What is printed with this design; fields that were not chosen are empty."""
    details = (
        words.title if "title" in design.fields else "",
        place(words.region) if "region" in design.fields else "",
        day(words.planned_day) if "day" in design.fields else "",
    )
    return Facts(
        name=words.name if "name" in design.fields else "",
        company=words.company if "company" in design.fields else "",
        class_words=class_words,
        number=number,
        fair=fair,
        details=" · ".join(text for text in details if text),
    )


def place(region: str) -> str:
    """The region in words: a country by its names in Chinese and English, anything else as it is kept."""
    if len(region) == _CODE and region.isascii():
        names = [Locale(language).territories.get(region) for language in ("zh", "en")]
        return " ".join(dict.fromkeys(name for name in names if name)) or region
    return region


def day(planned: date | None) -> str:
    """The planned day in both languages: 8月19日 19 Aug."""
    return f"{planned.month}月{planned.day}日 {planned.day} {_MONTHS[planned.month - 1]}" if planned else ""
