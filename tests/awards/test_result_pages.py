"""J3 and what follows from it as pages: who sees what when (AW-39, P22), what is typed, what comes back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from exhibitions.audit.models import Entry
from exhibitions.awards.models import AwardResult, AwardSeason, Decision, Deliberation, Sheet
from exhibitions.awards.queries import casework
from exhibitions.awards.rules import what_if
from exhibitions.awards.rules.case import Second
from exhibitions.awards.rules.judging import decide
from exhibitions.awards.rules.result_file import read
from exhibitions.awards.rules.states import SeasonState
from exhibitions.awards.service import deliberating, locking, personal, publishing_result
from exhibitions.core import clock
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import Refused
from exhibitions.expos.rules import Role
from exhibitions.mail.models import Mail
from tests.awards.judged import of_scores
from tests.awards.making import make_season
from tests.awards.resulting import LI, WANG, judged_season, person, the_fair
from tests.people import People

ENGLISH = {"Accept-Language": "en"}
PAGES = (
    "result",
    "result/A-01",
    "result.zip",
    "deliberation",
    "tally",
    "tally.csv",
    "tally.xlsx",
    "certificates",
    "press",
)
# A mark that nothing else on any page can be.
CANARY = "87.654321"


def base(season_id: int = 1) -> str:
    return f"/desk/8th/awards/{season_id}"


def text_of(browser: FlaskClient, address: str) -> str:
    return unescape(browser.get(address, headers=ENGLISH).get_data(as_text=True))


def seen(browser: FlaskClient, there: str) -> str:
    """The fingerprint of the result that the page of the deliberation shows."""
    found = re.search(r'id="seen"[^>]*value="([0-9a-f]*)"', browser.get(there).text)
    assert found is not None
    return found[1]


def a_season(app: Flask, **more: object) -> int:
    with app.app_context(), transaction():
        return judged_season(**more).id  # type: ignore[arg-type]


def locked(app: Flask, *, public: bool = False, **more: object) -> int:
    with app.app_context():
        with transaction():
            season = judged_season(**more)  # type: ignore[arg-type]
            locking.lock(season, ["Zhao"], LI)
        if public:
            with transaction():
                publishing_result.publish(season, LI)
        return season.id


def test_aw_39_who_may_not_see_results_gets_no_page_of_them(app: Flask, people: People) -> None:
    """Organiser, desk, stranger and visitor: none; every address of results, before the lock and after it."""
    for season_id in (a_season(app), locked(app, publish_at=clock.now() + timedelta(days=1))):
        for page in PAGES:
            assert people.alice.get(f"{base(season_id)}/{page}").status_code == 403, page
            assert people.bob.get(f"{base(season_id)}/{page}").status_code == 403, page
            assert people.charlie.get(f"{base(season_id)}/{page}").status_code == 404, page
            assert people.nobody.get(f"{base(season_id)}/{page}").status_code in (302, 303), page


@pytest.mark.parametrize("role", [Role.JURY_CHAIR, Role.AWARD_ADMIN])
def test_aw_39_the_chair_may_and_every_read_is_in_the_audit(app: Flask, people: People, role: Role) -> None:
    season_id = locked(app)
    chair = person(app, "zhao", role)
    for page in PAGES:
        if page not in ("result.zip",):
            assert chair.get(f"{base(season_id)}/{page}").status_code == 200, page
    with app.app_context():
        read_pages = [
            entry.after["page"]
            for entry in db.session.scalars(sa.select(Entry).where(Entry.action == "awards.result_read"))
            if entry.after
        ]
    assert read_pages == [
        "result",
        "why A-01",
        "deliberation",
        "tally",
        "tally.csv",
        "tally.xlsx",
        "certificates",
        "press",
    ]
    assert chair.get(f"{base(season_id)}/result.zip").status_code == 200
    with app.app_context():
        (fetched,) = db.session.scalars(sa.select(Entry).where(Entry.action == "awards.result_downloaded"))
        assert fetched.subject_id == season_id


def test_reads_after_publication_are_not_written_down(app: Flask, people: People) -> None:
    season_id = locked(app, public=True)
    people.dora.get(f"{base(season_id)}/result")
    with app.app_context():
        assert db.session.scalar(sa.select(Entry).where(Entry.action == "awards.result_read")) is None


def test_p22_a_mark_is_on_no_page_of_who_may_not_see_it(app: Flask, people: People) -> None:
    """Every address with GET that the organiser, the desk and visitors may open, walked for a mark that is unique."""
    a_season(app, marks={"A-01": [CANARY, CANARY]})
    for browser in (people.alice, person(app, "yang", Role.VIEWER), people.nobody):
        for address in addresses(app):
            assert CANARY.encode() not in browser.get(address, headers=ENGLISH).data, address
    assert CANARY in text_of(people.dora, f"{base()}/result/A-01")
    with app.app_context():
        assert all(CANARY not in json.dumps(mail.arguments) for mail in db.session.scalars(sa.select(Mail)))
        kept = db.session.scalars(sa.select(Entry)).all()
        assert kept
        assert all(CANARY not in json.dumps([each.before, each.after]) for each in kept)


def addresses(app: Flask) -> list[str]:
    """Every address of the fair that can be opened without further words: its pages, lists, exports and open data."""
    known = {"slug": "8th", "season_id": "1", "number": "A-01", "kind": "csv", "lang": "zh"}
    map_ = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        words = {name: known[name] for name in rule.arguments & known.keys()}
        if "GET" not in (rule.methods or ()) or "slug" not in words or len(words) < len(rule.arguments):
            continue
        with suppress(ValueError):
            found.append(map_.build(rule.endpoint, words))
    assert {f"{base()}/complaints", f"{base()}/result/A-01", "/8th/directory.json"} <= set(found)
    return found


def test_p22_after_publication_no_page_names_the_author_of_a_mark(app: Flask, people: People) -> None:
    season_id = locked(app, public=True, marks={"A-01": [CANARY, "87"], "A-02": ["81", "82"]})
    page = text_of(people.dora, f"{base(season_id)}/result/A-01")
    assert CANARY in page
    assert not re.search(r"J0\d", page)
    assert "评委J0" not in page
    archive = zipfile.ZipFile(io.BytesIO(people.nobody.get(f"/8th/awards/{season_id}/results.zip").data))
    for name in archive.namelist():
        assert b"J01" not in archive.read(name), name


def test_before_closing_the_page_says_that_scores_arrive_later(app: Flask, people: People) -> None:
    with app.app_context(), transaction():
        make_season(the_fair(), state=SeasonState.OPEN)
    assert "Scores arrive here after closing." in text_of(people.dora, f"{base()}/result")


def test_the_ranking_shows_raw_and_value_side_by_side_with_missing_sheets(app: Flask, people: People) -> None:
    a_season(app)
    page = text_of(people.dora, f"{base()}/result")
    assert "Raw mean" in page
    assert re.search(r'data-entry="A-01".*?90\.75.*?90\.75.*?90\.75.*?1\.5', page, re.S)
    assert page.index('data-entry="A-01"') < page.index('data-entry="A-02"') < page.index('data-entry="A-04"')
    assert page.count('class="medal-border"') == 4


def test_why_this_medal_is_told_step_by_step(app: Flask, people: People) -> None:
    a_season(app)
    page = text_of(people.dora, f"{base()}/result/A-01")
    for sentence in (
        "2 sheets, mean 90.75.",
        "Score that is compared: 90.75.",
        "“Gold” is given from 85 on.",
        "Medal: Gold.",
    ):
        assert sentence in page
    # What each sheet makes (§3.4 step 1) stands beside its marks: the mean above follows from these.
    found = people.dora.get(f"{base()}/result/A-01").text
    assert sorted(re.findall(r"data-sheet-score>\s*([\d.]+)", found)) == ["90", "91.5"]
    assert people.dora.get(f"{base()}/result/A-99").status_code == 404


def test_what_if_is_shown_and_not_saved(app: Flask, people: People) -> None:
    a_season(app)
    page = text_of(people.dora, f"{base()}/result?from.0.0=92&cap=50")
    assert "2 entries would have another medal." in page
    assert "→ Silver" in page
    assert "→ No medal" not in page.split('data-entry="A-02"')[1].split("</tr>")[0]
    assert "→" not in text_of(people.dora, f"{base()}/result").split("What if")[0]
    assert "is not a number" in text_of(people.dora, f"{base()}/result?from.0.0=abc")
    # Thresholds out of order are told, not judged.
    assert "must need a higher score" in text_of(people.dora, f"{base()}/result?from.0.0=1")


@pytest.mark.parametrize("text", ["abc", "NaN", "1e99", "1.00000001"])
def test_what_if_takes_numbers_alone(text: str) -> None:
    case = read(json.dumps(of_scores([90, 80])).encode())
    with pytest.raises(Refused):
        what_if.changed(case, {"from.0.0": text})
    with pytest.raises(Refused):
        what_if.changed(case, {"places.0.0": "1.5"})


def test_what_if_changes_quotas_and_cap_alone() -> None:
    case = read(json.dumps(of_scores([95, 90, 80, 70])).encode())
    then = what_if.changed(case, {"cap": "25", "places.0.1": "0", "from.0.2": ""})
    assert (then.rules.cap, then.rules.levels[1].places, then.rules.levels[2].at_least) == (
        Decimal("0.25"),
        0,
        None,
    )
    assert then.sheets == case.sheets
    few = what_if.changed(case, {"cap": "25"})
    assert what_if.differences(decide(case), decide(few)) == {"E02": None, "E03": None}


def test_the_whole_deliberation_through_pages(app: Flask, people: People) -> None:
    """Minute, a changed medal signed by another person, lock, publication: as the office clicks it."""
    season_id = a_season(app, state=SeasonState.SCORED)
    chair = person(app, "zhao", Role.JURY_CHAIR)
    there = f"{base(season_id)}/deliberation"
    assert people.dora.post(f"{there}/begin").status_code == 303
    assert people.dora.post(there, data={"members": "赵、钱", "minute": "讨论"}).status_code == 303
    sent = people.dora.post(
        f"{base(season_id)}/result/A-04/override", data={"becomes": "B", "reason": "首创"}
    )
    assert sent.status_code == 303
    shown = {"signed_by": "赵", "seen": seen(people.dora, there)}
    refused = people.dora.post(f"{there}/lock", data=shown, headers=ENGLISH)
    assert refused.status_code == 422
    assert "waits for its second signature: A-04" in unescape(refused.get_data(as_text=True))
    with app.app_context():
        decision = db.session.scalars(sa.select(Decision)).one().id
    people.dora.post(f"{there}/decisions/{decision}/sign")
    with app.app_context():
        assert len(db.session.get_one(Decision, decision).signed) == 1
    chair.post(f"{there}/decisions/{decision}/sign")
    shown = {"signed_by": "赵\n钱", "seen": seen(chair, there)}
    assert chair.post(f"{there}/lock", data=shown).status_code == 303
    with app.app_context():
        row = db.session.scalars(sa.select(AwardResult)).one()
        assert (row.medals, [each["name"] for each in row.signed]) == (
            {"G": 1, "S": 1, "B": 2},
            ["Zhao", "赵", "钱"],
        )
        assert "讨论" in db.session.scalars(sa.select(Deliberation)).one().minute
    assert chair.post(f"{there}/publish").status_code == 303
    with app.app_context():
        assert db.session.get_one(AwardSeason, season_id).state is SeasonState.PUBLISHED


def test_a_refused_form_keeps_what_was_typed(app: Flask, people: People) -> None:
    a_season(app)
    sent = people.dora.post(
        f"{base()}/result/A-04/override", data={"becomes": "", "reason": "因为"}, headers=ENGLISH
    )
    page = unescape(sent.get_data(as_text=True))
    assert sent.status_code == 422
    assert "must become another one" in page
    assert "因为" in page


def test_the_publication_moment_is_on_the_clock_of_the_fair(app: Flask, people: People) -> None:
    season_id = locked(app)
    sent = people.dora.post(f"{base(season_id)}/deliberation/moment", data={"publish_at": "2099-08-20T09:00"})
    assert sent.status_code == 303
    with app.app_context():
        season = db.session.get_one(AwardSeason, season_id)
        assert season.publish_at is not None
        assert season.publish_at.isoformat() == "2099-08-20T01:00:00+00:00"
    people.dora.post(f"{base(season_id)}/deliberation/publish")
    people.dora.post(f"{base(season_id)}/deliberation/lift-embargo", data={"lift-text": "推迟颁奖"})
    with app.app_context():
        assert db.session.get_one(AwardSeason, season_id).state is SeasonState.LOCKED


def test_an_old_version_can_still_be_fetched(app: Flask, people: People) -> None:
    season_id = locked(app)
    chair = person(app, "zhao", Role.JURY_CHAIR)
    there = f"{base(season_id)}/deliberation"
    first = people.dora.get(f"{base(season_id)}/result.zip").data
    people.dora.post(f"{there}/reopen", data={"reopen-reason": "读错行"})
    with app.app_context():
        wish = db.session.scalars(sa.select(Decision)).one().id
    chair.post(f"{there}/decisions/{wish}/sign")
    with app.app_context(), transaction():
        # What was read wrongly; without it both versions may hold the very same bytes, down to the lots of the codes.
        db.session.scalars(sa.select(Sheet).order_by(Sheet.id).limit(1)).one().marks = {"score": "88"}
    chair.post(f"{there}/lock", data={"signed_by": "赵", "seen": seen(chair, there)})
    assert people.dora.get(f"{base(season_id)}/result.zip?version=1").data == first
    assert people.dora.get(f"{base(season_id)}/result.zip").data != first
    assert people.dora.get(f"{base(season_id)}/result.zip?version=9").status_code == 404
    assert "读错行" in text_of(people.dora, f"{base(season_id)}/result")


def test_the_archive_bears_sums_of_every_file(app: Flask, people: People) -> None:
    season_id = locked(app)
    archive = zipfile.ZipFile(io.BytesIO(people.dora.get(f"{base(season_id)}/result.zip").data))
    sums = dict(line.split("  ")[::-1] for line in archive.read("SHA256SUMS").decode().splitlines())
    assert sorted(sums) == ["marks.csv", "ranking.csv", "result.json", "summary.csv", "tally.csv"]
    for name, digest in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert "A-01" in archive.read("ranking.csv").decode("utf-8-sig")


def test_the_tally_adds_up_and_says_what_was_revoked(app: Flask, people: People) -> None:
    """AW-37: sums, shares to one decimal."""
    season_id = locked(app, public=True)
    page = text_of(people.dora, f"{base(season_id)}/tally")
    assert "75.0 %" in page  # three of four presented
    assert (
        people.dora.post(f"{base(season_id)}/result/A-02/revoke", data={"revoke-text": "抄袭"}).status_code
        == 303
    )
    page = text_of(people.dora, f"{base(season_id)}/tally")
    assert "The locked result has 3 medals. Revoked since: 1 (A-02). Counted here: 2." in page
    assert "50.0 %" in page, "the summary counts what the tallies count"
    assert "75.0 %" not in page
    rows = people.dora.get(f"{base(season_id)}/tally.csv").get_data(as_text=True)
    assert "A-01" in rows
    assert "A-02" not in rows


def test_the_press_text_has_the_figures_of_the_locked_result(app: Flask, people: People) -> None:
    season_id = locked(app)
    page = text_of(people.dora, f"{base(season_id)}/press")
    assert "共有4件产品参评，评出获奖产品3项，其中金奖1项、银奖1项、铜奖1项" in page
    assert "Of 4 products presented, 3 received a medal: 1 Gold, 1 Silver, 1 Bronze." in page
    assert "keep this text to yourself" in page


@pytest.mark.parametrize(
    ("page", "chinese", "english"),
    [
        ("result", "合议与结果", "Deliberation and result"),
        ("result/A-01", "为什么是这个奖项", "Why this medal?"),
        ("deliberation", "合议与锁定", "Deliberate and lock"),
        ("tally", "获奖统计", "Tally"),
        ("certificates", "证书", "Certificates"),
        ("press", "新闻稿", "Press text"),
        ("complaints", "异议", "Complaints"),
    ],
)
def test_every_page_is_chinese_as_well(
    app: Flask, people: People, page: str, chinese: str, english: str
) -> None:
    season_id = locked(app, public=True)
    for lang, title in (("zh", chinese), ("en", english)):
        answer = people.dora.get(f"{base(season_id)}/{page}?lang={lang}")
        assert answer.status_code == 200
        heading = re.search(r"<h1>\s*([^<]+)", answer.text)
        assert heading is not None
        assert heading[1].strip().startswith(title)


def test_a_state_is_called_alike_on_every_tab(app: Flask, people: People) -> None:
    season_id = a_season(app, state=SeasonState.SCORED)
    for page in ("", "/result", "/tally", "/complaints"):
        assert "Judging closed" in text_of(people.dora, base(season_id) + page), page


def override(browser: FlaskClient, season_id: int, entry: str, becomes: str, reason: str) -> int:
    """Propose a medal; gives the number of the decision."""
    sent = browser.post(
        f"{base(season_id)}/result/{entry}/override", data={"becomes": becomes, "reason": reason}
    )
    assert sent.status_code == 303
    with browser.application.app_context():
        return db.session.scalars(sa.select(Decision).order_by(Decision.id.desc()).limit(1)).one().id


def test_a_reason_of_several_lines_is_sealed_as_one_and_read_again(app: Flask, people: People) -> None:
    """docs/result-file.md: texts hold no control character; what is locked can be recomputed (awards.md §3.6)."""
    season_id = a_season(app)
    chair = person(app, "zhao", Role.JURY_CHAIR)
    there = f"{base(season_id)}/deliberation"
    wish = override(people.dora, season_id, "A-04", "B", "首创\r\n\r\n填补空白\t")
    chair.post(f"{there}/decisions/{wish}/sign")
    locked_ = chair.post(f"{there}/lock", data={"signed_by": "赵", "seen": seen(chair, there)})
    assert locked_.status_code == 303
    for page in PAGES:
        assert people.dora.get(f"{base(season_id)}/{page}").status_code == 200, page
    archive = zipfile.ZipFile(io.BytesIO(people.dora.get(f"{base(season_id)}/result.zip").data))
    (change,) = read(archive.read("result.json")).deliberation.overrides
    assert change.reason == "首创 填补空白"


def test_what_nobody_could_read_again_is_not_locked(app: Flask, people: People) -> None:
    with app.app_context():
        with transaction():
            season = judged_season()
            row = deliberating.propose(season, "A-04", "B", "首创", LI)
        with transaction():
            deliberating.sign(season, row, WANG)
        with transaction():
            row.reason = "a\nb"
        with pytest.raises(Refused) as found, transaction():
            locking.lock(season, ["Zhao"], LI)
        assert found.value.code == "file_unreadable"
        assert db.session.scalars(sa.select(AwardResult)).all() == []
        assert db.session.get_one(AwardSeason, season.id).state is SeasonState.DELIBERATING


def test_what_is_locked_is_what_the_page_showed(app: Flask, people: People) -> None:
    """J3: while the page is open a sheet is read anew and a company withdraws; the lock is refused and shows it."""
    season_id = a_season(app)
    there = f"{base(season_id)}/deliberation"
    page = text_of(people.dora, there)
    assert re.search(r"What will be locked.*A-01.*90\.75.*Gold.*A-04.*71\.00", page, re.S)
    shown = seen(people.dora, there)
    with app.app_context(), transaction():
        db.session.scalars(sa.select(Sheet).order_by(Sheet.id).limit(1)).one().marks = {"score": "60"}
    sent = people.dora.post(f"{there}/lock", data={"signed_by": "赵", "seen": shown}, headers=ENGLISH)
    page = unescape(sent.get_data(as_text=True))
    assert sent.status_code == 409
    assert "The result is another by now than this page showed." in page
    assert "75.00" in page
    assert people.dora.post(f"{there}/lock", data={"signed_by": "赵"}).status_code == 422
    with app.app_context():
        assert db.session.scalars(sa.select(AwardResult)).all() == []
    fresh = re.search(r'id="seen"[^>]*value="([0-9a-f]+)"', page)
    assert fresh is not None
    assert fresh[1] != shown
    assert people.dora.post(f"{there}/lock", data={"signed_by": "赵", "seen": fresh[1]}).status_code == 303


def test_aw_39_a_form_that_comes_back_is_a_read_as_well(app: Flask, people: People) -> None:
    season_id = locked(app)
    open_ = a_season(app)
    for address in (
        f"{base(open_)}/result/A-01/override",
        f"{base(open_)}/result/A-02/second-judging",
        f"{base(open_)}/deliberation/lock",
        f"{base(season_id)}/result/A-01/revoke",
    ):
        assert people.dora.post(address, data={}).status_code == 422, address
    assert people.dora.post(f"{base(season_id)}/certificates", data={"prefix": "号 1"}).status_code == 422
    with app.app_context():
        read_ = db.session.scalars(
            sa.select(Entry).where(Entry.action == "awards.result_read").order_by(Entry.id)
        ).all()
        assert [entry.after["page"] for entry in read_ if entry.after] == [
            "why A-01",
            "why A-02",
            "deliberation",
            "why A-01",
            "certificates",
        ]


@pytest.mark.parametrize("large", [10**20, 2**63, 2**63 - 1])
def test_a_number_that_no_row_has_is_not_found(app: Flask, people: People, large: int) -> None:
    season_id = locked(app)
    for address in (f"result.zip?version={large}", f"complaints/{large}"):
        assert people.dora.get(f"{base(season_id)}/{address}").status_code == 404, address
    assert people.dora.post(f"{base(season_id)}/deliberation/decisions/{large}/sign").status_code == 404


def large_season(app: Flask) -> int:
    """AW-37: 68 medals, 17 of them from Dalian, and two entries without one."""
    with app.app_context():
        with transaction():
            marks = {f"A-{place:02}": (["90", "83", "81"][place % 3],) * 2 for place in range(68)}
            season = judged_season({**marks, "A-68": ("70", "70"), "A-69": ("71", "71")})
            the_fair().city = "大连"
            others = ("沈阳", "上海", "")
            for place, row in enumerate(casework.rows_of(season).values()):
                row.place = "大连" if place < 17 else others[place % 3]
        with transaction():
            locking.lock(season, ["Zhao"], LI)
        return season.id


def test_aw_37_on_the_page_of_the_tally(app: Flask, people: People) -> None:
    """68 medals, 17 of Dalian: 25.0 %; the other places have 51; gold, silver and bronze are 68."""
    season_id = large_season(app)
    page = text_of(people.dora, f"{base(season_id)}/tally")
    assert "17 · 25.0 %" in page
    places = cells(page.split('id="by-place"')[1].split("</table>")[0])
    head, *rows, total = places
    assert [row[1] for row in rows if row[1] == "Dalian"] == ["Dalian"]
    dalian = next(row for row in rows if row[1] == "Dalian")
    assert dalian[-2:] == ["17", "25.0 %"]
    assert sum(int(row[-2]) for row in rows if row is not dalian) == 51
    assert [int(number) for number in total[2:5]] == [23, 23, 22]
    assert sum(int(number) for number in total[2:5]) == int(total[5]) == 68
    assert [len(row) for row in rows] == [len(head)] * len(rows)


def cells(table: str) -> list[list[str]]:
    """The texts of a table's cells, row by row."""
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.S)
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_aw_37_in_the_tables_of_the_tally(app: Flask, people: People, kind: str) -> None:
    season_id = large_season(app)
    content = people.dora.get(f"{base(season_id)}/tally.{kind}", headers=ENGLISH).data
    rows = sheet_of(content) if kind == "xlsx" else [*csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    texts = [[f"{value:g}" if isinstance(value, float) else str(value) for value in row] for row in rows]
    begin = next(at for at, row in enumerate(texts) if row[:2] == ["Place", "Rank"])
    end = next(at for at, row in enumerate(texts) if at > begin and row[0] == "Total")
    found = {row[0]: row for row in texts[begin + 1 : end]}
    assert found["Dalian"][5:7] == ["17", "25.0 %"]
    assert sum(int(row[5]) for place, row in found.items() if place != "Dalian") == 51
    assert sum(int(number) for number in texts[end][2:5]) == int(texts[end][5]) == 68
    # §3.6: presented and awarded by category and by place stand in the table as well as on the page.
    by_place = next(at for at, row in enumerate(texts) if row[:3] == ["Place", "Presented", "Awarded"])
    assert ["Dalian", "17", "17"] in [row[:3] for row in texts[by_place:]]
    by_category = next(at for at, row in enumerate(texts) if row[:3] == ["Category", "Presented", "Awarded"])
    assert texts[by_category + 1][:3] == ["Category A", "70", "68"]


def sheet_of(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()  # type: ignore[return-value]


def test_the_archive_has_the_statutory_summary(app: Flask, people: People) -> None:
    """awards.md §3.6: presented, awarded, share, by type and by region, from the same file."""
    season_id = large_season(app)
    archive = zipfile.ZipFile(io.BytesIO(people.dora.get(f"{base(season_id)}/result.zip").data))
    rows = [*csv.reader(io.StringIO(archive.read("summary.csv").decode("utf-8-sig")))]
    assert ["all", "", "70", "68", "97.1 %"] in rows
    assert ["category", "A", "70", "68", "97.1 %"] in rows
    assert ["place", "大连", "17", "17", "100.0 %"] in rows


def test_aw_37_in_the_sentence_for_the_report(app: Flask, people: People) -> None:
    page = text_of(people.dora, f"{base(large_season(app))}/press")
    chinese = "评选：共评出获奖产品68项（金奖23项、银奖23项、铜奖22项）；其中大连17项，占25.0%。"
    english = (
        "Award: 68 products won a medal (23 Gold, 23 Silver, 22 Bronze), 17 of them from Dalian (25.0%)."
    )
    for sentence in (chinese, english):
        assert page.count(sentence) == 2  # as text, and for the button that copies it
        assert f'data-copy="{sentence}"' in page


def test_the_press_text_is_kept_to_oneself_until_it_is_public(app: Flask, people: People) -> None:
    season_id = locked(app, public=True)
    assert "keep this text to yourself" not in text_of(people.dora, f"{base(season_id)}/press")
    with app.app_context(), transaction():
        db.session.get_one(AwardSeason, season_id).state = SeasonState.CLOSED
    assert "keep this text to yourself" not in text_of(people.dora, f"{base(season_id)}/press")


def test_after_the_term_the_decisions_still_open(app: Flask, people: People) -> None:
    """awards.md §3.6, P6: what people said goes after five years, which medal became which stays."""
    season_id = a_season(app)
    with app.app_context():
        with transaction():
            season = db.session.get_one(AwardSeason, season_id)
            row = deliberating.propose(season, "A-04", "B", "首创", LI)
        with transaction():
            deliberating.sign(season, row, WANG)
        with transaction():
            db.session.scalars(sa.select(Sheet)).all()[0].eliminated = True
        with transaction():
            deliberating.answer_second(season, "A-01", Second.AWARD, "Zhao", "", LI)
        with transaction():
            locking.lock(season, ["Zhao"], LI)
        while True:
            with transaction():
                if not personal.expire(the_fair()):
                    break
        contents = [each.content for each in db.session.scalars(sa.select(Decision).order_by(Decision.id))]
        assert contents == [{"was": None, "becomes": "B"}, {"decision": "award"}]
    page = text_of(people.dora, f"{base(season_id)}/deliberation")
    assert "A-04: No medal becomes Bronze" in page
    assert "Waits for a second signature" not in page
    assert "Zhao" not in page
