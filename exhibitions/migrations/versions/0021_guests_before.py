"""guests: whether the registration was there before; keys of guests and of who invites count what is in brackets"""

import hashlib
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_NOISE = re.compile(r"[\s\-_.'’*:;#?!·•、,。\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = str.maketrans("[{【〔〈《「『<]}】〕〉》」』>", "((((((((()))))))))")
_DIGEST = 32
_COLUMNS = ("id", "name", "organisation", "double_key", "name_zh", "name_en", "name_key")


def _key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).lower()
    return _NOISE.sub("", folded).translate(_BRACKETS) or folded


def _bounded(key: str, most: int) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()[:_DIGEST]
    return key if len(key) <= most else key[: most - _DIGEST] + digest


def _write_keys() -> None:
    """What was told apart without brackets still is with them: no two keys of a fair become the same."""
    connection = op.get_bind()
    guests, sources = (sa.table(name, *map(sa.column, _COLUMNS)) for name in ("guests", "invitation_sources"))
    listed = sa.select(guests.c.id, guests.c.double_key, guests.c.name, guests.c.organisation)
    for number, before, name, organisation in connection.execute(listed).all():
        key = _bounded(f"{_key(name)}|{_key(organisation)}", 310)
        if key != before:
            connection.execute(sa.update(guests).where(guests.c.id == number).values(double_key=key))
    inviting = sa.select(sources.c.id, sources.c.name_key, sources.c.name_zh, sources.c.name_en)
    for number, before, name_zh, name_en in connection.execute(inviting).all():
        key = _bounded(_key(name_zh or name_en), 200)
        if key != before:
            connection.execute(sa.update(sources).where(sources.c.id == number).values(name_key=key))


def upgrade() -> None:
    op.add_column(
        "guests", sa.Column("registered_before", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    guests = sa.table("guests", sa.column("registered_before"), sa.column("class_before_id"))
    op.execute(sa.update(guests).where(guests.c.class_before_id.is_not(None)).values(registered_before=True))
    _write_keys()


def downgrade() -> None:
    op.drop_column("guests", "registered_before")
