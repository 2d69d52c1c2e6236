"""The badge number: what stands under the QR code and may be typed by hand.

Nine random digits and one check digit (ISO 7064 Mod 11,10), which catches every single wrong digit and
nearly every swap of neighbours. The first digit is 2 to 9: a spreadsheet drops no leading zero,
and no number starts like a mobile number of China (1) or Korea (0). It is shown as `482 139 057-6`,
a grouping that no telephone number has.
"""

from __future__ import annotations

import secrets

from stdnum.iso7064 import mod_11_10

LOWEST = 200_000_000
HIGHEST = 999_999_999
_DIGITS = 10
_LONGEST_TYPED = 64
# What people put between groups: blanks of all widths, hyphens, dashes, dots and the bars of Chinese keyboards.
_SEPARATORS = dict.fromkeys(map(ord, " \t\r\n\u00a0\u3000\u2009\u202f-‐‑‒–—―−－ー·."))
_FULL_WIDTH = {0xFF10 + digit: 0x30 + digit for digit in range(10)}


def new_number() -> int:
    """A random badge number without its check digit, LOWEST to HIGHEST; unique only by the store."""
    return LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)


def with_check(number: int) -> str:
    """The ten digits of a badge number: nine of the number and its check digit."""
    digits = f"{number:09d}"
    return digits + str(mod_11_10.calc_check_digit(digits))


def shown(number: int) -> str:
    """The number as people read it, `482 139 057-6`."""
    ten = with_check(number)
    return f"{ten[:3]} {ten[3:6]} {ten[6:9]}-{ten[9]}"


def digits_of(text: str) -> str | None:
    """The ten ASCII digits of a number typed in any usual form, or None if it is no such form.

    Blanks and dashes anywhere and full-width digits are accepted. The check digit is not looked at.
    """
    if len(text) > _LONGEST_TYPED:
        return None
    bare = text.translate(_FULL_WIDTH).translate(_SEPARATORS)
    if len(bare) != _DIGITS or not bare.isascii() or not bare.isdigit():
        return None
    return bare


def check_is_right(ten_digits: str) -> bool:
    """Whether the last of ten ASCII digits is the check digit of the nine before it."""
    return bool(mod_11_10.is_valid(ten_digits))


def parse(text: str) -> int | None:
    """The nine-digit number of a typed text, or None if it is none or its check digit is wrong."""
    ten = digits_of(text)
    if ten is None or not check_is_right(ten):
        return None
    return int(ten[:9])
