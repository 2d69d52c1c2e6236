"""What the audit trail calls the deeds of this room."""

from __future__ import annotations

from exhibitions.audit.rules import Deeds, Page
from exhibitions.core.errors import N_

DEEDS = Deeds(
    actions={
        "accounts.signed_in": N_("Signed in"),
        "accounts.signed_out_everywhere": N_("Signed out everywhere"),
        "accounts.session_ended": N_("Session ended"),
        "accounts.user_created": N_("Account made"),
        "accounts.user_erased": N_("Account erased"),
        "accounts.user_renamed": N_("Name changed"),
        "accounts.invited": N_("Invited"),
        "accounts.reset_offered": N_("Link for a new password made"),
        "accounts.password_chosen": N_("Password chosen"),
        "accounts.user_disabled": N_("Account disabled"),
        "accounts.user_enabled": N_("Account enabled again"),
        "accounts.role_granted": N_("Role in the organisation given"),
        "accounts.role_taken": N_("Role in the organisation taken"),
        "accounts.app_added": N_("Authenticator app set up"),
        "accounts.passkey_added": N_("Passkey added"),
        "accounts.passkey_removed": N_("Passkey removed"),
        "accounts.second_step_removed": N_("Two-step sign-in switched off"),
        "accounts.second_step_reset": N_("Two-step sign-in reset by an administrator"),
        "accounts.recovery_codes_made": N_("New recovery codes made"),
        "accounts.recovery_code_used": N_("Recovery code used"),
        "accounts.policy_changed": N_("Rule for administrators' sign-in changed"),
    },
    subjects={
        "user": Page(N_("Person"), "people.fair_person", "user_id"),
    },
    fields={
        "email": N_("E-mail"),
        "name": N_("Name"),
        "role": N_("Role"),
        "roles": N_("Roles"),
        "by_mail": N_("By e-mail"),
        "administrators_two_steps": N_("Administrators must use two steps"),
    },
    values={
        "role=administrator": N_("Administrator"),
        "role=secretary": N_("Secretary"),
        "role=finance": N_("Finance"),
    },
)
