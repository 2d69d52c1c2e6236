"""Saying who stands at a post on site, and what must be known there."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from exhibitions.audit import service as audit
from exhibitions.core.actor import SYSTEM, Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.expos.models import Expo
from exhibitions.gates.models import Post
from exhibitions.gates.queries.posts import post_keys
from exhibitions.gates.rules.posts import PLACES


@dataclass(frozen=True)
class PostFacts:
    """Who stands there (a name and a phone number as it is dialled) and what must be known, in both languages."""

    person: str = ""
    phone: str = ""
    note_zh: str = ""
    note_en: str = ""


def save_post(expo: Expo, key: str, facts: PostFacts, by: Actor = SYSTEM) -> Post:
    """Keep what is said of the post with this key (`posts.post_keys`). Raises `NotFound` for one that the fair has not."""
    if key not in post_keys(expo):
        raise NotFound("post_unknown", N_("This fair has no such post."))
    place = key if key in PLACES else None
    gate_id = None if place else int(key.removeprefix("gate-"))
    # The fair's row is locked, so that two who write at once write one after the other.
    db.session.execute(sa.select(Expo.id).where(Expo.id == expo.id).with_for_update())
    which = Post.place == place if place else Post.gate_id == gate_id
    post = db.session.scalar(sa.select(Post).where(Post.expo_id == expo.id, which))
    if post is None:
        post = Post(expo_id=expo.id, place=place, gate_id=gate_id)
        db.session.add(post)
    for name, value in asdict(facts).items():
        setattr(post, name, value)
    db.session.flush()
    # Who was on duty is no business of the audit trail; that it was changed, and by whom, is.
    audit.record("gates.post_changed", by, expo_id=expo.id, subject=("post", post.id))
    return post
