"""Where people come from: one key for each place, and the four groups that statistics know.

The key of a province or city of China is its short Chinese name (`辽宁`, `大连`), that of Hong Kong, Macao, Taiwan and
every country its two letters in ISO 3166-1. A text that names no known place is kept as it was written and counts as
unknown; the empty text is unknown as well.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from babel import Locale

from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.pinyin import spelled

LONGEST = 64

# Prefecture-level cities and districts of each province, the capital first (GB/T 2260).
_CITIES = {
    "北京": "",
    "天津": "",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭",
    "上海": "",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "重庆": "",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 海北 黄南 海南州 果洛 玉树 海西",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 石河子",
}
PROVINCES = tuple(_CITIES)
"""The 31 provinces, municipalities and autonomous regions of the mainland, in the order of their official codes."""

NEAR = ("HK", "MO", "TW")
"""Hong Kong, Macao and Taiwan: apart from the mainland in the figures of Chinese fairs, and never countries."""

_ENGLISH = {
    "内蒙古": "Inner Mongolia",
    "陕西": "Shaanxi",
    "西藏": "Tibet",
    "哈尔滨": "Harbin",
    "齐齐哈尔": "Qiqihar",
    "呼和浩特": "Hohhot",
    "鄂尔多斯": "Ordos",
    "乌鲁木齐": "Urumqi",
    "拉萨": "Lhasa",
    "西安": "Xi'an",
    "吕梁": "Lüliang",
    "厦门": "Xiamen",
}
_NEAR_NAMES = {
    "HK": ("中国香港", "Hong Kong, China", "홍콩"),
    "MO": ("中国澳门", "Macao, China", "마카오"),
    "TW": ("中国台湾", "Taiwan, China", "대만"),
}
_NEAR_WORDS = {
    "香港": "HK",
    "中国香港": "HK",
    "中国澳门": "MO",
    "中国台湾": "TW",
    "hongkong": "HK",
    "澳门": "MO",
    "澳門": "MO",
    "macao": "MO",
    "macau": "MO",
    "台湾": "TW",
    "台灣": "TW",
    "臺灣": "TW",
    "taiwan": "TW",
}
_OTHER_WORDS = {
    "韩国": "KR",
    "한국": "KR",
    "南韩": "KR",
    "korea": "KR",
    "southkorea": "KR",
    "republicofkorea": "KR",
    "朝鲜": "KP",
    "usa": "US",
    "uk": "GB",
    "england": "GB",
    "中国": "CN",
    "prc": "CN",
    "china": "CN",
    "中國": "CN",
}
# What stands behind the short name of a place on its seal, the longest first.
_ENDINGS = (
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "朝鲜族自治州",
    "自治区",
    "自治州",
    "地区",
    "省",
    "市",
)


class Group(enum.StrEnum):
    """The groups of a breakdown by origin (ux.md §10), seen from the fair."""

    HOME_CITY = "home_city"
    PROVINCE = "province"
    REST = "rest"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Place:
    """A place that a form offers."""

    key: str
    name: str


@dataclass(frozen=True)
class Choices:
    """What a form offers, in its order: the fair's city, the provinces, Hong Kong and its like, the countries."""

    home: tuple[Place, ...]
    provinces: tuple[Place, ...]
    near: tuple[Place, ...]
    countries: tuple[Place, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key that may be chosen."""
        places = (*self.home, *self.provinces, *self.near, *self.countries)
        return frozenset(place.key for place in places)


_PROVINCE_OF = {city: province for province, cities in _CITIES.items() for city in cities.split()}
_PROVINCE_OF |= {province: province for province in PROVINCES}
# Not countries: the mainland is told by its provinces, the rest are regions and reserved codes of CLDR.
_NO_COUNTRIES = frozenset(
    {"CN", *NEAR, "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)


def region_key(text: str) -> str:
    """The key of a place as people write it: `辽宁省大连市`, `Dalian`, `韩国` or `KR`; "" for an empty text.

    A province with a city behind it is the city. Unknown text comes back cleaned and cut to 64 characters.
    """
    word = clean_name(text)
    if not word:
        return ""
    words = _words()
    return _chinese(word) or words.get(_plain(word)) or words.get(_plain(_short(word))) or word[:LONGEST]


def province_of(key: str) -> str:
    """The province that a key lies in, as its key; "" outside the mainland and for unknown places."""
    return _PROVINCE_OF.get(key, "")


def is_known(key: str) -> bool:
    """Whether the key stands for a place."""
    return key in _PROVINCE_OF or key in NEAR or key in _names("en")


def group_of(key: str, home_city: str, home_country: str = "CN") -> Group:
    """To which group a key belongs for a fair in `home_city` (as its organiser wrote it) of `home_country`."""
    home = region_key(home_city)
    if key and key == home:
        return Group.HOME_CITY
    province = province_of(key)
    if not province and not is_known(key):
        return Group.UNKNOWN
    if province and province == province_of(home):
        return Group.PROVINCE
    at_home = key == home_country or (home_country == "CN" and bool(province))
    return Group.REST if at_home else Group.ABROAD


def region_name(key: str, lang: str) -> str:
    """The name of a key in zh, en or ko (Chinese places in Latin letters there); unknown text as it is."""
    if key in _NEAR_NAMES:
        return _NEAR_NAMES[key][("zh", "en", "ko").index(lang if lang in ("zh", "en", "ko") else "en")]
    if key in _PROVINCE_OF:
        return key if lang == "zh" else _latin(key)
    return _names(lang).get(key, key)


def in_order(keys: Iterable[str], lang: str) -> list[str]:
    """Region keys as lists show them: a province with its cities behind it, then Hong Kong, Macao and Taiwan, then
    countries by their name, then words that are no region.
    """

    def place(key: str) -> tuple[int, int, str]:
        if key in PROVINCES or key in _PROVINCE_OF:
            province = _PROVINCE_OF.get(key, key)
            return 0, PROVINCES.index(province), "" if key == province else spelled(key)
        if key in NEAR:
            return 1, NEAR.index(key), ""
        name = region_name(key, lang)
        return (2 if name != key else 3), 0, spelled(name) if lang == "zh" else name.casefold()

    return sorted(keys, key=place)


@lru_cache(maxsize=64)
def choices(home_city: str, lang: str) -> Choices:
    """What the form of a fair in `home_city` offers in the language `lang`; countries by their name there."""
    home = region_key(home_city)
    countries = sorted((name, code) for code, name in _names(lang).items() if code not in _NO_COUNTRIES)
    if lang == "zh":
        countries.sort(key=lambda pair: spelled(pair[0]))
    return Choices(
        home=(Place(home, region_name(home, lang)),) if home and home not in PROVINCES else (),
        provinces=tuple(Place(key, region_name(key, lang)) for key in PROVINCES),
        near=tuple(Place(key, region_name(key, lang)) for key in NEAR),
        countries=tuple(Place(code, name) for name, code in countries),
    )


def _plain(word: str) -> str:
    return "".join(letter for letter in clean_code(word).casefold() if letter.isalnum())


def _short(name: str) -> str:
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def _chinese(word: str) -> str:
    """The place in a text that is written in Han, the city where province and city stand together."""
    word = "".join(clean_code(word).split()).removeprefix("中国")
    if _short(word) in _PROVINCE_OF:
        return _short(word)
    for province in PROVINCES:
        if word.startswith(province):
            rest = word.removeprefix(province)
            for ending in _ENDINGS:
                rest = rest.removeprefix(ending)
            city = next((city for city in _CITIES[province].split() if rest.startswith(city)), "")
            return city or province
    return next((city for city in _PROVINCE_OF if len(city) > 1 and word.startswith(city + "市")), "")


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """Every further way to write a place, in small letters without blanks, and its key."""
    words: dict[str, str] = {}
    for lang in ("ko", "zh", "en"):
        words |= {_plain(name): code for code, name in _names(lang).items()}
    words |= {code.casefold(): code for code in _names("en")}
    words |= {_plain(_latin(place)): place for place in reversed(_PROVINCE_OF)}
    words |= {_plain(name): code for code, names in _NEAR_NAMES.items() for name in names}
    return words | _OTHER_WORDS | _NEAR_WORDS


def _latin(place: str) -> str:
    return _ENGLISH.get(place) or spelled(place).capitalize()


@lru_cache(maxsize=4)
def _names(lang: str) -> dict[str, str]:
    """CLDR's names of countries by their two letters."""
    known = Locale.parse(lang if lang in ("zh", "en", "ko") else "en").territories
    return {code: str(name) for code, name in known.items() if len(code) == 2 and code.isalpha()}
