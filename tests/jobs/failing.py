"""A transaction that does something and then fails."""

from collections.abc import Callable

import pytest

from exhibitions.core.db import transaction


class LateTroubleError(Exception):
    """What goes wrong at the very end."""


def undone(what: Callable[[], object]) -> None:
    """Do `what` in a transaction that fails afterwards."""
    with pytest.raises(LateTroubleError):
        _fail_after(what)


def _fail_after(what: Callable[[], object]) -> None:
    with transaction():
        what()
        raise LateTroubleError
