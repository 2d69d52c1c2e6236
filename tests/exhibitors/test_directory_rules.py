"""Limits in characters people see, the print date, the fascia on its panel, the duties (ux.md E4 and E6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exhibitions.core.errors import Conflict, Refused
from exhibitions.core.graphemes import seen, seen_length
from exhibitions.exhibitors.rules import directory, fascia, tasks
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.tasks import Fact, TaskState

PRINTS = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("大连", 2),
        ("𠮷野家", 3),
        ("葛\U000e0100城", 2),
        ("👨‍👩‍👧‍👦", 1),
        ("👍🏽🇨🇳", 2),
        ("e\u0301", 1),
        ("\u1100\u1161\u11a8", 1),
        ("각", 1),
        ("a\r\nb\nc", 3),
        ("\u200b\u202eab\ufeff", 2),
        ("\u200d", 0),
        # Nothing to stand on: an accent, a variation mark, a tag, a control alone.
        ("\u0301", 0),
        ("\ufe0f\U000e0041", 0),
        ("\u2066大连\u2069\u202e", 2),
        ("大\x00连", 2),
        ("ＡＢＣ　１", 5),
        ("❤️ 1", 3),
        ("한글", 2),
    ],
)
def test_characters_are_counted_as_people_see_them(text: str, length: int) -> None:
    """ux.md E6: rare Han = 1; an emoji = 1."""
    assert seen_length(text) == length == len(seen(text))


def test_a_text_of_exactly_its_limit_is_taken() -> None:
    limits = {"text_zh": directory.LONGEST_TEXT, "text_en": directory.LONGEST_TEXT}
    assert directory.too_long({"text_zh": "𠮷" * 300}, limits) == {}
    assert directory.too_long({"text_zh": "𠮷" * 301, "text_en": "a" * 300}, limits) == {
        "text_zh": (301, 300)
    }


def test_ten_products_and_no_eleventh() -> None:
    directory.check_products(10)
    with pytest.raises(Refused, match="products_many"):
        directory.check_products(11)


def test_an_entry_is_free_until_the_end_of_the_print_date() -> None:
    assert not directory.frozen(EntryState.SENT, PRINTS, PRINTS)
    assert directory.frozen(EntryState.SENT, PRINTS + timedelta(days=1), PRINTS)
    assert not directory.frozen(EntryState.DRAFT, PRINTS, None)
    assert directory.frozen(EntryState.PRINTED, PRINTS - timedelta(days=9), PRINTS)
    assert directory.frozen(EntryState.CHANGE_ASKED, PRINTS, None)


def test_what_is_printed_is_only_asked_about() -> None:
    directory.check_move(EntryState.DRAFT, EntryState.SENT)
    directory.check_move(EntryState.SENT, EntryState.SENT)
    directory.check_move(EntryState.PRINTED, EntryState.CHANGE_ASKED)
    for state, to in ((EntryState.PRINTED, EntryState.DRAFT), (EntryState.DRAFT, EntryState.CHANGE_ASKED)):
        with pytest.raises(Conflict):
            directory.check_move(state, to)


def test_an_entry_needs_a_name_and_a_description_in_one_language() -> None:
    assert directory.gaps(["", "Haitian"], ["蚝油", ""]) == []
    assert directory.gaps(["", " "], ["", ""]) == ["name", "description"]


def test_the_letter_in_the_list() -> None:
    assert [directory.letter(text) for text in ("da4 lian2", "Haier", "3M", "")] == ["D", "H", "#", "#"]


def test_the_fascia_has_twenty_and_forty_characters() -> None:
    panel = fascia.panel_of("shell")
    assert panel is not None
    assert fascia.check_text("𠮷" * 20, "a" * 40, panel) == {}
    assert fascia.check_text("", "Haier", panel) == {}
    found = fascia.check_text("王" * 21, "a" * 41, panel)
    assert {field: why.params["length"] for field, why in found.items()} == {"zh": 21, "en": 41}
    for nothing in (
        " ",
        "\u3000",
        "\u200b\ufeff",
        "\u202e\u2066",
        "\u0301",
        "\u3164\u2800",
        "\ufe0f",
        "\u00ad",
    ):
        assert fascia.check_text(nothing, nothing, panel)["zh"].code == "fascia_empty", ascii(nothing)
        assert directory.gaps([nothing], [nothing]) == ["name", "description"]
    # Characters people see: 20 with their marks, in full width as in half.
    for sign in ("\u200b王", "e\u0301", "👨‍👩‍👧", "Ａ", "🇨🇳", "葛\U000e0100", "각"):
        assert fascia.check_text(sign * 20, "", panel) == {}, sign
        assert fascia.check_text(sign * 21, "", panel)["zh"].params["length"] == 21, sign
    no_english = fascia.Panel(en=0)
    assert fascia.check_text("王", "\u200b", no_english) == {}
    assert fascia.check_text("王", "a", no_english)["en"].code == "fascia_long"


def test_raw_space_has_no_fascia_and_an_unknown_kind_the_usual_one() -> None:
    assert fascia.panel_of("raw") is None
    assert fascia.panel_of("pavilion") == fascia.STANDARD
    assert fascia.panel_of("shell", {"shell": fascia.Panel(zh=10)}) == fascia.Panel(zh=10)


def test_a_company_stands_where_it_asked_to_be_listed() -> None:
    """§2.1: the letter under which it is listed."""
    assert directory.listed("da4 lian2", "", 60) == ("da4 lian2", "D")
    assert directory.listed("da4 lian2", "D", 60) == ("da4 lian2", "D")
    assert directory.listed("da4 lian2", "H", 8) == ("h da4 li", "H")
    assert directory.listed("da4 lian2", "3", 60) == ("3 da4 lian2", "#")


def test_letters_shrink_until_the_line_fits_the_panel() -> None:
    panel = fascia.STANDARD
    short = fascia.draw("大连机床", 3000, panel)
    assert (short.letter_mm, short.width_mm) == (180, 720)
    long = fascia.draw("大" * 20, 3000, panel)
    assert long.letter_mm == 140
    assert long.width_mm <= 3000 - 2 * panel.margin_mm
    assert fascia.draw("DMG", 3000, panel, lines=2).letter_mm == 108
    assert fascia.draw("", 3000, panel).width_mm == 0
    assert {fascia.draw(sign, 3000, panel).width_mm for sign in ("大", "Ａ", "한", "🇨🇳", "❤️", "👨‍👩‍👧")} == {
        180
    }
    assert fascia.draw("大", 100, panel).letter_mm == 1


def test_the_four_states_of_a_duty() -> None:
    due = date(2026, 6, 1)
    late = due + timedelta(days=1)
    assert tasks.state_of(Fact("contract", due), due) is TaskState.NOT_STARTED
    assert tasks.state_of(Fact("contract", due, started=True), due) is TaskState.IN_PROGRESS
    assert tasks.state_of(Fact("contract", due, started=True), late) is TaskState.LATE
    assert tasks.state_of(Fact("contract", due, done=True), late) is TaskState.DONE
    assert tasks.state_of(Fact("contract"), late) is TaskState.NOT_STARTED


def test_the_first_open_duty_is_the_one_to_do() -> None:
    due = date(2026, 6, 1)
    listed = tasks.tasks(
        [
            Fact("services"),
            Fact("fascia", due),
            Fact("contract", due, done=True),
            Fact("stand", date(2026, 5, 1), waiting=True),
            Fact("badges", date(2026, 7, 1)),
        ],
        due,
    )
    assert [one.key for one in listed] == ["stand", "contract", "fascia", "badges", "services"]
    first = tasks.next_task(listed)
    assert first is not None
    assert first.key == "fascia"
    assert tasks.next_task([]) is None
