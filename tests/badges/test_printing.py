"""Print runs: what is chosen, what is said before, what comes out, and going on after a fall (O8, ux.md §9)."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image

from exhibitions.badges import queries
from exhibitions.badges import service as badges
from exhibitions.badges.models import Badge, BadgeClass, PrintRun
from exhibitions.badges.queries import Wanted
from exhibitions.badges.rules import number
from exhibitions.badges.service import Holder, printing
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import NotFound, Refused
from exhibitions.expos.models import Expo
from exhibitions.files import queries as files
from exhibitions.files import service as file_service
from exhibitions.jobs import service as jobs
from exhibitions.jobs.commands.running import drain
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import State
from tests.badges.conftest import codes_on, needs_poppler, pages_of, words_of
from tests.engines import both_engines
from tests.factories import make_expo

BOB = Actor("user", None, "Bob")
ALL = Wanted()
NAMES = ("张伟", "李娜", "Anna", "欧阳娜娜", "김철수", "赵敏")


def klass(fair: Expo, key: str = "trade") -> BadgeClass:
    found = queries.class_by_key(fair, key)
    assert found is not None
    return found


def fill(fair: Expo, names: tuple[str, ...] = NAMES, key: str = "trade", first: int = 1) -> list[int]:
    holders = [Holder("registration", first + at, name, f"公司{at}") for at, name in enumerate(names)]
    with transaction():
        return badges.issue_many(fair, [(klass(fair, key), holder) for holder in holders])


def printed_pages(fair: Expo, run: PrintRun) -> list[Image.Image]:
    pages = []
    for part in run.parts:
        row = files.file_of(fair.id, part["file_id"])
        assert row is not None
        with file_service.open_file(row) as content:
            pages += pages_of(content.read())
    return pages


def start(fair: Expo, wanted: Wanted = ALL, sheet: str = "a4x4", sort: str = "name") -> tuple[PrintRun, Job]:
    plan = badges.plan_run(fair, wanted, sheet, sort)
    with transaction():
        return badges.start_run(fair, plan, BOB)


@needs_poppler
@both_engines
def test_a_print_run_gives_every_visitor_the_own_code_in_the_asked_order(fair: Expo) -> None:
    """Issue 2 demand 7: every QR of a rendered PDF decodes to its own visitor; names sort in pinyin."""
    fill(fair)
    run, job = start(fair)
    assert drain() == 1
    db.session.expire_all()
    assert job.state == State.DONE
    assert job.result == {"badges": 6, "files": 1, "looks": 0, "run": run.id}
    ordered = queries.badges_in_order(fair, run.badge_ids)
    assert [badge.name for badge in ordered] == ["Anna", "李娜", "欧阳娜娜", "张伟", "赵敏", "김철수"]
    codes = [code for page in printed_pages(fair, run) for code in codes_on(page)]
    assert codes == [badges.code_of(fair, badge) for badge in ordered]
    assert [badge.prints for badge in ordered] == [1] * 6


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("name", ["Anna", "李娜", "张伟"]), ("company", ["张伟", "李娜", "Anna"])],
)
def test_orders(fair: Expo, sort: str, expected: list[str]) -> None:
    fill(fair, NAMES[:3])
    run, _ = start(fair, sort=sort)
    assert [badge.name for badge in queries.badges_in_order(fair, run.badge_ids)] == expected


def test_order_by_number(fair: Expo) -> None:
    numbers = fill(fair)
    run, _ = start(fair, sort="number")
    assert [badge.number for badge in queries.badges_in_order(fair, run.badge_ids)] == sorted(numbers)


def test_only_wanted_and_live_badges_are_printed(fair: Expo) -> None:
    fill(fair, ("王一", "王二", "王三", "王四"))
    fill(fair, ("记者",), "media", 50)
    with transaction():
        badges.issue_reserves(fair, klass(fair), 2, BOB)
        current = queries.current_badges(fair, "registration", [1, 2, 3])
        badges.cancel(current[1])
        badges.replace(fair, current[2], "lost", BOB)
        badges.count_print(fair, current[3], "", BOB)
    other = db.session.get_one(Expo, make_expo("9th", 9))
    fill(other, ("别人",))

    def names(wanted: Wanted) -> list[str]:
        return sorted(row.name for row in queries.to_print(fair, wanted))

    assert names(Wanted()) == ["王三", "王二", "王四", "记者"]
    assert names(Wanted("trade")) == ["王三", "王二", "王四"]
    assert names(Wanted("trade", printed=False)) == ["王二", "王四"]
    assert names(Wanted("trade", printed=True)) == ["王三"]
    assert names(Wanted("media")) == ["记者"]
    assert names(Wanted("nobody")) == []
    assert names(Wanted(reserve=True)) == ["", ""]


def test_missing_glyphs_and_long_texts_are_listed_before_printing(fair: Expo) -> None:
    """O8: rare Han shown; missing glyph → listed, never a box; name too long → listed for a look."""
    long = "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Third of the House"
    fill(fair, ("𠮷田", "𠀀一", "𠀀二", "ياسمين", long))
    found = badges.check(fair, Wanted(), "90x130")
    assert found.count == 5
    held = {it.character: (it.code_point, sorted(it.texts)) for it in found.missing}
    assert held["𠀀"] == ("U+20000", ["𠀀一", "𠀀二"])
    assert {it.character for it in found.missing} == set("𠀀ياسمين")
    assert [(look.name, look.fields) for look in found.looks] == [(long, ("name",))]
    assert badges.check(fair, Wanted("media"), "90x130") == printing.Check(0, [], [])


def test_a_run_keeps_which_badges_deserve_a_look_and_why(fair: Expo) -> None:
    """O8: what was warned of before printing is known afterwards too."""
    fill(fair, ("𠀀一", "王二", "Wolfeschlegelsteinhausenbergerdorff Hubert Blaine the Third of the House"))
    run, _job = start(fair, sort="number")
    drain()
    db.session.expire_all()
    assert sorted(look["fields"] for look in run.looks) == [["glyph"], ["name"]]


@both_engines
def test_a_second_click_while_the_first_run_waits_starts_nothing(fair: Expo) -> None:
    fill(fair)
    run, job = start(fair)
    again, same = start(fair)
    assert (again.id, same.id) == (run.id, job.id)
    (line,) = queries.print_runs(fair)
    assert (line.id, line.badges, line.files) == (run.id, len(NAMES), 0)
    other, _ = start(fair, sort="number")
    assert other.id != run.id


def test_there_is_an_end_to_what_one_run_prints(fair: Expo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_BADGES", 5)
    fill(fair)
    with pytest.raises(Refused) as refused:
        start(fair)
    assert refused.value.code == "too_many_badges"


def test_old_print_runs_are_forgotten_by_a_job_of_their_own(fair: Expo) -> None:
    fill(fair)
    run, _ = start(fair)
    drain()
    with transaction():
        db.session.get_one(PrintRun, run.id).created_at = clock.now() - timedelta(hours=49)
        jobs.enqueue("badges.expire", "now", {})
    drain()
    assert queries.print_runs(fair) == []


@pytest.mark.parametrize(
    ("sheet", "sort", "wanted", "code"),
    [
        ("a3", "name", Wanted(), "sheet_unknown"),
        ("a4x4", "random", Wanted(), "sort_unknown"),
        ("a4x4", "name", Wanted("media"), "nothing_to_print"),
    ],
)
def test_what_cannot_be_printed_is_refused(
    fair: Expo, sheet: str, sort: str, wanted: Wanted, code: str
) -> None:
    fill(fair)
    with pytest.raises(Refused) as refused:
        start(fair, wanted, sheet, sort)
    assert refused.value.code == code
    assert queries.print_runs(fair) == []


@needs_poppler
def test_a_run_that_was_cut_off_goes_on_behind_the_parts_that_are_kept(
    fair: Expo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumable: the worker dies in the second part; nothing is drawn twice, nothing is left out."""
    monkeypatch.setattr(printing.next_part, "__defaults__", (2, 0))
    fill(fair)
    run, job = start(fair)
    drawn: list[int] = []
    real = printing.draw_part

    def dying(part: printing.Part, tell: object) -> object:
        if part.start == 2 and not drawn.count(2):
            drawn.append(2)
            raise OSError("the machine goes away")
        drawn.append(part.start)
        return real(part, tell)  # type: ignore[arg-type]

    monkeypatch.setattr(printing, "draw_part", dying)
    drain()
    db.session.expire_all()
    assert (job.state, [part["badges"] for part in run.parts]) == (State.QUEUED, [2])
    with transaction():
        job.run_after = clock.now() - timedelta(seconds=1)
    drain()
    db.session.expire_all()
    assert job.state == State.DONE
    assert drawn == [0, 2, 2, 4]
    assert [part["badges"] for part in run.parts] == [2, 2, 2]
    ordered = queries.badges_in_order(fair, run.badge_ids)
    codes = [code for page in printed_pages(fair, run) for code in codes_on(page)]
    assert codes == [badges.code_of(fair, badge) for badge in ordered]
    assert [badge.prints for badge in ordered] == [1] * 6


def test_badges_that_vanished_meanwhile_are_left_out(fair: Expo) -> None:
    fill(fair)
    run, job = start(fair)
    with transaction():
        badges.remove_of_holders(fair, "registration", [1, 2])
    drain()
    db.session.expire_all()
    assert job.state == State.DONE
    assert len(queries.badges_in_order(fair, run.badge_ids)) == 4


def test_print_runs_are_found_through_their_own_fair_and_forgotten_after_their_files(fair: Expo) -> None:
    fill(fair)
    run, _ = start(fair)
    other = db.session.get_one(Expo, make_expo("9th", 9))
    with pytest.raises(NotFound):
        printing.run_of(other, run.id)
    with transaction():
        assert badges.expire(clock.now() + timedelta(hours=47)) == 0
        assert badges.expire(clock.now() + timedelta(hours=49)) == 1
    assert queries.print_runs(fair) == []


@needs_poppler
def test_a_single_badge_is_printed_at_once(fair: Expo) -> None:
    fill(fair)
    badge = queries.current_badges(fair, "registration", [4])[4]
    content = badges.pdf_of(fair, [badge], "90x130")
    assert [codes_on(page) for page in pages_of(content)] == [[badges.code_of(fair, badge)]]
    words = words_of(content)
    for word in (
        "欧阳娜娜",
        "专业观众 TRADE VISITOR",
        number.shown(badge.number),
        "第8届中国（大连）轻工商品博览会",
    ):
        assert word in words


@needs_poppler
def test_the_preview_shows_the_longest_names_and_opens_no_gate(fair: Expo) -> None:
    fill(fair)
    content = badges.sample(fair, Wanted(), "a4x4")
    assert [codes_on(page) for page in pages_of(content)] == [["SAMPLE"] * 4]
    assert "欧阳娜娜" in words_of(content)
    assert codes_on(pages_of(badges.sample(fair, Wanted("media"), "90x130"))[0]) == ["SAMPLE"]


@needs_poppler
@pytest.mark.parametrize(("key", "word"), [("", "专业观众 TRADE VISITOR"), ("media", "媒体 MEDIA")])
def test_the_preview_of_no_badges_shows_an_example_of_the_class(fair: Expo, key: str, word: str) -> None:
    """O8: a badge of nobody, with the word and the colour of the class like a real one."""
    assert word in words_of(badges.sample(fair, Wanted(key), "90x130"))


def test_the_picture_for_the_phone_is_the_code(fair: Expo) -> None:
    """V3: PNG of at least 600 pixels, at most 30 kB, no personal data."""
    fill(fair)
    badge = queries.current_badges(fair, "registration", [1])[1]
    file = badges.badge_png(fair, badge)
    image = Image.open(io.BytesIO(file))
    assert min(image.size) >= 600
    assert len(file) <= 30_000
    assert zxingcpp.read_barcodes(image)[0].text == badges.code_of(fair, badge)
    assert badges.badge_svg_path(fair, badge).startswith("M4 4h7v1h-7z")


def test_reserve_badges_are_printed_as_valid_codes_without_a_name(fair: Expo) -> None:
    with transaction():
        made = badges.issue_reserves(fair, klass(fair), 3, BOB)
    run, job = start(fair, Wanted(reserve=True))
    drain()
    db.session.expire_all()
    assert job.state == State.DONE
    assert sorted(run.badge_ids) == sorted(badge.id for badge in made)
    assert [db.session.get_one(Badge, badge_id).prints for badge_id in run.badge_ids] == [1, 1, 1]


def test_a_holder_record_is_a_plain_value() -> None:
    assert replace(Holder("registration", 1, "王"), name="李") == Holder("registration", 1, "李")
