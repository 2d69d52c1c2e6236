"""Draws parts of print runs in a process of its own, so that a run uses all cores.

It is told parts by its standard input, says how far it is by its standard output, and ends when who started it ends.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from exhibitions.badges.rules import layout
from exhibitions.badges.service import drawing
from exhibitions.badges.service.drawing import Look, Placement, Printed

LENGTH = 8
_NICE = 10


class Order(msgspec.Struct):
    """A part to draw: its badges, on which paper, how placed, and into which file."""

    badges: list[Printed]
    sheet: str
    title: str
    placement: Placement
    path: str


class Word(msgspec.Struct):
    """What the process says: so many badges are drawn; at the end of the part also which deserve a look."""

    drawn: int
    looks: list[Look] | None = None


def packed(message: Order | Word) -> bytes:
    """A message with its length before it."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(LENGTH, "big") + body


def read(stream: BinaryIO) -> bytes | None:
    """The next message, or None when the other side is gone."""
    head = stream.read(LENGTH)
    if len(head) < LENGTH:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def main(inward: BinaryIO, outward: BinaryIO) -> None:
    """Draw what is ordered until the orders end."""

    def say(word: Word) -> None:
        outward.write(packed(word))
        outward.flush()

    while (body := read(inward)) is not None:
        order = msgspec.msgpack.decode(body, type=Order)
        with Path(order.path).open("wb") as out:
            looks = drawing.draw(
                out,
                order.badges,
                layout.SHEETS[order.sheet],
                order.title,
                lambda drawn: say(Word(drawn)),
                order.placement,
            )
        say(Word(len(order.badges), looks))


def run() -> None:
    """Be such a process, behind the pages that people wait for."""
    os.nice(_NICE)
    try:
        main(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        # Who ordered is gone: nobody needs the rest.
        os._exit(0)
