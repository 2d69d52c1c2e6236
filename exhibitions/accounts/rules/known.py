"""Browsers that a person has signed in on before, and the networks that others come from: what guessing is counted by.

A browser keeps one mark for each person who has signed in on it: a random name, and a signature over it that only the
server can make. The mark opens nothing. It gives the browser a count of attempts of its own, so that nobody who knows
an address can use up the attempts of its owner (OWASP: device cookies; ASVS 6.3.1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets

MOST_PEOPLE = 8
"""So many people share a browser; of more, those who were here last are known."""
_NAME_BYTES = 12
_MARK = re.compile(r"([A-Za-z0-9_-]{16})([A-Za-z0-9_-]{43})")
_NETWORK_BITS = 64


def _signature(key: bytes, name: str, user_id: int, since: int) -> str:
    digest = hmac.new(key, f"{name} {user_id} {since}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def known_name(key: bytes, kept: str, user_id: int, since: int) -> str:
    """The name of this browser among those of the person; "" for one on which they have not signed in.

    `kept` is what the browser brings, whatever it is. `since` counts how often all browsers of the person were
    forgotten: older marks are worth nothing.
    """
    for text in kept.split(".")[:MOST_PEOPLE]:
        mark = _MARK.fullmatch(text)
        if mark and hmac.compare_digest(_signature(key, mark[1], user_id, since), mark[2]):
            return mark[1]
    return ""


def with_mark(key: bytes, kept: str, user_id: int, since: int) -> str:
    """What the browser is to keep from now on: a fresh mark of this person in place of an old one, and the others'."""
    name = secrets.token_urlsafe(_NAME_BYTES)
    old = known_name(key, kept, user_id, since)
    others = [text for text in kept.split(".") if _MARK.fullmatch(text) and text[: len(name)] != old]
    return ".".join([name + _signature(key, name, user_id, since), *others[: MOST_PEOPLE - 1]])


def network_of(address: str) -> str:
    """What an address on the network is counted as: of IPv6 the half that a household is given, of IPv4 all of it."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "-"
    if ip.version == 6 and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 32 if ip.version == 4 else _NETWORK_BITS), strict=False))
