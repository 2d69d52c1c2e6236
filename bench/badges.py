"""QR codes and badge PDFs on one core, by CPU time; rates are the best of three.

The mix is that of a fair: three in five names Chinese, one in five European, one in five Korean.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from bench.figures import Figure
from exhibitions.badges.rules import layout, number, token
from exhibitions.badges.service import drawing
from exhibitions.badges.service.drawing import AS_IT_IS, Printed
from exhibitions.badges.service.drawing_pool import pool
from exhibitions.badges.service.drawing_process import Order
from exhibitions.core import pdf, qr, signing

_NAMES = ("王伟", "欧阳娜娜", "李 𠮷", "Alexander Hamilton", "김철수")
_COMPANIES = (
    "大连市轻工业联合会",
    "大连华丰家居制品进出口有限责任公司",
    "沈阳星河日用品厂",
    "Rhein-Main Porzellan GmbH & Co. KG",
    "한국경공업협회",
)
_COLOURS = ("#0b6e6e", "#ffbf47", "#b10e1e")
_CLAIMS = token.Claims(key_number=0, fair=8, badge=0, class_number=1, first_day=0, days=0, issue=1)
# Measured best of this kind of machine, see docs/dependencies.md.
_BEST_QR = 56_000
_BEST_PDF = 1_470


def measure(short: bool) -> Iterator[Figure]:
    """The figures; a short run draws a few of each."""
    count = 50 if short else 5_000
    yield Figure(
        "QR tables built at first use", "", _seconds(lambda: qr.picture("B")), "s", note="once a process"
    )
    codes = [_code(at) for at in range(count)]
    yield _rate(
        "QR codes without signing", count, lambda: [qr.picture(code) for code in codes], _BEST_QR, 30_000
    )
    yield _rate("signed codes (Ed25519)", count, lambda: [_code(at) for at in range(count)])
    yield _rate(
        "QR pictures as PNG of 630 pixels",
        count // 10,
        lambda: [qr.png(code) for code in codes[: count // 10]],
    )
    badges = [_badge(at, code) for at, code in enumerate(codes)]
    # The fonts are loaded once a process and not part of the rate.
    yield Figure(
        "printing fonts loaded",
        "",
        _seconds(lambda: _drawn(badges[:5], "90x130")),
        "s",
        note="once a process",
    )
    yield _rate("badge PDFs, 90 × 130 mm", count, lambda: _drawn(badges, "90x130"), _BEST_PDF, 700)
    yield _rate("badge PDFs, four on A4", count, lambda: _drawn(badges, "a4x4"), _BEST_PDF, 700)
    yield Figure(
        "500 badges in one PDF", "", _seconds(lambda: _drawn(badges[:500], "a4x4")), "s", goal=20, least=True
    )
    yield from _on_all_cores(badges[:4_000])
    yield _rate(
        "names checked for missing glyphs", count, lambda: pdf.fonts().missing_glyphs(_NAMES * (count // 5))
    )


def _on_all_cores(badges: list[Printed]) -> Iterator[Figure]:
    """The same badges by the clock on the wall: by one process, and by one for each core as print runs are."""
    began = time.perf_counter()
    _drawn(badges, "a4x4")
    alone = time.perf_counter() - began
    half = len(badges) // 2
    orders = [
        Order(part, "a4x4", "bench", AS_IT_IS, f"{at}.pdf")
        for at, part in enumerate((badges[:half], badges[half:]))
    ]
    with pool(2) as hands:
        # Starting a process and loading its fonts is paid once a run.
        hands.draw([_fewer(order, order.badges[:4]) for order in orders], lambda _drawn: None)
        began = time.perf_counter()
        hands.draw(orders, lambda _drawn: None)
        together = time.perf_counter() - began
    yield Figure("badge PDFs, two processes, by the clock", "", len(badges) / together, "/s")
    yield Figure("two processes against one", "", alone / together, "times as fast", goal=1.6)


def _fewer(order: Order, badges: list[Printed]) -> Order:
    """The same order for fewer badges."""
    return Order(badges, order.sheet, order.title, order.placement, order.path)


def _code(at: int) -> str:
    claims = replace(_CLAIMS, badge=number.LOWEST + at)
    return token.issue(claims, lambda message: signing.sign(bytes(range(32)), message))[1]


def _badge(at: int, code: str) -> Printed:
    facts = layout.Facts(
        _NAMES[at % len(_NAMES)],
        _COMPANIES[at // 2 % len(_COMPANIES)],
        "专业观众 TRADE VISITOR",
        number.shown(number.LOWEST + at),
        "第八届中国（大连）轻工商品博览会 The 8th China (Dalian) Light Industry Expo",
    )
    return Printed(facts, code, _COLOURS[at % len(_COLOURS)])


def _drawn(badges: list[Printed], sheet: str) -> int:
    out = io.BytesIO()
    drawing.draw(out, badges, layout.SHEETS[sheet], "bench")
    return len(out.getvalue())


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _best(work: Callable[[], object]) -> float:
    """The best of three: what the neighbours take away is not the product's."""
    return min(_seconds(work) for _ in range(3))


def _rate(
    what: str, count: int, work: Callable[[], object], limit: float | None = None, goal: float | None = None
) -> Figure:
    return Figure(what, "", count / _best(work), "/s a core", limit=limit, goal=goal)
