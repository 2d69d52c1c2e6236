"""How Han are read in pinyin without tones, alone and in words, and the order that their sound gives.

The library comes in here alone: whether it reads its 40 MB of phrases into every process is settled once, before it is
imported. It does not; the places that single letters would get wrong are given to it instead.
"""

from __future__ import annotations

import os
from functools import lru_cache

os.environ["PYPINYIN_NO_PHRASES"] = "true"

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Cities of GB/T 2260 and countries; they stand in the names of fairs too.
load_phrases_dict(
    {
        word: [[sound] for sound in sounds.split()]
        for word, sounds in {
            "蚌埠": "bèng bù",
            "长春": "cháng chūn",
            "长沙": "cháng shā",
            "成都": "chéng dū",
            "重庆": "chóng qìng",
            "佛山": "fó shān",
            "喀什": "kā shí",
            "六安": "lù ān",
            "秘鲁": "bì lǔ",
        }.items()
    }
)


@lru_cache(maxsize=32768)
def reading(letter: str) -> str:
    """How one letter of Han is read when it stands alone; "" for any other letter."""
    return "".join(readings(letter))


def readings(text: str) -> list[str]:
    """How each letter of Han in the text is read, in small letters; everything else is left out."""
    return list(lazy_pinyin(text, errors="ignore"))


def spelled(text: str) -> str:
    """The text in Latin letters as on a map, in small letters: Han by their pinyin with `ü`, the rest as it is."""
    return "".join(lazy_pinyin(text, v_to_u=True))


def sort_key(text: str) -> list[str]:
    """How a text is sorted: each of its Han by the sound and tone, everything else by its small letters."""
    return [_sound(letter) for letter in text.casefold()]


@lru_cache(maxsize=1 << 16)
def _sound(letter: str) -> str:
    return str(lazy_pinyin(letter, style=Style.TONE3)[0])
