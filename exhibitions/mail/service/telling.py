"""Messages without a sender: words to copy into WeChat, and the note of who was told by whom."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import force_locale

from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.errors import N_, Conflict
from exhibitions.mail.models import Mail
from exhibitions.mail.rules import Message, State, Way, erased_recipient
from exhibitions.mail.service import minters, namers, own_titles, painters, renderers


def told(rows: Sequence[Mail], way: Way, by: Actor) -> int:
    """Note that these people were told what their messages say, by which way, now, by whom; gives how many are new."""
    open_rows = [mail for mail in rows if mail.told_at is None]
    for mail in open_rows:
        mail.told_way, mail.told_at = way.value, clock.now()
        mail.told_by, mail.told_by_name = by.id, by.name[:100]
        audit.record(
            "mail.told", by, expo_id=mail.expo_id, subject=("mail", mail.id), after={"way": way.value}
        )
    return len(open_rows)


def not_told(mail: Mail, by: Actor) -> None:
    """Take the note back; without one nothing happens."""
    if mail.told_at is None:
        return
    before: dict[str, object] = {"way": mail.told_way}
    mail.told_way, mail.told_at, mail.told_by, mail.told_by_name = "", None, None, ""
    audit.record("mail.untold", by, expo_id=mail.expo_id, subject=("mail", mail.id), before=before)


def prepare(mail: Mail, by: Actor) -> str:
    """Make ready to show the words of a message to somebody of the office: the secret of a fresh link, or "" where the
    message carries none. Who looks is noted, because whoever has the link can change and cancel.

    Raises `Conflict` when the message has lost its sense, or like the room that made it.
    """
    if _is_over(mail) or mail.template not in renderers:
        raise Conflict("mail_withdrawn", N_("This message is not needed any more."))
    audit.record("mail.shown", by, expo_id=mail.expo_id, subject=("mail", mail.id))
    minter = minters.get(mail.template)
    return minter(mail.arguments) if minter is not None else ""


def _is_over(mail: Mail) -> bool:
    """Whether there are no words any more: the message lost its sense, or its person is erased."""
    return mail.state is State.WITHDRAWN or mail.recipient == erased_recipient(mail.id)


def words_of(mail: Mail, token: str) -> Message:
    """The message as its recipient would read it, with the link of `token`; writes nothing.

    Raises `Refused` like its renderer.
    """
    with force_locale(mail.lang):
        return renderers[mail.template]({**mail.arguments, "token": token}, mail.lang)


def titles_of(expo_id: int, rows: Sequence[Mail]) -> dict[int, str]:
    """What messages of a fair are called by themselves, by their number; none for those that their kind names whole."""
    found: dict[int, str] = {}
    for template, namer in own_titles.items():
        theirs = [mail for mail in rows if mail.template == template]
        names = namer(expo_id, [mail.arguments for mail in theirs]) if theirs else []
        found |= {mail.id: name for mail, name in zip(theirs, names, strict=True) if name}
    return found


def people_of(expo_id: int, rows: Sequence[Mail]) -> dict[int, tuple[str, str | None]]:
    """Whom these messages of a fair are about, by the number of the message: the name, and the phone number (E.164)."""
    found: dict[int, tuple[str, str | None]] = {}
    for kind, namer in namers.items():
        about = {mail.id: mail.subject_id for mail in rows if mail.subject_kind == kind and mail.subject_id}
        names = namer(expo_id, set(about.values())) if about else {}
        found |= {number: names[person] for number, person in about.items() if person in names}
    return found


def picture_of(mail: Mail) -> bytes | None:
    """The picture (PNG) that goes with a message, to be saved by a long press; None where there is none."""
    painter = painters.get(mail.template)
    if painter is None or _is_over(mail):
        return None
    with force_locale(mail.lang):
        return painter(mail.arguments, mail.lang)
