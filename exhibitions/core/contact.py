"""Names, phone numbers and e-mail addresses: one meaning each, whoever typed them and wherever (IR3 to IR5).

Used by the import and by the registration form alike, so that the same person is the same in both.
"""

from __future__ import annotations

import re
import unicodedata

FULL_WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)},
    **{code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)},
    **{code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)},
}
BIDI_CONTROLS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
ZERO_WIDTH = (0x00AD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF)
UNSEEN = dict.fromkeys((*BIDI_CONTROLS, *ZERO_WIDTH))
BLANK_LETTERS = dict.fromkeys((0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0), " ")
"""Letters without a picture (Hangul fillers, the empty Braille cell) with which names are left blank."""
CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
IN_NAMES = {**FULL_WIDTH, **UNSEEN, **BLANK_LETTERS, **CONTROLS}

TO_CHANGE = re.compile(f"[{''.join(map(chr, IN_NAMES))}]")

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58"
PHONE_NOISE = dict.fromkeys(map(ord, DASHES + "()."))
CHINESE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
FOREIGN = re.compile(r"\+(?!86)[1-9][0-9]{7,14}")
EMAIL = re.compile(r"[^@\s\x00-\x20\x7f]+@[^@\s\x00-\x20\x7f]+")
LONGEST_EMAIL = 254
# Country codes of one digit begin with these, those of two are named; all others have three (ITU-T E.164).
SHORT_CODE = re.compile(
    r"\+(1|7|2[07]|3[0123469]|4[013456789]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9][0-9])([0-9]{4,})"
)


def clean_name(text: str) -> str:
    """A name, company or title as it is kept (IR3).

    NFC; bidirectional controls and zero-width characters go; control characters and runs of blanks become one
    blank; full-width Latin letters and digits become ASCII. Letters stay as they are, the rarest Han included.
    """
    if TO_CHANGE.search(text):
        text = text.translate(IN_NAMES)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def clean_code(text: str) -> str:
    """Text that stands for something (phone, e-mail, date, category): NFKC, nothing unseen, trimmed (IR3)."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(UNSEEN)).strip()


def normal_phone(text: str) -> str | None:
    """The number in E.164, `+8613800138000`; None when it is none (IR4).

    Blanks, dashes, brackets and dots do not count. Without a country code only a Chinese mobile number is one;
    another country's number needs its + and has 8 to 15 digits in all.
    """
    number = "".join(clean_code(text).translate(PHONE_NOISE).split())
    mobile = number
    if number.startswith("+86"):
        mobile = number[3:]
    elif number.startswith("0086"):
        mobile = number[4:]
    elif number.startswith("86") and len(number) == 13:
        mobile = number[2:]
    if CHINESE_MOBILE.fullmatch(mobile):
        return f"+86{mobile}"
    return number if FOREIGN.fullmatch(number) else None


def written_phone(number: str | None) -> str:
    """An E.164 number as a list holds it that goes out: 13800138000 for China, else (+82) 1012345678.

    The brackets keep the country's plus away from the first place, where a spreadsheet takes it for a formula or a sum and
    where nothing of an export may begin with it (IR, P13). Eleven digits are exact in any spreadsheet, and no formula.
    `normal_phone` reads both.
    """
    if not number:
        return ""
    if number.startswith("+86") and CHINESE_MOBILE.fullmatch(number[3:]):
        return number[3:]
    parts = SHORT_CODE.fullmatch(number)
    return f"(+{parts[1]}) {parts[2]}" if parts else number


def normal_email(text: str) -> str | None:
    """The address in lower case; None when it is none: one @, a dot inside the domain, no blanks (IR5)."""
    address = clean_code(text).lower()
    if len(address) > LONGEST_EMAIL or not EMAIL.fullmatch(address):
        return None
    labels = address.rpartition("@")[2].split(".")
    return address if len(labels) > 1 and all(labels) else None


def masked_phone(number: str) -> str:
    """An E.164 number for those who need not know it: 138****0001, +82****5678."""
    if number.startswith("+86") and len(number) == 14:
        return f"{number[3:6]}****{number[-4:]}"
    return f"{number[:3]}****{number[-4:]}" if len(number) > 10 else f"{number[:2]}****{number[-2:]}"


def masked_email(address: str) -> str:
    """An address for those who need not know it: l***@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def masked_name(name: str) -> str:
    """A name for those who need not know it: its first letter and a star for each other one, at most three."""
    return name[:1] + "*" * min(3, len(name) - 1)
