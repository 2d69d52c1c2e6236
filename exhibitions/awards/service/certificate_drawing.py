"""Certificates on A4 landscape: Chinese first, English below, a double frame, the seal's place, a code to verify.

Chinese lines are set letterspaced and centred, the medal largest; English is smaller and lighter. Names shrink before they
break, and break into two lines before they shrink below what can be read from a wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, BinaryIO

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exhibitions.awards.rules.certificate_words import date_en, date_zh, grouped
from exhibitions.badges.rules.layout import pieces_of
from exhibitions.core import pdf

WIDTH, HEIGHT = 297 * mm, 210 * mm
_MIDDLE = WIDTH / 2
_INK, _SOFT, _LINE = "#1F2933", "#5B6770", "#8A7A4A"
_METALS = {"GG": "#B8860B", "G": "#B8860B", "S": "#6B7280", "B": "#8C5A2B"}
_OTHER = "#0B6E6E"
_ROOM = 214 * mm
_QR = 24 * mm


def certificates_pdf(
    out: BinaryIO, certificates: Iterable[tuple[Mapping[str, Any], str, str]], title: str
) -> None:
    """One page a certificate, of (words, code, address of its page), in their order.

    Raises `Refused("fonts_missing")` without the fonts.
    """
    canvas = pdf.new_canvas(out, WIDTH, HEIGHT, title)
    for words, code, url in certificates:
        _page(canvas, words, code, url)
        canvas.showPage()
    canvas.save()


def _page(canvas: Canvas, words: Mapping[str, Any], code: str, url: str) -> None:
    metal = _METALS.get(str(words["medal"]), _OTHER)
    _frame(canvas, metal)
    _spaced(canvas, 178 * mm, words["title_zh"], 34, 0.32, bold=True)
    _line(canvas, 167.5 * mm, words["title_en"], 15, _SOFT)
    canvas.setStrokeColor(metal)
    canvas.setLineWidth(0.8)
    canvas.line(_MIDDLE - 32 * mm, 162 * mm, _MIDDLE + 32 * mm, 162 * mm)
    y = _block(canvas, 147 * mm, words["company_zh"] or words["company_en"], 22, bold=True)
    if words["company_zh"] and words["company_en"]:
        y = _block(canvas, y, words["company_en"], 11.5, colour=_SOFT)
    if words["joint"]:
        y = _block(canvas, y, "联合完成单位：" + "、".join(words["joint"]), 10.5, colour=_SOFT)
    y = _block(canvas, y - 5 * mm, words["wording_zh"], 14)
    y = _block(canvas, y, words["wording_en"], 10.5, colour=_SOFT)
    y -= 14 * mm
    _spaced(canvas, y, words["medal_zh"], 40, 0.28, bold=True, colour=metal)
    y -= 9.5 * mm
    if words["medal_en"] != words["medal_zh"]:
        _line(canvas, y, str(words["medal_en"]).upper(), 14, metal)
        y -= 13 * mm
    y = _block(canvas, y, _named(words, "zh"), 14, bold=True)
    _block(canvas, y, _named(words, "en"), 10.5, colour=_SOFT)
    _foot(canvas, words, code, url)


def _named(words: Mapping[str, Any], lang: str) -> str:
    product = words[f"product_{lang}"] or (words["product_en"] if lang == "zh" else "")
    category = words[f"category_{lang}"]
    if lang == "zh":
        return f"参评产品：{product}" + (f"（{category}）" if category else "")
    return f"Product: {product}" + (f" ({category})" if category else "") if product else ""


def _frame(canvas: Canvas, metal: str) -> None:
    canvas.setStrokeColor(metal)
    for inset, weight in ((9 * mm, 2.2), (11.5 * mm, 0.6)):
        canvas.setLineWidth(weight)
        canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    canvas.setLineWidth(0.6)
    # A square in each corner closes the frame, as on certificates that are printed by hand.
    side = 7 * mm
    for x in (11.5 * mm, WIDTH - 11.5 * mm - side):
        for y in (11.5 * mm, HEIGHT - 11.5 * mm - side):
            canvas.rect(x, y, side, side)


def _foot(canvas: Canvas, words: Mapping[str, Any], code: str, url: str) -> None:
    left, bottom = 27 * mm, 20 * mm
    _qr(canvas, left, bottom + 6 * mm, url)
    pdf.fill(canvas, _SOFT)
    pdf.draw_text(canvas, left, bottom + 2 * mm, f"证书编号 No. {words['serial']}", 9)
    pdf.draw_text(canvas, left, bottom - 2.2 * mm, f"查验 Verify {grouped(code)}", 7)
    _signatories(canvas, words)
    day = date.fromisoformat(words["date"])
    right = WIDTH - 27 * mm
    pdf.fill(canvas, _INK)
    for y, text, size, bold in (
        (bottom + 14 * mm, words["organiser_zh"] or words["organiser_en"], 12, True),
        (bottom + 9 * mm, words["organiser_en"] if words["organiser_zh"] else "", 8.5, False),
        (bottom + 2 * mm, date_zh(day), 11, False),
        (bottom - 2.2 * mm, date_en(day), 8.5, False),
    ):
        fitting = _fit(text, 80 * mm, size, 7, bold)
        pdf.draw_text(canvas, right - pdf.fonts().width(text, fitting, bold), y, text, fitting, bold)


def _signatories(canvas: Canvas, words: Mapping[str, Any]) -> None:
    names = words["signatories"]
    if not names:
        return
    room = 78 * mm
    step = room / len(names)
    for place, name in enumerate(names):
        x = _MIDDLE - room / 2 + place * step
        canvas.setStrokeColor(_SOFT)
        canvas.setLineWidth(0.5)
        canvas.line(x + 2 * mm, 26 * mm, x + step - 2 * mm, 26 * mm)
        size = _fit(name, step - 4 * mm, 9.5, 6)
        pdf.fill(canvas, _INK)
        pdf.draw_text(canvas, x + (step - pdf.fonts().width(name, size)) / 2, 21.5 * mm, name, size)


def _qr(canvas: Canvas, x: float, y: float, url: str) -> None:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(url)
    code.make()
    modules = code.modules
    size = _QR / len(modules)
    pdf.fill(canvas, "#000000")
    path = canvas.beginPath()
    for row, line in enumerate(modules):
        start = None
        for column, dark in enumerate([*line, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(x + start * size, y + _QR - (row + 1) * size, (column - start) * size, size)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def _spaced(  # noqa: PLR0913 - how a line looks has this many parts.
    canvas: Canvas, y: float, text: str, size: float, space: float, *, bold: bool = False, colour: str = _INK
) -> None:
    """A short Chinese line with room between its characters; other scripts are set as usual."""
    if any(ord(character) < 0x2E80 for character in text):
        space = 0.0
    gap = size * space
    size = _fit(text, _ROOM - gap * len(text), size, 16, bold)
    width = pdf.fonts().width(text, size, bold) + gap * (len(text) - 1)
    x = _MIDDLE - width / 2
    pdf.fill(canvas, colour)
    if not space:
        pdf.draw_text(canvas, x, y, text, size, bold)
        return
    # As one text with a space between characters, so that it can be searched and copied as one word.
    writing = canvas.beginText(x, y)
    writing.setCharSpace(gap)
    for run in pdf.fonts().runs(text, bold):
        writing.setFont(run.font, size)
        writing.textOut(run.text)
    writing.setCharSpace(0)
    canvas.drawText(writing)


def _line(canvas: Canvas, y: float, text: str, size: float, colour: str = _INK, bold: bool = False) -> None:
    size = _fit(text, _ROOM, size, 7, bold)
    pdf.fill(canvas, colour)
    pdf.draw_text(canvas, _MIDDLE - pdf.fonts().width(text, size, bold) / 2, y, text, size, bold)


def _block(
    canvas: Canvas, y: float, text: str, size: float, *, bold: bool = False, colour: str = _INK
) -> float:
    """One line, or two of a smaller size where it is too long; gives where the next one stands."""
    if not text:
        return y
    if pdf.fonts().width(text, size * 0.8, bold) <= _ROOM:
        size = _fit(text, _ROOM, size, size * 0.8, bold)
        _line(canvas, y, text, size, colour, bold)
        return y - size * 1.65
    size *= 0.8
    for line in _halves(text, size, bold):
        _line(canvas, y, line, size, colour, bold)
        y -= size * 1.4
    return y - size * 0.25


def _halves(text: str, size: float, bold: bool) -> list[str]:
    """The text on two lines of about the same length."""
    pieces = list(pieces_of(text))
    whole = pdf.fonts().width(text, size, bold)
    line, at = "", 0
    for at, piece in enumerate(pieces):  # noqa: B007 - the place after the loop is what is wanted.
        if line and pdf.fonts().width(line + piece, size, bold) > whole / 2 + size:
            break
        line += piece
    return [line.strip(), "".join(pieces[at:]).strip()]


def _fit(text: str, room: float, size: float, least: float, bold: bool = False) -> float:
    """The largest size, at most `size` and at least `least`, in which the text fits."""
    width = pdf.fonts().width(text, 1, bold)
    return max(least, min(size, room / width)) if width else size
