"""What every page has: headers, error pages with a reference, logs without personal data, languages, throttles."""

import json
import re
from types import SimpleNamespace

import pytest
from flask import Flask, abort, request
from flask.testing import FlaskClient
from limits.errors import StorageError

from exhibitions.core import access, web
from exhibitions.core.errors import Busy, Refused


@pytest.fixture
def pages(app: Flask) -> FlaskClient:
    """A browser on an application with a few pages that go wrong."""

    @app.get("/try/fault")
    @access.public
    def fault() -> str:
        raise RuntimeError("13800138000 told a secret")

    @app.get("/try/refused")
    @access.public
    def refused() -> str:
        raise Refused("phone_taken", "There is already a fair with the address %(slug)s.", slug="<b>x</b>")

    @app.get("/try/busy")
    @access.public
    def is_busy() -> str:
        raise Busy("database_busy", "The server is busy. Nothing was saved. Please try again in a moment.", 7)

    @app.get("/try/unmarked")
    def unmarked() -> str:
        return "open to nobody"

    @app.get("/try/throttled")
    @access.public
    def throttled() -> str:
        web.throttle("try", request.args["key"], "2 per minute")
        return "in"

    return app.test_client()


def test_a_view_without_a_mark_is_closed(pages: FlaskClient) -> None:
    assert pages.get("/try/unmarked").status_code == 404


def test_two_marks_are_one_too_many() -> None:
    with pytest.raises(TypeError, match="two access marks"):

        @access.public
        @access.signed_in
        def view() -> str:
            return ""


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 40])
def test_a_number_that_no_row_can_have_is_a_page_that_does_not_exist(app: Flask, number: str) -> None:
    assert app.test_client().get(f"/gate/8th/{number}/").status_code == 404


def test_a_fault_shows_a_number_that_is_in_the_log(
    pages: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """B11: the page says what happened and the number; the log has the same number, the page has no stack trace."""
    answer = pages.get("/try/fault")
    assert answer.status_code == 500
    page = answer.get_data(as_text=True)
    number = re.search(r"[0-9A-F]{4}-[0-9A-F]{2}", page)
    assert number is not None
    assert "RuntimeError" not in page
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines if line.get("reference") == number[0]] == ["fault"]


def test_a_refusal_is_a_sentence_and_names_are_text(pages: FlaskClient) -> None:
    answer = pages.get("/try/refused")
    assert answer.status_code == 422
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.get_data(as_text=True)


def test_busy_says_when_to_try_again(pages: FlaskClient) -> None:
    answer = pages.get("/try/busy")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


def test_logs_hold_neither_path_nor_query_nor_address(
    pages: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """P19: an address may hold a personal link, a query a name."""
    pages.get("/no/such/page-13800138000?q=13900139000")
    assert pages.get("/try/throttled?key=13700137000").status_code == 200
    logged = capsys.readouterr().err
    assert '"endpoint": "throttled"' in logged
    assert re.search(r"1[0-9]{10}|127\.0\.0\.1", logged) is None


def test_a_throttle_counts_anew_after_its_window_and_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    counters = web._Counters()
    assert [counters.incr("a", 60), counters.incr("a", 60), counters.incr("b", 3600)] == [1, 2, 1]
    now += 59
    assert counters.incr("a", 60) == 3, "the window begins with the first hit, not with the last"
    now += 1
    assert counters.incr("a", 60) == 1
    now += 120
    assert counters.incr("b", 3600) == 2
    assert set(counters.storage) == {"b"}, "what is over is forgotten by whoever counts next"


def test_limits_hold_while_the_shared_counters_are_away(
    app: Flask, pages: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ASVS 16.5.2: with Redis away, each process counts alone: nothing fails, and guessing is held still."""

    def away(*_: object, **__: object) -> bool:
        raise StorageError(ConnectionError("refused"))

    monkeypatch.setitem(app.extensions, "throttle", SimpleNamespace(hit=away))
    answers = [pages.get(f"/try/throttled?key={key}") for key in "aaab"]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_a_throttle_goes_by_its_key(pages: FlaskClient) -> None:
    answers = [pages.get(f"/try/throttled?key={key}").status_code for key in "aaaba"]
    assert answers == [200, 200, 429, 200, 429]


def test_headers_are_strict(pages: FlaskClient) -> None:
    headers = pages.get("/sign-in").headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", headers["X-Request-ID"])


def test_a_foreign_host_name_is_refused(pages: FlaskClient) -> None:
    assert pages.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_a_foreign_host_name_gets_two_sentences_and_a_number_that_is_in_the_log(
    pages: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """B11, B8; B1: no address of ours can be made there, so it names none and asks for nothing."""
    answer = pages.get("/sign-in", headers={"Host": "evil.example"})
    assert answer.content_type == "text/html; charset=utf-8"
    assert "请核对网址" in answer.text
    assert "Check the address" in answer.text
    numbers = set(re.findall(r"[0-9A-F]{4}-[0-9A-F]{2}", answer.text))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert numbers == {line["reference"] for line in lines if "reference" in line}
    assert re.search(r"https?:|src=|href=|evil", answer.text) is None
    called = pages.get("/api/v1/nope", headers={"Host": "evil.example", "Accept-Language": "en"})
    assert called.json["error"]["message"] == "The request could not be read."  # type: ignore[index]


@pytest.mark.parametrize(
    ("method", "path", "status", "en", "zh"),
    [
        ("GET", "/api/v1/nope", 404, "There is nothing at this address.", "该地址不存在。"),
        (
            "GET",
            "/api/v1/expos/8th/scans",
            405,
            "This address does not take this kind of request.",
            "该地址不接受此类请求。",
        ),
        ("GET", "/api/try/fault", 500, "Something went wrong on our side.", "系统出错"),
        ("GET", "/api/try/418", 418, "The request could not be read.", "无法读取该请求。"),
    ],
)
def test_every_error_of_the_api_is_a_sentence_in_the_callers_language(
    app: Flask, method: str, path: str, status: int, en: str, zh: str
) -> None:
    """B11, B8: what happened, not only a code."""
    app.add_url_rule("/api/try/fault", "fault", access.public(lambda: str(1 // 0)))
    app.add_url_rule("/api/try/418", "tea", access.public(lambda: abort(418)))
    for language, sentence in (("en", en), ("zh", zh)):
        answer = app.test_client().open(path, method=method, headers={"Accept-Language": language})
        assert answer.status_code == status
        assert answer.json["error"]["message"].startswith(sentence)  # type: ignore[index]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "",
        None,
        "desk",
    ],
)
def test_next_never_leads_away(target: str | None) -> None:
    assert web.own_path(target) is None


def test_next_leads_to_our_own_pages() -> None:
    assert web.own_path("/desk/8th/visitors?region=大连") == "/desk/8th/visitors?region=大连"


def test_the_language_is_asked_for_then_remembered(pages: FlaskClient) -> None:
    assert '<html lang="en"' in pages.get("/sign-in?lang=en").get_data(as_text=True)
    assert '<html lang="en"' in pages.get("/sign-in").get_data(as_text=True)
    assert '<html lang="zh' in pages.get("/sign-in?lang=zh").get_data(as_text=True)


def test_an_unknown_language_is_chinese(app: Flask) -> None:
    page = app.test_client().get("/sign-in?lang=%00xx", headers={"Accept-Language": "tlh"})
    assert '<html lang="zh' in page.get_data(as_text=True)


def test_switching_the_language_keeps_what_was_typed(pages: FlaskClient) -> None:
    """B8: nothing is checked and nothing is done, the page comes back in the other language."""
    answer = pages.post("/sign-in", data={"email": "typed@example.org", "password": "x", "_lang": "en"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert '<html lang="en"' in page
    assert 'value="typed@example.org"' in page


def test_processes_that_count_for_themselves_share_a_limit(app: Flask, pages: FlaskClient) -> None:
    """Two web processes never let more pass together than the limit says."""
    app.config["LIMIT_SHARES"] = 2
    assert [pages.get("/try/throttled?key=shared").status_code for _ in range(2)] == [200, 429]
