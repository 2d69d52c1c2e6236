from __future__ import annotations

from pathlib import Path

import pytest

from tests.awards.judged import Judge, by_command, by_rules


@pytest.fixture(params=["rules", "command"])
def judge(request: pytest.FixtureRequest, tmp_path: Path) -> Judge:
    """Every worked case is judged by the rules and by the public command alike."""
    return by_rules if request.param == "rules" else by_command(tmp_path)
