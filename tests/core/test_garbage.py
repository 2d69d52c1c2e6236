"""What is loaded is left alone by the collector."""

from __future__ import annotations

import gc

from exhibitions.core.garbage import settle


def test_what_is_loaded_is_looked_at_no_more() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold() == (20_000, *before[1:])
        assert gc.isenabled()
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
