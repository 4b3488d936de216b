"""Comparing two tables, the recorded and the recomputed one, row by row and cell by cell."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, WITHIN, CellDifference, Status, Verdict

Line = Mapping[str, str]
"""Column to text."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "per_image.csv": ("image", "method", "region"),
    "leaderboard.csv": ("method", "region", "signature"),
    "comparisons.csv": ("method_a", "method_b", "region", "metric", "family", "signature"),
    "classification.csv": ("arm", "classifier", "mode"),
    "per_class.csv": ("class", "arm", "classifier", "mode", "repeat"),
    "confusion.csv": ("label", "predicted", "arm", "classifier", "mode", "repeat"),
    "arm_comparisons.csv": ("arm_a", "arm_b", "classifier", "mode", "metric", "family", "repeat"),
    "predictions.csv": ("image", "arm", "classifier", "mode", "repeat", "split"),
    "joined.csv": ("arm",),
}
"""The columns that tell the rows of a table apart."""

MOST_GUESSES = 200
"""Rows without a counterpart for which the likeliest is looked for."""


def compare_tables(name: str, recorded: Sequence[Line], recomputed: Sequence[Line], tolerance: float) -> list[Verdict]:
    """Return a verdict on every row of either table.

    Parameters
    ----------
    name : str
        The file's, which says what tells its rows apart.
    recorded, recomputed : sequence of mappings
        Column to text.
    tolerance : float
        How far numbers may be off; with 0 the texts must be equal. Whole numbers (counts, ranks) must always be.
    """
    keys = KEYS[name]
    theirs = dict(_numbered(recorded, keys))
    ours = dict(_numbered(recomputed, keys))
    alone = [place for place in theirs if place not in ours]
    unmet = [place for place in ours if place not in theirs]
    partners = _guessed(alone, unmet, theirs, ours)
    verdicts = []
    for place, line in theirs.items():
        partner = place if place in ours else partners.get(place)
        if partner is None:
            reason = "no such row is computed" if place[-1] == 0 else "the row stands there more than once"
            verdicts.append(Verdict(name, row_name(name, line), DIFFERENT, reason=reason))
        else:
            verdicts.append(_compare_rows(name, line, ours[partner], tolerance))
    met = set(partners.values())
    for place in unmet:
        if place not in met:
            verdicts.append(Verdict(name, row_name(name, ours[place]), DIFFERENT, reason="the row is not in the table"))
    if not tolerance and not alone and not unmet and list(theirs) != list(ours):
        verdicts.append(Verdict(name, "the order of its rows", DIFFERENT, reason="rows stand in another order"))
    return verdicts


def row_name(name: str, line: Line) -> str:
    """Return what a row is called in words; long signatures are left out."""
    return ", ".join(line.get(key, "?") or "-" for key in KEYS[name] if key != "signature")


def difference(recorded: str, recomputed: str) -> float | None:
    """Return how far two numbers are apart: 0 for two infinities of one sign, None where one is no number."""
    try:
        first, second = float(recorded), float(recomputed)
    except ValueError:
        return None
    return 0.0 if first == second else abs(first - second)


def close(recorded: str | None, recomputed: str | None, tolerance: float) -> bool:
    """Return whether two numbers are within a tolerance, which is relative above 1; never with a tolerance of 0."""
    by = None if recorded is None or recomputed is None else difference(recorded, recomputed)
    return by is not None and tolerance > 0 and by <= tolerance * max(1.0, _magnitude(recomputed))


def _compare_rows(name: str, recorded: Line, recomputed: Line, tolerance: float) -> Verdict:
    cells = []
    status: Status = IDENTICAL
    for column in dict.fromkeys([*recorded, *recomputed]):
        then, now = recorded.get(column), recomputed.get(column)
        if then == now:
            continue
        by = None if then is None or now is None else difference(then, now)
        cells.append(CellDifference(column, _shown(then), _shown(now), by))
        if by is not None and not _whole(now) and close(then, now, tolerance):
            status = WITHIN if status == IDENTICAL else status
        else:
            status = DIFFERENT
    return Verdict(name, row_name(name, recorded), status, tuple(cells))


def _whole(text: str | None) -> bool:
    """Return whether a cell holds a count or a rank: tables have a point or an exponent in every other number."""
    return text is not None and text.removeprefix("-").isdecimal()


def _shown(text: str | None) -> str:
    return "no such column" if text is None else text


def _magnitude(text: str | None) -> float:
    value = float(text or 0)
    return abs(value) if math.isfinite(value) else 1.0


def _numbered(lines: Sequence[Line], keys: tuple[str, ...]) -> Iterator[tuple[tuple[object, ...], Line]]:
    """Yield each line with its place: its keys, and how many of these stood before it."""
    seen: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        own = tuple(line.get(key, "") for key in keys)
        yield (*own, seen[own]), line
        seen[own] += 1


def _guessed(
    alone: list[tuple[object, ...]],
    unmet: list[tuple[object, ...]],
    theirs: Mapping[tuple[object, ...], Line],
    ours: Mapping[tuple[object, ...], Line],
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Return for rows without counterpart the likeliest one: a digit may have changed in what tells rows apart."""
    partners: dict[tuple[object, ...], tuple[object, ...]] = {}
    if len(alone) > MOST_GUESSES or len(unmet) > MOST_GUESSES:
        return partners
    free = list(unmet)
    for place in alone:
        alike = {one: sum(ours[one].get(name) == text for name, text in theirs[place].items()) for one in free}
        best = max(alike, key=lambda one: alike[one], default=None)
        if best is not None and alike[best] * 2 >= len(theirs[place]):
            partners[place] = best
            free.remove(best)
    return partners
