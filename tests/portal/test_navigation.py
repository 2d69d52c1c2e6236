"""What may be typed to find a page (ux §8)."""

from exhibitions.portal.rules.navigation import typed_names


def test_a_page_is_found_by_its_names_its_pinyin_and_the_initials() -> None:
    assert typed_names("出入口", "Gates") == "出入口 churukou crk gates"
    assert typed_names("Gates", "Gates") == "gates"
    assert typed_names("第8届") == "第8届 dijie dj"
    assert typed_names("") == ""
