"""What stands in an address besides the filters of its list is never taken for what another address is made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.people import People
from tests.visitors.registering import add
from tests.visitors.test_guests import guest

HOSTILE = "slug=x&endpoint=x&_method=FOO&_external=1&_scheme=javascript&_anchor=x&values=x&self=x"
ROOT = Path(__file__).parent.parent


def test_every_page_of_a_fair_and_of_the_desk_bears_it(app: Flask, people: People) -> None:
    """F18: a word of the address named like an argument of `url_for` is nobody's fault of the server."""
    add(app)
    guest(app)
    pages = [
        str(rule).replace("<slug>", "8th")
        for rule in app.url_map.iter_rules()
        if rule.arguments <= {"slug"}
        and "GET" in (rule.methods or ())
        and str(rule).startswith(("/desk", "/<slug>"))
    ]
    assert "/desk/8th/visitors" in pages
    for page in pages:
        answer = people.dora.get(f"{page}?{HOSTILE}")
        assert answer.status_code < 500, page
        if answer.mimetype == "text/html":
            assert not re.search(r'(?:href|action)="javascript:', answer.get_data(as_text=True)), page


@pytest.mark.parametrize("word", ["slug=x", "endpoint=x", "_method=FOO", "_external=1&_scheme=x"])
def test_what_is_sent_from_a_list_bears_it(app: Flask, people: People, word: str) -> None:
    number = str(add(app))
    guest(app)
    for path, data in (
        ("visitors/decide", {"decision": "approve"}),
        ("visitors/decide", {"decision": "class", "id": number}),
        ("visitors/decide", {"decision": "export", "id": number}),
        ("visitors/decide", {"decision": "export", "all": "1"}),
        ("visitors/decide", {"decision": "message", "all": "1"}),
        ("mail/many/start", {"all": "1"}),
        ("mail/many/start", {}),
        ("visitors/unmask", {}),
        ("visitors/columns", {"columns": "name"}),
        ("visitors/guests/unmask", {}),
        ("tasks/many", {"deed": "done"}),
    ):
        answer = people.dora.post(f"/desk/8th/{path}?{word}&class=trade", data=data)
        assert answer.status_code in (200, 303, 307), (path, data)
        if answer.location is not None:
            assert answer.location.startswith("/desk/8th/"), (path, data)


def test_no_address_is_made_of_all_that_the_last_one_says() -> None:
    """`core.web.passed` says what goes along."""
    texts = [*ROOT.glob("exhibitions/**/*.py"), *ROOT.glob("templates/**/*.html")]
    found = [path for path in texts if re.search(r"\*\*\(?request\.args", path.read_text(encoding="utf-8"))]
    assert found == []
