"""How a message is written, and when it is tried again (P19, P20, GHSA pretix CVE-2025-13742)."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.errors import Refused
from exhibitions.mail import rules
from exhibitions.mail.rules import Envelope, Message

T = datetime(2026, 8, 19, 9, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    "第八届博览会 <fair@博览会.example>", "min.wang@example.org", "<abc@example.org>", "zh", T
)


def read(message: Message, envelope: Envelope = ENVELOPE) -> email.message.EmailMessage:
    raw = rules.compose(message, envelope).as_bytes()
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def test_a_message_is_plain_text_to_one_recipient() -> None:
    mail = read(Message("您的参观证", "王敏 您好\n𠮷 <b>bold</b> %s {x.__class__}\n"))
    assert mail["Subject"] == "您的参观证"
    assert mail["To"] == "min.wang@example.org"
    assert mail["From"].addresses[0].display_name == "第八届博览会"
    assert mail["From"].addresses[0].addr_spec == "fair@xn--6oq76hm95d.example"
    assert mail["Message-ID"] == "<abc@example.org>"
    assert mail["Content-Language"] == "zh"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "王敏 您好\r\n𠮷 <b>bold</b> %s {x.__class__}\r\n"
    assert mail["Cc"] is None
    assert mail["Bcc"] is None
    assert mail["List-Unsubscribe"] is None


def test_marketing_can_be_left_by_one_click() -> None:
    """P20, RFC 8058."""
    mail = read(Message("News", "text", unsubscribe_url="https://fair.example/u/abc"))
    assert mail["List-Unsubscribe"] == "<https://fair.example/u/abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
]


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_makes_a_header_or_stops_the_message(subject: str, text: str) -> None:
    """F18: injection is impossible, and surrogates, NUL and controls do no harm."""
    mail = read(Message(subject, text))
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert mail["To"] == "min.wang@example.org"
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: x@example.org", "a\nTo: y@example.org", "a\u2028b", "a\x00b", "a\x0bb"]
)
def test_a_subject_is_one_line(subject: str) -> None:
    mail = read(Message(subject, "text"))
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("one\n.two\n..three\n.\n", [b"one", b".two", b"..three", b"."]),
        ("no end", [b"no end"]),
    ],
)
def test_dots_are_doubled_on_the_wire(text: str, wire: list[bytes]) -> None:
    mail = rules.compose(Message("s", "x"), ENVELOPE)
    mail.set_payload(text)
    mail.replace_header("Content-Transfer-Encoding", "7bit")
    raw = rules.wire_bytes(mail)
    assert raw.endswith(b"\r\n.\r\n")
    body = raw.partition(b"\r\n\r\n")[2].removesuffix(b".\r\n")
    assert [
        line.removeprefix(b".") if line.startswith(b"..") else line for line in body.split(b"\r\n")[:-1]
    ] == wire
    assert b"\n." not in body.replace(b"\n..", b"")


@pytest.mark.parametrize(
    "address", ["a@example.org", " o'brien+x@example.org ", "min@博览会.example", "a@[127.0.0.1"[:1] + "@b.c"]
)
def test_plain_addresses_pass(address: str) -> None:
    assert rules.check_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@example.org",
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nDATA",
        "Wang <a@example.org>",
        "a(comment)@example.org",
        '"a b"@example.org',
        "a@exa\x00mple.org",
        "王敏@example.org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 260,
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_address(address)
    assert refused.value.code == "email_invalid"


def test_a_domain_without_a_wire_form_is_refused() -> None:
    assert rules.wire_address("a@博览会.example") == "a@xn--6oq76hm95d.example"
    with pytest.raises(Refused):
        rules.wire_address("a@" + "博" * 80 + ".example")


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 4), (3, 16), (4, 64), (5, 240), (8, 240), (9, None), (10, None)]
)
def test_back_off_and_giving_up(attempts: int, minutes: int | None) -> None:
    """F14."""
    assert rules.wait_after(attempts) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("address", "shown"), [("min.wang@example.org", "m***@example.org"), ("erased-7", "***")]
)
def test_lists_show_masked_addresses(address: str, shown: str) -> None:
    """B12."""
    assert rules.masked(address) == shown
