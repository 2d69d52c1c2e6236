"""What a password must be (ASVS 6.2): long, taken exactly as typed, and not among those that are tried first."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from functools import cache

from exhibitions.core.errors import N_, Refused

PASSWORD_SHORTEST = 8
PASSWORD_LONGEST = 128
_FEWEST_CHARACTERS = 4

# What people hang digits and signs on; also the words of this product and of what it is used for (ASVS 6.2.11).
_WORDS = frozenset(
    [
        "password",
        "passwort",
        "passwd",
        "pass",
        "admin",
        "administrator",
        "root",
        "user",
        "guest",
        "test",
        "login",
        "welcome",
        "hello",
        "secret",
        "master",
        "letmein",
        "iloveyou",
        "love",
        "sunshine",
        "princess",
        "dragon",
        "monkey",
        "football",
        "baseball",
        "basketball",
        "superman",
        "batman",
        "michael",
        "jordan",
        "charlie",
        "shadow",
        "freedom",
        "whatever",
        "trustno",
        "starwars",
        "computer",
        "internet",
        "samsung",
        "google",
        "apple",
        "killer",
        "soccer",
        "hockey",
        "ranger",
        "jennifer",
        "jessica",
        "ashley",
        "daniel",
        "andrew",
        "thomas",
        "robert",
        "matthew",
        "joshua",
        "hunter",
        "tigger",
        "summer",
        "winter",
        "spring",
        "autumn",
        "flower",
        "cookie",
        "chocolate",
        "cheese",
        "pepper",
        "ginger",
        "banana",
        "orange",
        "purple",
        "silver",
        "golden",
        "diamond",
        "phoenix",
        "mustang",
        "ferrari",
        "porsche",
        "corvette",
        "mercedes",
        "yankees",
        "lakers",
        "cowboys",
        "eagles",
        "liverpool",
        "arsenal",
        "chelsea",
        "barcelona",
        "woaini",
        "woaiwojia",
        "nihao",
        "mima",
        "zhongguo",
        "beijing",
        "shanghai",
        "dalian",
        "wang",
        "zhang",
        "huang",
        "aini",
        "expo",
        "exhibition",
        "exhibitions",
        "exhibitor",
        "fair",
        "fairs",
        "trade",
        "show",
        "visitor",
        "organiser",
        "organizer",
        "badge",
        "gate",
        "desk",
        "demo",
        "jury",
        "federation",
        "qinggong",
        "zhanlan",
        "zhanhui",
        "bolanhui",
        "changeme",
        "default",
        "system",
        "server",
        "qazwsx",
        "abcd",
        "abcdef",
    ]
)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "09876543210",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "11223344556677889900",
    "qazwsxedcrfvtgbyhnujmikolp",
    "147258369",
    "159357",
    "741852963",
    "5201314",
    "1314520",
)
_WALKS = tuple(row + way for row in _ROWS for way in ("", row[::-1]))
_SHORTEST_WALK = 3
_BEHIND = string.digits + string.punctuation
_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")


def check_password(password: str, email: str, known: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long or among the first that anyone tries (ASVS 6.2).

    `known` are further passwords in small letters that this installation refuses.
    """
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise Refused(
            "password_length",
            N_("A password has %(least)s to %(most)s characters."),
            least=PASSWORD_SHORTEST,
            most=PASSWORD_LONGEST,
        )
    if is_guessable(password, email) or password.lower() in known:
        raise Refused("password_common", N_("This password is easy to guess. Choose another one."))


def is_guessable(password: str, email: str = "") -> bool:
    """Whether a password is made of what is tried first.

    That is: the address or its name, a few characters over and over, a common word or one of this product with digits
    and signs around it, keys beside each other, a date, or several of these in a row.
    """
    text = password.lower()
    names = {part for part in (email.lower(), email.lower().partition("@")[0]) if len(part) > 2}
    if len(set(text)) < _FEWEST_CHARACTERS or text in names or {text, text.rstrip(_BEHIND)} & common():
        return True
    words = _WORDS | names
    plain = text.translate(_AS_LETTERS)
    return _falls_apart(text, words) or _falls_apart(plain.rstrip("ais"), words) or _falls_apart(plain, words)


@cache
def common() -> frozenset[str]:
    """What is tried first as it stands: 30,000 passwords by how often they were met, and common names and words.

    Read when somebody first chooses a password: most processes never need these 94,000 words.
    """
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(word for words in FREQUENCY_LISTS.values() for word in words)


def _falls_apart(text: str, words: Iterable[str]) -> bool:
    """Whether nothing unforeseen is left when words, walks over the keyboard, dates and short ends are taken out."""
    rest = text
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = re.sub(r"(?:19|20)\d\d(?:[01]\d)?(?:[0-3]\d)?", " ", rest)
    left = [part for part in _without_walks(rest).split() if not _is_trifle(part)]
    return not left


def _without_walks(text: str) -> str:
    """`text` with every run of neighbouring keys, or of one repeated character, taken out."""
    found, at = "", 0
    while at < len(text):
        length = max((_walk(text, at), _same(text, at)))
        if length >= _SHORTEST_WALK:
            found += " "
            at += length
        else:
            found += text[at]
            at += 1
    return found


def _walk(text: str, at: int) -> int:
    """How many characters from `at` on lie beside each other on a keyboard, in the alphabet or in counting."""
    longest = 1
    for row in _WALKS:
        length = longest
        while at + length < len(text) and text[at : at + length + 1] in row:
            length += 1
        longest = max(longest, length)
    return longest


def _same(text: str, at: int) -> int:
    return len(text[at:]) - len(text[at:].lstrip(text[at]))


def _is_trifle(part: str) -> bool:
    """Whether a rest is what people hang on a word: up to four digits or signs, or up to two letters."""
    return len(part) <= 2 or (len(part) <= 4 and not any(c.isalpha() for c in part))
