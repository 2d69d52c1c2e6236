"""The catalogues: one a room, kept in line with the source, complete in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from exhibitions.cli.translations import (
    catalog_path,
    compile_all,
    faults,
    places,
    read,
    said_both_ways,
    update,
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {
        "exhibitions/core/__init__.py": 'N_("Busy")\n',
        "exhibitions/gates/__init__.py": "",
        "exhibitions/gates/rules.py": 'x = N_("Good")\ny = _("Gate %(name)s", name=1)\nz = N_("Both")\n',
        "exhibitions/leads/__init__.py": "",
        "exhibitions/leads/rules.py": 'z = N_("Both")\n',
        "templates/base.html": "{{ _('Home') }}",
        "templates/gates/board.html": "{{ ngettext('%(num)s visit', '%(num)s visits', n) }}",
        "templates/gates/README.md": "{% no template %}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def ids(tree: Path, room: str, language: str = "zh") -> dict[object, object]:
    catalog = read(catalog_path(language, room, tree), language)
    return {message.id: message.string for message in catalog if message.id}


def translate(tree: Path, room: str, **texts: str) -> None:
    path = catalog_path("zh", room, tree)
    text = path.read_text()
    for english, chinese in texts.items():
        text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{chinese}"')
    path.write_text(text)


def test_each_room_has_its_own_catalogue_and_core_the_rest(tree: Path) -> None:
    assert update("zh", tree) == ["core", "gates"]
    assert set(ids(tree, "core")) == {"Busy", "Home", "Both"}
    assert set(ids(tree, "gates")) == {"Good", "Gate %(name)s", ("%(num)s visit", "%(num)s visits")}
    assert not catalog_path("zh", "leads", tree).exists()


def test_extracting_again_changes_nothing_and_keeps_translations(tree: Path) -> None:
    update("zh", tree)
    translate(tree, "gates", Good="放行")
    assert update("zh", tree) == []
    assert ids(tree, "gates")["Good"] == "放行"
    text = catalog_path("zh", "gates", tree).read_text()
    assert "#:" not in text
    assert "POT-Creation-Date" not in text


def test_a_translation_moves_with_its_text(tree: Path) -> None:
    update("zh", tree)
    translate(tree, "gates", Good="放行")
    (tree / "exhibitions/leads/rules.py").write_text('z = N_("Both")\nq = N_("Good")\n')
    assert update("zh", tree) == ["core", "gates"]
    assert ids(tree, "core")["Good"] == "放行"


def test_each_fault_is_named(tree: Path) -> None:
    update("zh", tree)
    translate(tree, "core", Busy="忙", Home="首页", Both="两者")
    path = catalog_path("zh", "gates", tree)
    path.write_text(
        path.read_text().replace(
            'msgid "Gate %(name)s"\nmsgstr ""', 'msgid "Gate %(name)s"\nmsgstr "入口 %(nam)s"'
        )
        + '\n#, fuzzy\nmsgid "Old"\nmsgstr "旧"\n'
    )
    assert faults("zh", tree) == [
        "zh/gates: nobody says it (here) any more: 'Old'",
        "zh/gates: not translated: '%(num)s visit'",
        "zh/gates: not translated: 'Good'",
        "zh/gates: other places than the original: 'Gate %(name)s'",
    ]


def test_an_unsure_text_is_named(tree: Path) -> None:
    update("zh", tree)
    translate(tree, "core", Busy="忙", Home="首页", Both="两者")
    path = catalog_path("zh", "core", tree)
    path.write_text(path.read_text().replace('msgid "Busy"', '#, fuzzy\nmsgid "Busy"'))
    assert "zh/core: unsure (fuzzy): 'Busy'" in faults("zh", tree)


def test_a_letter_that_says_everything_twice_is_named(tree: Path) -> None:
    update("zh", tree)
    translate(
        tree,
        "core",
        Busy="请等待片刻好吗\\n请等待片刻，再试一次\\n请等待片刻，再试一次",
        Home="首页",
        Both="两者",
    )
    assert "zh/core: says a line more often than the original: 'Busy'" in faults("zh", tree)


def test_korean_may_be_incomplete(tree: Path) -> None:
    update("ko", tree)
    assert faults("ko", tree) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100 % sure", []),
        ("%(n)s of %(n)s, 5%%", [("n", "s"), ("n", "s")]),
        ("{name} at {time}", [("name", ""), ("time", "")]),
    ],
)
def test_places(text: str, found: list[tuple[str, str]]) -> None:
    assert sorted(places(text).elements()) == found


def test_compiled_files_are_written_once(tree: Path) -> None:
    update("zh", tree)
    assert compile_all(tree) == 2
    assert compile_all(tree) == 0


def test_a_text_has_a_plural_everywhere_or_nowhere(tree: Path) -> None:
    assert said_both_ways(tree) == []
    (tree / "templates/gates/board.html").write_text("{{ ngettext('Good', '%(num)s times good', n) }}")
    assert said_both_ways(tree) == ["said with and without a plural: 'Good'"]


def test_the_product_says_no_text_both_ways() -> None:
    assert said_both_ways() == []
