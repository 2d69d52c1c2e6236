"""Who stands where on site."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.core.db import db
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Post
from exhibitions.gates.rules.posts import PLACES


def post_keys(expo: Expo) -> list[str]:
    """The posts of a fair in the order in which they are listed: the fixed places, then `gate-7` for each gate."""
    return [*PLACES, *(f"gate-{gate.id}" for gate in expo.gates)]


def posts_of(expo: Expo) -> dict[str, Post]:
    """What is known of the posts of a fair, by their key; one that nobody has filled in is not there."""
    found = db.session.scalars(sa.select(Post).where(Post.expo_id == expo.id))
    return {post.place or f"gate-{post.gate_id}": post for post in found}
