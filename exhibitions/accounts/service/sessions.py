"""Sessions live on the server: begun, noted as used, confirmed and ended here."""

from __future__ import annotations

import sqlalchemy as sa

from exhibitions.accounts.models import SignIn, User
from exhibitions.accounts.rules import session_ends
from exhibitions.audit import service as audit
from exhibitions.core import clock
from exhibitions.core.actor import Actor
from exhibitions.core.db import db
from exhibitions.core.errors import N_, NotFound
from exhibitions.core.signing import hash_link_token, new_link_token


def start_session(user: User, device: str = "") -> str:
    """Start a session and give its token, which is stored only as a hash. `device` is what people call the machine."""
    now = clock.now()
    token = new_link_token()
    row = SignIn(
        user_id=user.id,
        token_hash=hash_link_token(token),
        created_at=now,
        used_at=now,
        confirmed_at=now,
        expires_at=session_ends(now),
        device=device[:60],
    )
    db.session.add(row)
    audit.record("accounts.signed_in", Actor("user", user.id, user.name), subject=("user", user.id))
    return token


def note_use(token_hash: str) -> None:
    """Write down that the session of this hash is in use."""
    live = sa.update(SignIn).where(SignIn.token_hash == token_hash, SignIn.ended_at.is_(None))
    db.session.execute(live.values(used_at=clock.now()))


def confirm_session(token: str) -> None:
    """Write down that the person of this session has proved once more to be there."""
    now = clock.now()
    live = sa.update(SignIn).where(SignIn.token_hash == hash_link_token(token), SignIn.ended_at.is_(None))
    db.session.execute(live.values(confirmed_at=now, used_at=now))


def end_session(token: str) -> None:
    """End the session of `token` on the server; a copy of its cookie is worth nothing from then on."""
    ended = sa.update(SignIn).where(SignIn.token_hash == hash_link_token(token), SignIn.ended_at.is_(None))
    db.session.execute(ended.values(ended_at=clock.now()))


def end_session_of(user_id: int, session_id: int, by: Actor) -> None:
    """End one session of a person; raises `NotFound` when it is nobody's or another person's."""
    ended = sa.update(SignIn).where(
        SignIn.user_id == user_id, SignIn.id == session_id, SignIn.ended_at.is_(None)
    )
    found = db.session.scalars(ended.values(ended_at=clock.now()).returning(SignIn.id)).all()
    if not found:
        raise NotFound("session_unknown", N_("This session has ended already."))
    audit.record("accounts.session_ended", by, subject=("user", user_id))


def end_all_sessions(user_id: int, but: str = "") -> None:
    """End every session of a person, except the one with the token `but`, and forget the browsers they are known on."""
    ended = sa.update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but:
        ended = ended.where(SignIn.token_hash != hash_link_token(but))
    db.session.execute(ended.values(ended_at=clock.now()))
    one_more = sa.update(User).where(User.id == user_id)
    db.session.execute(one_more.values(browsers_forgotten=User.browsers_forgotten + 1))


def sign_out_everywhere(user_id: int, by: Actor) -> None:
    """End every session of a person and write it down."""
    end_all_sessions(user_id)
    audit.record("accounts.signed_out_everywhere", by, subject=("user", user_id))
