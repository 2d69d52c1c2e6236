"""The plug-in that docs/operations.md shows works as it stands there."""

import json
import textwrap
import urllib.error
import urllib.request
from email.message import Message as Headers
from pathlib import Path
from typing import Any

import pytest

from exhibitions.mail.rules.texting import RefusedForGood, TextSender, TryLater

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> TextSender:
    section = DOCUMENT.read_text(encoding="utf-8").split("## Text messages")[1].split("\n## ")[0]
    lines = [line for line in section.split("\n") if line.startswith("    ") or not line]
    names: dict[str, Any] = {}
    monkeypatch.setenv("HOUSE_SMS_URL", "https://sms.example.org/send")
    monkeypatch.setenv("HOUSE_SMS_KEY", "key")
    exec(textwrap.dedent("\n".join(lines)), names)  # noqa: S102 - our own document.
    made = names["Sender"]()
    assert isinstance(made, TextSender)
    return made


def answer(monkeypatch: pytest.MonkeyPatch, code: int) -> list[urllib.request.Request]:
    asked: list[urllib.request.Request] = []

    class Taken:
        def close(self) -> None:
            pass

    def urlopen(request: urllib.request.Request, timeout: float) -> Taken:
        asked.append(request)
        assert timeout < 30
        if code >= 400:
            raise urllib.error.HTTPError(request.full_url, code, "no", Headers(), None)
        return Taken()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return asked


def test_it_hands_over_one_message(sender: TextSender, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer(monkeypatch, 200)
    sender.send("+8613800138000", "入场码", "a" * 32)
    body = asked[0].data
    assert isinstance(body, bytes)
    assert json.loads(body) == {"to": "+8613800138000", "text": "入场码", "id": "a" * 32}


@pytest.mark.parametrize(
    ("code", "kind", "why"),
    [
        (401, TryLater, "access"),
        (402, TryLater, "credit"),
        (429, TryLater, "busy"),
        (404, RefusedForGood, "number"),
        (500, urllib.error.HTTPError, ""),
    ],
)
def test_it_says_what_the_provider_said(
    sender: TextSender, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception], why: str
) -> None:
    answer(monkeypatch, code)
    with pytest.raises(kind) as error:
        sender.send("+8613800138000", "x", "a" * 32)
    assert getattr(error.value, "why", "") == why
