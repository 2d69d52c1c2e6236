"""Files for the tests of the sheet reader, down to single XML elements that no library would write."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from exhibitions.core.sheets.reading import open_table
from exhibitions.core.sheets.table import Cell, Choice, Table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

KNOWN = {
    "姓名",
    "手机号",
    "单位名称",
    "성명",
    "휴대폰",
    "手機號碼",
    "公司名稱",
    "name",
    "phone",
    "company",
    "date",
}


def known(texts: Sequence[str]) -> int:
    """How many of the names above a row holds."""
    return len({text.strip() for text in texts} & KNOWN)


def table_of(path: Path, choice: Choice | None = None) -> Table:
    """Open a file with the names above."""
    return open_table(path, known, choice)


def rows_of(path: Path, choice: Choice | None = None) -> dict[int, list[Cell]]:
    """The rows under the heading, by Excel's row number."""
    return {row.number: row.cells for row in table_of(path, choice).rows()}


def write_text(path: Path, text: str, encoding: str) -> Path:
    """A text file in exactly this encoding and with exactly these line ends."""
    path.write_bytes(text.encode(encoding))
    return path


class RawWorkbook:
    """An XLSX of given XML: `sheets` by name (with state), shared strings, styles, properties."""

    def __init__(self, *, strict: bool = False, prefix: str = "") -> None:
        self.main = STRICT_MAIN if strict else MAIN
        self.relations = STRICT_RELATIONS if strict else RELATIONS
        self.prefix = f"{prefix}:" if prefix else ""
        self.xmlns = f'xmlns:{prefix}="{self.main}"' if prefix else f'xmlns="{self.main}"'
        self.sheets: list[tuple[str, str, str]] = []
        self.strings = ""
        self.formats = ""
        self.styles = ""
        self.properties = ""
        self.extra: dict[str, bytes] = {}

    def add(self, name: str, rows: str, state: str = "visible") -> RawWorkbook:
        """A sheet whose <sheetData> holds `rows`."""
        self.sheets.append((name, rows, state))
        return self

    def write(self, path: Path) -> Path:
        """Save the archive."""
        p = self.prefix
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("_rels/.rels", self._relations([("officeDocument", "xl/workbook.xml")]))
            targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(self.sheets) + 1)]
            targets += [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
            archive.writestr("xl/_rels/workbook.xml.rels", self._relations(targets))
            entries = "".join(
                f'<{p}sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
                for n, (name, _, state) in enumerate(self.sheets, start=1)
            )
            archive.writestr(
                "xl/workbook.xml",
                f'<{p}workbook {self.xmlns} xmlns:r="{self.relations}">{self.properties}<{p}sheets>{entries}</{p}sheets></{p}workbook>',
            )
            for n, (_, rows, _) in enumerate(self.sheets, start=1):
                archive.writestr(
                    f"xl/worksheets/sheet{n}.xml",
                    f"<{p}worksheet {self.xmlns}><{p}sheetData>{rows}</{p}sheetData></{p}worksheet>",
                )
            archive.writestr("xl/sharedStrings.xml", f"<{p}sst {self.xmlns}>{self.strings}</{p}sst>")
            archive.writestr(
                "xl/styles.xml",
                f"<{p}styleSheet {self.xmlns}><{p}numFmts>{self.formats}</{p}numFmts><{p}cellXfs>{self.styles}</{p}cellXfs></{p}styleSheet>",
            )
            for name, data in self.extra.items():
                archive.writestr(name, data)
        return path

    def _relations(self, targets: Sequence[tuple[str, str]]) -> str:
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{self.relations}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(targets, start=1)
        )
        return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def inline(reference: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = f'<row r="1">{inline("A1", "姓名")}{inline("B1", "手机号")}{inline("C1", "date")}</row>'
