"""The rows of a list as cards on a phone (B4, B9): each filled cell carries the words of its heading."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string

from exhibitions.core import clock, i18n

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
TABLE = """
{% import "_macros/list.html" as list %}
{% call list.table("People", cards=cards) %}
  <thead>
    <tr><th scope="col"><a href="?sort=name">{{ heading }}<svg></svg></a></th><th>Rows</th><th><label hidden></label></th></tr>
  </thead>
  <tbody><tr><td class="x">{{ name }}</td><td class="num"> </td><td>3</td><td>4</td></tr></tbody>
{% endcall %}
"""


def drawn(app: Flask, *, cards: bool) -> str:
    with app.test_request_context("/"):
        return render_template_string(TABLE, cards=cards, heading='<Name> & "so"', name="<b>王</b>")


def test_a_filled_cell_carries_the_words_of_its_heading_and_nothing_is_unescaped(app: Flask) -> None:
    page = drawn(app, cards=True)
    assert (
        '<td data-label="&lt;Name&gt; &amp; &#34;so&#34;" class="x">&lt;b&gt;王&lt;/b&gt;</td>'
        '<td class="num"> </td><td>3</td><td>4</td>' in page
    )
    assert 'class="table-box cards"' in page


def test_a_table_of_comparisons_stays_a_table(app: Flask) -> None:
    page = drawn(app, cards=False)
    assert "data-label" not in page
    assert 'class="table-box"' in page


def test_no_table_of_cards_has_a_cell_that_spans_columns() -> None:
    """Its words would go to the wrong cells."""
    tables = re.compile(r"{% call lists?\.table\((.*?)\) %}(.*?){% endcall %}", re.S)
    spanning = [
        path.name
        for path in sorted(TEMPLATES.rglob("*.html"))
        for asked, table in tables.findall(path.read_text("utf-8"))
        if "colspan" in table and "cards=false" not in asked
    ]
    assert spanning == []


@pytest.mark.parametrize(
    ("lang", "text", "of_last_year"),
    [
        ("zh", "8月19日 07:00", "2015年12月31日 07:00"),
        ("en", "19 Aug 07:00", "31 Dec 2015 07:00"),
        ("ko", "8월 19일 07:00", "2015년 12월 31일 07:00"),
    ],
)
def test_a_column_of_moments_shows_the_year_where_it_is_not_the_present_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch, lang: str, text: str, of_last_year: str
) -> None:
    """By the fair's calendar: in Dalian the new year has begun when in UTC the old one still goes on."""
    monkeypatch.setattr(clock, "today", lambda zone: datetime(2016, 8, 19, tzinfo=ZoneInfo(zone)).date())
    with app.test_request_context(f"/?lang={lang}"):
        for moment, expected in (
            (datetime(2016, 8, 18, 23, tzinfo=UTC), text),
            (datetime(2015, 12, 30, 23, tzinfo=UTC), of_last_year),
        ):
            assert i18n.format_brief_datetime(moment, "Asia/Shanghai") == expected
        assert "2016" not in i18n.format_brief_datetime(
            datetime(2015, 12, 31, 23, tzinfo=UTC), "Asia/Shanghai"
        )
