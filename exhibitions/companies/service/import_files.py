"""Tables that belong to an import of companies: the preview, what would change, the refused rows, a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from exhibitions.companies.models import CompanyImport
from exhibitions.companies.rules.columns import COLUMN_TEXTS, Column
from exhibitions.companies.rules.importing import REASON_TEXTS, Reason, Row, judge, remark
from exhibitions.companies.service.import_comparing import differences as compared
from exhibitions.companies.service.importing import Opened
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.imports import tables


def preview(opened: Opened) -> tables.Preview:
    """The beginning of the file, with what there is to say of each row by itself."""
    return tables.preview(opened, lambda cells: remark(judge(cells, opened.layout)))


def differences(
    row: CompanyImport, opened: Opened, spell: Callable[[str, Any], str]
) -> list[tables.Difference]:
    """What the first fifty rows that change a company would change, as the check has found them.

    `spell` writes the value of a column as people read it. A number or address that is known now is masked (B12).
    """
    pairs = dict(list(row.counts.get("changes") or [])[: tables.SHOWN_DIFFERENCES])
    changes: list[tuple[int, int, Row]] = []
    for line in opened.table.rows():
        if len(changes) == len(pairs):
            break
        verdict = judge(line.cells, opened.layout) if line.number in pairs else None
        if isinstance(verdict, Row):
            changes.append((line.number, pairs[line.number], verdict))
    found = compared([(company, said) for _, company, said in changes])
    return [
        tables.Difference(
            number,
            said.name_zh or said.name_en,
            [
                (name, _MASKED.get(name, str)(spell(name, now)), spell(name, then))
                for name, (now, then) in found[company].shown.items()
            ],
        )
        for number, company, said in changes
        if company in found
    ]


_MASKED: dict[str, Callable[[str], str]] = {
    "mobile": lambda text: masked_phone(text) if text else "",
    "email": lambda text: masked_email(text) if text else "",
}


def refused_rows(row: CompanyImport, opened: Opened, words: tables.Words) -> Iterator[list[str]]:
    """The refused rows in the columns of the file, with row number and reason behind them; the heading first."""
    pairs: Sequence[tuple[int, str]] = row.counts.get("rejected") or []
    reasons = {number: REASON_TEXTS[Reason(reason)] for number, reason in pairs}
    return tables.refused_rows(opened, reasons, COLUMN_TEXTS, words)


def template_rows(words: tables.Words) -> list[list[str]]:
    """An empty list to fill in: the headings in the reader's language and two example rows."""
    columns = [column for column in Column if column is not Column.NUMBER]
    examples = (
        {
            Column.NAME_ZH: "大连星河玻璃有限公司",
            Column.NAME_EN: "Dalian Star River Glass Co., Ltd.",
            Column.CREDIT_CODE: "91210200MA0ABCDE63",
            Column.COUNTRY: "中国",
            Column.REGION: "大连",
            Column.PHONE: "0411-8480 1234",
            Column.CONTACT: "张伟",
            Column.TITLE: "经理",
            Column.MOBILE: "138 0013 8000",
            Column.EMAIL: "zhangwei@example.com",
        },
        {
            Column.NAME_EN: "Hanbit Trading Co., Ltd.",
            Column.COUNTRY: "Korea",
            Column.CONTACT: "Kim Min-su",
            Column.EMAIL: "kim@example.com",
        },
    )
    rows = [[example.get(column, "") for column in columns] for example in examples]
    return [[words(COLUMN_TEXTS[column]) for column in columns], *rows]
