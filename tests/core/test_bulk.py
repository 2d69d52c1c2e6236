"""Rows that go into a table past SQLAlchemy's parameters are the same as those that went through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core.bulk import NewRows
from exhibitions.core.db import UtcDateTime

_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))])
_MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=_ZONES)  # noqa: DTZ001
_table = sa.Table(
    "moments", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", UtcDateTime)
)
_new = NewRows(_table, ("id", "at"))


@given(_MOMENTS)
def test_a_moment_is_stored_as_the_type_of_its_column_stores_it(moment: datetime) -> None:
    with sa.create_engine("sqlite://").begin() as connection:
        _table.create(connection)
        connection.execute(sa.insert(_table), {"id": 1, "at": moment})
        assert _new.insert(connection, [(2, moment), (3, None), (2, moment)]) == 2
        texts = connection.exec_driver_sql("SELECT at FROM moments ORDER BY id").scalars().all()
        assert texts[0] == texts[1]
        assert texts[2] is None
        assert connection.scalars(sa.select(_table.c.at).where(_table.c.id == 2)).one() == moment


def test_a_moment_without_a_zone_is_refused() -> None:
    with sa.create_engine("sqlite://").begin() as connection:
        _table.create(connection)
        with pytest.raises(ValueError, match="without a zone"):
            _new.insert(connection, [(1, datetime(2026, 9, 10))])  # noqa: DTZ001
