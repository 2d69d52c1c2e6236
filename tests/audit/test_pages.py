"""A3: who saw, changed and exported what; readable by who may, editable by nobody (P12, P18)."""

import ast
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from exhibitions.audit import queries, service
from exhibitions.audit.views import deed
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db, transaction
from exhibitions.expos.models import Expo
from tests.factories import make_expo
from tests.people import People

ROOT = Path(__file__).resolve().parents[2]
# Names that are put together: all that may come out.
MADE_UP = {
    "f'stands.version_{verb}'": {"stands.version_saved", "stands.version_published"},
    "f'exhibitors.{deed}'": {f"exhibitors.{deed}" for deed in ("moved", "cancelled", "reduced", "restored")},
    "f'visitors.{state.value}'": {"visitors.cancelled", "visitors.refused", "visitors.registered"},
    "f'expos.{kind}_{verb}'": {
        f"expos.{kind}_{verb}"
        for kind in ("unit", "day", "hall", "zone", "gate")
        for verb in ("added", "changed", "removed")
    },
    "f'awards.entry_{deed}'": {
        f"awards.entry_{deed}"
        for deed in (
            *("started", "saved", "submitted", "answered", "withdrawn", "withdrawal_noted"),
            *("added", "changed", "files", "accepted", "returned", "rejected", "reopened"),
            *("moved", "sample_received", "sample_returned", "disqualified", "reinstated"),
        )
    },
    "f'awards.{action}'": {
        f"awards.{action}"
        for action in (
            *("certificate_words", "certificates_issued", "certificates_printed", "revoked"),
            *("deliberation_begun", "deliberation_saved", "decided", "signed", "taken_back"),
            *("locked", "unlocked", "embargoed", "embargo_lifted", "published"),
            *("result_read", "result_downloaded"),
            *("complaint_received", "complaint_decided"),
        )
    },
}


def record(
    app: Flask, action: str = "visitors.corrected", slug: str | None = "8th", actor: Actor = SYSTEM
) -> None:
    with app.app_context(), transaction():
        expo_id = db.session.scalar(sa.select(Expo.id).where(Expo.slug == slug))
        service.record(
            action,
            actor,
            expo_id=expo_id,
            subject=("visitor", 12),
            before={"name": "王敏", "region": "CN-21"},
            after={"name": "<b>王明</b>", "region": ""},
            personal=frozenset({"name"}),
            reason="asked at the desk",
        )


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


def test_b8_keys_of_other_rooms_are_said_in_words(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        expo_id = db.session.scalar(sa.select(Expo.id).where(Expo.slug == "8th"))
        columns: dict[str, object] = {"rows": 3, "columns": ["number", "name", "visit_day", "code"]}
        service.record("visitors.exported", SYSTEM, expo_id=expo_id, after=columns)
        service.record(
            "files.downloaded",
            SYSTEM,
            expo_id=expo_id,
            subject=("file", 3),
            after={"purpose": "badges.print"},
        )
        service.record("gates.open_gate_ended", SYSTEM, expo_id=expo_id, subject=("open_gate", 1))
    page = " ".join(people.alice.get("/desk/8th/audit?lang=zh").text.split())
    assert "证件编号; 姓名; 参观日期; 入场码内容" in page
    assert "已打印的证件" in page
    assert "放行 1" in page
    assert "badges.print" not in page
    assert "open_gate 1" not in page


def test_who_reads_it(app: Flask, people: People) -> None:
    answers = [
        who.get("/desk/8th/audit").status_code
        for who in (people.alice, people.bob, people.charlie, people.dora, people.nobody)
    ]
    assert answers == [200, 403, 404, 200, 303]
    answers = [who.get("/desk/audit").status_code for who in (people.dora, people.alice, people.nobody)]
    assert answers == [200, 403, 303]


def test_an_entry_is_shown_whole_and_as_text(app: Flask, people: People) -> None:
    record(app, actor=Actor("user", 991, "Emma"))
    page = text(people.alice, "/desk/8th/audit")
    for part in ("Emma", "Details corrected", "Visitor 12", "王敏", "CN-21", "Reason: asked at the desk"):
        assert part in page
    assert "&lt;b&gt;王明&lt;/b&gt;" in page
    assert "<b>王明" not in page
    assert '<a href="/desk/8th/visitors/12">Visitor 12</a>' in page
    assert "visitors.corrected</td>" not in page


def test_an_erased_person_is_a_number(app: Flask, people: People) -> None:
    """P18: pages still answer 200."""
    record(app, actor=Actor("user", 991, "Emma"))
    with app.app_context(), transaction():
        service.erase_person_key("user", 991)
        service.erase_person_key("visitor", 12)
    page = text(people.alice, "/desk/8th/audit")
    assert "erased person #991" in page
    assert "Emma" not in page
    assert "王" not in page
    assert page.count("erased or empty") == 2


def test_doers_without_a_name(app: Flask, people: People) -> None:
    record(app)
    record(app, actor=Actor("device", 4))
    record(app, actor=Actor("public"))
    page = text(people.alice, "/desk/8th/audit")
    assert "the system" in page
    assert "gate device 4" in page
    assert "somebody without an account" in page


def test_a_fair_shows_its_own_entries_alone(app: Flask, people: People) -> None:
    with app.app_context():
        make_expo("9th", 9)
    record(app, "test.of_the_9th", slug="9th")
    assert "test.of_the_9th" not in text(people.alice, "/desk/8th/audit")
    assert "test.of_the_9th" in text(people.dora, "/desk/audit")


def test_filters(app: Flask, people: People) -> None:
    record(app, "visitors.exported")
    record(app, "gates.paired")
    page = text(people.alice, "/desk/8th/audit?action=gates.")
    assert "> Device paired <p" in page
    assert "> Visitors exported <p" not in page
    assert "No entries match these filters" in text(people.alice, "/desk/8th/audit?since=2199-01-01")
    assert "No entries match these filters" in text(people.alice, "/desk/8th/audit?until=2000-01-01")
    today = "since=2000-01-01&until=2198-12-31"
    assert "> Device paired <p" in text(people.alice, f"/desk/8th/audit?{today}")


@pytest.mark.parametrize(
    "query",
    ["since=x", "until=9999-12-31", "since=0001-01-01", "page=-1", "page=99999999999999999999", "action=%00"],
)
def test_odd_filters_are_no_fault(app: Flask, people: People, query: str) -> None:
    record(app)
    assert people.alice.get(f"/desk/8th/audit?{query}").status_code == 200


def test_many_entries_come_in_pages(app: Flask, people: People) -> None:
    for _ in range(queries.PAGE + 1):
        record(app, "visitors.unmasked")
    with app.app_context():
        total = queries.count(None, queries.Wanted(action="visitors."))
    assert total == queries.PAGE + 1
    first = text(people.alice, "/desk/8th/audit?action=visitors.")
    assert first.count("> Number and address shown <p") == queries.PAGE
    second = text(people.alice, "/desk/8th/audit?action=visitors.&page=2")
    assert second.count("> Number and address shown <p") == 1


def test_nothing_has_happened_yet(app: Flask, people: People) -> None:
    """A fair that came into being without the product's own verbs has no entry."""
    with app.app_context(), transaction() as session:
        first = session.scalars(sa.select(Expo)).one()
        session.add(
            Expo(
                series_id=first.series_id,
                edition=9,
                slug="9th",
                code=first.code + 1,
                created_at=first.created_at,
            )
        )
    assert "No entries yet" in text(people.dora, "/desk/9th/audit")


@pytest.mark.parametrize("page", ["audit", "jobs", "mail"])
def test_pages_of_no_fair_say_whose_hours_they_show(people: People, page: str) -> None:
    """A fair has its zone; the installation has none, and an hour without one would be read as the reader's own."""
    said = "Times and days are those of Asia/Shanghai."
    assert said in text(people.dora, f"/desk/{page}")
    assert said not in text(people.dora, f"/desk/8th/{page}")


def test_it_is_chinese_throughout(app: Flask, people: People) -> None:
    record(app)
    page = people.alice.get("/desk/8th/audit", headers={"Accept-Language": "zh"}).text.partition("<main")[2]
    assert "操作记录" in page
    for word in ("Audit", "Reason", "Before", "system<"):
        assert word not in page


def recorded() -> set[str]:
    """Every action that the code can write down: the first argument of `audit.record`, as far as it can be read."""
    found = set()
    for path in (ROOT / "exhibitions").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record":
                        found |= names_of(call.args[0], function)
    return found


def names_of(first: ast.expr, function: ast.FunctionDef) -> set[str]:
    if isinstance(first, ast.Constant):
        return {str(first.value)}
    if isinstance(first, ast.JoinedStr):
        return MADE_UP[ast.unparse(first)]
    texts = (node.value for node in ast.walk(function) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", text)}


def test_every_action_has_its_words(app: Flask) -> None:
    """B8: no page shows a word of the machine."""
    names = recorded()
    assert len(names) > 50
    with app.test_request_context():
        assert {name for name in names if deed(name) == name} == set()


def test_the_words_of_values_are_shown_and_the_filter_speaks(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        expo_id = db.session.scalar(sa.select(Expo.id))
        after: dict[str, object] = {
            "class": "trade",
            "channel": "online",
            "source": "",
            "columns": ["a", "b"],
        }
        service.record("visitors.registered", SYSTEM, expo_id=expo_id, subject=("visitor", 469), after=after)
    page = people.alice.get("/desk/8th/audit?lang=zh").text.partition("<main")[2]
    for word in ("专业观众", "网上登记", "观众 469", '<option value="visitors.registered">已登记</option>'):
        assert word in page
    for word in ("trade", "online", "visitor #"):
        assert word not in page
