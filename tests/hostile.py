"""Files that are made to hurt who reads them (F17), each as its name and its bytes."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

from tests.core.made_sheets import MAIN

_MANY = 30 * 1024 * 1024
_ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "haha">{_ENTITIES}]>'
_OUTSIDE = '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'


def archive(**parts: bytes) -> bytes:
    """A ZIP of these parts; `__` in a name stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def workbook(sheet: str, before: str = "", strings: str = "") -> bytes:
    """An XLSX whose only sheet, and whose shared strings, are this XML."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    start = '<?xml version="1.0"?>'
    links = "".join(
        f'<Relationship Id="r{n}" Type="{relations}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(
            (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")), 1
        )
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{relations}"><sheets>'
        '<sheet name="x" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{links}</Relationships>',
        "xl/sharedStrings.xml": f'{start}{before}<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'{start}{before}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    return archive(**{name.replace("/", "__"): text.encode() for name, text in parts.items()})


def _rows(*rows: tuple[str, str], at: str = "") -> str:
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) + "</row>"
        for row in (("姓名", "手机号"), *rows)
    )
    return cells + at


def _corner() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return workbook(_rows(("王敏", "13800138001"), at=far))


def _zip_bomb() -> bytes:
    """A sheet of 100 MB in 100 kB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(100):
            part.write(bytes(1 << 20))
    return out.getvalue()


def _lying_bomb() -> bytes:
    """A sheet that says in the directory of the archive that it is small."""
    content = bytearray(workbook(" " * (50 << 20)))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 1000)
    return bytes(content)


def _matryoshka() -> bytes:
    """Thirty archives, each in the next."""
    content = bytes(1 << 20)
    for _ in range(30):
        content = archive(xl__workbook__xml=content)
    return content


def _nested_xml() -> bytes:
    return workbook("<row>" * 200_000)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 800), "teal").save(out, kind)
    return out.getvalue()


def _jpeg(side: int) -> bytes:
    """A JPEG whose frame says how large it is."""
    content = bytearray(_picture("JPEG"))
    place = content.find(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", side, side)
    return bytes(content)


def _webp(side: int) -> bytes:
    """A WebP (extended form) whose canvas is of this side, at most 16,384 in the picture itself."""
    canvas = (side - 1).to_bytes(3, "little") * 2
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas + _picture("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _letters_in_letters() -> bytes:
    """A message of 10,000 parts, each inside the one before."""
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000)
    )


def _forwarded() -> bytes:
    """A message of 10,000 messages, each forwarded in the one before."""
    return b"Content-Type: message/rfc822\r\n\r\n" * 10_000


def _wide_letter() -> bytes:
    """A message of 100,000 parts beside each other."""
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000 + b"--b--"


LIST = "姓名,手机号,单位名称\r\n"
SCRIPT = b"<script>alert(1)</script>"
MAKERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a bomb as XLSX": ("list.xlsx", _zip_bomb),
    "a bomb that lies about its size": ("list.xlsx", _lying_bomb),
    "archives in archives": ("list.xlsx", _matryoshka),
    "XML without an end": ("list.xlsx", _nested_xml),
    "a cell in the last corner": ("list.xlsx", _corner),
    "a billion laughs": ("list.xlsx", lambda: workbook(_rows(("&l9;", "13800138001")), _LAUGHS)),
    "a file of the server as a cell": (
        "list.xlsx",
        lambda: workbook(_rows(("&l9;", "13800138001")), _OUTSIDE),
    ),
    "PDF and ZIP at once": ("list.pdf", lambda: b"%PDF-1.7\n1 0 obj\n" + archive(a=SCRIPT)),
    "GIF and script at once": ("logo.gif", lambda: _picture("GIF") + b"/*" + SCRIPT + b"*/=1;alert(1)"),
    "a web page as CSV": ("list.csv", lambda: b"<html><body>" + SCRIPT + b"<table><tr><td>name,phone"),
    "PNG of 50,000 by 50,000": ("logo.png", lambda: _png(50_000)),
    "JPEG of 50,000 by 50,000": ("logo.jpg", lambda: _jpeg(50_000)),
    "WebP of 50,000 by 50,000": ("logo.webp", lambda: _webp(50_000)),
    "a picture cut off": ("logo.png", lambda: _picture("PNG")[:300]),
    "SVG with a script": (
        "logo.svg",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + SCRIPT + b"</svg>",
    ),
    "no byte": ("list.csv", lambda: b""),
    "30 MB in one line": ("list.csv", lambda: b"x," * (_MANY // 2)),
    "30 MB of quotation marks": ("list.csv", lambda: b'"",' * (_MANY // 3)),
    "30 MB of line ends in one row": ("list.csv", lambda: b'"\n",' * (_MANY // 4)),
    "30 MB of separators": ("list.csv", lambda: b"," * _MANY),
    "30 MB of lines": ("list.csv", lambda: b"x\n" * (_MANY // 2)),
    "30 MB of open quotation marks": ("list.csv", lambda: b'x,"y\n' * (_MANY // 5)),
    "30 MB in one cell": ("list.csv", lambda: (LIST + '"').encode() + b"x" * _MANY),
    "UTF-16 without a mark": ("list.csv", lambda: (LIST + "王敏,13800138001,星河\r\n").encode("utf-16-le")),
    "zeros between the letters": (
        "list.csv",
        lambda: (LIST + "王\0敏,138\x000013\x008001,\0\r\n").encode("utf-8"),
    ),
    "zeros alone": ("list.csv", lambda: bytes(1 << 20)),
    "a message of 10,000 parts in each other": ("returned.eml", _letters_in_letters),
    "a message of 10,000 forwarded messages": ("returned.eml", _forwarded),
    "a message of 100,000 parts": ("returned.eml", _wide_letter),
    "a compressed bomb": ("list.csv.gz", lambda: gzip.compress(bytes(40 << 20))),
}
BAD_NAMES = (
    "../../etc/passwd",
    "..\\..\\windows\\system32\\a.csv",
    "/etc/cron.d/x.csv",
    "list\u202evsc.exe",
    "a" * 300 + ".csv",
    "名" * 300 + ".csv",
    'x"; filename="y.csv',
    "x\r\nX-Evil: 1.csv",
    "<img src=x onerror=alert(1)>.csv",
    "x\0.csv",
    "\ud800.csv".encode("utf-8", "replace").decode(),
    " ",
    ".",
    "CON",
)


@cache
def made(what: str) -> tuple[str, bytes]:
    """The name and the bytes of one of `MAKERS`."""
    name, make = MAKERS[what]
    return name, make()
