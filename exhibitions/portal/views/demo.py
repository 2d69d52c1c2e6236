"""The doors of the demo: one click a role, ten badges to try. They exist only while the demo's data do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from exhibitions.accounts import queries as account_queries
from exhibitions.accounts import service as accounts
from exhibitions.accounts.models import User
from exhibitions.accounts.rules.sessions import device_words
from exhibitions.core import clock
from exhibitions.core.access import Permission, Person, begin_session, public, require, signed_in_person
from exhibitions.core.db import transaction
from exhibitions.core.i18n import format_date, format_time, language
from exhibitions.core.qr import png
from exhibitions.core.web import go, keep_answer, kept_answer, tell
from exhibitions.expos import queries as expos
from exhibitions.expos.models import Expo
from exhibitions.expos.rules.calendar import standing
from exhibitions.gates.rules.words import NOUNS, read_reason
from exhibitions.gates.service import pairing
from exhibitions.portal.service.demo import crowd, exhibition, judged, making, samples
from exhibitions.portal.views.frame import blueprint, expo_here
from exhibitions.visitors.service import registration as visitors

# What lies behind a door; the administrator comes to the page of doors.
_BEHIND = {
    "organiser": "portal.desk",
    "desk": "visitors.visitor_desk",
    "gate": "gates.gates",
    "viewer": "reports.board",
    "award": "awards.awards",
    "chair": "awards.awards",
}

_AMBER = frozenset({"passed_back", "already_inside", "full"})


def fairs() -> tuple[Expo, Expo]:
    """The running fair and the one before it; without a demo, or in production, this page does not exist."""
    found = None if current_app.config["SETTINGS"].production else samples.demo_fairs()
    if found is None:
        abort(404)
    return found


def banner() -> dict[str, Any] | None:
    """What stands above every page of a fair of the demo."""
    expo = expo_here()
    if expo is None or expo.demo_shift_seconds is None or current_app.config["SETTINGS"].production:
        return None
    shown = format_time(expos.present(expo), expo.timezone)
    line = _("Demo with invented people. Its clock shows %(time)s.", time=shown)
    links = [
        {"label": _("All doors of the demo"), "url": url_for("portal.demo")},
        {"label": _("Start my own fair"), "url": url_for("portal.demo", _anchor="own")},
    ]
    return {"lines": [line], "links": links}


@blueprint.before_app_request
def keep_phones_speaking() -> None:
    """Whoever looks at the desk of the running fair of the demo finds its gates in use, however long it has stood."""
    # Gates and visitors pass here too, thousands a second: they are let through before anything is looked up.
    if request.method != "GET" or not request.path.startswith("/desk/"):
        return
    expo = expo_here()
    if expo is None or expo.demo_shift_seconds is None or current_app.config["SETTINGS"].production:
        return
    if crowd.phones_fell_silent(expo):
        with transaction():
            crowd.let_phones_speak(expo)


@blueprint.get("/demo")
@public
def demo() -> str:
    running, earlier = fairs()
    now = expos.present(running)
    return render_template(
        "portal/demo.html",
        expo=running,
        earlier=earlier,
        shown=now,
        standing=standing(expos.open_days(running), now, running.timezone, running.cutoff_hour),
        may_again=may_again(),
        gates={gate.code: gate for gate in running.gates},
        samples=samples.SAMPLES,
    )


def may_again() -> bool:
    """Whether the reader may begin the demo anew."""
    person = signed_in_person()
    return person is not None and Permission.SYSTEM_MANAGE in account_queries.organisation_rights(person.id)


@blueprint.post("/demo/enter/<role>")
@public
def enter_demo(role: str) -> BaseResponse:
    running, _earlier = fairs()
    user = account_queries.user_by_email(making.email_of(role))
    names = {door: name for door, name, _role in making.DOORS}
    if role not in names or user is None:
        abort(404)
    with transaction():
        user.name = names[role] if language() == "zh" else making.ENGLISH_NAMES[role]
    _sign_in(user)
    return go(_BEHIND[role], slug=running.slug) if role in _BEHIND else go("portal.doors")


@blueprint.post("/demo/own")
@public
def own_fair() -> BaseResponse:
    fairs()
    user = account_queries.user_by_email(making.email_of("administrator"))
    if user is None:
        abort(404)
    _sign_in(user)
    return go("portal.new_fair")


def _sign_in(user: User) -> None:
    with transaction():
        token = accounts.start_session(user, device_words(request.headers.get("User-Agent", "")))
    begin_session(Person(user.id, user.name), token)


@blueprint.post("/demo/visitor")
@public
def demo_visitor() -> BaseResponse:
    running, _earlier = fairs()
    with transaction():
        found = samples.person_of(running, "good")
        token = visitors.new_link(found)
    return go("my_badge.badge", slug=running.slug, token=token)


@blueprint.post("/demo/exhibitor/<any(choosing, paid):which>")
@public
def demo_exhibitor(which: str) -> BaseResponse:
    """Into the centre of a company that chooses its stand, or of one that has paid for its own."""
    running, _earlier = fairs()
    with transaction():
        token = exhibition.way_in(running, which)
    return go("portal.exhibitor_home", slug=running.slug, token=token)


@blueprint.post("/demo/juror")
@public
def demo_juror() -> BaseResponse:
    """Into the queue of a juror; the code, which else comes by telephone, is told on the page that asks for it."""
    running, _earlier = fairs()
    with transaction():
        found = judged.juror_of(running)
    if found is None:
        abort(404)
    token, code = found
    tell(_("The code of this juror: %(code)s", code=code))
    return go("awards.judging", slug=running.slug, token=token)


@blueprint.post("/demo/phone")
@public
def demo_phone() -> BaseResponse:
    running, _earlier = fairs()
    with transaction():
        token = pairing.offer_pairing(running, pairing.Rights([running.gates[0]]))
    return go("scanner.pair", slug=running.slug, token=token)


@blueprint.get("/demo/badges/<key>.png")
@public
def demo_code(key: str) -> Response:
    running, earlier = fairs()
    return Response(png(samples.code_of(running, earlier, samples.sample_of(key))), mimetype="image/png")


@blueprint.post("/demo/badges/<key>/scan")
@public
def demo_scan(key: str) -> BaseResponse:
    running, earlier = fairs()
    with transaction():
        answer = samples.scan(running, earlier, samples.sample_of(key), language())
    shown = {
        "verdict": answer.verdict or "",
        "admitted": answer.admitted,
        # The gate's sentence is said in the language of the asker; in another one the verdict's word must do.
        "reason": {language(): answer.reason},
        "name": answer.badge.name if answer.badge else None,
        "number": answer.badge.number if answer.badge else None,
        "first_at": answer.first_at.isoformat() if answer.first_at else None,
        "first_gate": answer.first_gate,
    }
    return go("portal.demo_scanned", key=key, scan=keep_answer(shown))


@blueprint.get("/demo/badges/<key>/scan")
@public
def demo_scanned(key: str) -> Any:
    running, _earlier = fairs()
    sample = samples.sample_of(key)
    answer = kept_answer(request.args.get("scan", ""))
    if not isinstance(answer, dict):
        return go("portal.demo")
    gate = next(gate for gate in running.gates if gate.code == sample.gate)
    word = _(NOUNS.get(answer["verdict"], ""))
    return render_template(
        "portal/demo_scan.html",
        expo=running,
        sample=sample,
        answer=answer,
        first_at=datetime.fromisoformat(answer["first_at"]) if answer["first_at"] else None,
        gate=gate,
        word=word,
        reason=_in_words(answer["reason"].get(language()) or ""),
        light=_light(answer),
    )


def _in_words(reason: str) -> str:
    """The reason of an answer in the reader's language."""
    why = read_reason(reason)
    if why.doubt:
        return str(_(why.doubt))
    if why.since is None:
        return str(_(", ")).join(why.names)
    moment = f"{format_date(why.since.date(), weekday=False)} {why.since:%H:%M}"
    return f"{moment} · {_('New badge {number}').format(number=why.number)}" if why.number else moment


def _light(answer: dict[str, Any]) -> str:
    if not answer["admitted"]:
        return "refuse"
    return "check" if answer["verdict"] in _AMBER else "admit"


@blueprint.post("/demo/again")
@require(Permission.SYSTEM_MANAGE)
def demo_again() -> BaseResponse:
    fairs()
    with transaction():
        making.remove()
    for _word, step in making.steps(None, clock.now()):
        with transaction():
            step()
    tell(_("The demo begins again."))
    return go("portal.demo")
