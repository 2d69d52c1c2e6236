"""Languages: which one the reader wants, the texts of the product, and dates, money and areas as readers write them.

Each room has its own catalogue (gettext domain) under exhibitions/translations.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, format_timedelta, get_locale
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_accept_header

from exhibitions.core import clock
from exhibitions.core.money import formatted, formatted_minor

LANGUAGES = (("zh", "中文"), ("en", "English"), ("ko", "한국어"))
OFFERED = ("zh", "en")
_CODES = frozenset(code for code, _ in LANGUAGES)
_COOKIE = "lang"
_YEAR = 365 * 24 * 3600
_TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_BRACKETED = re.compile(r"[（(][^（）()<>]{1,16}[）)]")
_LANDLINE = re.compile(r"\+86(10|2[0-9]|[3-9][0-9]{2})([2-9][0-9]{6,7})")
_SERVICE_NUMBER = re.compile(r"\+86([48]00)([0-9]{3})([0-9]{4})")
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_KO = "월화수목금토일"


def install(app: Flask) -> None:
    """Give `app` its languages, template filters and the language of the next page."""
    domains = sorted({path.stem for path in _TRANSLATIONS.glob("*/LC_MESSAGES/*.po")}) or ["core"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join([str(_TRANSLATIONS)] * len(domains))
    app.config["BABEL_DOMAIN"] = ";".join(domains)
    babel = Babel(app, locale_selector=choose, default_locale="en")
    babel.domain_instance = _Words(domain=";".join(domains))
    app.context_processor(_context)
    app.after_request(_remember)
    for name in (
        format_date,
        format_span,
        format_time,
        format_datetime,
        format_brief_day,
        format_brief_datetime,
        format_money,
        format_amount,
        format_area,
        format_number,
        format_phone,
    ):
        app.jinja_env.filters[name.__name__.removeprefix("format_")] = name
    app.jinja_env.filters["local"] = local
    app.jinja_env.filters["ago"] = ago
    app.jinja_env.filters["whole_brackets"] = whole_brackets


def ago(moment: datetime) -> str:
    """How long ago a moment was, in words: 3 minutes ago."""
    return str(format_timedelta(moment - clock.now(), add_direction=True))


class _Words(Domain):  # type: ignore[misc]
    """The texts of the product, looked up once for a page and language.

    A page has hundreds of texts, and flask-babel would spell out the name of the language for each to find its catalogue.
    """

    def get_translations(self) -> Any:
        """The catalogue of the language that is being written now."""
        locale = _locale()
        if locale is None:
            return super().get_translations()
        of_page = g._flask_babel
        kept = of_page.__dict__.get("words")
        # Another language may be forced meanwhile, for a letter or the other half of a line.
        if kept is None or kept[0] is not locale:
            kept = of_page.words = (locale, super().get_translations())
        return kept[1]


def _locale() -> Locale | None:
    """The language that is being written now. flask-babel keeps it for a page, and takes four times as long to find it."""
    locale: Locale | None = (
        getattr(g.get("_flask_babel"), "babel_locale", None) if has_app_context() else None
    )
    return get_locale() if locale is None else locale


def choose() -> str:
    """The reader's language: asked for now, remembered, or what the browser prefers; zh when nothing fits."""
    if not has_request_context():
        return str(g.get("lang", "zh"))
    asked = _asked()
    if asked in _CODES:
        return asked
    remembered = request.cookies.get(_cookie())
    if remembered in _CODES:
        return str(remembered)
    return _preferred(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=512)
def _preferred(header: str) -> str:
    """What a browser prefers by its header; few headers are ever seen, and reading one costs as much as a scan."""
    return parse_accept_header(header, LanguageAccept).best_match(sorted(_CODES, reverse=True)) or "zh"


def _asked() -> str:
    """The language that this request asks for by the switch of a form or by its address; empty when by neither."""
    if "asked_language" not in g:
        by_address = request.args.get("lang", "") if request.query_string else ""
        try:
            # The fields of a body that is no form are not looked for: devices send thousands of them a second.
            by_form = request.form.get("_lang") if request.mimetype in _FORMS else None
        except RequestEntityTooLarge:
            by_form = None
        g.asked_language = by_form or by_address
    return str(g.asked_language)


def language() -> str:
    """The language of the page that is being made: zh, en or ko."""
    locale = _locale()
    return str(locale.language) if locale is not None else "en"


def text_tag() -> str:
    """The language tag of the page's words: a language that is not offered yet is answered in English (ux.md B8)."""
    lang = language()
    return {"zh": "zh-CN"}.get(lang, lang) if lang in OFFERED else "en"


def _cookie() -> str:
    return f"{current_app.config.get('COOKIE_PREFIX', '')}{_COOKIE}"


def _remember(response: Response) -> Response:
    asked = _asked()
    if asked in _CODES and request.endpoint != "static":
        response.set_cookie(
            _cookie(),
            asked,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


def _context() -> dict[str, object]:
    return {
        "lang": language(),
        "text_tag": text_tag(),
        "languages": [pair for pair in LANGUAGES if pair[0] in OFFERED],
        "switch_url": switch_url,
        "switch_away": switch_away,
        "sent_again": sent_again,
        "made_at": clock.now,
        "home_zone": home_zone(),
        "both": local,
    }


def switch_url(code: str) -> str:
    """The address of this same page in the language `code`."""
    words = request.args.to_dict(flat=False)
    words["lang"] = [code]
    return f"{request.path}?{urlencode(words, doseq=True)}"


def switch_away(code: str) -> str:
    """The address of an error page in the language `code`; where it answers a form, of the page that sent the form.

    The form itself is not sent again: what was refused once might be done now.
    """
    if request.method in ("GET", "HEAD"):
        return switch_url(code)
    before = urlsplit(request.headers.get("Referer", ""))
    path = before.path if before.netloc == request.host and before.path.startswith("/") else "/"
    return f"{path}?{urlencode({'lang': code})}"


def sent_again() -> list[tuple[str, str]]:
    """The fields of the form that this page answers, for the switch to send them once more; none if it was opened.

    Views that take a form look for the switch first and check nothing (core.forms); what is done without a form
    answers by a page that can be opened.
    """
    if request.method != "POST" or request.mimetype not in _FORMS:
        return []
    left_out = {"csrf_token", "_lang"}
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in left_out and "password" not in name.lower()
    ] or [("_again", "1")]


def local(thing: object, field: str) -> str:
    """`thing.<field>_zh` or `_en` as the reader wants it; the other one, marked with its own language, when empty."""
    own = "zh" if language() == "zh" else "en"
    other = "en" if own == "zh" else "zh"
    text = getattr(thing, f"{field}_{own}") or ""
    if text:
        return str(text)
    text = getattr(thing, f"{field}_{other}") or ""
    return Markup('<span lang="{}">{}</span>').format(other, text) if text else ""


def whole_brackets(text: str) -> Markup:
    """A name for a heading: what stands in brackets in it, 第八届中国（大连）…, is never broken over two lines."""
    return Markup(_BRACKETED.sub(r'<span class="nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped here.


def format_date(day: date, *, weekday: bool = True) -> str:
    """A day as ux.md B10 writes it: 2016年8月19日（周五） / Fri 19 Aug 2016 / 2016년 8월 19일(금)."""
    lang = language()
    if lang == "zh":
        end = f"（周{_WEEKDAYS_ZH[day.weekday()]}）" if weekday else ""
        return f"{day.year}年{day.month}月{day.day}日{end}"
    if lang == "ko":
        end = f"({_WEEKDAYS_KO[day.weekday()]})" if weekday else ""
        return f"{day.year}년 {day.month}월 {day.day}일{end}"
    return f"{day:%a} {day.day} {day:%b %Y}" if weekday else f"{day.day} {day:%b %Y}"


def format_span(first: date, last: date) -> list[str]:
    """First to last day without saying year and month twice, in two parts that a line may end between.

    2016年8月19日（周五）至 / 22日（周一）, Fri 19 – / Mon 22 Aug 2016, 2016년 8월 19일(금) – / 22일(월).
    """
    if first == last:
        return [format_date(first)]
    same_year = first.year == last.year
    same_month = same_year and first.month == last.month
    if language() in ("zh", "ko"):
        month, year = ("月", "年") if language() == "zh" else ("월 ", "년 ")
        end = format_date(last)
        if same_year:
            end = end.split(year, 1)[1]
        if same_month:
            end = end.split(month, 1)[1]
        return [f"{format_date(first)}{'至' if language() == 'zh' else ' –'}", end]
    start = f"{first:%a} {first.day}"
    if not same_month:
        start += f" {first:%b}"
    if not same_year:
        start += f" {first.year}"
    return [f"{start} –", format_date(last)]


def home_zone() -> str:
    """The IANA zone of the organiser's office: for times that belong to no fair (TIME_ZONE)."""
    return str(current_app.config["SETTINGS"].time_zone)


def format_time(moment: datetime | time, zone: str | None = None, *, seconds: bool = False) -> str:
    """Hours and minutes; a datetime is shown in the IANA `zone`."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(ZoneInfo(zone) if zone else UTC).time()
    return f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"


def format_datetime(moment: datetime, zone: str) -> str:
    """Day and time in the IANA `zone`."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(there.date(), weekday=False)} {there:%H:%M}"


def format_brief_day(day: date, zone: str) -> str:
    """A day for a column of a list: its year is left out when it is the present one in the IANA `zone`."""
    if day.year != clock.today(zone).year:
        return format_date(day, weekday=False)
    lang = language()
    if lang == "en":
        return f"{day.day} {day:%b}"
    return f"{day.month}월 {day.day}일" if lang == "ko" else f"{day.month}月{day.day}日"


def format_brief_datetime(moment: datetime, zone: str) -> str:
    """Day and time in the IANA `zone` for a column of a list, as `format_brief_day` writes the day."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{format_brief_day(there.date(), zone)} {there:%H:%M}"


def format_money(minor: int, currency: str = "CNY") -> str:
    """Integer minor units as ¥138,120.00."""
    return formatted_minor(minor, currency)


def format_amount(amount: Decimal, currency: str = "CNY") -> str:
    """An amount in whole units as ¥138,120.00."""
    return formatted(amount, currency)


def format_area(square_metres: Decimal | int) -> str:
    """An area as 2,880 m²."""
    return f"{square_metres:,} m²"


def format_number(value: int | Decimal) -> str:
    """A number with thousands grouped."""
    return f"{value:,}"


def format_phone(phone: str) -> str:
    """A stored E.164 number in groups as its country reads it: 138 0013 8000, 0411-8480 1234, +82 10 1234 5678."""
    if phone.startswith("+861") and len(phone) == 14:
        return f"{phone[3:6]} {phone[6:10]} {phone[10:]}"
    service = _SERVICE_NUMBER.fullmatch(phone)
    if service:
        return "-".join(service.groups())
    landline = _LANDLINE.fullmatch(phone)
    if landline:
        return f"0{landline[1]}-{landline[2][:-4]} {landline[2][-4:]}"
    if phone.startswith("+82"):
        return f"+82 {phone[3:5]} {phone[5:-4]} {phone[-4:]}"
    return str(escape(phone))
