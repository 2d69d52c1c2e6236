"""A row that stays in the box because it was wrong is read alike when it is sent once more."""

from __future__ import annotations

from exhibitions.visitors.rules import guests, invitations


def test_quotation_marks_stay_where_a_cell_holds_a_comma_or_a_line() -> None:
    text = '名称,类别,手机\n"Foo, Ltd",参展商,12\n"Say ""hi"", Ltd",参展商,13'
    pasted, good, bad = invitations.read_sources(text, set())
    assert not good
    again = "\n".join([pasted.heading, *(row.text for row in bad)])
    _, good, _ = invitations.read_sources(again.replace(",12", ",").replace(",13", ","), set())
    assert [each.name_zh for each in good] == ["Foo, Ltd", 'Say "hi", Ltd']


def test_the_same_of_a_table_with_tabs() -> None:
    text = '姓名\t单位\t手机\n王敏\t"""星河"" 家居"\t12'
    pasted, good, bad = guests.read_guests(text, set(), set())
    assert (good, len(bad)) == ([], 1)
    again = f"{pasted.heading}\n{bad[0].text}".replace("\t12", "\t13800138000")
    _, good, bad = guests.read_guests(again, set(), set())
    assert (good[0].organisation, bad) == ('"星河" 家居', [])
