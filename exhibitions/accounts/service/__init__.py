"""What happens to accounts: making them, signing in and out, giving out personal links."""

from __future__ import annotations

from exhibitions.accounts.service.erasing import count_old, erase_person, expire
from exhibitions.accounts.service.links import forget_links, mint_link, revoke_links, take_link
from exhibitions.accounts.service.passwords import (
    check_sign_in,
    choose_password,
    hash_password,
    is_password_of,
    new_password_hash,
)
from exhibitions.accounts.service.people import (
    ask_for_new_password,
    create_user,
    demand_two_steps,
    disable,
    enable,
    grant_organisation_role,
    has_sender,
    offer_link,
    rename,
    send_link,
    set_organisation_roles,
    show_desk,
)
from exhibitions.accounts.service.sessions import (
    confirm_session,
    end_all_sessions,
    end_session,
    end_session_of,
    note_use,
    sign_out_everywhere,
    start_session,
)

__all__ = [
    "ask_for_new_password",
    "check_sign_in",
    "choose_password",
    "confirm_session",
    "count_old",
    "create_user",
    "demand_two_steps",
    "disable",
    "enable",
    "end_all_sessions",
    "end_session",
    "end_session_of",
    "erase_person",
    "expire",
    "forget_links",
    "grant_organisation_role",
    "has_sender",
    "hash_password",
    "is_password_of",
    "mint_link",
    "new_password_hash",
    "note_use",
    "offer_link",
    "rename",
    "revoke_links",
    "send_link",
    "set_organisation_roles",
    "show_desk",
    "sign_out_everywhere",
    "start_session",
    "take_link",
]
