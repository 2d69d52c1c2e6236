"""The words of the scanner and of scans in lists, in the reader's language (ux.md §6)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from exhibitions.badges.models import Badge
from exhibitions.badges.rules import number
from exhibitions.core.contact import masked_name
from exhibitions.core.i18n import language
from exhibitions.gates.models import Device, Scan
from exhibitions.gates.rules.decision import Kind
from exhibitions.gates.rules.setup import Setup
from exhibitions.gates.rules.words import REVIEW_REASONS, VERDICTS

_SHOWN_OF_NUMBER = 5


def scanner_words() -> dict[str, object]:
    """All that the scanner says by itself."""
    return {
        "admit": _("Go in"),
        "check": _("Please check"),
        "refuse": _("No entry"),
        "first": _("first entry {time} {gate}"),
        "people": _("{count} people"),
        "since_voided": _("reported lost {time}"),
        "since_cancelled": _("cancelled {time}"),
        "new_badge": _("New badge {number}"),
        "last": _("Last entry {time} {gate}"),
        "hours": _("Doors {hours}"),
        "for_day": _("For {day}"),
        "inside": _("{count} inside, {limit} allowed"),
        "of_fair": _("Badge of {fair}"),
        "locale": {"zh": "zh-CN", "ko": "ko-KR"}.get(language(), "en-GB"),
        "how_many": _("Group of {count}: how many are with you?"),
        "let_in": _("Count {count} in"),
        "one_counted": _("1 of {count} counted"),
        "count_group": _("How many?"),
        "use_gate": _("Use {gate}"),
        "waiting": _("No network: kept on this phone and sent later. Look at the badge and decide."),
        "review": _("The time of this scan is checked by the organiser"),
        "online": _("Online"),
        "offline": _("Offline {minutes} min, {waiting} waiting"),
        "undo": _("Undo"),
        "undone": _("Undone: that entry does not count"),
        "not_undone": _("This entry cannot be undone any more"),
        "scanner_works": _("The scanner works"),
        "no_camera": _("This phone gives no camera. Use a USB scanner or type the number."),
        "no_https": _(
            "This address is not https, so the browser gives no camera. Use a USB scanner or type the number."
        ),
        "camera_refused": _(
            "The camera is not allowed. Allow it in the browser's settings for this page, or type the number."
        ),
        "screen_may_sleep": _("This phone may switch its screen off by itself."),
        "verdicts": {
            **{code: _(word) for code, word in VERDICTS.items()},
            "malformed": _("The scan could not be read"),
            "id_reused": _("This scan number was used for another scan"),
            "annul_refused": _("This entry cannot be undone any more"),
        },
    }


def pairing_words() -> dict[str, str]:
    """What the pairing page says by itself."""
    return {
        "camera_works": _("The camera works"),
        "camera_refused": _(
            "The camera is not allowed. Allow it in the browser's settings for this page, or type the number."
        ),
        "no_camera": _("This phone gives no camera. Use a USB scanner or type the number."),
        "link_used": _(
            "This pairing code was used already or has ended. Ask the organiser or the gate chief for a new one."
        ),
        "no_answer": _("The server does not answer. Check the network and try again."),
    }


def shown_scan(
    scan: Scan, badge: Badge | None, device: Device, setup: Setup, *, plain: bool
) -> dict[str, Any]:
    """A scan as a list shows it. Unless `plain`, the name is masked and only the end of the number is there."""
    gate = setup.gates.get(scan.gate_id)
    badge_class = setup.classes.get(badge.class_id) if badge else None
    shown_number = number.shown(badge.number) if badge else ""
    return {
        "scan": scan,
        "gate": gate.name.text(language()) if gate else "",
        "device": device.name or _("Device %(number)s", number=device.id),
        "name": (badge.name if plain else masked_name(badge.name)) if badge else "",
        "number": shown_number
        if plain
        else shown_number[-_SHOWN_OF_NUMBER:] and f"… {shown_number[-_SHOWN_OF_NUMBER:]}",
        "class": badge_class.name.text(language()) if badge_class else "",
        "is_click": scan.kind == Kind.CLICKER,
        "verdict": _word(scan.verdict),
        "device_verdict": _word(scan.device_verdict) if scan.device_verdict else "",
        "why": _(REVIEW_REASONS[scan.review]) if scan.review else "",
    }


def _word(verdict: str) -> str:
    """A verdict in words; what a device calls its own may be anything and is shown as it is."""
    return _(VERDICTS[verdict]) if verdict in VERDICTS else verdict
