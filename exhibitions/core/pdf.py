"""PDF files with embedded fonts for Chinese, Korean and European names.

No single TrueType font has them all, so a text is cut into runs by coverage: Noto Sans SC first, then KR (Hangul),
Noto Sans (š, ł, Cyrillic) and JP (𠮷 and other forms of names). `reportlab` embeds of each font only the
glyphs that a file uses. It draws one glyph a character without shaping, which is right for these scripts
and wrong for Arabic, Thai or Hindi: those count as missing, like any character without a glyph.
`missing_glyphs` names them before printing; in a file each stands as 〓, the compositor's mark for a missing
type. The fonts are fetched with the browser libraries and lie in static/vendor/fonts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import BinaryIO, NamedTuple

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from exhibitions.core.errors import N_, Refused

# Streams are compressed bytes; writing them as text as well would cost a quarter of the size and time.
rl_config.useA85 = 0

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
MISSING_MARK = "〓"
_LOADING = Lock()
# Hangul fillers are letters that show nothing.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u034f")
_INVISIBLE_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# In Noto Sans only these need no shaping: Latin, Greek, Cyrillic, punctuation and symbols.
_UNSHAPED = (
    (0x20, 0x2FF),
    (0x370, 0x52F),
    (0x1E00, 0x2BFF),
    (0x2C60, 0x2C7F),
    (0xA720, 0xA7FF),
    (0xFB00, 0xFB06),
)


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (%(name)s) /Ordering (%(name)s) /Supplement 0 >> def
/CMapName /%(name)s def
/CMapType 2 def
1 begincodespacerange
<00> <%(last)02X>
endcodespacerange
%(pairs)s
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font draws. `font` is the name by which `reportlab` knows it."""

    font: str
    text: str


@dataclass(frozen=True, slots=True)
class _Family:
    name: str
    shaping: bool = False


class _Glyph(NamedTuple):
    """How a character is printed: font, width at size 1, what is drawn, and whether that is the character itself."""

    font: str
    width: float
    drawn: str
    right: bool


_SC, _KR, _JP = _Family("NotoSansSC"), _Family("NotoSansKR"), _Family("NotoSansJP")
_EUROPEAN = _Family("NotoSans", shaping=True)
_WEIGHTS = {False: "400Regular", True: "700Bold"}
_EUROPEAN_FONTS = {f"{_EUROPEAN.name}-{weight}" for weight in _WEIGHTS.values()}
_NOTHING = _Glyph("", 0.0, "", right=True)


def fonts_missing() -> Refused:
    """The answer when the fonts have not been fetched yet."""
    return Refused(
        "fonts_missing", N_("The fonts for printing are not installed. Run “flask assets” and try again.")
    )


class _Faces(dict[str, _Glyph]):
    """How each character is printed, found when first asked.

    Fonts are loaded in their order when a character needs them: most lists never need the last.
    """

    def __init__(self, folder: Path, bold: bool, families: tuple[_Family, ...]) -> None:
        super().__init__()
        self._folder = folder
        self._weight = _WEIGHTS[bold]
        self._families = families

    def __missing__(self, character: str) -> _Glyph:
        if is_invisible(character):
            glyph = _NOTHING
        else:
            glyph = self._find(character) or self[MISSING_MARK]._replace(right=False)
        self[character] = glyph
        return glyph

    def _find(self, character: str) -> _Glyph | None:
        if unicodedata.combining(character):
            return None
        code = ord(character)
        for family in self._families:
            font = _font(self._folder / f"{family.name}_{self._weight}.ttf")
            if code in font.face.charToGlyph and (not family.shaping or _stands_alone(code)):
                return _Glyph(font.fontName, font.face.getCharWidth(code) / 1000, character, right=True)
        return None


class Fonts:
    """The printing fonts of one folder: what they cover, how wide texts are, and how they are drawn."""

    def __init__(self, folder: Path) -> None:
        self._faces = {bold: _Faces(folder, bold, (_SC, _KR, _EUROPEAN, _JP)) for bold in (False, True)}
        # A name with one letter that only the European font has is drawn in it whole, so that a word is of one cut.
        self._european = {bold: _Faces(folder, bold, (_EUROPEAN, _SC, _KR, _JP)) for bold in (False, True)}
        # Breaking lines asks for the same characters and words again and again.
        self._unit = lru_cache(maxsize=1 << 15)(self._unit_width)

    def runs(self, text: str, bold: bool = False) -> list[Run]:
        """The text cut by fonts. Invisible characters are left out, and each missing one stands as 〓."""
        return [
            Run(font, "".join([glyph.drawn for glyph in glyphs]))
            for font, glyphs in groupby(self._glyphs(text, bold), key=itemgetter(0))
        ]

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """The width in points of `text` drawn at `size` points."""
        return size * self._unit(text, bold)

    def missing_glyphs(self, texts: Iterable[str]) -> dict[str, list[str]]:
        """The characters that cannot be printed as they are, each with the texts that hold it, in their order."""
        faces = self._faces[True]
        missing: dict[str, list[str]] = {}
        for text in texts:
            for character in dict.fromkeys(text):
                if not faces[character].right:
                    missing.setdefault(character, []).append(text)
        return missing

    def basic_font(self) -> str:
        """The name of the font that a file starts with, so that it names none that is not embedded."""
        return self._faces[False][MISSING_MARK].font

    def _unit_width(self, text: str, bold: bool) -> float:
        return sum([glyph.width for glyph in self._glyphs(text, bold)])

    def _glyphs(self, text: str, bold: bool) -> list[_Glyph]:
        faces = self._faces[bold]
        glyphs = [faces[character] for character in text]
        if not {glyph.font for glyph in glyphs}.isdisjoint(_EUROPEAN_FONTS):
            glyphs = [self._european[bold][character] for character in text]
        return [glyph for glyph in glyphs if glyph.font]


@lru_cache(maxsize=4)
def fonts(folder: Path = FOLDER) -> Fonts:
    """The printing fonts, loaded once a process when first needed.

    Using them raises `Refused("fonts_missing")` when the files are not there.
    """
    return Fonts(folder)


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing by itself: controls, joiners, variation selectors, fillers."""
    code = ord(character)
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return selector or character in _INVISIBLE or unicodedata.category(character) in _INVISIBLE_KINDS


def _font(path: Path) -> TTFont:
    # One thread loads: `reportlab` must never see two fonts of one name while a file is being written.
    with _LOADING:
        return _load(path)


@lru_cache(maxsize=32)
def _load(path: Path) -> TTFont:
    family, weight = path.stem.split("_")
    try:
        font = TTFont(f"{family}-{weight}", str(path), shapable=False)
    except (TTFError, OSError) as error:
        raise fonts_missing() from error
    pdfmetrics.registerFont(font)
    return font


def _to_unicode(name: str, subset: list[int]) -> str:
    """The table by which readers copy text, for `reportlab`, whose own garbles what lies beyond U+FFFF (𠮷)."""
    pairs = [f"<{code:02X}> <{chr(point).encode('utf-16-be').hex()}>" for code, point in enumerate(subset)]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    lines = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    return _CMAP % {"name": name, "last": len(subset) - 1, "pairs": "\n".join(lines)}


ttfonts.makeToUnicodeCMap = _to_unicode


def _stands_alone(code: int) -> bool:
    return any(first <= code <= last for first, last in _UNSHAPED)


def new_canvas(out: BinaryIO | str, width: float, height: float, title: str) -> Canvas:
    """An empty PDF file with pages of `width` by `height` points; call `save()` on it at the end."""
    canvas = Canvas(out, pagesize=(width, height), pageCompression=1, initialFontName=fonts().basic_font())
    canvas.setTitle(title)
    canvas.setCreator("Exhibitions")
    return canvas


def draw_text(canvas: Canvas, x: float, y: float, text: str, size: float, bold: bool = False) -> None:
    """Draw one line with its base line beginning at (x, y), in points from the bottom left of the page."""
    writing = canvas.beginText(x, y)
    for run in fonts().runs(text, bold):
        writing.setFont(run.font, size)
        writing.textOut(run.text)
    canvas.drawText(writing)


def fill(canvas: Canvas, colour: str) -> None:
    """Use a colour, `#RRGGBB`, for what is drawn next."""
    canvas.setFillColor(HexColor(colour))
