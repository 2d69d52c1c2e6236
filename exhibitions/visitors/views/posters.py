"""Posters 邀请海报: of a source, of the fair itself, and those of all sources as one file."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from exhibitions.core.access import Permission, actor, require
from exhibitions.core.db import db, transaction
from exhibitions.core.errors import N_, NotFound
from exhibitions.core.i18n import format_span, language, local
from exhibitions.core.web import go
from exhibitions.expos import queries as expo_queries
from exhibitions.expos.forms.places import UNIT_ROLES
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.jobs import service as jobs
from exhibitions.jobs.models import Job
from exhibitions.jobs.rules import JobRun
from exhibitions.visitors.models import InvitationSource
from exhibitions.visitors.queries import invitations as queries
from exhibitions.visitors.rules.poster import Words, span
from exhibitions.visitors.service import posters as service
from exhibitions.visitors.views.base import blueprint
from exhibitions.visitors.views.invitations import PAGES, link_of, wechat_text

_LANG = "<any(zh, en):lang>"
_KIND = "<any(pdf, png):kind>"
_TYPES = {"pdf": "application/pdf", "png": "image/png"}


def register() -> None:
    """Enter the job that draws many posters into the table of names."""
    jobs.register(
        service.DRAW,
        draw_all,
        title=N_("Drawing posters"),
        labels={"posters": N_("Posters")},
        links=_links,
        cancellable=True,
    )


@blueprint.get("/desk/<slug>/visitors/invitations/posters")
@require(Permission.VISITORS_VIEW)
def posters(expo: Expo) -> str:
    """The poster of the fair itself, and all posters as one file, with what cannot be printed said first."""
    names = queries.open_names(expo)
    chinese = language() == "zh"
    shown = ((zh or en) if chinese else (en or zh) for zh, en in names)
    missing = service.missing_glyphs(_Words(expo).of(None), shown)
    return render_template(
        "visitors/posters.html", expo=expo, count=len(names), missing=missing, words=wechat_text(expo, None)
    )


@blueprint.get(f"/desk/<slug>/visitors/invitations/posters/fair/{_LANG}/{_KIND}")
@require(Permission.VISITORS_VIEW)
def fair_poster(expo: Expo, lang: str, kind: str) -> Response:
    return _file(expo, None, lang, kind)


@blueprint.get(f"{PAGES}/<int:source_id>/poster/{_LANG}/{_KIND}")
@require(Permission.VISITORS_VIEW)
def poster(expo: Expo, source_id: int, lang: str, kind: str) -> Response:
    row = queries.source_of(expo, source_id)
    if row is None or row.ended_at is not None:
        abort(404)
    return _file(expo, row, lang, kind)


@blueprint.post("/desk/<slug>/visitors/invitations/posters/all")
@require(Permission.VISITORS_VIEW)
def all_posters(expo: Expo) -> Any:
    """One file with the posters of all open sources; more than twenty are a job."""
    rows = queries.all_sources(expo, queries.SourceFilters(state=queries.OPEN))
    lang = "en" if request.form.get("lang") == "en" else "zh"
    if not rows:
        return go("visitors.posters", slug=expo.slug)
    if len(rows) > service.AT_ONCE:
        with transaction():
            job = jobs.enqueue(
                service.DRAW, f"{expo.id}/{lang}", {"lang": lang}, expo_id=expo.id, actor=actor()
            )
        return go("jobs.job", slug=expo.slug, job_id=job.id)
    out = io.BytesIO()
    with force_locale(lang):
        service.poster_pdf(out, map(_Words(expo).of, rows), _title(expo), lambda _done: None)
    return _answer(out.getvalue(), "pdf", f"posters-{expo.slug}-{lang}.pdf")


def draw_all(run: JobRun) -> dict[str, object]:
    expo = db.session.get(Expo, run.expo_id)
    if expo is None:
        raise NotFound("expo_gone", N_("This fair is not there any more."))
    rows = queries.all_sources(expo, queries.SourceFilters(state=queries.OPEN))
    lang = str(run.arguments["lang"])
    with force_locale(lang):
        words = list(map(_Words(expo).of, rows))
        title = _title(expo)
        drawn = files.write(
            lambda out: service.poster_pdf(out, words, title, lambda done: run.progress(done, len(words)))
        )
    with run.transaction():
        stored = service.keep(expo, drawn, f"posters-{expo.slug}-{lang}.pdf", run.actor)
    return {"posters": len(words), "file_id": stored.id}


def _links(job: Job) -> list[jobs.Link]:
    expo = db.session.get(Expo, job.expo_id)
    number = (job.result or {}).get("file_id")
    if expo is None or number is None:
        return []
    url = url_for("files.download", slug=expo.slug, file_id=number)
    return [jobs.Link(N_("Fetch the file, within 24 hours"), url, Permission.VISITORS_VIEW)]


def _file(expo: Expo, row: InvitationSource | None, lang: str, kind: str) -> Response:
    with force_locale(lang):
        words, title = _Words(expo).of(row), _title(expo)
    if kind == "png":
        content = service.poster_png(words)
    else:
        out = io.BytesIO()
        service.poster_pdf(out, [words], title, lambda _done: None)
        content = out.getvalue()
    return _answer(content, kind, f"poster-{expo.slug}-{row.word if row else 'fair'}-{lang}.{kind}")


def _answer(content: bytes, kind: str, name: str) -> Response:
    response = current_app.response_class(content, mimetype=_TYPES[kind])
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _title(expo: Expo) -> str:
    return str(_("Poster · %(fair)s", fair=str(local(expo, "name"))))


class _Words:
    """What stands on the posters of a fair, in the language of the moment; what all have alike is put together once."""

    def __init__(self, expo: Expo) -> None:
        self._expo = expo
        self._days = expo_queries.visitor_days(expo)
        grouped = [
            (str(label), [unit for unit in expo.units if unit.role.value == role])
            for role, label in UNIT_ROLES
        ]
        self._units = [(label, units) for label, units in grouped if units]

    def of(self, row: InvitationSource | None) -> Words:
        """The words of the poster of a source, or of the fair itself."""
        expo, days = self._expo, self._days
        chinese = language() == "zh"
        names = (expo.name_zh, expo.name_en) if chinese else (expo.name_en, expo.name_zh)
        mark = "、" if chinese else ", "
        foot = [
            (label, mark.join(str(local(unit, "name")) for unit in units)) for label, units in self._units
        ]
        if expo.hotline:
            foot.append((_("Hotline"), expo.hotline))
        link = link_of(expo, row.word if row else "")
        return Words(
            fair=names[0] or names[1],
            other_fair=names[1] if names[0] else "",
            days=span(days[0], days[-1], chinese=chinese) if days else "",
            weekdays=" ".join(format_span(days[0], days[-1])) if days else "",
            venue=str(local(expo, "venue")),
            place=str(local(expo, "address")),
            invited=_("Invited by %(name)s", name=str(local(row, "name"))) if row else "",
            call=_("Scan to register your visit"),
            foot=tuple(foot),
            address=link.split("://", 1)[-1],
            code=link,
        )
