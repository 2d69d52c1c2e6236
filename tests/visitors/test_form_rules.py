"""Questions as data (P4), consents (P1), numbers of papers (P4, P11): the pure part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from exhibitions.core.errors import Refused
from exhibitions.visitors.models import Consent
from exhibitions.visitors.rules import consents, identity, notice
from exhibitions.visitors.rules.form_document import FormConsent, FormSetup, FormWords, check_form
from exhibitions.visitors.rules.identity import IdentityKind
from exhibitions.visitors.rules.questions import (
    Kind,
    Option,
    QuestionFacts,
    check_question,
    checked_answer,
    options_of,
    shown_answer,
)
from exhibitions.visitors.rules.registration import checked_message

TWO = (Option("1", "家居", "Home"), Option("2", "五金", "Tools"))
ONE = QuestionFacts(Kind.ONE, "关注", "Interest", "安排参观路线", "To plan routes", TWO)


def refused(call: object, *arguments: object) -> str:
    with pytest.raises(Refused) as refusal:
        call(*arguments)  # type: ignore[operator]
    return refusal.value.code


def test_p4_a_question_without_a_purpose_is_refused() -> None:
    check_question(ONE)
    check_question(replace(ONE, purpose_en=""))
    assert refused(check_question, replace(ONE, purpose_zh="", purpose_en="")) == "purpose_missing"
    assert refused(check_question, replace(ONE, label_zh="", label_en="")) == "label_missing"


@pytest.mark.parametrize(
    "label", ["身份证号码", "您的护照", "Passport number", "Your ID number", "identity card", "National ID"]
)
def test_p4_numbers_of_papers_are_not_asked_by_the_back_door(label: str) -> None:
    question = QuestionFacts(Kind.TEXT, label_zh=label, purpose_zh="入场")
    assert refused(check_question, question) == "asks_identity"


def test_p4_no_kind_is_offered_for_papers() -> None:
    assert {kind.value for kind in Kind} == {"one", "several", "text", "yes_no", "number"}


def test_a_choice_has_two_to_thirty_answers() -> None:
    many = tuple(Option(str(n), f"第{n}") for n in range(31))
    assert refused(check_question, replace(ONE, options=TWO[:1])) == "options_number"
    assert refused(check_question, replace(ONE, options=many)) == "options_number"
    check_question(replace(ONE, options=many[:30]))


def test_options_keep_their_keys_and_the_gone_stay_readable() -> None:
    assert options_of("家居 | Home\n\n五金|Tools", ()) == TWO
    changed = options_of("家居｜Household\n玩具", TWO)
    assert changed == (
        Option("1", "家居", "Household"),
        Option("3", "玩具"),
        Option("2", "五金", "Tools", gone=True),
    )
    again = options_of("五金", changed)
    assert next(each for each in again if each.zh == "五金") == Option("2", "五金")


@pytest.mark.parametrize(
    ("text", "code"),
    [("家居\n家居", "option_twice"), ("甲\n甲 | A", "option_twice"), ("x" * 101, "option_long")],
)
def test_wrong_options(text: str, code: str) -> None:
    assert refused(options_of, text, (Option("1", "甲"),)) == code


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (Kind.ONE, ["1"], ["1"]),
        (Kind.ONE, [""], []),
        (Kind.SEVERAL, ["1", "2", "1"], ["1", "2"]),
        (Kind.YES_NO, ["yes"], ["yes"]),
        (Kind.NUMBER, [" １,２００ "], ["1200"]),
        (Kind.TEXT, ["  O'Brien  x "], ["O'Brien x"]),
        (Kind.TEXT, ["𠮷"], ["𠮷"]),
    ],
)
def test_answers_as_they_are_kept(kind: Kind, given: list[str], kept: list[str]) -> None:
    assert checked_answer(replace(ONE, kind=kind), given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        (Kind.ONE, [""], "answer_missing"),
        (Kind.TEXT, [" "], "answer_missing"),
        (Kind.ONE, ["9"], "answer_unknown"),
        (Kind.ONE, ["1", "2"], "answer_unknown"),
        (Kind.YES_NO, ["maybe"], "answer_unknown"),
        (Kind.NUMBER, ["x"], "answer_number"),
        (Kind.NUMBER, ["1" * 13], "answer_number"),
        (Kind.TEXT, ["x" * 201], "answer_long"),
        (Kind.TEXT, ["=1+1"], "answer_text"),
        (Kind.TEXT, ["a\ue000"], "answer_text"),
    ],
)
def test_wrong_answers(kind: Kind, given: list[str], code: str) -> None:
    assert refused(checked_answer, replace(ONE, kind=kind, needed=True), given) == code


def test_answers_as_people_read_them() -> None:
    words = {"yes": "是"}
    several = replace(ONE, kind=Kind.SEVERAL)
    assert shown_answer(several, ["2", "1", "7"], {}, chinese=True) == "家居、五金、7"
    assert shown_answer(ONE, ["2"], {}, chinese=False) == "Tools"
    assert shown_answer(replace(ONE, kind=Kind.YES_NO), ["yes"], words, chinese=True) == "是"
    assert shown_answer(replace(ONE, kind=Kind.NUMBER), ["12"], {}, chinese=True) == "12"


def test_whom_a_question_asks() -> None:
    assert ONE.asks("trade")
    assert not replace(ONE, class_keys=("media",)).asks("trade")


def test_p1_a_consent_stands_until_it_is_withdrawn() -> None:
    given = [
        Consent(purpose="marketing", withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC)),
        Consent(purpose="leads", withdrawn_at=None),
    ]
    assert consents.standing(given) == {"leads"}
    assert consents.checked_purpose("photo") is consents.Purpose.PHOTO
    assert refused(consents.checked_purpose, "service") == "purpose_unknown"


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (IdentityKind.RESIDENT, "11010519491231002x", "11010519491231002X"),
        (IdentityKind.RESIDENT, "110105 1949-1231 ００２X", "11010519491231002X"),
        (IdentityKind.PASSPORT, "e12345678", "E12345678"),
        (IdentityKind.PERMIT, "H1234567890", "H1234567890"),
    ],
)
def test_numbers_of_papers(kind: IdentityKind, text: str, kept: str) -> None:
    assert identity.checked_identity(kind, text) == kept


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (IdentityKind.RESIDENT, " ", "identity_missing"),
        (IdentityKind.RESIDENT, "110105194912310021", "identity_wrong"),
        (IdentityKind.RESIDENT, "110105194913310020", "identity_wrong"),
        (IdentityKind.RESIDENT, "1101051949", "identity_wrong"),
        (IdentityKind.PASSPORT, "E1?", "identity_wrong"),
    ],
)
def test_wrong_numbers_of_papers(kind: IdentityKind, text: str, code: str) -> None:
    assert refused(identity.checked_identity, kind, text) == code


def test_p11_the_mask() -> None:
    assert identity.masked_identity("E12345123") == "E*****123"
    assert identity.masked_identity("E1234") == "*****"


def test_p4_numbers_go_on_the_day_after_their_days() -> None:
    last = date(2026, 8, 22)
    assert identity.erase_on(last, 30) == date(2026, 9, 22)
    assert not identity.is_due(date(2026, 9, 21), last, 30)
    assert identity.is_due(date(2026, 9, 22), last, 30)
    assert identity.is_due(date(2026, 1, 1), None, 30)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("", "公安局", date(2026, 1, 1), 30), "order_incomplete"),
        (("1", "", date(2026, 1, 1), 30), "order_incomplete"),
        (("1", "公安局", None, 30), "order_incomplete"),
        (("1", "公安局", date(2027, 1, 1), 30), "order_future"),
        (("1", "公安局", date(2026, 1, 1), 366), "order_days"),
    ],
)
def test_p4_an_order_says_who_ordered_what_and_when(order: tuple[object, ...], code: str) -> None:
    assert refused(identity.check_order, *order, date(2026, 6, 1)) == code
    identity.check_order("1", "公安局", date(2026, 1, 1), 30, date(2026, 6, 1))


def test_p4_every_field_has_a_purpose() -> None:
    facts = {
        "fields": ["region"],
        "questions": [{"label": ["关注", ""], "purpose": ["路线", ""]}],
        "order": {"days": 30},
    }
    found = notice.lines(facts)
    assert all(line.purpose for line in found)
    assert [line.name for line in found][3:] == [
        "Region",
        ("关注", ""),
        "Kind and number of the identity paper",
        "Times at the gates",
    ]
    assert len(notice.lines({**facts, "order": None})) == len(found) - 1


def test_a_message_keeps_its_lines() -> None:
    assert checked_message(" 您好 \r\n\u202e再见 ") == "您好\n再见"
    assert refused(checked_message, "x" * 1001) == "message_long"


def test_a_form_that_contradicts_itself() -> None:
    twice = FormSetup(consents=[FormConsent(purpose="photo"), FormConsent(purpose="photo")])
    assert refused(check_form, twice) == "form_twice"
    assert refused(check_form, FormSetup(words=[FormWords(refusing=True, text_zh=" ")])) == "text_missing"
    check_form(
        FormSetup(consents=[FormConsent(purpose="photo")], words=[FormWords(refusing=True, text_en="Full")])
    )
