"""What a certificate's page says: the truth, also when the award was revoked or the result is looked at again."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from exhibitions.awards.models import Certificate
from exhibitions.awards.queries import published
from exhibitions.core import clock
from exhibitions.core.db import db
from exhibitions.expos.models import Expo


class Standing(enum.StrEnum):
    """What a code stands for."""

    UNKNOWN = "unknown"
    GOOD = "good"
    REVIEWED = "reviewed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The standing of a certificate, with the certificate where the code is one of a published result."""

    standing: Standing
    row: Certificate | None = None
    expo: Expo | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is such a certificate."""
        return self.standing is not Standing.UNKNOWN


def verify(code: str) -> Verdict:
    """Look the code up. Before the first publication no certificate is known: it would tell the result (AW-39)."""
    found = published.certificate_by_code(code)
    if found is None:
        return Verdict(Standing.UNKNOWN)
    row, season = found
    expo = db.session.get_one(Expo, season.expo_id)
    if not published.is_public(season, clock.now()):
        if not published.was_public(season):
            return Verdict(Standing.UNKNOWN)
        return Verdict(Standing.REVOKED if row.revoked_at else Standing.REVIEWED, row, expo)
    return Verdict(Standing.REVOKED if row.revoked_at else Standing.GOOD, row, expo)
