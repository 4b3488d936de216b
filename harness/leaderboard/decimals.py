"""With how many decimals a metric is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable

USUAL = {"psnr": 3, "mse": 3, "rmse": 3, "mae": 3}
"""Decimals of metrics that are not near 1; the others have four."""

IN_UNITS = ("mse", "rmse", "mae")
"""Errors in the unit of the values: of images from 0 to 1 they are so small that two or three decimals show none."""

MOST = 10


def decimals_for(metric: str, values: Iterable[float], usual: int | None = None) -> int:
    """Return the decimals that all values of a metric are shown with: three figures of the smallest error below 0.1.

    Examples
    --------
    >>> decimals_for("mse", [41.2, 39.8]), decimals_for("mse", [0.00063, 0.00061]), decimals_for("ssim", [0.0001])
    (3, 6, 4)
    """
    plain = USUAL.get(metric, 4) if usual is None else usual
    if metric not in IN_UNITS:
        return plain
    smallest = min((value for value in values if math.isfinite(value) and value > 0), default=1.0)
    return plain if smallest >= 0.1 else max(plain, min(2 - math.floor(math.log10(smallest)), MOST))
