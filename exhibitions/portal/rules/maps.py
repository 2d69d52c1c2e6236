"""Addresses that open a place in a map service, only when the reader taps them (ux.md §2)."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from exhibitions.core.errors import N_

_AMAP = (N_("Amap"), "https://uri.amap.com/search?{keyword}", "keyword")
_BAIDU = (
    N_("Baidu Maps"),
    "https://api.map.baidu.com/geocoder?{address}&output=html&src=exhibitions",
    "address",
)
_TENCENT = (
    N_("Tencent Maps"),
    "https://apis.map.qq.com/uri/v1/search?{keyword}&referer=exhibitions",
    "keyword",
)
_GOOGLE = (N_("Google Maps"), "https://www.google.com/maps/search/?api=1&{query}", "query")
_NAVER = (N_("Naver Map"), "https://map.naver.com/p/search/{path}", "path")


def map_links(place: str, language: str) -> list[tuple[str, str]]:
    """Names (English message ids) and addresses of the map services that readers of `language` use."""
    services = (_AMAP, _BAIDU, _TENCENT) if language == "zh" else (_GOOGLE, _NAVER, _AMAP)
    return [(name, _address(pattern, word, place)) for name, pattern, word in services]


def _address(pattern: str, word: str, place: str) -> str:
    value = quote(place, safe="") if word == "path" else urlencode({word: place})
    return pattern.format(**{word: value})
