"""The centre's set-up as JSON, and pictures drawn anew."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
from PIL import Image

from exhibitions.core.errors import Refused
from exhibitions.exhibitors.rules import pictures
from exhibitions.exhibitors.rules.centre import Centre, as_data, check_centre, read_centre
from exhibitions.exhibitors.rules.fascia import Panel
from exhibitions.exhibitors.rules.quotas import Quota
from exhibitions.exhibitors.rules.set_up_document import lasting
from exhibitions.exhibitors.rules.staff import StaffKind, Window


def nights(first: date | None = None, last: date | None = None) -> Window:
    return Window(time(18), time(10), first, last)


def test_nights_are_printed_kept_and_bounded() -> None:
    """§2.5: 18:00–10:00, on every night of the fair or from one to another; a single night and a hundred are fine."""
    first, last = date(2026, 8, 22), date(2026, 8, 24)
    assert nights().text == "18:00–10:00"
    assert nights(first, last).text == "08-22–08-24 18:00–10:00"
    assert nights(first).text == "08-22– 18:00–10:00"
    assert nights(last=last).text == "–08-24 18:00–10:00"
    for good in (nights(first, first), nights(first), nights(date(2026, 1, 1), date(2026, 4, 10))):
        centre = Centre(windows={StaffKind.BUILD_UP: good})
        check_centre(centre)
        assert read_centre(as_data(centre)).windows[StaffKind.BUILD_UP] == good
    kept = lasting(as_data(Centre(windows={StaffKind.BUILD_UP: nights(first, last)})))
    assert read_centre(kept).windows[StaffKind.BUILD_UP] == nights(), "another edition has other nights"
    assert lasting({"windows": {"build_up": "spoilt"}}) == {"windows": {}}


def test_a_set_up_comes_back_from_json_and_misses_nothing() -> None:
    wanted = Centre(
        quotas={StaffKind.STAFF: Quota(StaffKind.STAFF, gives=2)},
        windows={StaffKind.BUILD_UP: Window(time(18), time(10))},
        panels={"shell": Panel(zh=12), "raw": None},
        due={"badges": date(2026, 8, 1)},
        arrival_gate="3号门",
    )
    found = read_centre(as_data(wanted) | {"points": {"of": "another room"}})
    assert found.quotas[StaffKind.STAFF].gives == 2
    assert found.windows == wanted.windows
    assert found.due == wanted.due
    assert set(found.quotas) == set(StaffKind), "kinds that it does not name are as usual"
    assert found.panels["upgraded"] == Panel()
    assert read_centre({}) == Centre()
    check_centre(found)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Centre(quotas={StaffKind.STAFF: Quota(StaffKind.SERVICE)}), "quota_kind"),
        (Centre(panels={"shell": Panel(zh=0, en=0)}), "panel_limits"),
        (Centre(panels={"shell": Panel(zh=101)}), "panel_limits"),
        (Centre(panels={"shell": Panel(en=-1)}), "panel_limits"),
        (Centre(due={"dinner": date(2026, 8, 1)}), "duty_unknown"),
        (Centre(fascia_fee_minor=-1), "fee_negative"),
        (Centre(windows={StaffKind.BUILD_UP: nights(date(2026, 8, 2), date(2026, 8, 1))}), "window_days"),
        (Centre(windows={StaffKind.BUILD_UP: nights(date(2026, 1, 1), date(2026, 4, 11))}), "window_long"),
    ],
)
def test_a_set_up_that_makes_no_sense_is_refused(wanted: Centre, code: str) -> None:
    with pytest.raises(Refused, match=code):
        check_centre(wanted)


def picture(mode: str, kind: str, size: tuple[int, int] = (60, 30), **how: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **how)
    return out.getvalue()


def test_a_photo_that_lies_on_its_side_is_turned_and_nothing_else_of_it_stays() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    drawn, kind = pictures.drawn_anew(picture("RGB", "JPEG", exif=exif))
    with Image.open(io.BytesIO(drawn)) as found:
        assert found.size == (30, 60)
    assert kind == "image/jpeg"
    assert b"secret" not in drawn


def test_what_lets_through_stays_so_and_large_ones_shrink() -> None:
    assert pictures.drawn_anew(picture("RGBA", "PNG"))[1] == "image/png"
    drawn, _ = pictures.drawn_anew(picture("RGB", "WEBP", (3000, 1500)))
    with Image.open(io.BytesIO(drawn)) as found:
        assert found.size == (1200, 600)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bytes(pictures.MOST_BYTES + 1), "picture_large"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unreadable"),
        (picture("RGB", "GIF"), "picture_unreadable"),
        (picture("1", "PNG", (10_000, 6_000)), "picture_pixels"),
        (picture("RGB", "PNG")[:60], "picture_unreadable"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        pictures.drawn_anew(content)
