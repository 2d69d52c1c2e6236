"""Calendar files, links to maps and names of regions, without application or database (V3, V1)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar

from exhibitions.core.regions import region_name
from exhibitions.visitors.rules.calendar import Visit, calendar_file
from exhibitions.visitors.rules.maps import map_links

ZONE = ZoneInfo("Asia/Shanghai")


def test_a_calendar_holds_each_visit_in_the_fairs_zone() -> None:
    visits = [
        Visit(
            f"{n}@8th",
            "第八届；展, A",
            "馆\nB",
            datetime(2026, 8, n, 9, tzinfo=ZONE),
            datetime(2026, 8, n, 17, tzinfo=ZONE),
        )
        for n in (19, 20)
    ]
    data = calendar_file(visits, datetime(2026, 7, 1, tzinfo=ZONE))
    events = Calendar.from_ical(data).walk("VEVENT")
    assert [str(event["uid"]) for event in events] == ["19@8th", "20@8th"]
    assert [event.decoded("dtstart") for event in events] == [visit.starts for visit in visits]
    assert str(events[0]["summary"]) == "第八届；展, A"
    assert b"TZID:Asia/Shanghai" in data
    assert b"BEGIN:VEVENT" not in calendar_file([], datetime(2026, 7, 1, tzinfo=ZONE))


def test_maps_of_a_place() -> None:
    """ux.md §2."""
    assert map_links("", "大连", "zh") == []
    assert [name for name, _ in map_links("世博广场", "大连", "zh")] == ["高德地图", "百度地图", "腾讯地图"]
    assert [name for name, _ in map_links("a/b?c", "", "en")] == ["Google Maps", "Naver Map"]
    assert map_links("a/b?c", "", "en")[1][1].endswith("/a%2Fb%3Fc")


def test_a_region_is_named_in_the_readers_language() -> None:
    assert (region_name("大连", "zh"), region_name("大连", "en")) == ("大连", "Dalian")
    assert region_name("KR", "zh") == "韩国"
    assert region_name("nowhere", "xx") == "nowhere"
