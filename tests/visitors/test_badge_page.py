"""V3: my badge by the personal link."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from PIL import Image

from exhibitions.accounts import service as accounts
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.badges import queries as badge_queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge
from exhibitions.badges.rules import number, token
from exhibitions.core import clock
from exhibitions.core.actor import SYSTEM
from exhibitions.core.db import db, transaction
from exhibitions.expos.service import setup_changed
from exhibitions.visitors import queries, service
from exhibitions.visitors.rules.registration import State
from tests.engines import both_engines
from tests.factories import make_expo
from tests.people import People
from tests.visitors.registering import (
    add,
    all_rows,
    change_class,
    change_fair,
    fair,
    form,
    link_of,
    register,
)

WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.50"


def numbers_of(app: Flask) -> dict[int, int]:
    """The badge numbers by registration: the addresses of a group hold no row numbers."""
    with app.app_context():
        found = db.session.execute(sa.select(Badge.holder_id, Badge.number))
        return {int(holder or 0): int(badge) for holder, badge in found}


def text_of(client: FlaskClient, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).get_data(as_text=True)


def test_the_picture_is_a_png_that_reads_as_the_badge(app: Flask, people: People) -> None:
    """V3: a real picture from the server, ≥ 600 px, ≤ 30 kB, read by an independent reader; no personal data."""
    where = register(people.nobody)
    answer = people.nobody.get(f"{where}/code.png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert len(answer.data) <= 30_000
    image = Image.open(io.BytesIO(answer.data))
    assert min(image.size) >= 600
    read = [found.text for found in zxingcpp.read_barcodes(image)]
    with app.app_context():
        expo = fair()
        badge = badge_queries.current_badge(expo, "visitor", 1)
        assert badge is not None
        assert read == [badges.code_of(expo, badge)]
        parsed = token.parse_code(read[0])
        assert isinstance(parsed, token.Token)
        assert (parsed.claims.fair, parsed.claims.badge) == (expo.code, badge.number)
        assert number.shown(badge.number) in text_of(people.nobody, where)
    assert f'<img src="{where}/code.png"' in text_of(people.nobody, where)


def test_a_personal_page_is_kept_nowhere(people: People) -> None:
    """P19: noindex, no store, and other hosts are not told where the reader came from."""
    answer = people.nobody.get(register(people.nobody))
    assert 'name="robots" content="noindex"' in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path", ["", "/code.png", "/calendar.ics", "/change", "/cancel", "/colleagues", "/colleagues/1"]
)
def test_a_wrong_dead_or_foreign_link_opens_nothing_and_leads_to_find(
    app: Flask, people: People, path: str
) -> None:
    """V3 → V4; §4: links are of one fair, can be revoked, and expire."""
    with app.app_context():
        make_expo("9th", 9)
    mine = add(app)
    good = link_of(app, mine).rsplit("/", 1)[1]
    foreign = link_of(app, add(app, slug="9th"), "9th").rsplit("/", 1)[1]
    with app.app_context(), transaction():
        expired = accounts.mint_link(
            "badge", mine, expo_id=fair().id, expires_at=clock.now() - timedelta(seconds=1)
        )
        other_kind = accounts.mint_link("draft", mine, expo_id=fair().id)
        someone = accounts.mint_link("badge", mine, expo_id=fair("9th").id)
    bad = ["x", "a" * 5000, foreign, expired, other_kind]
    with app.app_context(), transaction():
        accounts.revoke_links("badge", mine)
    bad.append(good)
    for secret in bad:
        answer = people.nobody.get(f"/8th/badge/{secret}{path}")
        assert answer.status_code == 404
        assert 'href="/8th/find-badge"' in answer.get_data(as_text=True)
    # A link of the 9th that names a person of the 8th opens nothing there either.
    assert people.nobody.get(f"/9th/badge/{someone}{path}").status_code == 404


def test_a_colleague_of_somebody_else_is_not_opened(app: Flask, people: People) -> None:
    """IDOR: only the people whom this leader brought."""
    mine, theirs = register(people.nobody), register(people.nobody, phone="13900139000")
    people.nobody.post(f"{theirs}/colleagues", data={"names": "李雷"})
    stranger = numbers_of(app)[all_rows(app)[-1].id]
    assert people.nobody.get(f"{theirs}/colleagues/{stranger}").status_code == 200
    assert people.nobody.get(f"{theirs}/colleagues/{stranger}/code.png").status_code == 200
    for person in (stranger, *numbers_of(app).values(), 1, 2, 999, 2**63):
        assert people.nobody.get(f"{mine}/colleagues/{person}").status_code == 404
        assert people.nobody.get(f"{mine}/colleagues/{person}/code.png").status_code == 404


def test_a_correction_shows_on_the_badge_and_keeps_the_code(app: Flask, people: People) -> None:
    """P8: change the name → the badge and its printed facts show it; audited with sealed values."""
    where = register(people.nobody)
    before = people.nobody.get(f"{where}/code.png").data
    day = clock.today("Asia/Shanghai").isoformat()
    data = {"name": "王小敏", "company": "新星河", "region": "KR", "visit_day": day}
    assert people.nobody.post(f"{where}/change", data=data).headers["Location"] == where
    assert "王小敏" in text_of(people.nobody, where)
    assert people.nobody.get(f"{where}/code.png").data == before
    row = all_rows(app)[0]
    assert (row.name, row.company, row.region, str(row.visit_day), row.phone) == (
        "王小敏",
        "新星河",
        "KR",
        day,
        "+8613800138000",
    )
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", row.id)
        assert badge is not None
        assert (badge.name, badge.company, badge.region, str(badge.planned_day)) == (
            "王小敏",
            "新星河",
            "KR",
            day,
        )
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(subject=("visitor", row.id)))
        assert [entry.action for entry in entries] == ["visitors.corrected", "visitors.registered"]
        assert "王" not in str(entries[0].before)
        assert audit.readable(entries[:1])[0].after["name"] == "王小敏"


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"name": "a\x00"}, {"region": "Atlantis"}, {"visit_day": "never"}]
)
def test_a_bad_correction_changes_nothing(app: Flask, people: People, bad: dict[str, str]) -> None:
    where = register(people.nobody)
    assert people.nobody.post(f"{where}/change", data={"name": "新"} | bad).status_code == 422
    assert all_rows(app)[0].name == "王敏"


def test_v2_who_had_to_name_a_company_cannot_empty_it(app: Flask, people: People) -> None:
    where = register(people.nobody)
    assert "单位 <span" not in " ".join(text_of(people.nobody, f"{where}/change?lang=zh").split())
    answer = people.nobody.post(f"{where}/change?lang=zh", data={"name": "王敏", "company": " "})
    assert (answer.status_code, "请输入单位" in answer.text) == (422, True)
    assert all_rows(app)[0].company
    public = register(people.nobody, phone="13900139000", visitor_class="public")
    page = " ".join(text_of(people.nobody, f"{public}/change?lang=zh").split())
    assert "单位 <span" in page
    assert people.nobody.post(f"{public}/change", data={"name": "李", "company": ""}).status_code == 303


def test_cancelling_asks_first_and_then_stops_the_badge(app: Flask, people: People) -> None:
    """V3: cancelled is greyed, without a code, with the way to register again; twice changes nothing."""
    where = register(people.nobody)
    assert people.nobody.get(f"{where}/cancel").status_code == 200
    assert all_rows(app)[0].state is State.REGISTERED
    for _ in range(2):
        assert people.nobody.post(f"{where}/cancel").status_code == 303
    assert all_rows(app)[0].state is State.CANCELLED
    page = text_of(people.nobody, f"{where}?lang=zh")
    assert "已取消" in page
    assert 'href="/8th/register"' in page
    assert "code.png" not in page
    assert people.nobody.get(f"{where}/code.png").status_code == 404
    for answer in (
        people.nobody.get(f"{where}/change"),
        people.nobody.post(f"{where}/colleagues", data={"names": "李雷"}),
    ):
        # Where the badge's page says that it is cancelled.
        assert (answer.status_code, answer.location) == (303, where)
    assert len(all_rows(app)) == 1
    with app.app_context():
        badge = badge_queries.current_badge(fair(), "visitor", 1)
        assert badge is not None
        assert badge.cancelled_at is not None
        entries = audit_queries.entries(fair().id, audit_queries.Wanted(action="visitors.cancelled"))
        assert len(entries) == 1


def test_waiting_and_refused_show_no_code(app: Flask, people: People) -> None:
    """ux §6: 待审核, 未通过."""
    change_class(app, "trade", needs_approval=True)
    where = register(people.nobody)
    assert "待审核" in text_of(people.nobody, f"{where}?lang=zh")
    people.alice.post("/desk/8th/visitors/1/decide", data={"decision": "refuse"})
    assert "未通过" in text_of(people.nobody, f"{where}?lang=zh")
    assert people.nobody.get(f"{where}/code.png").status_code == 404


def test_the_calendar_has_the_chosen_day_in_the_fairs_hours(app: Flask, people: People) -> None:
    """V3: add to calendar; nothing of the person in it."""
    day = clock.today("Asia/Shanghai")
    change_fair(app, address_zh="会展路1号")
    where = register(people.nobody, "/8th/register?lang=zh", visit_day=day.isoformat())
    answer = people.nobody.get(f"{where}/calendar.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    begins, ends = (str(events[0].decoded(part)) for part in ("dtstart", "dtend"))
    assert len(events) == 1
    assert (begins[:16], ends[:16]) == (f"{day} 09:00", f"{day} 17:00")
    assert str(events[0]["summary"]) == "第8届中国（大连）轻工商品博览会"
    assert str(events[0]["location"]) == "大连世界博览广场 会展路1号"
    assert "王敏" not in answer.get_data(as_text=True)
    whole = people.nobody.get(f"{register(people.nobody, phone='13900139000')}/calendar.ics")
    assert len(Calendar.from_ical(whole.data).walk("VEVENT")) == 4


def test_inside_wechat_downloads_are_words(app: Flask, people: People) -> None:
    """ux §2: files and calendar entries do not download inside; the picture is saved by a long press."""
    where = register(people.nobody)
    inside = text_of(people.nobody, f"{where}?lang=zh", **{"User-Agent": WECHAT})
    outside = text_of(people.nobody, f"{where}?lang=zh")
    assert "calendar.ics" in outside
    assert "calendar.ics" not in inside
    assert "在浏览器打开" in inside
    assert "长按图片保存" in inside
    assert f'<img src="{where}/code.png"' in inside


def test_maps_are_links_only(app: Flask, people: People) -> None:
    """ux §2: Amap, Baidu, Tencent; opened only on tap, without a referrer."""
    change_fair(app, address_zh="大连市会展路1号")
    page = text_of(people.nobody, register(people.nobody) + "?lang=zh")
    links = re.findall(r'<a href="(https://[^"]+)"([^>]*)>', page)
    assert [re.sub(r"https://([^/]+)/.*", r"\1", link) for link, _ in links] == [
        "uri.amap.com",
        "api.map.baidu.com",
        "apis.map.qq.com",
    ]
    assert all("noreferrer" in rest for _, rest in links)


@both_engines
def test_colleagues_each_get_a_badge(app: Flask, people: People) -> None:
    """V2: the leader shows each one's code; colleagues are with the same company, region and day."""
    where = register(people.nobody)
    assert people.nobody.post(f"{where}/colleagues", data={"names": "同事1\n同事2"}).status_code == 303
    rows = all_rows(app)
    assert {(row.leader_id, row.company, row.region, row.phone) for row in rows[1:]} == {
        (rows[0].id, "星河家居", "大连", None)
    }
    numbers = numbers_of(app)
    codes = {people.nobody.get(f"{where}/colleagues/{numbers[row.id]}/code.png").data for row in rows[1:]}
    assert len(codes) == 2


def test_the_limit_of_the_fair_holds_for_colleagues(app: Flask, people: People) -> None:
    where = register(people.nobody)
    change_fair(app, capacity=2)
    assert people.nobody.post(f"{where}/colleagues", data={"names": "甲\n乙"}).status_code == 422
    assert people.nobody.post(f"{where}/colleagues", data={"names": "甲"}).status_code == 303
    assert people.nobody.post(f"{where}/colleagues", data={"names": "丙"}).status_code == 422


def test_the_page_is_kept_on_the_phone_by_a_worker_of_its_own_scope(people: People) -> None:
    """V3: works offline after the first view (B5: without script it is a page like any other)."""
    answer = people.nobody.get("/8th/badge/offline.js")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert "/static/visitors/badge.js" in text_of(people.nobody, register(people.nobody))


def test_a_link_is_not_a_get_that_changes(app: Flask, people: People) -> None:
    """Link previews of messengers only look."""
    where = register(people.nobody, form_key=form()["form_key"])
    for path in ("", "/cancel", "/change", "/colleagues", "/calendar.ics", "/code.png"):
        assert people.nobody.get(where + path).status_code == 200
    assert [row.state for row in all_rows(app)] == [State.REGISTERED]


def with_colleagues(app: Flask, people: People, names: str = "李雷\n韩梅") -> str:
    """The badge page of somebody who brings colleagues."""
    where = register(people.nobody)
    assert people.nobody.post(f"{where}/colleagues", data={"names": names}).status_code == 303
    return where


def states_of(app: Flask) -> dict[str, str]:
    return {row.name: row.state.value for row in all_rows(app)}


def test_the_leader_sees_the_colleagues_with_their_states(app: Flask, people: People) -> None:
    where = with_colleagues(app, people)
    number = all_rows(app)[1].id
    with app.app_context(), transaction():
        row = queries.registration_of(fair(), number)
        assert row is not None
        service.cancel(fair(), row.registration, SYSTEM)
    page = text_of(people.nobody, f"{where}?lang=zh")
    section = page[page.index('id="colleagues"') :]
    assert re.findall(r"李雷|韩梅|已取消|已登记", section) == ["李雷", "已取消", "韩梅", "已登记"]


@both_engines
@pytest.mark.parametrize(
    ("whose", "left", "said"),
    [
        ("mine", "registered", "Those of your colleagues stay valid"),
        ("all", "cancelled", "those of your colleagues are cancelled"),
    ],
)
def test_a_leader_says_whose_badges_are_cancelled(
    app: Flask, people: People, whose: str, left: str, said: str
) -> None:
    """V3: the page names the colleagues; unless the leader says so, their badges stay good."""
    where = with_colleagues(app, people)
    asked = text_of(people.nobody, f"{where}/cancel?lang=en")
    assert "李雷" in asked
    assert re.search(r'value="mine"\s+checked', asked)
    assert people.nobody.post(f"{where}/cancel", data={"whose": whose}).status_code == 303
    assert states_of(app) == {"王敏": "cancelled", "李雷": left, "韩梅": left}
    page = text_of(people.nobody, where)
    assert said in page
    assert "李雷" in page
    with app.app_context():
        for row in all_rows(app)[1:]:
            badge = badge_queries.current_badge(fair(), "visitor", row.id)
            assert badge is not None
            assert (badge.cancelled_at is None) == (whose == "mine")


def test_who_cancelled_only_the_own_badge_can_still_cancel_the_others(app: Flask, people: People) -> None:
    where = with_colleagues(app, people)
    people.nobody.post(f"{where}/cancel", data={"whose": "mine"})
    assert f"{where}/cancel" in text_of(people.nobody, where)
    asked = text_of(people.nobody, f"{where}/cancel?lang=en")
    assert "Cancel these badges" in asked
    assert '<input type="hidden" name="whose" value="all" />' in asked
    people.nobody.post(f"{where}/cancel", data={"whose": "all"})
    assert set(states_of(app).values()) == {"cancelled"}
    assert people.nobody.get(f"{where}/cancel").status_code == 303


def test_the_leader_corrects_and_cancels_one_colleague(app: Flask, people: People) -> None:
    """V3: one at a time, after a question; the others and the leader stay as they are."""
    where = with_colleagues(app, people)
    one = f"{where}/colleagues/{numbers_of(app)[2]}"
    assert f'href="{one}/change"' in text_of(people.nobody, one)
    assert people.nobody.post(f"{one}/change", data={"name": "=1"}).status_code == 422
    answer = people.nobody.post(f"{one}/change", data={"name": "李磊"})
    assert (answer.status_code, answer.location) == (303, one)
    assert people.nobody.get(f"{one}/cancel").status_code == 200
    rows = all_rows(app)
    assert [(row.name, row.state) for row in rows[1:]] == [
        ("李磊", State.REGISTERED),
        ("韩梅", State.REGISTERED),
    ]
    assert rows[1].company == rows[0].company
    for _ in range(2):
        assert people.nobody.post(f"{one}/cancel").status_code == 303
    assert [row.state for row in all_rows(app)] == [State.REGISTERED, State.CANCELLED, State.REGISTERED]
    page = text_of(people.nobody, f"{one}?lang=zh")
    assert "已取消" in page
    assert f"{one}/change" not in page
    assert people.nobody.get(f"{one}/change").location == one
    assert people.nobody.get(f"{one}/cancel").location == one


def test_nobody_else_corrects_or_cancels_a_colleague(app: Flask, people: People) -> None:
    """IDOR: neither the leader's own registration nor somebody else's colleague."""
    theirs = with_colleagues(app, people)
    mine = register(people.nobody, phone="13900139000")
    for person in (1, 2, 4, 999, *numbers_of(app).values()):
        assert people.nobody.post(f"{mine}/colleagues/{person}/cancel").status_code == 404
        answer = people.nobody.post(f"{mine}/colleagues/{person}/change", data={"name": "x"})
        assert answer.status_code == 404
    assert people.nobody.post(f"{theirs}/colleagues/{numbers_of(app)[1]}/cancel").status_code == 404
    assert {row.state for row in all_rows(app)} == {State.REGISTERED}


def test_every_line_of_colleagues_that_is_wrong_is_named(app: Flask, people: People) -> None:
    where = register(people.nobody)
    page = people.nobody.post(f"{where}/colleagues?lang=en", data={"names": "李雷\n=1+1\n@x"})
    assert page.status_code == 422
    for sentence in ("Line 2 (=1+1): A name cannot", "Line 3 (@x): A name cannot"):
        assert page.text.count(sentence) == 2, sentence
    assert len(all_rows(app)) == 1


def test_the_desk_says_whose_badges_are_cancelled(app: Flask, people: People) -> None:
    with_colleagues(app, people)
    asked = text_of(people.bob, "/desk/8th/visitors/1/cancel?lang=en")
    assert "李雷" in asked
    assert re.search(r'value="mine"\s+checked', asked)
    colleague = text_of(people.bob, "/desk/8th/visitors/2/cancel?lang=en")
    assert 'name="whose"' not in colleague
    people.bob.post("/desk/8th/visitors/2/cancel", data={"reason": "不来"})
    assert states_of(app) == {"王敏": "registered", "李雷": "cancelled", "韩梅": "registered"}
    people.bob.post("/desk/8th/visitors/1/cancel", data={"reason": "不来", "whose": "all"})
    assert set(states_of(app).values()) == {"cancelled"}


def test_a_whose_that_is_no_choice_cancels_nothing(app: Flask, people: People) -> None:
    where = with_colleagues(app, people)
    assert people.nobody.post(f"{where}/cancel", data={"whose": "everybody"}).status_code == 422
    assert people.bob.post("/desk/8th/visitors/1/cancel", data={"whose": "everybody"}).status_code == 422
    assert set(states_of(app).values()) == {"registered"}


def test_after_the_fair_the_badge_page_asks_for_nothing_any_more(app: Flask, people: People) -> None:
    """V3: who registered is not told how to come, nor to register, once the fair is over."""
    where = with_colleagues(app, people)
    wrong = f"{where[: where.rindex('/')]}/{'A' * 32}"
    with app.app_context(), transaction():
        for day in fair().days:
            day.date -= timedelta(days=400)
        setup_changed(fair())
    page = text_of(people.nobody, f"{where}?lang=en")
    assert "The fair is over" in page
    assert "code.png" not in page
    assert "What happens next" not in page
    for path in (where, wrong, "/8th/find-badge"):
        assert "/8th/register" not in text_of(people.nobody, path), path
