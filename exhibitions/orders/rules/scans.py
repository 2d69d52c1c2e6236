"""Which files may be the scan of a stamped contract: a PDF or a picture by its first bytes, not by its name."""

from __future__ import annotations

from exhibitions.core.errors import N_, Refused

TYPES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
MOST_BYTES = 20 * 1024 * 1024
HEAD = 16


def type_of(head: bytes) -> str:
    """The content type of a scan by its beginning. Raises `Refused` for anything else."""
    for start, kind in TYPES.items():
        if head.startswith(start):
            return kind
    raise Refused("scan_type", N_("Send a PDF or a picture (JPG, PNG) of the stamped copy."))


def check_size(size: int) -> None:
    """Raises `Refused` for a scan that is larger than 20 MB."""
    if size > MOST_BYTES:
        raise Refused("scan_large", N_("The scan is larger than 20 MB. Send a smaller one."))
