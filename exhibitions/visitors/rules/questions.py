"""What the form of a fair asks, and what counts as an answer: questions are data, each with its purpose (P4)."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from exhibitions.core.contact import clean_code, clean_name
from exhibitions.core.errors import N_, Refused

MOST_QUESTIONS = 10
MOST_OPTIONS = 30
LONGEST_LABEL = 200
LONGEST_PURPOSE = 300
LONGEST_OPTION = 100
LONGEST_ANSWER = 200
YES, NO = "yes", "no"
_LONGEST_DIGITS = 12
_NO_LETTERS = frozenset({"Cc", "Cs", "Cn", "Co"})
_FORMULA = ("=", "@")
_BETWEEN = re.compile(r"[|｜]")
# A text field could ask for anything; what the police alone may order is not asked by the back door.
_IDENTITY = re.compile(
    r"身份证|护照|通行证号|证件号|回乡证|台胞证|居留证|passport|identity\s*(card|number|document)|\bid\s*(card|no\b|number)"
    r"|national\s+id|resident\s+(card|id)|여권|주민등록",
    re.IGNORECASE,
)


class Kind(enum.StrEnum):
    """How a question is answered. There is no kind for numbers of papers: those follow an order of the police (P4)."""

    ONE = "one"
    SEVERAL = "several"
    TEXT = "text"
    YES_NO = "yes_no"
    NUMBER = "number"


class Asked(enum.StrEnum):
    """Whether the form asks for one of its own fields."""

    NEEDED = "needed"
    OPTIONAL = "optional"
    OFF = "off"


CHOOSING = frozenset({Kind.ONE, Kind.SEVERAL})


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer. `gone`: not offered any more, but still the word for answers that were given."""

    key: str
    zh: str = ""
    en: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """A question as a form or a document says it; `id` 0 while it is not stored."""

    kind: Kind
    label_zh: str = ""
    label_en: str = ""
    purpose_zh: str = ""
    purpose_en: str = ""
    options: tuple[Option, ...] = ()
    needed: bool = False
    class_keys: tuple[str, ...] = ()
    position: int = 0
    id: int = 0

    @property
    def offered(self) -> tuple[Option, ...]:
        """The options that may be chosen now."""
        return tuple(option for option in self.options if not option.gone)

    def asks(self, class_key: str) -> bool:
        """Whether people of this class are asked."""
        return not self.class_keys or class_key in self.class_keys


def check_question(facts: QuestionFacts) -> None:
    """Refuse a question without words or without a purpose (P4), with too few or too many options, or for papers."""
    if not facts.label_zh and not facts.label_en:
        raise Refused("label_missing", N_("Enter the question in Chinese or in English"))
    if not facts.purpose_zh and not facts.purpose_en:
        raise Refused(
            "purpose_missing", N_("Say what the answer is used for. No question is asked without a purpose")
        )
    if _IDENTITY.search(f"{facts.label_zh} {facts.label_en}"):
        raise Refused(
            "asks_identity",
            N_(
                "Numbers of identity papers are not asked here. Where the police order real names, switch that on"
            ),
        )
    if facts.kind in CHOOSING and not 2 <= len(facts.offered) <= MOST_OPTIONS:
        raise Refused("options_number", N_("Enter two to %(most)s answers, one a line"), most=MOST_OPTIONS)


def options_of(text: str, known: Sequence[Option]) -> tuple[Option, ...]:
    """The options of lines like `家居 | Home`, each with its key of before where one of its names is the same.

    Options of before that are in no line stay as `gone`. Raises `Refused` for a name that is too long or comes twice.
    """
    found: list[Option] = []
    free = {int(option.key) for option in known if option.key.isdigit()}
    following = max(free, default=0) + 1
    for line in text.splitlines():
        zh, _, en = (clean_name(part) for part in _BETWEEN.sub("|", line, count=1).partition("|"))
        if not zh and not en:
            continue
        if len(zh) > LONGEST_OPTION or len(en) > LONGEST_OPTION:
            raise Refused("option_long", N_("An answer has at most %(most)s characters"), most=LONGEST_OPTION)
        same = next((o for o in known if (zh and o.zh == zh) or (en and o.en == en)), None)
        key = same.key if same else str(following)
        if any(option.key == key or (option.zh, option.en) == (zh, en) for option in found):
            raise Refused("option_twice", N_("%(name)s is there twice"), name=zh or en)
        following += same is None
        found.append(Option(key, zh, en))
    kept = {option.key for option in found}
    gone = [Option(o.key, o.zh, o.en, gone=True) for o in known if o.key not in kept]
    return (*found, *gone)


def checked_answer(question: QuestionFacts, given: Sequence[str]) -> list[str]:
    """The values of an answer as they are kept; none for a question that was left out.

    Raises `Refused`: nothing given where it is needed, an option that is not offered, no number, text that is too long.
    """
    values = [value for value in dict.fromkeys(given) if clean_code(value)]
    if not values:
        if question.needed:
            choosing = question.kind in CHOOSING or question.kind is Kind.YES_NO
            raise Refused("answer_missing", N_("Choose an answer") if choosing else N_("Enter an answer"))
        return []
    if question.kind in CHOOSING:
        return _chosen(
            values, [option.key for option in question.offered], several=question.kind is Kind.SEVERAL
        )
    if question.kind is Kind.YES_NO:
        return _chosen(values, (YES, NO), several=False)
    return [_number(values[0]) if question.kind is Kind.NUMBER else _text(values[0])]


def _chosen(values: list[str], offered: Collection[str], *, several: bool) -> list[str]:
    if not set(values) <= set(offered) or (len(values) > 1 and not several):
        raise Refused("answer_unknown", N_("Choose from the list"))
    return values


def _number(text: str) -> str:
    digits = clean_code(text).replace(",", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST_DIGITS:
        raise Refused("answer_number", N_("Enter a whole number"))
    return str(int(digits))


def _text(text: str) -> str:
    kept = clean_name(text)
    if len(kept) > LONGEST_ANSWER:
        raise Refused("answer_long", N_("Enter at most %(most)s characters"), most=LONGEST_ANSWER)
    if kept.startswith(_FORMULA) or any(unicodedata.category(letter) in _NO_LETTERS for letter in kept):
        raise Refused("answer_text", N_("This has characters that cannot be kept. Type it again"))
    return kept


def shown_answer(
    question: QuestionFacts, values: Collection[str], words: Mapping[str, str], *, chinese: bool
) -> str:
    """An answer as people read it; `words` are those for yes and no."""
    if question.kind is Kind.YES_NO:
        return "".join(words.get(value, value) for value in values)
    if question.kind not in CHOOSING:
        return "".join(values)
    names = {o.key: (o.zh or o.en) if chinese else (o.en or o.zh) for o in question.options}
    order = [option.key for option in question.options]
    known = sorted((value for value in values if value in names), key=order.index)
    return ("、" if chinese else ", ").join(
        [names[value] for value in known] + [v for v in values if v not in names]
    )
