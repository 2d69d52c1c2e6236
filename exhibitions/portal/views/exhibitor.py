"""O4, the record of a company in a fair: facts, history, talks, stands, order, people, papers, other editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, g, render_template, url_for
from flask_babel import gettext as _

from exhibitions.accounts import queries as accounts
from exhibitions.audit import queries as audit_queries
from exhibitions.audit import service as audit
from exhibitions.audit.service import Readable
from exhibitions.companies.models import Company
from exhibitions.companies.rules.papers import KIND_TEXTS, RIGHT_TEXTS, PaperKind, Right
from exhibitions.companies.rules.record import Line, Part
from exhibitions.core import clock
from exhibitions.core.access import Permission, require, signed_in_person
from exhibitions.core.contact import masked_email, masked_phone
from exhibitions.core.i18n import local
from exhibitions.core.web import go, tell
from exhibitions.exhibitors import queries
from exhibitions.exhibitors.models import Exhibitor, ExhibitorMerge
from exhibitions.exhibitors.queries import listing
from exhibitions.exhibitors.queries import merging as merges
from exhibitions.exhibitors.rules.recruiting import BY_HAND, WAYS, is_late, is_stuck
from exhibitions.exhibitors.rules.states import ADMITTED, RECRUITING, STATE_WORDS, stage_of
from exhibitions.exhibitors.service.merging import can_part
from exhibitions.exhibitors.service.moving import SUBJECT
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.queries import rights_in
from exhibitions.expos.rules import local_day
from exhibitions.orders import queries as order_queries
from exhibitions.portal.views.frame import address, blueprint
from exhibitions.reports.queries import arrivals
from exhibitions.stands import queries as stand_queries

_MOST_HISTORY = 50


@blueprint.get("/desk/<slug>/exhibitors/<number>")
@require(Permission.EXHIBITORS_VIEW)
def exhibitor(expo: Expo, number: str) -> Any:
    row = queries.exhibitor(expo, number)
    if row is None:
        return _where_it_is_now(expo, number)
    may_edit = Permission.EXHIBITORS_EDIT in g.rights
    talks, joined = listing.calls(expo, row), merges.merges_of(row)
    return render_template(
        "portal/exhibitor.html",
        expo=expo,
        row=row,
        name=name_of(row),
        stage=stage_of(row.state).value,
        state=STATE_WORDS[row.state],
        by_hand=[(state.value, STATE_WORDS[state]) for state in BY_HAND] if row.state in RECRUITING else [],
        people=_people(row, plain=may_edit),
        papers=[(_(KIND_TEXTS[each.kind]), each) for each in row.company.papers] if row.company else [],
        talks=talks,
        ways=WAYS,
        names=accounts.names_of({row.user_id, *(each.user_id for each in talks)}),
        past=[_past(*each) for each in listing.past_of(expo, row.company_id)] if row.company_id else [],
        history=_history(expo, [row.id, *(one.merged_id for one, _number in joined)]),
        may_edit=may_edit,
        rights=g.rights,
        company_url=_company_url(row.company),
        merges=_merges(joined),
        **_standing(expo, row),
    )


def _where_it_is_now(expo: Expo, number: str) -> Any:
    """An entry that became part of another one is found there; 404 for a number that this fair has not."""
    gone = merges.entry(expo, number)
    kept = merges.by_id(expo, gone.merged_into_id) if gone and gone.merged_into_id else None
    if kept is None:
        abort(404)
    tell(_("This entry became part of another one of the same company."), "warning")
    return go("portal.exhibitor", slug=expo.slug, number=kept.number)


def _merges(rows: Sequence[tuple[ExhibitorMerge, str]]) -> list[dict[str, Any]]:
    """What became part of the entry, and whether it can still be parted."""
    now = clock.now()
    return [
        {"id": row.id, "number": number, "at": row.merged_at, "can_part": can_part(row, now)}
        for row, number in rows
    ]


def fairs_of(company: Company) -> Part:
    """The fairs of a company for its record in the register, the youngest first."""
    rights = g.organisation_rights
    person = signed_in_person()
    fairs = list(listing.fairs_of(company.id))
    mine = rights_in([expo for _row, expo in fairs], person.id, rights) if person else {}
    lines = []
    for row, expo in fairs:
        may = Permission.EXHIBITORS_VIEW in mine.get(expo.id, frozenset())
        url = url_for("portal.exhibitor", slug=expo.slug, number=row.number) if may else ""
        lines.append(Line(local(expo, "name"), url, str(_(STATE_WORDS[row.state]))))
    return Part(str(_("Fairs")), lines, str(_("In no fair yet")))


def name_of(row: Exhibitor) -> str:
    """The company's name in the reader's language, "" for a draft that has none yet."""
    return local(row.company, "name") if row.company else ""


def blocked_words(
    blocked: Mapping[Right, Sequence[frozenset[PaperKind]]],
) -> list[tuple[Right, str, list[list[str]]]]:
    """Each right that a paper blocks, in words, with the groups of papers of which one each is lacking."""
    kinds = list(PaperKind)
    return [
        (
            right,
            str(_(RIGHT_TEXTS[right])),
            [[str(_(KIND_TEXTS[kind])) for kind in sorted(group, key=kinds.index)] for group in groups],
        )
        for right, groups in blocked.items()
    ]


def _standing(expo: Expo, row: Exhibitor) -> dict[str, Any]:
    """What other rooms know: stands, order, and whether the recruiting stands still."""
    now = clock.now()
    today = local_day(expos.present(expo), expo.timezone, expo.cutoff_hour)
    return {
        "blocked": blocked_words(arrivals.blocked_rights(expo, [row])[row.id])
        if row.state in ADMITTED
        else [],
        "allocations": stand_queries.allocations_of(expo, row, now),
        "order": order_queries.live_order(expo, row) if Permission.ORDERS_VIEW in g.rights else None,
        "late": is_late(row.next_on, today),
        "stuck": is_stuck(row.state, row.state_since, now),
    }


def _company_url(company: Company | None) -> str:
    may = Permission.COMPANIES_VIEW in getattr(g, "organisation_rights", frozenset())
    return address("companies.company", company_id=company.id) if company and may else ""


def _past(row: Exhibitor, other: Expo) -> dict[str, Any]:
    return {
        "name": local(other, "name"),
        "slug": other.slug,
        "number": row.number,
        "stage": stage_of(row.state).value,
        "state": STATE_WORDS[row.state],
    }


def _history(expo: Expo, ids: Sequence[int]) -> list[tuple[Readable, str]]:
    """What was done to an exhibitor and to the entries joined to it, the newest first, each with the state that it led
    to in words, "" for what moved nothing."""
    about = [(SUBJECT, each) for each in ids]
    entries = audit.readable(audit_queries.entries_about(expo.id, about, limit=_MOST_HISTORY))
    return [(entry, _became(entry)) for entry in entries]


def _became(entry: Readable) -> str:
    """The state that a deed moved the exhibitor to, in words."""
    after = entry.after.get("state")
    words = {state.value: word for state, word in STATE_WORDS.items()}
    return str(_(words[after])) if after in words else ""


def _people(row: Exhibitor, *, plain: bool) -> list[dict[str, Any]]:
    """Who may be called: the people of the fair, then the company's contacts that are not among them."""
    here = [each for each in row.people if each.removed_at is None]
    known = {(each.name, each.phone, each.email) for each in here}
    others = row.company.contacts if row.company else []
    return [
        _person(each, plain=plain)
        for each in (*here, *(each for each in others if (each.name, each.phone, each.email) not in known))
    ]


def _person(each: Any, *, plain: bool) -> dict[str, Any]:
    return {
        "row": each,
        "name": each.name,
        "title": each.title,
        "phone": (each.phone if plain else masked_phone(each.phone)) if each.phone else "",
        "tel": each.phone if plain and each.phone else "",
        "email": (each.email if plain else masked_email(each.email)) if each.email else "",
    }
