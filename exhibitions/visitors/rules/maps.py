"""Links to maps, opened only on tap (ux.md §2): nothing of them is loaded by a page."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def map_links(place: str, city: str, lang: str) -> list[tuple[str, str]]:
    """(name of the map, address) for a place: Amap, Baidu, Tencent in zh; Naver and Google elsewhere."""
    if not place:
        return []
    if lang == "zh":
        return [
            ("高德地图", "https://uri.amap.com/search?" + urlencode({"keyword": place, "city": city})),
            (
                "百度地图",
                "https://api.map.baidu.com/geocoder?"
                + urlencode({"address": place, "output": "html", "src": "exhibitions"}),
            ),
            (
                "腾讯地图",
                "https://apis.map.qq.com/uri/v1/search?" + urlencode({"keyword": place, "region": city}),
            ),
        ]
    return [
        ("Google Maps", "https://www.google.com/maps/search/?" + urlencode({"api": 1, "query": place})),
        ("Naver Map", "https://map.naver.com/p/search/" + quote(place, safe="")),
    ]
