"""Pinyin: places are read as people say them, without the library's phrases."""

from __future__ import annotations

import subprocess
import sys

from exhibitions.core import pinyin, regions


def test_places_are_spelled_as_on_a_map() -> None:
    names = {
        "重庆": "Chongqing",
        "长春": "Changchun",
        "长沙": "Changsha",
        "成都": "Chengdu",
        "佛山": "Foshan",
        "蚌埠": "Bengbu",
        "喀什": "Kashi",
        "六安": "Luan",
        "朝阳": "Chaoyang",
        "漯河": "Luohe",
    }
    assert {place: regions.region_name(place, "en") for place in names} == names
    assert {regions.region_key(latin): latin for latin in names.values()} == names
    countries = [place.name for place in regions.choices("大连", "zh").countries]
    assert countries.index("巴西") < countries.index("秘鲁") < countries.index("冰岛")


def test_one_letter_is_read_alone() -> None:
    assert pinyin.reading("绿") == "lv"
    assert pinyin.reading("a") == pinyin.reading("，") == ""
    assert pinyin.readings("第8届China") == ["di", "jie"]
    assert pinyin.spelled("吕梁") == "lüliang"


def test_the_order_is_that_of_sound_and_tone() -> None:
    assert sorted(["张", "Zoe", "马", "妈", "啊"], key=pinyin.sort_key) == ["啊", "妈", "马", "Zoe", "张"]


def test_no_process_reads_the_phrases() -> None:
    """40 MB and a quarter of a second, whoever imports it first."""
    script = (
        "import os; os.environ['PYPINYIN_NO_PHRASES'] = ''; import exhibitions.badges.service.printing;"
        "from pypinyin.constants import PHRASES_DICT; print(len(PHRASES_DICT))"
    )
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert int(said.stdout) < 100
