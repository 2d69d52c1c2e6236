"""The parts that every page is built from: forms (ux §2), lists (ux §1), states (§6), figures, error pages (B11, §11)."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException
from wtforms import BooleanField, RadioField, SelectField, StringField, TelField
from wtforms.validators import DataRequired, InputRequired, Optional

from exhibitions.core import access
from exhibitions.core.forms import Form, SelectChoice, typed_number
from exhibitions.expos.forms import fields

STATIC = Path(__file__).resolve().parents[2] / "static"


class Specimen(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    phone = TelField("Mobile number", validators=[DataRequired("Enter your mobile number")])
    company = StringField("Company", validators=[Optional()])
    visitor_class = RadioField(
        "Class",
        choices=[SelectChoice("trade", "Trade visitor"), SelectChoice("public", "General public")],
        validators=[InputRequired("Choose")],
    )
    region = SelectField("Region", choices=[SelectChoice("", "Choose"), SelectChoice("dl", "Dalian")])
    consent = BooleanField("I agree")


@pytest.fixture
def listing(app: Flask) -> Flask:
    @app.get("/try/<slug>/list")
    @access.public
    def listing(slug: str) -> str:
        return slug

    return app


def draw(app: Flask, source: str, path: str = "/?lang=en", **given: object) -> str:
    """The template `source` as a page of `app` would make it, blanks squeezed."""
    with app.test_request_context(path, headers={"Accept-Language": "en"}):
        return re.sub(r"\s+", " ", render_template_string(source, **given))


def draw_form(app: Flask, source: str) -> str:
    with app.test_request_context("/?lang=en", method="POST", data={}):
        form = Specimen(meta={"csrf": False})
        assert not form.validate()
        source = "{% import '_macros/forms.html' as forms %}" + source
        return re.sub(r"\s+", " ", render_template_string(source, form=form))


def test_an_error_is_said_in_the_same_words_on_top_and_beside_its_field(app: Flask) -> None:
    html = draw_form(app, "{{ forms.error_summary(form) }}{{ forms.field(form.phone, autocomplete='tel') }}")
    assert html.count("Enter your mobile number") == 2
    assert '<a href="#phone">Enter your mobile number</a>' in html
    control = re.search(r"<input [^>]*id=\"phone\"[^>]*>", html)
    assert control is not None
    assert 'aria-describedby="phone-error"' in control[0]
    assert 'aria-invalid="true"' in control[0]
    assert 'autocomplete="tel"' in control[0]
    assert 'id="phone-error"' in html


def test_errors_in_the_same_words_are_told_apart_by_the_names_of_their_fields(app: Flask) -> None:
    """Two hours of two rows, both wrong: each line of the summary says which hour of which row."""

    class Hours(Form):
        opens = fields.hour("Doors open", of="VIP")
        closes = fields.hour("Doors close")

    with app.test_request_context("/?lang=en", method="POST", data={"opens": "x", "closes": "<b>"}):
        form = Hours(meta={"csrf": False})
        assert not form.validate()
        source = "{% import '_macros/forms.html' as forms %}{{ forms.error_summary(form) }}"
        page = render_template_string(source, form=form)
    lines = re.findall(r'<a href="#(\w+)">([^<]*)</a>', page)
    assert lines == [
        ("opens", "VIP, Doors open: Enter a time like 09:00"),
        ("closes", "Doors close: Enter a time like 09:00"),
    ]


def test_the_summary_takes_the_focus_without_script_too(app: Flask) -> None:
    html = draw_form(app, "{{ forms.error_summary(form) }}")
    summary = re.search(r'<div class="error-summary"[^>]*>', html)
    assert summary is not None
    assert {"autofocus", 'tabindex="-1"', 'role="alert"'} <= set(summary[0].split())


def test_an_error_of_a_group_leads_to_its_first_choice(app: Flask) -> None:
    html = draw_form(app, "{{ forms.error_summary(form) }}{{ forms.choices(form.visitor_class) }}")
    assert '<a href="#visitor_class-0">Class: Choose</a>' in html
    assert re.search(r'<input type="radio" id="visitor_class-0" name="visitor_class" value="trade" />', html)


def test_only_the_optional_is_marked(app: Flask) -> None:
    html = draw_form(
        app, "{{ forms.field(form.phone) }}|{{ forms.field(form.company) }}|{{ forms.field(form.region) }}"
    )
    assert ["(optional)" in part for part in html.split("|")] == [False, True, False]


def test_text_of_people_is_never_markup(app: Flask) -> None:
    source = (
        "{% import '_macros/panels.html' as panels %}{% import '_macros/list.html' as list %}"
        "{{ panels.summary([('<b>', name, '')]) }}{{ list.pick(name, name) }}"
        "{{ list.no_match(name) }}{{ panels.copy(name) }}"
    )
    html = draw(app, source, name='"><script>alert(1)</script>')
    assert "<script" not in html
    assert "<b>" not in html


def test_a_filter_keeps_the_others_and_returns_to_page_one(listing: Flask) -> None:
    source = "{% import '_macros/list.html' as list %}{{ list.here({'sort': '-name'}) }}"
    html = draw(listing, source, "/try/8th/list?region=dl&region=sy&page=7&sort=name&lang=en")
    assert html.replace("&amp;", "&") == "/try/8th/list?region=dl&region=sy&lang=en&sort=-name"


def test_a_chip_takes_its_filter_away(listing: Flask) -> None:
    source = "{% import '_macros/list.html' as list %}{{ list.here({'region': none}) }}"
    assert draw(listing, source, "/try/8th/list?region=dl&status=visited&lang=en") == (
        "/try/8th/list?status=visited&amp;lang=en"
    )


@pytest.mark.parametrize(
    ("now", "direction", "next_sort"),
    [
        ("name", ' aria-sort="ascending"', "-name"),
        ("-name", ' aria-sort="descending"', "name"),
        ("number", "", "name"),
    ],
)
def test_a_heading_says_how_it_is_sorted_and_turns_it(
    listing: Flask, now: str, direction: str, next_sort: str
) -> None:
    source = "{% import '_macros/list.html' as list %}{{ list.sort('name', 'Name', now) }}"
    html = draw(listing, source, "/try/8th/list?lang=en", now=now)
    assert re.search(r"<th scope=\"col\"([^>]*)>", html)[1] == direction  # type: ignore[index]
    assert re.search(r"sort=([-a-z]+)", html)[1] == next_sort  # type: ignore[index]


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (7, 1607, [1, 6, 7, 8, 1607]),
        (1607, 1607, [1, 1606, 1607]),
        (2, 4, [1, 2, 3, 4]),
    ],
)
def test_page_links(listing: Flask, page: int, last: int, shown: list[int]) -> None:
    source = "{% import '_macros/list.html' as list %}{{ list.pages(page, last, 80312) }}"
    html = draw(listing, source, "/try/8th/list?lang=en", page=page, last=last)
    assert [int(number) for number in re.findall(r">(\d+)</(?:a|span)>", html)] == shown
    assert re.findall(r'aria-current="page">(\d+)<', html) == ([str(page)] if shown else [])


def test_enter_in_a_form_never_presses_a_language(app: Flask) -> None:
    """The first button of a form in the page is what Enter presses (HTML, implicit submission)."""
    source = (
        "{% import '_macros/layout.html' as layout %}"
        "{{ layout.language_switch('zh', [('zh', '中文'), ('en', 'English')], none, 'main') }}"
    )
    buttons = re.findall(r"<button [^>]*form=\"main\"[^>]*>", draw(app, source))
    assert ["_lang" in button for button in buttons] == [False, True]


@pytest.mark.parametrize("code", ["waiting", "registered", "visited", "cancelled", "refused"])
def test_a_state_is_a_word_and_a_shape(app: Flask, code: str) -> None:
    html = draw(app, "{% import '_macros/states.html' as states %}{{ states.registration(code) }}", code=code)
    assert re.search(r"<svg[^>]*>.*(<path|<circle).*</svg>", html)
    assert re.sub(r"<[^>]*>", "", html).strip().lower() == code


def test_changes_are_in_plain_ink(app: Flask) -> None:
    """In China red means luck and a rising price (ux §6)."""
    source = "{% import '_macros/figures.html' as figures %}{{ figures.change(1200, 900) }} {{ figures.change(1, 2) }}"
    assert draw(app, source) == "▲ 300 ▼ 1"


def test_a_figure_that_cannot_be_computed_says_why(app: Flask) -> None:
    source = "{% import '_macros/figures.html' as figures %}{{ figures.tile('Turn-up', none, '/rows', 'No data yet') }}"
    html = draw(app, source)
    assert "<a" not in html
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip() == "Turn-up — No data yet"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_an_error_page_says_what_happened_what_to_do_and_the_way_back(app: Flask, status: int) -> None:
    html = draw(app, "{% include 'errors/error.html' %}", status=status, reference="7F3A-21")
    assert len(re.findall(r"<h1>[^<]+</h1>", html)) == 1
    assert '<a class="btn btn-primary" href="/">' in html
    assert '<dd class="code"> 7F3A-21 </dd>' in html


def test_a_fault_is_said_in_the_words_of_the_specification(app: Flask) -> None:
    html = draw(app, "{% include 'errors/error.html' %}", status=500, reference="7F3A-21")
    assert "<p>Something went wrong on our side. Nothing was saved. Quote 7F3A-21 if you call.</p>" in html


def test_a_page_with_errors_says_so_in_its_title(app: Flask) -> None:
    source = "{% extends 'base.html' %}{% set has_errors = true %}{% block title %}Registration{% endblock %}"
    assert "<title>Error: Registration</title>" in draw(app, source)


def test_the_frame_leaves_room_for_the_page(app: Flask) -> None:
    """B1 allows a public page 100 kB, V2 60 kB: what every page loads must stay below 30 kB gzipped."""
    names = [
        "vendor/bootstrap-reboot.min.css",
        "core/tokens.css",
        "core/app.css",
        "core/print.css",
        "core/forms.js",
        "core/icon.svg",
    ]
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names) <= 30_000


def test_an_unknown_status_still_has_a_page(app: Flask) -> None:
    @app.get("/try/teapot")
    @access.public
    def teapot() -> str:
        error = HTTPException("short and stout")
        error.code = 418
        raise error

    answer = app.test_client().get("/try/teapot?lang=en")
    assert answer.status_code == 418
    assert "<h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("text", ["100000", "100,000", " １００，０００ ", "１００000"])
def test_a_number_is_taken_as_people_type_it(text: str) -> None:
    assert typed_number(text) == 100_000


@pytest.mark.parametrize("text", ["", ",", "100.000", "-1", "ten", "9" * 19])
def test_what_is_no_number_is_none(text: str) -> None:
    assert typed_number(text) is None
