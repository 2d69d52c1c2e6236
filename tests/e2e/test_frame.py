"""What the browser does with the parts of every page: sent once (B7), focus, keys (ux §8), targets (B9), axe (B4)."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string, request
from flask_wtf import FlaskForm
from playwright.sync_api import Browser, Page, expect
from wtforms import BooleanField, RadioField, StringField, TelField
from wtforms.validators import InputRequired, Optional

from exhibitions.core import access
from exhibitions.core.forms import SelectChoice
from tests.e2e.conftest import serving
from tests.e2e.look import sideways, violations

pytestmark = pytest.mark.browser

FORM = """
{% extends "base_public.html" %}
{% import "_macros/forms.html" as forms %}
{% set main_form_id = "main" %}
{% set has_errors = form.errors %}
{% block title %}Registration{% endblock %}
{% block content %}
  {{ forms.error_summary(form) }}
  <h1>Registration</h1>
  {% call forms.form() %}
    {{ forms.field(form.phone, hint="We send the badge here", autocomplete="tel", inputmode="tel") }}
    {{ forms.choices(form.visitor_class, look="segments") }}
    {{ forms.field(form.company) }}
    {{ forms.tick(form.consent) }}
    {% call forms.actions() %}{{ forms.submit("Get my badge", busy="Sending…") }}{% endcall %}
  {% endcall %}
{% endblock %}
"""
LIST = """
{% extends "base_desk.html" %}
{% import "_macros/list.html" as list %}
{% import "_macros/states.html" as states %}
{% block title %}People{% endblock %}
{% block content %}
  {% call list.head("People", 3, {"label": "Add", "url": "/try/form"}) %}{{ list.exports([("CSV", "/x")]) }}{% endcall %}
  {{ list.search("/try/list") }}
  {{ list.chips([{"label": "Korea", "url": "/try/list"}], "/try/list") }}
  {% call list.table("People") %}
    <thead><tr>{{ list.pick_head() }}{{ list.sort("name", "Name", "name") }}<th scope="col">State</th></tr></thead>
    <tbody>
      {% for code in ["waiting", "registered", "visited", "cancelled", "refused"] %}
        <tr data-href="/try/form?row={{ code }}">
          {{ list.pick(code, code) }}
          <td><a class="row-link" href="/try/form?row={{ code }}">{{ code }}</a></td>
          <td>{{ states.registration(code) }}</td>
        </tr>
      {% endfor %}
    </tbody>
  {% endcall %}
  {{ list.bulk("/try/list", [{"name": "do", "value": "approve", "label": "Approve"}], 3412) }}
  {{ list.pages(2, 9, 420) }}
{% endblock %}
"""
JOB = """
{% extends "base_desk.html" %}
{% import "_macros/job.html" as job %}
{% block title %}Work{% endblock %}
{% block content %}<h1>Work</h1>{{ job.progress(state, done=done, total=3, left=20) }}{% endblock %}
{% block scripts %}<script type="module" src="{{ asset('core/job.js') }}"></script>{% endblock %}
"""


class Registration(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    phone = TelField("Mobile number", validators=[InputRequired("Enter your mobile number")])
    visitor_class = RadioField(
        "Class",
        choices=[SelectChoice("t", "Trade"), SelectChoice("p", "Public")],
        validators=[InputRequired("Choose")],
    )
    company = StringField("Company", validators=[Optional()])
    consent = BooleanField("I agree")


@pytest.fixture
def posts() -> list[dict[str, str]]:
    """Every form that reached the server, in order."""
    return []


@pytest.fixture
def site(app: Flask, posts: list[dict[str, str]]) -> Iterator[str]:
    """The address of a running server with a form, a list and a piece of work on it."""
    asked = iter(range(1, 1000))

    @app.route("/try/form", methods=["GET", "POST"])
    @access.public
    def form() -> str:
        if request.method == "POST":
            posts.append(request.form.to_dict())
            time.sleep(0.4)  # Long enough for a second click to arrive while the first is being answered.
        form = Registration(meta={"csrf": False})
        if request.method == "POST" and "_lang" not in request.form:
            form.validate()
        return render_template_string(FORM, form=form)

    @app.route("/try/list", methods=["GET", "POST"])
    @access.public
    def listing() -> str:
        return render_template_string(LIST)

    @app.get("/try/job")
    @access.public
    def job() -> str:
        done = min(3, next(asked))
        return render_template_string(JOB, state="done" if done == 3 else "running", done=done)

    with serving(app) as url:
        yield url


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_double_click_sends_once_and_the_button_says_so(
    phone: Page, site: str, posts: list[dict[str, str]]
) -> None:
    phone.goto(f"{site}/try/form")
    said = phone.evaluate(
        """() => { const b = document.querySelector('.btn-primary'); b.click(); b.click();
                   return [b.textContent, b.getAttribute('aria-disabled')]; }"""
    )
    phone.wait_for_load_state("load")
    expect(phone.locator(".error-summary")).to_be_visible()
    assert said == ["Sending…", "true"]
    assert len(posts) == 1


def test_the_form_works_again_after_going_back(phone: Page, site: str, posts: list[dict[str, str]]) -> None:
    phone.goto(f"{site}/try/form")
    phone.click(".btn-primary")
    expect(phone.locator(".error-summary")).to_be_visible()
    phone.go_back()
    phone.click(".btn-primary")
    expect(phone.locator(".error-summary")).to_be_visible()
    assert len(posts) == 2


def test_enter_sends_the_form_and_changes_no_language(
    phone: Page, site: str, posts: list[dict[str, str]]
) -> None:
    phone.goto(f"{site}/try/form")
    phone.fill("#phone", "138 0013 8000")
    phone.press("#phone", "Enter")
    expect(phone.locator(".error-summary")).to_be_visible()
    assert [(post["phone"], "_lang" in post) for post in posts] == [("138 0013 8000", False)]


@pytest.mark.parametrize("script", [True, False])
def test_the_language_switch_keeps_what_was_typed(browser: Browser, site: str, script: bool) -> None:
    """B8, with script and without (B5)."""
    context = browser.new_context(locale="en-GB", java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{site}/try/form")
    page.fill("#phone", "138 0013 8000")
    page.check("#visitor_class-1")
    page.click(".languages button[value=zh]")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.input_value("#phone") == "138 0013 8000"
    assert page.is_checked("#visitor_class-1")
    assert page.locator(".error-summary").count() == 0
    context.close()


def test_errors_take_the_focus_and_lead_to_the_field(phone: Page, site: str) -> None:
    phone.goto(f"{site}/try/form")
    phone.click(".btn-primary")
    expect(phone.locator(".error-summary")).to_be_focused()
    assert phone.title() == "Error: Registration"
    phone.click(".error-summary a")
    expect(phone.locator("#phone")).to_be_focused()


def test_keys_walk_tick_and_open_rows(desk: Page, site: str) -> None:
    desk.goto(f"{site}/try/list")
    expect(desk.locator(".bulk")).to_be_hidden()
    for key in ("j", "x", "j", "x"):
        desk.keyboard.press(key)
    expect(desk.locator(".bulk output")).to_have_text("2 selected")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/try/form?row=registered")


def test_single_keys_can_be_switched_off(desk: Page, site: str) -> None:
    """WCAG 2.1.4."""
    desk.goto(f"{site}/try/list")
    desk.keyboard.press("?")
    desk.uncheck("#keys-on")
    desk.click("dialog .btn")
    desk.keyboard.press("j")
    assert desk.locator("tr.is-current").count() == 0
    desk.reload()
    desk.keyboard.press("j")
    assert desk.locator("tr.is-current").count() == 0


def test_typing_is_never_a_command(desk: Page, site: str) -> None:
    desk.goto(f"{site}/try/list")
    desk.keyboard.press("/")
    desk.keyboard.type("jxn?")
    assert desk.input_value("[name=q]") == "jxn?"
    assert desk.url.endswith("/try/list")


def test_a_range_is_ticked_with_shift(desk: Page, site: str) -> None:
    desk.goto(f"{site}/try/list")
    desk.click(".pick >> nth=1")
    desk.click(".pick >> nth=3", modifiers=["Shift"])
    expect(desk.locator(".bulk output")).to_have_text("3 selected")
    desk.click("[data-cancel]")
    expect(desk.locator(".bulk")).to_be_hidden()


def test_a_row_opens_on_a_click_beside_its_link(desk: Page, site: str) -> None:
    desk.goto(f"{site}/try/list")
    desk.click("tbody tr:nth-child(3) td:last-child")
    desk.wait_for_url("**/try/form?row=visited")


def test_work_refreshes_itself_until_it_is_done(desk: Page, site: str) -> None:
    """ux §9: progress moves at least every 2 s."""
    desk.goto(f"{site}/try/job")
    expect(desk.locator("#job")).to_contain_text("1 of 3")
    expect(desk.locator("#job")).to_contain_text("2 of 3", timeout=15_000)
    expect(desk.locator("#job")).to_contain_text("Done", timeout=15_000)


@pytest.mark.parametrize("path", ["/try/form", "/try/list", "/try/job", "/try/nothing"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_and_sideways(browser: Browser, site: str, path: str, language: str, width: int) -> None:
    """B4."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{site}{path}?lang={language}")
    assert violations(page) == []
    assert sideways(page) == 0
    context.close()


@pytest.mark.parametrize("path", ["/try/form", "/try/list"])
def test_a_thumb_hits_every_control(phone: Page, site: str, path: str) -> None:
    """B9: 44 px on a phone; a box counts with its label."""
    phone.goto(f"{site}{path}")
    small = phone.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
            .filter(item => !item.closest('.skip-link, .visually-hidden, .languages'))
            .map(item => item.matches('[type=checkbox], [type=radio]') ? (item.labels[0] ?? item) : item)
            .map(item => [item.outerHTML.slice(0, 80), item.getBoundingClientRect()])
            .filter(([, box]) => box.width && box.height && box.height < 43.5)
            .map(([text, box]) => `${text} ${box.height}`)"""
    )
    assert small == []
