"""The third way to judge a worked case: put into the tables, shown on J3, taken away as a file and judged again."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from html import unescape
from typing import Any

import msgspec
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.awards import commands
from exhibitions.core.db import db, transaction
from exhibitions.expos.queries import expo_by_slug
from tests.awards.judged import Found, Judge, Refusal
from tests.awards.loading import load

_ROW = re.compile(r'<tr data-entry="([^"]*)">(.*?)</tr>', re.S)
_TAGS = re.compile(r"<[^>]+>")


def by_tables(app: Flask, browser: FlaskClient, folder: Any) -> Judge:
    """Judge by rows, page and download; what the page prints must be what the file gives."""

    def judge(file: dict[str, Any]) -> Found:
        with app.app_context(), transaction():
            expo = expo_by_slug("8th")
            assert expo is not None
            season_id = load(expo, msgspec.json.decode(msgspec.json.encode(file))).id
            db.session.flush()
        page = browser.get(f"/desk/8th/awards/{season_id}/result", headers={"Accept-Language": "en"})
        text = page.get_data(as_text=True)
        assert page.status_code == 200, text
        got = browser.get(f"/desk/8th/awards/{season_id}/result.zip")
        if got.status_code != 200:
            raise Refusal(unescape(_TAGS.sub("", text)))
        found = _recomputed(got.data, folder)
        assert printed(text) == expected(found)
        return found

    return judge


def _recomputed(content: bytes, folder: Any) -> Found:
    """The file of the archive, as anybody would judge it again."""
    path = folder / "downloaded.json"
    path.write_bytes(zipfile.ZipFile(io.BytesIO(content)).read("result.json"))
    done = CliRunner().invoke(commands.awards, ["recompute", str(path), "--json"])
    assert done.exit_code == 0, done.stderr
    return Found(json.loads(done.stdout, parse_float=Decimal))


def printed(page: str) -> dict[str, tuple[str, str, str]]:
    """Rank, score and medal of every entry as J3 prints them."""
    found = {}
    for entry, row in _ROW.findall(page):
        rank = re.search(r"data-rank>(.*?)</td>", row, re.S)
        score = re.search(r"data-score>(.*?)</td>", row, re.S)
        medal = re.search(r'data-medal="([^"]*)"', row)
        assert rank, row
        assert score, row
        assert medal, row
        found[unescape(entry)] = (
            rank[1].strip(),
            _TAGS.sub("", score[1]).strip(),
            unescape(medal[1]),
        )
    return found


def expected(found: Found) -> dict[str, tuple[str, str, str]]:
    """The same as the recomputed file says."""
    return {
        line["entry"]: (
            "–" if line["rank"] is None else str(line["rank"]),
            "–" if line["score"] is None else str(line["score"]),
            line["medal"] or "",
        )
        for line in found.document["ranking"]
    }
