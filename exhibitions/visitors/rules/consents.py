"""The purposes for which people may be asked to agree, and texts to begin with (P1, P2)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from exhibitions.core.errors import N_, Refused


class Purpose(enum.StrEnum):
    """What somebody's data is used for. `service` needs no consent: without it there is no visit; people are told."""

    SERVICE = "service"
    MARKETING = "marketing"
    LEADS = "leads"
    PHOTO = "photo"
    ABROAD = "abroad"
    IDENTITY = "identity"


VOLUNTARY = (Purpose.MARKETING, Purpose.LEADS, Purpose.PHOTO, Purpose.ABROAD)
"""The purposes that a fair may offer as boxes, never ticked beforehand."""

NAMES = {
    Purpose.SERVICE: N_("The visit itself"),
    Purpose.MARKETING: N_("News of coming fairs"),
    Purpose.LEADS: N_("Contact by exhibitors"),
    Purpose.PHOTO: N_("Photos and films"),
    Purpose.ABROAD: N_("Transfer abroad"),
    Purpose.IDENTITY: N_("Identity paper"),
}

SUGGESTED = {
    Purpose.MARKETING: (
        "我愿意收到主办单位关于今后展会和活动的消息。",
        "I would like to hear from the organiser about coming fairs and events.",
    ),
    Purpose.LEADS: (
        "参展商扫描我的参观证后，可以获得我的姓名、单位和联系方式，以便与我联系。",
        "An exhibitor that scans my badge may receive my name, company and contact details in order to contact me.",
    ),
    Purpose.PHOTO: (
        "我同意主办单位在展会宣传中使用拍到我的照片和影像。",
        "I agree that the organiser uses photos and films that show me in its publicity for the fair.",
    ),
    Purpose.ABROAD: (
        "我同意将我的姓名、单位和联系方式提供给境外的展会合作单位，用于商务联系。",
        "I agree that my name, company and contact details are passed to the fair's partners abroad for business contacts.",
    ),
}
IDENTITY_ZH = (
    "我单独同意主办单位按照公安机关的要求收集并核验我的身份证件类型和号码。号码加密保存，展会结束后按期删除。"
)
IDENTITY_EN = (
    "I separately agree that the organiser collects and checks the kind and number of my identity paper, as ordered by "
    "the police. The number is kept encrypted and erased on time after the fair."
)
IDENTITY_TEXT = (IDENTITY_ZH, IDENTITY_EN)


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """The text in force for a purpose, and its version; an empty text is not offered."""

    purpose: Purpose
    version: int
    zh: str = ""
    en: str = ""


class Given(Protocol):
    """A consent as it is recorded."""

    @property
    def purpose(self) -> str:
        """What it is for."""

    @property
    def withdrawn_at(self) -> datetime | None:
        """When it ended; None while it stands."""


def standing(consents: Iterable[Given]) -> frozenset[str]:
    """The purposes to which a person agrees now: given and not withdrawn since."""
    return frozenset(consent.purpose for consent in consents if consent.withdrawn_at is None)


def checked_purpose(word: str) -> Purpose:
    """The voluntary purpose of this name; raises `Refused` for any other."""
    for purpose in VOLUNTARY:
        if purpose.value == word:
            return purpose
    raise Refused("purpose_unknown", N_("Nobody is asked to agree to this."))
