"""What a page is made of: sections of paragraphs, tables and charts. They hold plain text; the template escapes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading."""

    title: str
    numeric: bool = True
    """Numbers stand to the right, in figures of one width."""
    hint: str = ""
    """What the heading means, for a tooltip and for screen readers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is more than its text."""

    text: str
    value: float | None = None
    """What the column is sorted by; the text where there is none."""
    best: bool = False
    """Set in bold."""
    note: str = ""
    """Small text behind it: an interval, a mark."""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; the first cell of a row is its heading."""

    caption: str
    """What the table is; always there for screen readers, and shown above the table."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    sortable: bool = True
    legend: str = ""
    """What marks and abbreviations mean, below the table."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A name beside the line or point that stands for it."""

    label: str
    series: int
    """Which of the series colours, dashes and markers of ``chart.py``."""
    drawn: Literal["line", "point", "bar"] = "line"
    """What stands for it in the chart."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing in SVG with what it shows in words and, where it is short enough, in numbers."""

    id: str
    title: str
    description: str
    """What is drawn and what is to be seen, for those who do not see it."""
    svg: str
    """Markup made by ``draw_chart``, the only text of a page that is not escaped again."""
    width: float
    """Its natural width in CSS pixels."""
    legend: tuple[LegendEntry, ...] = ()
    data: Table | None = None
    """The numbers, folded away under the chart."""
    caption: str = ""
    """How it was made: what bands are, what was left out."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text to be taken elsewhere as it is, with a button that copies it."""

    kind: str
    """The button's word, such as ``BibTeX``."""
    label: str
    """What it is, for screen readers and for the line that says that it was copied."""
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading of its own and a line in its table of contents."""

    id: str
    """Letters, digits and hyphens, unlike that of any other section."""
    title: str
    parts: tuple[str | Table | Chart | Quoted | tuple[Chart, ...], ...]
    """Paragraphs, tables, charts and quotations, in their order; charts in a tuple stand side by side."""
