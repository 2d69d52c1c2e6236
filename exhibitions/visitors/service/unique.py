"""What a unique constraint says: who was quicker, in words, by the column that it names."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from exhibitions.core.db import db
from exhibitions.core.errors import Conflict


def flush_unique(table: str, known: Mapping[str, tuple[str, str]]) -> None:
    """Flush; `known` has code and sentence by the column that is unique in a fair.

    Raises `Conflict` when one of these was taken meanwhile: the transaction is lost. Any other fault of the database is
    raised as it is. The driver's words hold the value itself and must not travel on (P19).
    """
    try:
        db.session.flush()
    except IntegrityError as error:
        words = str(error.orig).splitlines()[0]
        for column, (code, sentence) in known.items():
            if f'"uq_{table}_expo_id_{column}"' in words or f"{table}.{column}" in words:
                raise Conflict(code, sentence) from None
        raise
