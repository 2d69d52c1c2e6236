"""Pure rules of the paper side: fields and places, wording, calibration, reserve badges, stock."""

from __future__ import annotations

import unicodedata
from datetime import date
from itertools import combinations

import pytest

from exhibitions.badges.rules import calibration, layout, reserves, stock, wording
from exhibitions.badges.rules.layout import MM, Facts
from exhibitions.badges.rules.reserves import Balance, Where
from exhibitions.badges.rules.stock import Coming, Level, Move
from exhibitions.badges.rules.templates import FIELDS, LABELS, Band, Design, check_fields, template
from exhibitions.core.errors import Refused

NAMES = ("欧阳娜娜", "阿卜杜热合曼买买提明江古", "Nguyễn Thị Hoàng Anh-Schmidt", "𠮷田㛃䶮", "김하늘별님")
COMPANY = "新疆维吾尔自治区示例民族手工艺品进出口有限责任公司"
ALL = frozenset(FIELDS)
DESIGNS = [
    Design(),
    Design(ALL, Band.ALWAYS),
    Design(ALL, Band.NEVER),
    Design(frozenset({"name"})),
    Design(frozenset({"company", "day"}), Band.ALWAYS),
]


def measure(text: str, size: float, bold: bool) -> float:
    return sum(
        size * (1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 if bold else 0.55) for c in text
    )


def placed(size: str, design: Design, name: str) -> layout.Layout:
    words = wording.Words(name, COMPANY, "采购总监", "DE", date(2026, 8, 19))
    facts = wording.facts(words, "专业观众 VISITOR", "482 139 057-9", "第八届\nThe 8th", design)
    return layout.place(facts, template(size, design), measure)


@pytest.mark.parametrize("size", ["90x130", "a6", "86x54", "80x60", "70x50", "60x40"])
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", NAMES)
def test_every_design_of_every_size_has_room_for_long_texts(size: str, design: Design, name: str) -> None:
    """O8 and ux.md §7: nothing is cut, nothing lies upon another, whatever fields are chosen."""
    found = placed(size, design, name)
    places = found.template
    for line in found.lines:
        assert line.box.left >= -0.01
        assert line.box.right <= places.width + 0.01
        assert line.box.bottom <= places.height + 0.01
        assert not overlap(line.box, places.qr)
    for one, other in combinations([line.box for line in found.lines if line.text], 2):
        assert not overlap(one, other)
    assert places.qr.width * 37 / 45 >= 20 * MM
    roles = {line.role for line in found.lines if line.text}
    assert ("name" in roles, "company" in roles) == ("name" in design.fields, "company" in design.fields)
    assert ("details" in roles) == design.details
    assert ("class" in roles) == places.banded
    smallest = layout.NAME_SMALLEST if size not in LABELS else 14.0
    sizes = [line.size for line in found.lines if line.role == "name" and line.text]
    # With every field on it a small badge may be too full for three lines: it is listed for a look.
    if design.details and name == NAMES[2] and sizes:
        assert "name" in found.look or min(sizes) >= smallest
    else:
        assert all(each >= smallest for each in sizes)


def overlap(one: layout.Box, other: layout.Box) -> bool:
    apart = (
        one.right <= other.left + 0.01
        or other.right <= one.left + 0.01
        or one.bottom <= other.top + 0.01
        or other.bottom <= one.top + 0.01
    )
    return not apart


@pytest.mark.parametrize(
    ("size", "band", "banded"),
    [
        ("90x130", Band.AUTO, True),
        ("86x54", Band.AUTO, True),
        ("60x40", Band.AUTO, False),
        ("60x40", Band.ALWAYS, True),
        ("90x130", Band.NEVER, False),
        ("86x54", Band.NEVER, False),
    ],
)
def test_labels_have_a_band_only_where_it_is_asked_for(size: str, band: Band, banded: bool) -> None:
    assert template(size, Design(band=band)).banded is banded


def test_what_stands_printed_on_the_stock_is_kept_clear() -> None:
    """Without a band a badge leaves its foot free; a label uses the place."""
    with_it, without = template("90x130", Design()), template("90x130", Design(band=Band.NEVER))
    assert (with_it.number, with_it.band) == (without.number, without.band)
    assert template("60x40", Design()).band.height == 0
    assert template("60x40").name.height < template("60x40", Design()).name.height


def test_details_that_shrink_too_far_are_named_for_a_look() -> None:
    design = Design(ALL)
    facts = Facts("王", "", "", "1", "", "很长的职务" * 40)
    assert layout.place(facts, template("60x40", design), measure).look == ("details",)


def test_a_badge_says_whose_it_is() -> None:
    assert check_fields(["name", "day"]) == {"name", "day"}
    for fields, code in ((["day"], "fields_empty"), (["name", "shoe"], "field_unknown")):
        with pytest.raises(Refused) as refused:
            check_fields(fields)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("region", "words"),
    [("DE", "德国 Germany"), ("辽宁", "辽宁"), ("QX", "QX"), ("", ""), ("Kyiv", "Kyiv")],
)
def test_regions_in_words(region: str, words: str) -> None:
    assert wording.place(region) == words


def test_days_in_both_languages() -> None:
    assert wording.day(date(2026, 8, 19)) == "8月19日 19 Aug"
    assert wording.day(None) == ""


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [("44.5", 445), ("44,5 mm", 445), (" 45 ", 450), ("44.57", 445), ("", None), ("x", None), ("-3", None)],
)
def test_readings_as_people_type_them(typed: str, tenths: int | None) -> None:
    assert calibration.tenths(typed) == tenths


def test_a_reading_becomes_a_shift() -> None:
    """What stands 1.5 mm too far right is moved 1.5 mm to the left."""
    assert calibration.shift(450, 465) == -15
    with pytest.raises(Refused):
        calibration.shift(450, 610)


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ((False, False, False, False), Where.MADE),
        ((True, False, False, False), Where.STOCK),
        ((True, True, False, False), Where.OUT),
        ((True, True, True, False), Where.BOUND),
        ((True, False, False, True), Where.SPOILT),
    ],
)
def test_where_a_reserve_badge_is(known: tuple[bool, bool, bool, bool], state: Where) -> None:
    printed, out, bound, spoilt = known
    assert reserves.where(printed=printed, out=out, bound=bound, spoilt=spoilt) is state


def test_the_balance_adds_up() -> None:
    """printed = handed out + in stock + spoilt; bound ones were handed out."""
    counts = {Where.MADE: 3, Where.STOCK: 10, Where.OUT: 5, Where.BOUND: 4, Where.SPOILT: 1}
    assert reserves.balance(counts) == Balance(made=23, printed=20, out=9, bound=4, stock=10, spoilt=1)
    assert reserves.balance({}) == Balance(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(("first", "last", "code"), [(2, 1, "serial_order"), (1, 5001, "serial_many")])
def test_ranges_of_serial_numbers(first: int, last: int, code: str) -> None:
    reserves.check_range(1, 5000)
    with pytest.raises(Refused) as refused:
        reserves.check_range(first, last)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "serial"),
    [("R0042", 42), ("42", 42), ("备用证 42", 42), ("r7", 7), ("4821390579", None), ("0", None), ("", None)],
)
def test_serial_numbers_as_people_type_them(typed: str, serial: int | None) -> None:
    assert reserves.serial_of(typed) == serial
    assert reserves.shown(42) == "R0042"


def test_the_forecast() -> None:
    """Registrations × turn-up + desk walk-ins − printed; a warning with the days left when it is short."""
    coming = Coming(registered=1000, printed=250, open_days_left=4, turn_up_percent=60, walk_ins_a_day=100)
    assert stock.need(coming) == 350 + 400
    assert stock.forecast(800, coming) == stock.Forecast(750, 188, 0, 4)
    assert stock.forecast(400, coming) == stock.Forecast(750, 188, 350, 2)
    assert stock.forecast(100, coming, badges_each=4) == stock.Forecast(188, 47, 88, 2)
    assert stock.forecast(-3, coming).lasts == 0


def test_the_forecast_after_the_fair_and_with_more_printed_than_come() -> None:
    over = Coming(1000, 900, 0, 60, 100)
    assert stock.need(over) == 0
    assert stock.forecast(5, over) == stock.Forecast(0, 0, 0, None)


def test_a_level_is_what_came_less_what_went() -> None:
    assert Level(100, 10, 5, 25).left == 60


@pytest.mark.parametrize(
    ("item", "kind", "count", "code"),
    [
        ("gold", Move.IN, 1, "item_unknown"),
        ("holder", Move.IN, 0, "count_range"),
        ("holder", Move.OUT, 6, "stock_short"),
    ],
)
def test_strange_moves_are_refused(item: str, kind: Move, count: int, code: str) -> None:
    stock.check_move("holder", Move.SPOILT, 5, 5)
    with pytest.raises(Refused) as refused:
        stock.check_move(item, kind, count, 5)
    assert refused.value.code == code
