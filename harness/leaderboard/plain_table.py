"""A table of words and numbers, and its three forms: CSV at full precision, Markdown and LaTeX rounded."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harness.leaderboard.to_csv import neutralised, number
from harness.leaderboard.to_latex import escaped as escaped_in_latex
from harness.leaderboard.to_markdown import escaped as escaped_in_markdown

Value: TypeAlias = "str | int | float | None"


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as people read it."""

    text: str
    best: bool = False
    mark: str = ""
    """``†`` for what is not told apart from the best, ``‡`` where so few units cannot tell."""


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Columns and rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def to_csv(self) -> str:
        """Return the table as CSV: numbers at full precision, text that no spreadsheet runs."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        for row in self.rows:
            writer.writerow([neutralised(each) if isinstance(each, str) else number(each) for each in row])
        return text.getvalue()


def markdown_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str | Shown]]) -> str:
    """Return a Markdown table under a bold title."""
    lines = [f"**{escaped_in_markdown(title)}**", ""]
    lines.append("| " + " | ".join(map(escaped_in_markdown, header)) + " |")
    lines.append("|" + "---|" * len(header))
    for row in rows:
        lines.append("| " + " | ".join(map(_in_markdown, row)) + " |")
    return "\n".join(lines) + "\n"


def latex_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str | Shown]]) -> str:
    """Return a LaTeX table for booktabs, the title in a comment."""
    lines = [
        "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}",
        "% " + title.replace("\n", " ").replace("\r", " "),
        "\\begin{tabular}{l" + "r" * (len(header) - 1) + "}",
        "\\toprule",
        " & ".join(map(escaped_in_latex, header)) + r" \\",
        "\\midrule",
        *(" & ".join(map(_in_latex, row)) + r" \\" for row in rows),
        "\\bottomrule",
        "\\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def percent(value: float | None) -> str:
    """Return a share in percent with one decimal; ``-`` for none."""
    return "-" if value is None or math.isnan(value) else f"{100 * value:.1f}"


def share_between(low: float | None, high: float | None) -> str:
    """Return the interval of a share in percent, cut to where shares lie: it holds the true one as often as before.

    Examples
    --------
    >>> share_between(0.405, 1.262), share_between(None, None)
    ('[40.5, 100.0]', '')
    """
    return "" if low is None or high is None else f"[{percent(max(low, 0.0))}, {percent(min(high, 1.0))}]"


def _in_markdown(cell: str | Shown) -> str:
    if isinstance(cell, str):
        return escaped_in_markdown(cell)
    text = escaped_in_markdown(cell.text) + cell.mark
    return f"**{text}**" if cell.best else text


def _in_latex(cell: str | Shown) -> str:
    if isinstance(cell, str):
        return escaped_in_latex(cell)
    text = escaped_in_latex(cell.text)
    mark = {"†": r"$^{\dagger}$", "‡": r"$^{\ddagger}$"}.get(cell.mark, "")
    return rf"\textbf{{{text}}}" if cell.best else text + mark
