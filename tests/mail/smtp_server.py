"""A real SMTP server on a loopback port that misbehaves as it is told (F14)."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class Behaviour:
    """What the server does, and what it saw.

    `answers` replaces the answer to a command (`RCPT`, `DATA`, `END` after the text) while it is set; `hang_at`,
    `drop_at` and `drip_at` name the command at which it falls silent, hangs up, or answers one letter at a time;
    `pause_at` the one that it answers, once, only after `go_on` was set.
    """

    answers: dict[str, str] = field(default_factory=dict)
    hang_at: str = ""
    drop_at: str = ""
    drip_at: str = ""
    extensions: tuple[str, ...] = ()
    commands: list[str] = field(default_factory=list)
    accepted: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    pause_at: str = ""
    paused: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def messages(self) -> list[EmailMessage]:
        """What was accepted, parsed."""
        return [email.message_from_bytes(raw, policy=email.policy.SMTP) for _, _, raw in self.accepted]


class _Gone(Exception):
    pass


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.sender = ""
        self.recipients: list[str] = []
        try:
            self.answer("CONNECT", "220 test")
            while line := self.rfile.readline():
                self.command(line.decode("ascii", "replace").strip())
        except (_Gone, OSError):
            return

    def command(self, line: str) -> None:
        how = self.server.how
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        how.commands.append(line)
        if verb == "EHLO":
            self.greet()
        elif verb == "MAIL":
            self.sender = rest.partition(" ")[0]
            self.answer(verb, "250 ok")
        elif verb == "RCPT" and self.answer(verb, "250 ok").startswith("2"):
            self.recipients.append(rest)
        elif verb == "DATA" and self.answer(verb, "354 go on").startswith("3"):
            self.text()
        elif verb == "QUIT":
            self.say("221 bye")
            raise _Gone
        elif verb not in ("RCPT", "DATA"):
            self.answer(verb, "502 unknown")

    def greet(self) -> None:
        lines = ["test", *self.server.how.extensions]
        for n, word in enumerate(lines):
            self.say(f"250{' ' if n == len(lines) - 1 else '-'}{word}")

    def text(self) -> None:
        how = self.server.how
        raw = b""
        while not raw.endswith(b"\r\n.\r\n"):
            line = self.rfile.readline()
            if not line:
                raise _Gone
            raw += line[1:] if line.startswith(b"..") else line
        # A server that drops the line after the text has often kept the message all the same.
        if not how.answers.get("END"):
            how.accepted.append((self.sender, self.recipients, raw[:-3]))
        self.answer("END", "250 kept")

    def answer(self, what: str, usual: str) -> str:
        how = self.server.how
        if how.drop_at == what:
            raise _Gone
        if how.hang_at == what:
            how.over.wait(30)
            raise _Gone
        if how.pause_at == what:
            how.pause_at = ""
            how.paused.set()
            how.go_on.wait(60)
        said = how.answers.get(what, usual)
        if how.drip_at == what:
            for letter in said:
                self.wfile.write(letter.encode())
                time.sleep(0.2)
        else:
            self.wfile.write(said.encode())
        self.wfile.write(b"\r\n")
        return said

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, how: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.how = how


@contextmanager
def smtp_server(how: Behaviour) -> Iterator[int]:
    """Serve until the end of the block; yields the port."""
    with _Server(how) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            how.over.set()
            server.shutdown()
            thread.join()
