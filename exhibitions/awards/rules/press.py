"""The text for the press, in Chinese and English, with figures of the locked result (awards.md §3.4 step 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exhibitions.core.shares import percent, share


@dataclass(frozen=True, slots=True)
class Figures:
    """How many medals there are in all, of each kind (the best first), and of one place; `presented` were judged."""

    presented: int
    total: int
    medals: Sequence[tuple[str, str, int]]
    """Each medal in Chinese and English with its number."""
    home: tuple[str, str] = ("", "")
    of_home: int = 0

    @property
    def share(self) -> Fraction | None:
        """The part of all medals that went to the place, exactly."""
        return share(self.of_home, self.total)


def text_zh(award: str, organiser: str, figures: Figures, best: Sequence[tuple[str, str]]) -> str:
    """The Chinese text; `best` are product and company of those with the first medal."""
    counted = "、".join(f"{name}{number}项" for name, _, number in figures.medals if number)
    parts = [
        f"{award}结果揭晓。本次评选共有{figures.presented}件产品参评，"
        + (f"评出获奖产品{figures.total}项，其中{counted}。" if figures.total else "没有评出获奖产品。")
    ]
    if figures.home[0] and figures.total:
        parts.append(f"{figures.home[0]}企业获奖{figures.of_home}项，占获奖总数的{_percent(figures.share)}。")
    if best:
        listed = "；".join(f"{company}“{product}”" for product, company in best)
        parts.append(f"获得{figures.medals[0][0]}的是：{listed}。")
    parts.append(
        f"评选由{organiser}组织，评审规则在评审开始前锁定，结果文件公开，可供任何人复算。"
        if organiser
        else ""
    )
    return "\n\n".join(part for part in parts if part)


def text_en(award: str, organiser: str, figures: Figures, best: Sequence[tuple[str, str]]) -> str:
    """The English text."""
    counted = ", ".join(f"{number} {name}" for _, name, number in figures.medals if number)
    parts = [
        f"The results of the {award} have been announced. Of {figures.presented} products presented, "
        + (f"{figures.total} received a medal: {counted}." if figures.total else "none received a medal.")
    ]
    if figures.home[1] and figures.total:
        parts.append(
            f"Companies from {figures.home[1]} won {figures.of_home} of them, "
            f"{_percent(figures.share)} of all medals."
        )
    if best:
        listed = "; ".join(f"“{product}” by {company}" for product, company in best)
        parts.append(f"{figures.medals[0][1]} went to {listed}.")
    if organiser:
        parts.append(
            f"The award was organised by {organiser}. Its rules were frozen before judging began, and the result file is "
            "public, so that anybody can recompute it."
        )
    return "\n\n".join(parts)


def _percent(found: Fraction | None) -> str:
    return percent(found).replace(" ", "")


def sentence_zh(figures: Figures) -> str:
    """One sentence for reports: 共评出获奖产品68项……其中大连17项，占25.0%。"""
    counted = "、".join(f"{name}{number}项" for name, _, number in figures.medals)
    home = (
        f"；其中{figures.home[0]}{figures.of_home}项，占{_percent(figures.share)}"
        if figures.home[0] and figures.total
        else ""
    )
    return f"评选：共评出获奖产品{figures.total}项" + (f"（{counted}）" if counted else "") + f"{home}。"


def sentence_en(figures: Figures) -> str:
    """The same sentence in English."""
    counted = ", ".join(f"{number} {name}" for _, name, number in figures.medals)
    home = (
        f", {figures.of_home} of them from {figures.home[1]} ({_percent(figures.share)})"
        if figures.home[1] and figures.total
        else ""
    )
    products = "product" if figures.total == 1 else "products"
    return (
        f"Award: {figures.total} {products} won a medal" + (f" ({counted})" if counted else "") + f"{home}."
    )


def medal_rows(names: Mapping[str, tuple[str, str]], counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Each medal with its names and number, in the order of `counts`."""
    return [(*names.get(code, (code, code)), number) for code, number in counts.items()]
