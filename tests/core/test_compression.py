"""B1: what goes over the wire, as a browser asks for it: register ≤ 60 kB (V2), the home of a fair ≤ 90 kB (V1)."""

from __future__ import annotations

import gzip
import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.people import People

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
PICTURES = ("image/png", "image/jpeg", "image/webp")


def wire(client: FlaskClient, path: str) -> int:
    """Bytes of the page and of everything that it loads, pictures apart."""
    page = client.get(path, headers=GZIP)
    text = gzip.decompress(page.data).decode()
    loads = re.findall(r'<(?:script|link|img)\s[^>]*?(?:src|href)="(/[^"]+)"', text)
    found = {html.unescape(url): client.get(html.unescape(url), headers=GZIP) for url in loads}
    modules = {
        url: client.get(url, headers=GZIP)
        for answer in found.values()
        for url in imported(answer)
        if url not in found
    }
    answers = [page, *found.values(), *modules.values()]
    assert {answer.status_code for answer in answers} == {200}
    weight = sum(len(answer.data) for answer in answers if answer.mimetype not in PICTURES)
    for answer in answers:
        answer.close()
    return weight


def imported(answer: TestResponse) -> list[str]:
    if answer.mimetype not in ("text/javascript", "text/css"):
        return []
    body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") else answer.data
    return re.findall(r'(?:from "|url\(")(/static/[^"]+)"', body.decode())


@pytest.mark.parametrize(
    ("path", "most"), [("/8th/register", 60_000), ("/8th/", 90_000), ("/sign-in", 60_000)]
)
def test_public_pages_are_light(client: FlaskClient, people: People, path: str, most: int) -> None:
    assert wire(client, path) <= most


@pytest.mark.parametrize(
    "name",
    [
        "..%2fwsgi.py",
        "..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "core/..%2f..%2fwsgi.py",
        "%2fetc%2fpasswd",
        "..%5cwsgi.py",
        "nothing.css",
        "core",
        "",
    ],
)
def test_no_file_outside_the_static_folder_is_ever_sent(client: FlaskClient, name: str) -> None:
    """security-privacy.md, traps: path traversal; and a file that is missing is a page, not a fault."""
    for headers in (GZIP, {}):
        answer = client.get(f"/static/{name}", headers=headers)
        body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") else answer.data
        assert answer.status_code in (404, 308)
        assert b"create_app" not in body
        assert b"root:" not in body
        answer.close()


def test_a_page_comes_compressed_to_who_takes_it(client: FlaskClient, people: People) -> None:
    plain = client.get("/8th/register")
    packed = client.get("/8th/register", headers=GZIP)
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert packed.content_type == plain.content_type == "text/html; charset=utf-8"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "</html>" in gzip.decompress(packed.data).decode()
    assert client.get("/8th/register", headers={"Accept-Encoding": "gzip;q=0"}).text.endswith("</html>")


def test_a_static_file_keeps_its_type_its_tag_and_its_age(client: FlaskClient) -> None:
    plain = client.get("/static/core/app.css?v=1")
    packed = client.get("/static/core/app.css?v=1", headers=GZIP)
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_type == plain.content_type == "text/css; charset=utf-8"
    assert packed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.get_etag() == (plain.get_etag()[0], True)
    again = client.get("/static/core/app.css?v=1", headers=GZIP | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept-Encoding" in again.headers["Vary"]
    part = client.get("/static/core/app.css", headers=GZIP | {"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, plain.data[:10])
    for answer in (plain, packed, again, part):
        answer.close()


def test_what_is_small_or_packed_already_stays_as_it_is(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers
    with client.get("/static/portal/share.png", headers=GZIP) as picture:
        assert "Content-Encoding" not in picture.headers


@pytest.mark.parametrize(
    ("headers", "packed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Referer": "http://localhost/desk/8th/"}, True),
        ({"Referer": "https://evil.example/"}, False),
    ],
)
def test_another_site_learns_nothing_from_the_length_of_a_page(
    app: Flask, people: People, headers: dict[str, str], packed: bool
) -> None:
    """BREACH: with the cookie of a session, a page that another site asked for is not compressed."""
    answer = people.alice.get("/desk/8th/", headers=GZIP | headers)
    assert ("Content-Encoding" in answer.headers) is packed
    assert "Content-Encoding" in people.nobody.get("/8th/register", headers=GZIP | headers).headers


def test_a_host_that_is_not_ours_is_refused_in_any_coding(people: People) -> None:
    """B11: a plain 400 also for who is signed in and asks for gzip."""
    answer = people.alice.get("/8th/", headers=GZIP | {"Host": "evil.example"})
    assert answer.status_code == 400
