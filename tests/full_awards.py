"""The results of awards of a full fair: one season that is published, and one that is deliberated about."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.awards.models import Certificate
from exhibitions.awards.service import certificates, complaints, deliberating, locking, publishing_result
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from tests.awards.resulting import judged_season

_SEASON = "/desk/<slug>/awards/<int:season_id>"


def results(expo: Expo, by: Actor) -> dict[str, dict[str, str]]:
    """Both seasons, inside the caller's transaction; which of them stands under which addresses."""
    done = judged_season(expo=expo)
    locking.lock(done, ["王明"], by)
    certificates.issue(expo, done, by)
    publishing_result.publish(done, by)
    code = db.session.scalars(sa.select(Certificate.code).where(Certificate.season_id == done.id)).first()
    assert code is not None
    complaint = complaints.receive(done, "孙丽", "13800138000", "评分有误", "A-02", by)
    ahead = judged_season(expo=expo)
    proposed = deliberating.propose(ahead, "A-04", "B", "首创", by)
    published = {
        "season_id": str(done.id),
        "number": "A-01",
        "complaint_number": str(complaint.number),
        "kind": "csv",
    }
    open_ = {"season_id": str(ahead.id), "number": "A-02", "decision_id": str(proposed.id)}
    return {
        **dict.fromkeys(
            (f"{_SEASON}/{page}" for page in ("result", "tally", "press", "certificates", "complaints")),
            published,
        ),
        "/<slug>/awards": published,
        "/certificates": {"code": code},
        **dict.fromkeys(
            (
                f"{_SEASON}/deliberation",
                f"{_SEASON}/result/<number>/override",
                f"{_SEASON}/result/<number>/second-judging",
            ),
            open_,
        ),
    }
