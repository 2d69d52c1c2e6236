"""The visitor form as a document has it: fields, questions, classes, consents, words. Never an order of the police,
which is given for one edition."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from exhibitions.core.errors import N_, Refused
from exhibitions.visitors.rules.questions import (
    LONGEST_LABEL,
    LONGEST_OPTION,
    LONGEST_PURPOSE,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Asked,
    Kind,
    Option,
    QuestionFacts,
    check_question,
)

LONGEST_TEXT = 5000
MOST_WORDS = 50
_Label = Annotated[str, Meta(max_length=LONGEST_LABEL)]
_Purpose = Annotated[str, Meta(max_length=LONGEST_PURPOSE)]
_Option = Annotated[str, Meta(max_length=LONGEST_OPTION)]
_Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
_Line = Annotated[str, Meta(max_length=1000)]
_Key = Annotated[str, Meta(max_length=32)]


class FormOption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that may be chosen."""

    key: Annotated[str, Meta(min_length=1, max_length=16)]
    zh: _Option = ""
    en: _Option = ""


class FormQuestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of the organiser's own with its purpose; `class_keys` empty asks everybody."""

    kind: Kind
    label_zh: _Label = ""
    label_en: _Label = ""
    purpose_zh: _Purpose = ""
    purpose_en: _Purpose = ""
    options: Annotated[list[FormOption], Meta(max_length=MOST_OPTIONS)] = msgspec.field(default_factory=list)
    needed: bool = False
    class_keys: Annotated[list[_Key], Meta(max_length=255)] = msgspec.field(default_factory=list)
    position: Annotated[int, Meta(ge=0, le=9999)] = 0

    def facts(self) -> QuestionFacts:
        """The question as the rules know it."""
        return QuestionFacts(
            kind=self.kind,
            label_zh=self.label_zh,
            label_en=self.label_en,
            purpose_zh=self.purpose_zh,
            purpose_en=self.purpose_en,
            options=tuple(Option(each.key, each.zh, each.en) for each in self.options),
            needed=self.needed,
            class_keys=tuple(self.class_keys),
            position=self.position,
        )


class FormClass(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is special about registering for a class."""

    class_key: _Key
    own_form: bool = False
    waiting_zh: Annotated[str, Meta(max_length=500)] = ""
    waiting_en: Annotated[str, Meta(max_length=500)] = ""


class FormConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The text in force of a purpose that people may agree to; it begins with version 1 in a new fair."""

    purpose: Annotated[str, Meta(pattern="^(marketing|leads|photo|abroad)$")]
    text_zh: _Text = ""
    text_en: _Text = ""


class FormWords(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that lie ready for who approves or refuses."""

    refusing: bool
    text_zh: _Line = ""
    text_en: _Line = ""


class FormSetup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of the form of a fair."""

    company: Asked = Asked.NEEDED
    region: Asked = Asked.NEEDED
    visit_day: Asked = Asked.OPTIONAL
    notice_zh: _Text = ""
    notice_en: _Text = ""
    recipients_zh: _Line = ""
    recipients_en: _Line = ""
    questions: Annotated[list[FormQuestion], Meta(max_length=MOST_QUESTIONS)] = msgspec.field(
        default_factory=list
    )
    classes: Annotated[list[FormClass], Meta(max_length=255)] = msgspec.field(default_factory=list)
    consents: Annotated[list[FormConsent], Meta(max_length=4)] = msgspec.field(default_factory=list)
    words: Annotated[list[FormWords], Meta(max_length=MOST_WORDS)] = msgspec.field(default_factory=list)


def check_form(form: FormSetup) -> None:
    """Refuse a form that contradicts itself: a bad question (P4), a purpose or class twice, words without words."""
    for question in form.questions:
        check_question(question.facts())
    for names in ([each.purpose for each in form.consents], [each.class_key for each in form.classes]):
        if len(set(names)) != len(names):
            raise Refused("form_twice", N_("Something stands twice in the form of the fair."))
    if any(not each.text_zh.strip() and not each.text_en.strip() for each in form.words):
        raise Refused("text_missing", N_("Enter the words in Chinese or in English"))


def class_keys_of(form: FormSetup) -> list[tuple[str, str]]:
    """Each badge class that the form names, with its place in the document."""
    asked = [
        (f"questions[{n}].class_keys", key)
        for n, question in enumerate(form.questions)
        for key in question.class_keys
    ]
    return asked + [(f"classes[{n}].class_key", each.class_key) for n, each in enumerate(form.classes)]
