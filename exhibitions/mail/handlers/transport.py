"""How a message leaves: by SMTP, or as a file into a folder when no server is set."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import parseaddr

from exhibitions.mail.rules import Problem, Undelivered, file_name, wire_address, wire_bytes
from exhibitions.mail.service import Account


def deliver(mail: EmailMessage, recipient: str, account: Account, before_data: Callable[[], None]) -> None:
    """Hand the message to the server of `account` and return when it has said that it keeps it.

    `before_data` is called once, just before the text leaves. Raises `Undelivered`, which says whether the server
    refused for good and whether the text may have arrived all the same.
    """
    if not account.server:
        before_data()
        write_file(mail, account)
        return
    with _conversation(account) as smtp:
        _greet(smtp, account)
        _expect(smtp.mail(wire_address(parseaddr(account.sender)[1])), Problem.SENDER_REFUSED)
        _expect(smtp.rcpt(wire_address(recipient)), Problem.RECIPIENT_REFUSED)
        before_data()
        _expect(smtp.docmd("DATA"), Problem.MESSAGE_REFUSED)
        try:
            smtp.send(wire_bytes(mail))
            answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(Problem.DROPPED, doubtful=True) from error
        _expect(answer, Problem.MESSAGE_REFUSED)


def write_file(mail: EmailMessage, account: Account) -> None:
    """Write the message whole into the outbox folder, under a name of its own: twice the same message is one file."""
    target = account.outbox / file_name(mail["Message-ID"])
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        account.outbox.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                file.write(mail.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Undelivered(Problem.DISK) from error


def forget_file(name: str, account: Account) -> None:
    """Take a written message out of the outbox folder; that it is gone already is no error."""
    (account.outbox / name).unlink(missing_ok=True)


@contextmanager
def _conversation(account: Account) -> Iterator[smtplib.SMTP]:
    """An open connection; whatever goes wrong on it is told as `Undelivered`."""
    smtp: smtplib.SMTP | None = None
    try:
        smtp = _connect(account)
        with _patience(smtp, account.patience):
            yield smtp
    except TimeoutError as error:
        raise Undelivered(Problem.TIMEOUT) from error
    except socket.gaierror as error:
        raise Undelivered(Problem.HOST) from error
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered(Problem.LOGIN) from error
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise Undelivered(Problem.ENCRYPTION) from error
    except smtplib.SMTPResponseException as error:
        raise Undelivered(Problem.BUSY) from error
    except (OSError, smtplib.SMTPException) as error:
        # smtplib tells a time-out as a lost connection and keeps the cause behind it.
        late = isinstance(error.__context__, TimeoutError)
        raise Undelivered(Problem.TIMEOUT if late else Problem.UNREACHABLE) from error
    finally:
        if smtp is not None:
            # The message is through or lost already: how the goodbye goes is of no interest.
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()


def _connect(account: Account) -> smtplib.SMTP:
    if account.security == "tls":
        return smtplib.SMTP_SSL(
            account.server, account.port, timeout=account.timeout, context=ssl.create_default_context()
        )
    return smtplib.SMTP(account.server, account.port, timeout=account.timeout)


def _greet(smtp: smtplib.SMTP, account: Account) -> None:
    smtp.ehlo_or_helo_if_needed()
    if account.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
    if account.username:
        smtp.login(account.username, account.password)


def _expect(answer: tuple[int, bytes], problem: Problem) -> None:
    code = answer[0]
    if 200 <= code < 400:
        return
    if 500 <= code < 600:
        raise Undelivered(problem, permanent=True)
    raise Undelivered(Problem.BUSY)


@contextmanager
def _patience(smtp: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """End the whole conversation after `seconds`: a server that answers one letter at a time never times out."""

    def cut() -> None:
        if smtp.sock is not None:
            with suppress(OSError):
                smtp.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
