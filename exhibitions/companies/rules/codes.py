"""Numbers that the state gives to companies: the unified social credit code and the food production licence."""

from __future__ import annotations

import enum
import re

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from exhibitions.core.contact import DASHES, clean_code
from exhibitions.core.errors import N_, Refused

CHINA = "CN"
CODE_LENGTH = 18
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The letters of GB 32100-2015: none of I, O, S, V, Z."""
_PLACES = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{8}}[{_ALPHABET}][{_ALPHABET}]")
_ORGANISATION = slice(8, 17)
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_FOOD = re.compile(r"SC([0-9]{14})")
_NOISE = dict.fromkeys(map(ord, DASHES))


class CodeFault(enum.StrEnum):
    """What is wrong with a credit code, in the order in which it is asked."""

    LENGTH = "length"
    SIGN = "sign"
    ORGANISATION = "organisation"
    CHECK = "check"


FAULT_TEXTS: dict[CodeFault, str] = {
    CodeFault.LENGTH: N_("A credit code has 18 characters. Count them on the business licence."),
    CodeFault.SIGN: N_(
        "A credit code has digits and capital letters without I, O, S, V and Z. Compare it with the business licence."
    ),
    CodeFault.ORGANISATION: N_(
        "A character of this credit code is wrong. Compare it with the business licence."
    ),
    CodeFault.CHECK: N_("A character of this credit code is wrong. Compare it with the business licence."),
}


def normal_code(text: str) -> str:
    """A number as it is kept: upper case, half-width, without blanks and dashes; nothing is checked."""
    return "".join(clean_code(text).translate(_NOISE).split()).upper()


def fault_of(code: str) -> CodeFault | None:
    """The first thing that is wrong with a normal credit code; None for a right one.

    Both check characters count: the 17th by GB 11714 over the organisation code, the 18th by GB 32100 over all.
    """
    if len(code) != CODE_LENGTH:
        return CodeFault.LENGTH
    if not _PLACES.fullmatch(code):
        return CodeFault.SIGN
    if not is_organisation_code(code[_ORGANISATION]):
        return CodeFault.ORGANISATION
    return None if uscc.calc_check_digit(code[:-1]) == code[-1] else CodeFault.CHECK


def credit_code(text: str) -> str | None:
    """The credit code in a text, however it is spelled; None when it is none."""
    code = normal_code(text)
    return code if fault_of(code) is None else None


def checked_code(text: str, country: str, *, applying: bool = False) -> str | None:
    """The credit code as it is kept, None where there is none.

    Only companies of mainland China have one; a list of prospects may lack it, an application (`applying`) may not.
    Raises `Refused`: credit_code_missing, credit_code_foreign, credit_code_invalid.
    """
    code = normal_code(text)
    if not code:
        if applying and country == CHINA:
            raise Refused(
                "credit_code_missing", N_("Enter the credit code. It stands on the business licence.")
            )
        return None
    if country not in ("", CHINA):
        raise Refused(
            "credit_code_foreign",
            N_(
                "Only companies in mainland China have a credit code. Leave it empty, or correct the country."
            ),
        )
    fault = fault_of(code)
    if fault is not None:
        raise Refused("credit_code_invalid", FAULT_TEXTS[fault])
    return code


def is_organisation_code(code: str) -> bool:
    """Whether nine characters end in the check character of GB 11714: 11 − Σ mod 11, 10 is X, 11 is 0."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(code[:-1], _WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11] == code[-1]


def food_licence(text: str) -> str | None:
    """A food production licence as it is kept, `SC` and 14 digits, the last by ISO 7064 MOD 11,10; None for anything else."""
    number = normal_code(text)
    found = _FOOD.fullmatch(number)
    return number if found and mod_11_10.is_valid(found[1]) else None
