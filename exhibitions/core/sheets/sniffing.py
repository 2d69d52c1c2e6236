"""What a file is by its content; names and endings lie."""

from __future__ import annotations

import re
import struct

from exhibitions.core.sheets.table import PROTECTED, Kind, Unreadable

HEAD_BYTES = 8_192
OLE_HEADER = 512
NO_SECTOR = 0xFFFFFFFA
FREE_SECTOR = 0xFFFFFFFF

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_FILES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"RIFF", b"II*\x00",
    b"MM\x00*", b"\x7fELF", b"PK\x05\x06", b"SQLite format 3", b"\x00\x00\x01\x00", b"OggS", b"ID3", b"\xfd7zXZ", b"BZh",
)  # fmt: skip
COMMENT = re.compile(rb"\s*<!--.*?-->", re.DOTALL)
XML = re.compile(rb"\s*<\?xml[^>]*>", re.IGNORECASE)
TAGS = (
    b"html|head|title|meta|link|base|style|script|xml|body|table|caption|colgroup|col|thead|tbody|tfoot|tr|td|th|div|span"
    b"|center|font|form|p|br|hr|pre|h[1-6]|b|i|u|a|img|ul|ol|li|dl|(?:ss:)?workbook"
)
WEB = re.compile(
    # A comment is left over when it is longer than what was read; <![if ...]> is Excel's own.
    rb"\s*(?:mime-version:|<(?:!doctype\s+html|!--|!\[|\?mso|(?:" + TAGS + rb")[\s/>]))",
    re.IGNORECASE,
)
OTHER_MARKUP = re.compile(rb"\s*<(?:\?|!doctype|(?:svg:)?svg[\s>])", re.IGNORECASE)


def kind_of(head: bytes, whole_ole: bytes) -> Kind:
    """The kind of a file from its first bytes.

    `whole_ole` is the content of a file that starts as OLE (empty for others): the names of its streams tell a
    workbook from a letter. Raises Unreadable `empty`, `html`, `not_a_table` or, for a locked workbook, `damaged`.
    """
    if not head:
        raise Unreadable("empty")
    if head.startswith(ZIP):
        return Kind.XLSX
    if head.startswith(OLE):
        return _kind_of_ole(whole_ole)
    if head.startswith(OTHER_FILES):
        raise Unreadable("not_a_table")
    markup = markup_of(head)
    if markup:
        raise Unreadable(markup)
    return Kind.TEXT


def markup_of(head: bytes) -> str | None:
    """`html` when the bytes begin a web page, `not_a_table` for other markup (a drawing, a feed), None for neither.

    Also in UTF-16, behind comments and behind the line that says <?xml.
    """
    rest = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    is_xml = False
    while found := COMMENT.match(rest) or XML.match(rest):
        is_xml = is_xml or bool(XML.match(rest))
        rest = rest[found.end() :]
    if WEB.match(rest):
        return "html"
    return "not_a_table" if OTHER_MARKUP.match(rest) or (is_xml and rest.lstrip().startswith(b"<")) else None


def _kind_of_ole(content: bytes) -> Kind:
    if _stream_name("EncryptedPackage") in content:
        raise Unreadable("damaged", PROTECTED)
    if not is_whole_ole(content):
        raise Unreadable("damaged")
    if _stream_name("Workbook") in content or _stream_name("Book") in content:
        return Kind.XLS
    known_other = any(_stream_name(name) in content for name in ("WordDocument", "PowerPoint Document"))
    raise Unreadable("not_a_table" if known_other else "damaged")


def is_whole_ole(content: bytes) -> bool:
    """Whether every sector that the allocation tables call used lies inside the file; a cut-off file lacks some."""
    if len(content) < OLE_HEADER:
        return False
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        return False
    size = 1 << shift
    tables = [place for place in struct.unpack_from("<109I", content, 76) if place < NO_SECTOR]
    sectors = -(-len(content) // size) - 1
    last = 0
    for order, place in enumerate(tables):
        table = content[(place + 1) * size : (place + 2) * size]
        entries = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
        used = [slot for slot, entry in enumerate(entries) if entry != FREE_SECTOR]
        last = max(last, order * (size // 4) + used[-1] + 1 if used else 0)
    return bool(tables) and last <= sectors


def _stream_name(name: str) -> bytes:
    return name.encode("utf-16-le")
