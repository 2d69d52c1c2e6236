"""V5, the directory 展商名录: the list with its filters, an exhibitor's sheet, my list, open data, the book."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, jsonify, render_template, request, send_file, url_for

from exhibitions.awards.queries import published
from exhibitions.awards.queries.published import Winner
from exhibitions.awards.service import showing_winners as awards
from exhibitions.core import asked, clock
from exhibitions.core.access import public
from exhibitions.core.i18n import language
from exhibitions.core.regions import region_name
from exhibitions.core.tables import as_csv
from exhibitions.core.web import go
from exhibitions.exhibitors.models import DirectoryEntry, Exhibitor
from exhibitions.exhibitors.queries import directory as entries
from exhibitions.exhibitors.rules.directory import EntryState
from exhibitions.exhibitors.rules.states import UNDER_CONTRACT
from exhibitions.expos.models import Expo
from exhibitions.files import service as files
from exhibitions.portal.service import directory as service
from exhibitions.portal.service.directory import book, facts, says
from exhibitions.portal.views.entry import picture_of
from exhibitions.portal.views.frame import address, blueprint
from exhibitions.stands.queries import directory as queries
from exhibitions.stands.queries.directory import Listed, Wanted
from exhibitions.stands.queries.of_exhibitors import stands_of
from exhibitions.stands.service.public_plan import map_shown

LIST = "/<slug>/directory"
_LANG = "<any(zh, en):lang>"


@blueprint.get(LIST)
@public
def directory(expo: Expo) -> Any:
    if not queries.is_published(expo):
        return render_template("portal/directory_later.html", expo=expo), 404
    look = {name: asked.word(name) for name in ("hall", "view")}
    plan = map_shown(expo, language(), asked=asked.word("stand"), **look)
    return render_template("portal/directory.html", expo=expo, map=plan, **listing(expo))


def listing(expo: Expo) -> dict[str, Any]:
    """What `portal/_directory_list.html` shows."""
    medals = published.winning_exhibitors(expo)
    asks = wanted(frozenset(medals))
    found = queries.listed(expo, asks, asked.page())
    return {
        "found": found,
        "rows": [_row(each, medals.get(each.exhibitor.id, [])) for each in found.rows],
        "wanted": asks,
        "has_winners": bool(medals),
        "zones": expo.zones,
        "categories": queries.categories(expo),
        "provinces": [(key, region_name(key, language())) for key in queries.provinces(expo)],
        "books": [lang for lang in ("zh", "en") if book(expo, lang) is not None],
        "plan_url": address("stands.exhibitors_and_map", slug=expo.slug),
    }


def wanted(winners: frozenset[int] = frozenset()) -> Wanted:
    """What the address asks of the directory; `winners` are the exhibitors that hold a medal (V5)."""
    return Wanted(
        text=asked.kept_text(asked.word("s")),
        zone=asked.number(asked.word("zone")),
        category=asked.number(asked.word("category")),
        province=asked.word("province"),
        new=asked.word("new") == "1",
        among=winners if asked.word("winner") == "1" else None,
    )


def _row(each: Listed, medals: list[Winner]) -> dict[str, Any]:
    return {
        "entry": each.entry,
        "brand": says(each.entry, "brand"),
        "stands": [stand.number for stand in each.stands],
        "halls": list({stand.hall.id: stand.hall for stand in each.stands}.values()),
        "new": any(product.is_new for product in each.entry.products),
        "medals": len(medals),
    }


@blueprint.post(f"{LIST}/search")
@public
def search_directory(expo: Expo) -> Any:
    return go("portal.directory", slug=expo.slug, s=asked.keep_text(request.form.get("q", "")))


@blueprint.get(f"{LIST}/my-list")
@public
def my_list(expo: Expo) -> Any:
    """The exhibitors that a reader has marked; which, only the reader's own device knows."""
    if not queries.is_published(expo):
        abort(404)
    return render_template("portal/my_list.html", expo=expo)


@blueprint.get(f"{LIST}/<number>")
@public
def directory_entry(expo: Expo, number: str) -> Any:
    entry, exhibitor = _entry(expo, number)
    if exhibitor.state not in UNDER_CONTRACT:
        return render_template(
            "portal/withdrawn.html", expo=expo, name_zh=entry.name_zh, name_en=entry.name_en
        ), 410
    stands = stands_of(expo, [exhibitor.id]).get(exhibitor.id, [])
    shown = Listed(entry, exhibitor, stands)
    return render_template(
        "portal/directory_entry.html",
        expo=expo,
        entry=entry,
        exhibitor=exhibitor,
        facts=facts(shown, queries.categories_of(expo, [exhibitor.id]).get(exhibitor.id, [])),
        stands=stands,
        phone=says(entry, "phone"),
        email=says(entry, "email"),
        region=_place(exhibitor),
        medals=awards.of_exhibitor(expo, exhibitor),
        plan_url=address("stands.exhibitors_and_map", slug=expo.slug),
    )


def _place(exhibitor: Exhibitor) -> str:
    """Where the company is, as far as it is known: place, else country."""
    key = exhibitor.company.region if exhibitor.company else ""
    return region_name(key or exhibitor.country, language())


def _entry(expo: Expo, number: str) -> tuple[DirectoryEntry, Exhibitor]:
    found = entries.entry_by_number(expo, number) if queries.is_published(expo) else None
    if found is None:
        abort(404)
    return found


@blueprint.get(f"{LIST}/<number>/pictures/<int:file_id>")
@public
def directory_picture(expo: Expo, number: str, file_id: int) -> Response:
    entry, exhibitor = _entry(expo, number)
    if exhibitor.state not in UNDER_CONTRACT or entry.state is EntryState.DRAFT:
        abort(404)
    return picture_of(expo, entry, file_id, public=True)


@blueprint.get("/<slug>/directory.json")
@public
def directory_json(expo: Expo) -> Response:
    """Open data: public facts of every entry (no numbers of persons, no addresses in bulk)."""
    everybody, categories = _everybody(expo)
    answer = jsonify(
        {
            "fair": {"slug": expo.slug, "name_zh": expo.name_zh, "name_en": expo.name_en},
            "made_at": clock.now().isoformat(timespec="seconds"),
            "page": current_app.config["PUBLIC_URL"] + url_for("portal.directory", slug=expo.slug),
            "exhibitors": [facts(each, categories.get(each.exhibitor.id, [])) for each in everybody],
        }
    )
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@blueprint.get("/<slug>/directory.csv")
@public
def directory_csv(expo: Expo) -> Response:
    everybody, categories = _everybody(expo)
    answer = as_csv(f"directory-{expo.slug}", list(service.as_rows(everybody, categories)))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def _everybody(expo: Expo) -> tuple[list[Listed], dict[int, Any]]:
    if not queries.is_published(expo):
        abort(404)
    everybody = queries.everybody(expo)
    return everybody, queries.categories_of(expo, {each.exhibitor.id for each in everybody})


@blueprint.get(f"/<slug>/directory-book/{_LANG}.pdf")
@public
def directory_pdf(expo: Expo, lang: str) -> Response:
    """The book as the office had it drawn last."""
    kept = book(expo, lang) if queries.is_published(expo) else None
    if kept is None:
        abort(404)
    answer: Response = send_file(
        files.open_file(kept), "application/pdf", conditional=False, etag=False, download_name=kept.name
    )
    answer.headers["Content-Length"] = str(kept.size)
    return answer
