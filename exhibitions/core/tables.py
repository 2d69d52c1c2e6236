"""Tables handed out at once, for lists that have a bound; what may be long is written by a job (`background`)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from flask import Response, send_file, stream_with_context

from exhibitions.core.sheets.writing import XLSX, Value, csv_chunks, write_xlsx


def as_csv(name: str, rows: Iterable[Sequence[Value]]) -> Response:
    """The rows as a download `name`.csv that Excel reads, sent while they are made."""
    answer = Response(stream_with_context(csv_chunks(rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return answer


def as_xlsx(
    name: str, title: str, rows: Iterable[Sequence[Value]], widths: list[int] | None = None
) -> Response:
    """The rows as a download `name`.xlsx whose sheet is called `title`; `widths` are those of the columns, in characters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        write_xlsx(path, title, (list(row) for row in rows), widths or [])
        content = BytesIO(path.read_bytes())
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx", max_age=0)
