"""What must be true of all badge classes of a fair together, without application or database."""

from __future__ import annotations

import pytest

from exhibitions.badges.rules.classes import Audience
from exhibitions.badges.rules.setup import ClassFacts, check
from exhibitions.core.errors import Refused

TRADE = ClassFacts(number=1, key="trade", name_zh="专业观众", audience=Audience.TRADE)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (ClassFacts(number=1, key="media", name_en="Media", audience=Audience.MEDIA), "class_twice"),
        (ClassFacts(number=2, key="trade", name_en="Media", audience=Audience.MEDIA), "class_twice"),
        (ClassFacts(number=2, key="media", name_zh=" ", audience=Audience.MEDIA), "class_nameless"),
        (
            ClassFacts(number=2, key="media", name_en="Media", audience=Audience.MEDIA, sheet="a9"),
            "sheet_unknown",
        ),
    ],
)
def test_classes_that_cannot_stand_beside_each_other(other: ClassFacts, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check([TRADE, other])
    assert refused.value.code == code


def test_classes_that_can() -> None:
    check([TRADE, ClassFacts(number=2, key="media", name_en="Media", audience=Audience.MEDIA)])
