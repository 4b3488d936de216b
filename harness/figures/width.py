"""How wide a figure is, and how that is said."""

from __future__ import annotations

import re

from srmetrics.errors import UsageError

PRESETS = {"single": 3.25, "double": 6.875}
"""Inches: what fits one column, and the whole width, of CVPR's, IEEE's and most journals' pages."""

INCHES = {"in": 1.0, "mm": 1 / 25.4, "cm": 1 / 2.54, "pt": 1 / 72.27, "": 1.0}
"""Units; a point is LaTeX's, as ``\\the\\columnwidth`` prints it."""

LEAST, MOST = 1.0, 40.0


def parse_width(text: str | float) -> float:
    """Return a width in inches from ``single``, ``double``, ``88 mm``, ``3.5in``, ``252pt`` or a number of inches.

    Raises
    ------
    UsageError
        When it is none, or not from 1 to 40 inches.

    Examples
    --------
    >>> parse_width("single"), parse_width("127 mm"), parse_width(7)
    (3.25, 5.0, 7.0)
    """
    said = str(text).strip().lower()
    number = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(in|mm|cm|pt|)", said)
    inches = PRESETS.get(said) or (float(number[1]) * INCHES[number[2]] if number else 0.0)
    if not LEAST <= inches <= MOST:
        raise UsageError(
            "this is no width of a figure",
            found=repr(text),
            expected="single, double, or a length from 1 to 40 inches such as 3.5in, 88mm or 252pt",
        )
    return inches
