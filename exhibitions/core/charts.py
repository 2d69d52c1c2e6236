"""Plots drawn on the server as SVG: grey-safe, columns from zero, small enough to send anywhere (ux.md §10)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

_FONT = (
    "-apple-system, 'Segoe UI', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
)
# The first series is the one that is read; the others stand behind it in lighter greys.
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#55615f",
    foreground_strong="#1a2527",
    foreground_subtle="#e6e1d7",
    guide_stroke_color="#e6e1d7",
    major_guide_stroke_color="#e6e1d7",
    guide_stroke_dasharray="0",
    major_guide_stroke_dasharray="0",
    opacity="1",
    opacity_hover="1",
    colors=("#0b6e6e", "#868e8b"),
    font_family=_FONT,
    label_font_size=14,
    major_label_font_size=14,
    legend_font_size=14,
    value_font_size=13,
)


def columns(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> bytes:
    """An SVG with one column a label for each named series; the axis starts at zero.

    The picture is silent: the caller shows the same numbers as a table beside it.
    """
    chart = pygal.Bar(
        style=_STYLE,
        js=(),
        width=720,
        height=300,
        margin=8,
        spacing=6,
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        disable_xml_declaration=True,
        print_values=len(series) == 1 and len(labels) <= 14,
        print_values_position="top",
        y_labels=_marks(max((value for _, values in series for value in values), default=0)),
        show_y_guides=True,
        value_formatter=lambda value: f"{value:,.0f}" if value else "",
        rounded_bars=3,
    )
    chart.x_labels = list(labels)
    for name, values in series:
        chart.add(name, list(values))
    chart.add_xml_filter(_without_scripts)
    drawn: str = chart.render(is_unicode=True)
    return drawn.encode()


def lines(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int | None]]]) -> bytes:
    """An SVG with a line for each named series over the labels; None leaves a gap, the axis starts at zero.

    The picture is silent, as that of `columns`. The first series has dots, so that both are told apart in grey.
    """
    chart = pygal.Line(
        style=_STYLE,
        js=(),
        width=720,
        height=300,
        margin=8,
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        disable_xml_declaration=True,
        y_labels=_marks(max((value or 0 for _, values in series for value in values), default=0)),
        show_y_guides=True,
        value_formatter=lambda value: f"{value:,.0f}",
    )
    chart.x_labels = list(labels)
    for number, (name, values) in enumerate(series):
        dots = {"show_dots": number == 0, "stroke_style": {"width": 3 if number == 0 else 2}}
        chart.add(name, list(values), **dots)
    chart.add_xml_filter(_without_scripts)
    drawn: str = chart.render(is_unicode=True)
    return drawn.encode()


def _without_scripts(root: Element) -> Element:
    """The drawing without what the library would let run in it."""
    for parent in list(root.iter()):
        for child in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(child)
    return root


def _marks(highest: int) -> list[int]:
    """Round marks of an axis from zero to at least `highest`, six of them at most."""
    step = 1
    while step * 5 < highest:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return list(range(0, max(highest, step) + step, step))
