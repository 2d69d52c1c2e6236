"""What a message is, how it is written for the wire, and when sending is tried again or given up."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_, Refused

# 1, 4, 16 and 64 minutes, then every four hours: given up after about 17 hours.
ATTEMPTS = 9
# How often a message may leave whose fate is unknown each time: once more, then people decide.
DOUBTS = 2
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=4)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@\x00-\x20<>()\[\]\\,;:\"]{1,253}")


class State(enum.StrEnum):
    """Where a message is. `sending`: its text has begun to leave and no answer is recorded yet."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    # It left and came back.
    BOUNCED = "bounced"
    # There is no e-mail address: people tell it.
    NO_ADDRESS = "no_address"


def erased_recipient(mail_id: int) -> str:
    """What stands where the address of an erased person was; nothing is sent there."""
    return f"erased-{mail_id}"


# How a list groups them; what needs people comes first. A message stands in "untold" besides, until it is ticked as
# told: it has no address, was given up or came back, or lies in a folder because no sender is set up.
UNTOLD = "untold"
BOXES: dict[str, frozenset[State]] = {
    "failed": frozenset({State.FAILED, State.BOUNCED}),
    UNTOLD: frozenset({State.NO_ADDRESS, State.FAILED, State.BOUNCED}),
    "waiting": frozenset({State.WAITING, State.SENDING}),
    "sent": frozenset({State.SENT, State.WITHDRAWN}),
}
STATE_TEXTS: dict[State, tuple[str, str]] = {
    State.WAITING: (N_("Waiting"), "wait"),
    State.SENDING: (N_("Being sent"), "plain"),
    State.SENT: (N_("Sent"), "good"),
    State.FAILED: (N_("Given up"), "stop"),
    State.WITHDRAWN: (N_("Not needed any more"), "off"),
    State.BOUNCED: (N_("Came back"), "stop"),
    State.NO_ADDRESS: (N_("No address"), "wait"),
}


def outcome(numbers: Mapping[State, int]) -> list[tuple[str, str, int]]:
    """How many messages are in each state, as word, tone and number, in the order of the states; none are left out."""
    return [(*STATE_TEXTS[state], numbers[state]) for state in STATE_TEXTS if state in numbers]


# What "sent" is called while no sender is set up: nobody has got it yet.
IN_FOLDER = (N_("To hand over"), "wait")


def first_to_look_at(counts: Mapping[str, int]) -> str:
    """The box that a list opens on: the first that holds a message, so that what needs people is seen first."""
    return next((name for name in BOXES if counts.get(name)), "failed")


class Way(enum.StrEnum):
    """How a person was told what a message says."""

    WECHAT = "wechat"
    PHONE = "phone"
    SMS = "sms"
    IN_PERSON = "in_person"


WAY_TEXTS: dict[Way, str] = {
    Way.WECHAT: N_("WeChat"),
    Way.PHONE: N_("Phone call"),
    Way.SMS: N_("Text message"),
    Way.IN_PERSON: N_("In person"),
}


class Problem(enum.StrEnum):
    """Why a message did not leave."""

    HOST = "host"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    ENCRYPTION = "encryption"
    LOGIN = "login"
    BUSY = "busy"
    SENDER_REFUSED = "sender_refused"
    RECIPIENT_REFUSED = "recipient_refused"
    MESSAGE_REFUSED = "message_refused"
    DROPPED = "dropped"
    DISK = "disk"
    FAULT = "fault"
    BOUNCED = "bounced"
    # Of text messages.
    NUMBER_REFUSED = "number_refused"
    TEXT_REFUSED = "text_refused"
    ACCESS = "access"
    CREDIT = "credit"
    PROVIDER_BUSY = "provider_busy"
    PROVIDER_AWAY = "provider_away"
    NO_ANSWER = "no_answer"
    BROKEN = "broken"
    NO_SENDER = "no_sender"


PROBLEM_TEXTS: dict[str, str] = {
    Problem.HOST: N_("No mail server has this name. Check the setting MAIL_SERVER."),
    Problem.UNREACHABLE: N_("The mail server cannot be reached."),
    Problem.TIMEOUT: N_("The mail server did not answer in time."),
    Problem.ENCRYPTION: N_("No encrypted connection to the mail server came about."),
    Problem.LOGIN: N_("The mail server did not accept the user name or the password."),
    Problem.BUSY: N_("The mail server asked to come back later."),
    Problem.SENDER_REFUSED: N_("The mail server refused the sender's address."),
    Problem.RECIPIENT_REFUSED: N_("The mail server refused the recipient's address."),
    Problem.MESSAGE_REFUSED: N_("The mail server refused the message."),
    Problem.DROPPED: N_("The connection broke while the message was sent. It may have arrived."),
    Problem.DISK: N_("The message could not be written to the disk."),
    Problem.FAULT: N_("The message could not be made. The log says why."),
    Problem.BOUNCED: N_("It came back: the address does not take messages."),
    Problem.NUMBER_REFUSED: N_("The provider refused the number: it takes no text messages."),
    Problem.TEXT_REFUSED: N_("The provider refused the text."),
    Problem.ACCESS: N_("The provider did not accept the access data of the sender of text messages."),
    Problem.CREDIT: N_("The credit at the provider of text messages is used up."),
    Problem.PROVIDER_BUSY: N_("The provider of text messages asked to come back later."),
    Problem.PROVIDER_AWAY: N_("The provider of text messages cannot be reached."),
    Problem.NO_ANSWER: N_(
        "The sender of text messages did not answer in time. The message may have arrived."
    ),
    Problem.BROKEN: N_("The sender of text messages broke off. The message may have arrived."),
    Problem.NO_SENDER: N_("No sender of text messages is set up any more."),
    "erased": N_("The person's data were erased."),
}
# Why a message was not needed any more, whatever the reason that its renderer gave.
NOT_NEEDED = N_("The message was not needed any more.")


class Undelivered(Exception):
    """A message did not leave, as far as is known.

    `permanent`: the server said that it never will. `doubtful`: the text left and no answer came.
    """

    def __init__(self, problem: Problem, *, permanent: bool = False, doubtful: bool = False) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.permanent = permanent
        self.doubtful = doubtful


@dataclass(frozen=True)
class Message:
    """What a renderer makes: plain text, and a subject without personal data (it is shown on locked screens).

    `unsubscribe_url` belongs to marketing alone; a POST to it unsubscribes (RFC 8058). `short` is the same in a line, as a
    text message.
    """

    subject: str
    text: str
    unsubscribe_url: str = ""
    short: str = ""


@dataclass(frozen=True)
class Envelope:
    """The facts around a message."""

    sender: str
    recipient: str
    message_id: str
    lang: str
    date: datetime


def check_address(address: str) -> str:
    """One plain address, without the blanks around it; raises `Refused` for anything else.

    Lists, names, comments and line ends never pass, so that a message has one recipient and no header of a stranger's.
    """
    text = address.strip()
    if len(text) > 254 or not _ADDRESS.fullmatch(text):
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.org"))
    return text


def wire_address(address: str) -> str:
    """The address as SMTP carries it: the domain in ASCII (IDNA). Raises `Refused` when there is no such form."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Refused("email_invalid", N_("Enter an e-mail address like name@example.org")) from error


def one_line(text: str) -> str:
    """`text` on one line, without control characters: fit for a header."""
    return " ".join(
        "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text).split()
    )


def compose(message: Message, envelope: Envelope) -> EmailMessage:
    """The message as RFC 5322 writes it: plain text, one recipient, marked as made by a machine."""
    mail = EmailMessage(policy=SMTP)
    name, address = parseaddr(envelope.sender)
    mail["From"] = Address(one_line(name), addr_spec=wire_address(address))
    mail["To"] = Address(addr_spec=wire_address(envelope.recipient))
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(envelope.date)
    mail["Message-ID"] = envelope.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{one_line(message.unsubscribe_url)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # A lone surrogate or a NUL would stop the message on its way; everything else is sent as it is.
    text = message.text.encode("utf-8", "replace").decode().replace("\x00", "")
    mail.set_content(text, charset="utf-8", cte="base64")
    # After the content, which throws away every Content- header that stands there before.
    mail["Content-Language"] = envelope.lang
    return mail


def wire_bytes(mail: EmailMessage) -> bytes:
    """The bytes between DATA and its end: CRLF everywhere, leading dots doubled (RFC 5321 4.5.2), the end included."""
    raw = mail.as_bytes(policy=SMTP)
    body = re.sub(rb"(?m)^\.", b"..", raw)
    return (body if body.endswith(b"\r\n") else body + b"\r\n") + b".\r\n"


def bare_id(message_id: str) -> str:
    """The random part of a Message-ID, 32 letters."""
    return message_id.strip("<>").partition("@")[0]


def file_name(message_id: str, *, by_sms: bool = False) -> str:
    """What a message is called in the outbox folder: the random part of its Message-ID."""
    return f"{bare_id(message_id)}.{'txt' if by_sms else 'eml'}"


def doubts_of(*, by_sms: bool, drops_repeats: bool) -> int:
    """After how many endings of unknown fate people decide. A repeated mail has the Message-ID of the first; a repeated
    text message reaches the person twice, unless its provider drops it.
    """
    return 1 if by_sms and not drops_repeats else DOUBTS


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after the n-th failed attempt; None when it was the last."""
    if attempts >= ATTEMPTS:
        return None
    return min(_FIRST_WAIT * int(4 ** min(max(attempts - 1, 0), 8)), _LONGEST_WAIT)


def masked(address: str) -> str:
    """The address as a list shows it: l***@example.org."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}" if at else "***"


def masked_phone(phone: str) -> str:
    """The number (E.164) as a list shows it: 138****0001."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else "****"


# What the audit trail calls the deeds of this room.
DEEDS = Deeds(
    actions={
        "mail.tried_again": N_("Mail sent once more"),
        "mail.told": N_("Noted that a person was told"),
        "mail.untold": N_("Noted that a person was not told after all"),
        "mail.shown": N_("Words of a message shown to copy"),
        "mail.bounced": N_("Messages that came back noted"),
        "mail.text_changed": N_("Text of a message changed"),
        "mail.text_reset": N_("Text of a message set back"),
        "mail.tested": N_("Sender of messages tested"),
        "mail.text_tested": N_("Sender of text messages tested"),
    },
    subjects={
        "mail": Page(N_("Mail"), "mail.message", "mail_id"),
    },
    fields={
        "way": N_("Told by"),
        "messages": N_("Messages"),
        "kind": N_("Message"),
        "subject_zh": N_("Subject, Chinese"),
        "subject_en": N_("Subject, English"),
        "body_zh": N_("Text, Chinese"),
        "body_en": N_("Text, English"),
        "short_zh": N_("Text message, Chinese"),
        "short_en": N_("Text message, English"),
        "problem": N_("What went wrong"),
    },
    values={f"way={way.value}": words for way, words in WAY_TEXTS.items()},
)
