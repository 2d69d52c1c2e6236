"""Interests of jurors: what is found by comparing and what it means (awards.md §3.3, AW-34)."""

from __future__ import annotations

from datetime import date

import pytest

from exhibitions.awards.rules.conflicts import (
    EntryFacts,
    Former,
    Interest,
    JurorFacts,
    Verdict,
    first_decision,
    interests,
    verdict,
    within_years,
)
from exhibitions.awards.rules.states import ConflictDecision, ConflictKind, ConflictSource

DAY = date(2026, 11, 28)
ENTRY = EntryFacts(
    "A001",
    ("大连甲厂有限公司", "Dalian Jia Works Co., Ltd.", "联合乙公司"),
    frozenset({"jia.example"}),
    "li@jia.example",
    "+8613900000001",
)


def found(**facts: object) -> list[Interest]:
    return list(interests(JurorFacts("J01", **facts), ENTRY, DAY))  # type: ignore[arg-type]


class TestAW34:
    @pytest.mark.parametrize(
        "employer",
        ["大连甲厂有限公司", "大连甲厂", " 大连 甲厂 有限公司", "DALIAN JIA WORKS CO LTD", "联合乙公司"],
    )
    def test_the_employer_is_the_entrant_or_a_joint_maker(self, employer: str) -> None:
        (only,) = found(employer=employer)
        assert (only.kind, only.sure) == (ConflictKind.EMPLOYER, True)
        assert verdict(ConflictSource.AUTO, first_decision(only)) is Verdict.REFUSED

    def test_another_employer_is_none(self) -> None:
        assert found(employer="大连工业大学") == []
        assert found(employer="") == []

    def test_a_name_alike_is_only_flagged(self) -> None:
        (only,) = found(employer="大连甲有限公司")
        assert (only.kind, only.sure) == (ConflictKind.EMPLOYER, False)
        assert verdict(ConflictSource.AUTO, first_decision(only)) is Verdict.FLAGGED

    @pytest.mark.parametrize(
        ("until", "refused"),
        [
            (date(2024, 11, 28), True),
            (date(2023, 11, 28), True),
            (date(2023, 11, 27), False),
            (date(2019, 1, 1), False),
            (None, True),
        ],
    )
    def test_a_former_employer_counts_three_years_to_the_day(self, until: date | None, refused: bool) -> None:
        kinds = [each.kind for each in found(former=(Former("大连甲厂", until),))]
        assert kinds == ([ConflictKind.FORMER_EMPLOYER] if refused else [])

    def test_the_leap_day_has_its_anniversary_on_the_28th(self) -> None:
        assert within_years(date(2024, 2, 29), date(2027, 2, 28))
        assert not within_years(date(2024, 2, 29), date(2027, 3, 1))

    def test_the_mail_domain_is_flagged_unless_the_provider_is_free(self) -> None:
        (only,) = found(email="wang@jia.example")
        assert only == Interest(ConflictKind.MAIL_DOMAIN, "jia.example", evidence="jia.example")
        assert verdict(ConflictSource.AUTO, first_decision(only)) is Verdict.FLAGGED
        free = EntryFacts("A002", ("丙公司",), frozenset({"163.com", "qq.com", "gmail.com"}))
        for provider in ("163.com", "qq.com", "gmail.com", "vip.163.com"):
            assert list(interests(JurorFacts("J01", email=f"a@{provider}"), free, DAY)) == []

    @pytest.mark.parametrize("facts", [{"email": "LI@jia.example"}, {"phone": "+86 139 0000 0001"}])
    def test_the_entrants_contact_cannot_judge_it(self, facts: dict[str, str]) -> None:
        assert found(**facts)[0].kind is ConflictKind.SELF


def test_what_is_declared_keeps_the_entry_away_until_it_is_decided() -> None:
    open_, upheld, dismissed = ConflictDecision.OPEN, ConflictDecision.UPHELD, ConflictDecision.DISMISSED
    for source in (ConflictSource.DECLARED, ConflictSource.CHALLENGE):
        assert verdict(source, open_) is Verdict.WAITING
        assert verdict(source, upheld) is Verdict.REFUSED
        assert verdict(source, dismissed) is Verdict.FREE
    assert verdict(ConflictSource.AUTO, dismissed) is Verdict.FREE
