"""How long a session lasts, when a person must confirm again, and what a device is called."""

from __future__ import annotations

from datetime import datetime, timedelta

SESSION_LENGTH = timedelta(hours=12)
"""However busy, a session ends after a working day (ASVS 7.3.2)."""
IDLE_LENGTH = timedelta(hours=2)
"""Unused so long, it ends before (ASVS 7.3.1)."""
NOTED_EVERY = timedelta(minutes=5)
"""Its use is written down no more often, so that looking at pages is not writing."""
CONFIRMED_FOR = timedelta(minutes=15)
"""So long after signing in or confirming, the sign-in itself may be changed (ASVS 7.5.1)."""
INVITATION_LENGTH = timedelta(days=7)
RESET_LENGTH = timedelta(hours=1)
PENDING_LENGTH = timedelta(minutes=10)
"""So long after the password the second step may be taken (ASVS 6.5.5)."""
CHALLENGE_LENGTH = timedelta(minutes=5)

# The first that fits; many browsers also claim to be the ones below them.
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chrome OS"),
    ("Linux", "Linux"),
)


def session_ends(now: datetime) -> datetime:
    """When a session that starts at `now` ends by itself."""
    return now + SESSION_LENGTH


def idle_before(now: datetime) -> datetime:
    """Sessions that were last used before this moment have ended."""
    return now - IDLE_LENGTH


def is_due(noted_at: datetime, now: datetime) -> bool:
    """Whether the use of a session is to be written down again."""
    return now - noted_at >= NOTED_EVERY


def is_confirmed(confirmed_at: datetime, now: datetime) -> bool:
    """Whether the person has proved to be there lately enough to change how they sign in."""
    return now - confirmed_at < CONFIRMED_FOR


def device_words(agent: str) -> str:
    """What people call the browser and machine of a User-Agent: "Chrome · Windows"; empty when neither is known."""
    found = [next((word for sign, word in signs if sign in agent), "") for signs in (_BROWSERS, _SYSTEMS)]
    return " · ".join(word for word in found if word)
