"""What the gate says of a verdict is written and read by one module."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exhibitions.gates.rules import timing
from exhibitions.gates.rules.decision import Code, Colour, Verdict
from exhibitions.gates.rules.words import REVIEW_REASONS, Reason, read_reason, reason_text

DALIAN = timing.Calendar("Asia/Shanghai", 0, {})
SINCE = datetime(2016, 8, 18, 16, 30, tzinfo=UTC)
LOCAL = datetime(2016, 8, 19, 0, 30)  # noqa: DTZ001 - the fair's own clock.


@pytest.mark.parametrize(
    ("code", "detail", "said"),
    [
        (Code.CANCELLED, {"since": SINCE}, Reason(since=LOCAL)),
        (Code.VOIDED, {"since": SINCE, "number": None}, Reason(since=LOCAL)),
        (
            Code.VOIDED,
            {"since": SINCE, "number": "123 456 789-0"},
            Reason(since=LOCAL, number="123 456 789-0"),
        ),
        (Code.WRONG_GATE, {"gates": ["北门", "南门"]}, Reason(names=("北门", "南门"))),
        (Code.OUTSIDE_HOURS, {"opens": SINCE, "closes": SINCE}, Reason(names=("00:30–00:30",))),
        (Code.PASSED_BACK, {"at": SINCE, "gate": "北门"}, Reason(names=("00:30 北门",))),
        (Code.FULL, {"inside": 3, "limit": 3}, Reason(names=("3/3",))),
    ],
)
def test_what_is_written_of_a_verdict_is_read_again(
    code: Code, detail: dict[str, object], said: Reason
) -> None:
    text = reason_text(Verdict(code, False, Colour.RED, detail=detail), DALIAN)
    assert read_reason(text or "") == said


def test_a_verdict_that_needs_no_reason_has_none() -> None:
    assert reason_text(Verdict(Code.UNKNOWN, False, Colour.RED), DALIAN) is None
    assert reason_text(Verdict(Code.FULL, False, Colour.RED, detail={"inside": 0}), DALIAN) is None


@pytest.mark.parametrize("code", REVIEW_REASONS)
def test_the_code_of_a_doubt_is_read_as_its_sentence(code: str) -> None:
    assert read_reason(code) == Reason(doubt=REVIEW_REASONS[code])
