"""`flask translations`: the catalogues of the product, one gettext domain a room and language.

    exhibitions/translations/<language>/LC_MESSAGES/<room>.po

A text belongs to the room whose code or template says it. What lies outside a room's folder, and what several
rooms say, belongs to core: at run time all catalogues are one, so a text may have only one translation.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

from exhibitions.cli.private import for_others

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh", "ko")
# Korean falls back to English text by text; Chinese must be whole.
COMPLETE = ("zh",)
CORE = "core"
_TEMPLATES = frozenset({".html", ".txt", ".xml", ".svg", ".ics"})
_KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_OPTIONS = {"silent": "false", "trimmed": "true"}
_NAMED = re.compile(r"%(?:\((\w+)\))?[#0\- +]*\d*(?:\.\d+)?([diouxXeEfFgGcrs%])")

translations = AppGroup("translations", help="The catalogues of texts in other languages.")


def rooms(root: Path = ROOT) -> list[str]:
    """The names of the rooms, core among them."""
    folder = root / "exhibitions"
    return sorted(path.parent.name for path in folder.glob("*/__init__.py"))


def said(root: Path = ROOT) -> dict[str, Catalog]:
    """Room → the English texts that belong to its catalogue, without places and dates."""
    by_room = {room: _messages(room, root) for room in rooms(root)}
    count = Counter(_key(message) for catalog in by_room.values() for message in catalog if message.id)
    result = {room: Catalog() for room in by_room}
    for room, catalog in by_room.items():
        for message in catalog:
            if message.id:
                owner = room if count[_key(message)] == 1 else CORE
                result[owner].add(message.id, context=message.context)
    return result


def _messages(room: str, root: Path) -> Catalog:
    catalog = Catalog()
    for text, context in _extracted(room, root):
        catalog.add(text, context=context)
    return catalog


def _extracted(room: str, root: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    for path in _sources(room, root):
        python = path.suffix == ".py"
        found = extract_from_file(
            "python" if python else "jinja2.ext:babel_extract",
            path,
            _KEYWORDS,
            options={} if python else _OPTIONS,
        )
        for _line, text, _comments, context in found:
            yield text, context


def said_both_ways(root: Path = ROOT) -> list[str]:
    """One sentence for each text that is said with a plural in one place and without in another.

    A catalogue keeps one of the two, so the place without a number would ask for it while the page is made.
    """
    ways: dict[tuple[str, str | None], set[bool]] = {}
    for room in rooms(root):
        for text, context in _extracted(room, root):
            plural = not isinstance(text, str)
            ways.setdefault((text[0] if plural else str(text), context), set()).add(plural)
    return sorted(
        f"said with and without a plural: {key[0]!r}" for key, said in ways.items() if len(said) > 1
    )


def _sources(room: str, root: Path) -> Iterator[Path]:
    yield from sorted((root / "exhibitions" / room).rglob("*.py"))
    if room == CORE:
        yield from sorted((root / "exhibitions").glob("*.py"))
    names = set(rooms(root)) - {CORE}
    for path in sorted((root / "templates").rglob("*")):
        owner = path.relative_to(root / "templates").parts[0]
        if path.suffix in _TEMPLATES and (owner if owner in names else CORE) == room:
            yield path


def catalog_path(language: str, room: str, root: Path = ROOT) -> Path:
    """Where the translations of `room` into `language` are kept."""
    return root / "exhibitions" / "translations" / language / "LC_MESSAGES" / f"{room}.po"


def read(path: Path, language: str) -> Catalog:
    """The catalogue at `path`, an empty one when there is none."""
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, root: Path = ROOT) -> list[str]:
    """Bring the catalogues of one language in line with the source; returns the rooms whose file changed.

    Translations are kept, also when a text moves to another room. Texts that nobody says any more are dropped.
    Nothing is guessed: a changed text is a new one.
    """
    old = {room: read(catalog_path(language, room, root), language) for room in rooms(root)}
    changed = []
    for room, wanted in said(root).items():
        fresh = Catalog(locale=language)
        for message in wanted:
            if message.id:
                fresh.add(message.id, _known(message, [old[room], *old.values()]), context=message.context)
        path = catalog_path(language, room, root)
        text = _written(fresh)
        before = path.read_bytes() if path.is_file() else b""
        if text != before and (len(fresh) or before):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
            changed.append(room)
    return changed


def _known(message: Message, catalogs: list[Catalog]) -> str | tuple[str, ...] | list[str] | None:
    for catalog in catalogs:
        found = catalog.get(message.id, message.context)
        if found and _filled(found) and not found.fuzzy:
            return found.string
    return None


def _written(catalog: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {catalog.locale}\\n"\n'
    forms = f'"Plural-Forms: {catalog.plural_forms}\\n"\n'
    return header.encode() + forms.encode() + b"\n" + out.getvalue().lstrip(b"\n")


def faults(language: str, root: Path = ROOT) -> list[str]:
    """One sentence for each text that is missing, left over, unsure or has other places than its original."""
    return [
        f"{language}/{room}: {fault}"
        for room, catalog in said(root).items()
        for fault in _faults(
            catalog, read(catalog_path(language, room, root), language), language in COMPLETE
        )
    ]


def _faults(said_here: Catalog, translated: Catalog, complete: bool) -> list[str]:
    wanted = {_key(message) for message in said_here if message.id}
    have = {_key(message): message for message in translated if message.id}
    found = [f"nobody says it (here) any more: {key[0]!r}" for key in have.keys() - wanted]
    for key in wanted:
        message = have.get(key)
        if message is None or not _filled(message):
            if complete:
                found.append(f"not translated: {key[0]!r}")
        elif message.fuzzy:
            found.append(f"unsure (fuzzy): {key[0]!r}")
        elif not _same_places(message):
            found.append(f"other places than the original: {key[0]!r}")
        elif _says_twice(message):
            found.append(f"says a line more often than the original: {key[0]!r}")
    return sorted(found)


def _key(message: Message) -> tuple[str, str | None]:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text, message.context


def _texts(value: str | Sequence[str] | None) -> list[str]:
    return [value or ""] if value is None or isinstance(value, str) else list(value)


def _filled(message: Message) -> bool:
    return all(_texts(message.string))


def _same_places(message: Message) -> bool:
    """Whether each translated form has the places of the original; a plural form may leave its number out."""
    ids = _texts(message.id)
    wanted = set(places(ids[-1]))
    optional = set() if len(ids) == 1 else {("num", "d")}
    return all(
        wanted - optional <= set(places(text)) <= wanted | optional for text in _texts(message.string) if text
    )


def _says_twice(message: Message) -> bool:
    """Whether a translated line of some length stands there more often than any line of the original.

    A letter pasted behind itself has the right places and is whole, so nothing else would find it.
    """
    most = max(_lines(text) for text in _texts(message.id))
    return any(_lines(text) > most for text in _texts(message.string))


def _lines(text: str) -> int:
    """How often the line that is repeated most stands in `text`; short ones, as a signature, do not count."""
    long = [line for line in text.splitlines() if len(line.strip()) >= 8]
    return max(Counter(long).values(), default=1)


def places(text: str) -> Counter[tuple[str, str]]:
    """The places in `text` that are filled in, %(name)s and {name} alike, with how often each stands there."""
    found = Counter((m[1] or "", m[2]) for m in _NAMED.finditer(text) if m[2] != "%" and m[1])
    if not found and "{" in text:
        found = Counter((name, "") for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    return found


def compile_all(root: Path = ROOT) -> int:
    """Write the .mo file beside each .po file; returns how many were out of date."""
    written = 0
    for path in sorted((root / "exhibitions" / "translations").glob("*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        out = BytesIO()
        write_mo(out, read(path, path.parts[-3]))
        target.write_bytes(out.getvalue())
        written += 1
    return written


@translations.command("extract", with_appcontext=False)
@for_others
def extract() -> None:
    """Bring the catalogues in line with code and templates; translations are kept."""
    for language in LANGUAGES:
        for room in update(language):
            click.echo(f"{language}/{room}.po")


@translations.command("check", with_appcontext=False)
def check() -> None:
    """Fail when a Chinese text is missing or any catalogue disagrees with the source."""
    found = said_both_ways() + [fault for language in LANGUAGES for fault in faults(language)]
    for fault in found:
        click.echo(fault)
    if found:
        raise click.ClickException(
            f"{len(found)} texts to mend. `flask translations extract` lists new ones."
        )
    click.echo("Translations are complete.")


@translations.command("compile", with_appcontext=False)
@for_others
def compile_() -> None:
    """Write the .mo files that the running product reads."""
    click.echo(f"{compile_all()} catalogues compiled.")
