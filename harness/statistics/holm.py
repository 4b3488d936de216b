"""Holm's adjustment of several p values that are read together."""

from __future__ import annotations

from collections.abc import Sequence

ACROSS_METRICS = (
    "P values are adjusted by Holm's method within one metric, region and dataset block; comparisons with the best and "
    "with the baseline are two families; nothing is adjusted across metrics."
)
"""What a table says under itself about its p values."""


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return the p values, adjusted so that the chance of one false finding among them stays below the level.

    Parameters
    ----------
    p_values : sequence of float or None
        The family. None is a comparison that could not be made: it stays None, and does not count.

    Returns
    -------
    list of float or None
        In the order given; never below the p value, never above 1.

    References
    ----------
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979).

    Examples
    --------
    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    made = sorted((p, position) for position, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for step, (p, position) in enumerate(made):
        highest = max(highest, min(1.0, p * (len(made) - step)))
        adjusted[position] = highest
    return adjusted
