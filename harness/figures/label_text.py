"""Text of a figure: measured and broken before it is drawn, so that nothing is cut off and nothing overlaps."""

from __future__ import annotations

import re
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextToPath

FAMILY = "DejaVu Sans"
"""It comes with matplotlib, so that a figure looks the same everywhere."""

LINE = 1.25
"""The distance of lines, in sizes of the font."""


@cache
def font(size: float, *, bold: bool = False) -> FontProperties:
    """Return the font of a size in points."""
    return FontProperties(family=FAMILY, size=size, weight="bold" if bold else "normal")


@cache
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line in inches."""
    width, _, _ = TextToPath().get_text_width_height_descent(text, font(size, bold=bold), ismath=False)
    return float(width) / 72.0


@cache
def _letters() -> frozenset[int]:
    return frozenset(get_font(findfont(font(10))).get_charmap())


def drawable(text: str) -> str:
    """Return text without line breaks and control characters, and with a sign for letters that the font lacks."""
    plain = " ".join(text.split())
    return "".join(
        letter if letter.isprintable() and ord(letter) in _letters() else "\N{REPLACEMENT CHARACTER}"
        for letter in plain
    )


def undrawn(text: str) -> str:
    """Return the letters of a text for which `drawable` puts a sign, each once."""
    return "".join(
        letter for letter in dict.fromkeys(" ".join(text.split())) if drawable(f"|{letter}|") != f"|{letter}|"
    )


def broken(text: str, width: float, size: float, most: int = 3) -> list[str]:
    """Return a name in lines that fit a width in inches: broken behind separators, else between letters.

    What does not fit in ``most`` lines loses its middle, in whose place an ellipsis stands.
    """
    text = drawable(text)
    while True:
        lines = _lines(text, width, size)
        if len(lines) <= most:
            return lines
        middle = len(text) // 2
        text = text[: middle - 1].rstrip("…") + "…" + text[middle + 1 :].lstrip("…")


def strained(text: str, width: float, size: float, most: int = 3) -> bool:
    """Return whether a name must be broken inside a word, or shortened, to fit."""
    text = drawable(text)
    words = re.findall(r"[^ _\-/.+,:;]+[ _\-/.+,:;]?", text)
    return any(text_width(word.rstrip(), size) > width for word in words) or len(_lines(text, width, size)) > most


def _lines(text: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    rest = text
    while rest and text_width(rest, size) > width:
        end = 1
        while end < len(rest) and text_width(rest[: end + 1].rstrip(), size) <= width:
            end += 1
        stops = [at + 1 for at, letter in enumerate(rest[:end]) if letter in " _-/.+,:;" and at > 0]
        # A break close to the start would leave a line nearly empty.
        end = stops[-1] if stops and stops[-1] >= end // 3 else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest] if rest or not lines else lines
