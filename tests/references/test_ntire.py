"""``ntire`` against its formula: RGB, scale + 6 pixels cut from each side (Lim et al. 2017, DIV2K validation).

SSIM is computed straight from its definition: each window's weighted means, then its weighted central moments.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from reference_outputs.pairs import make_pair
from srmetrics import evaluate

Doubles = NDArray[np.float64]


def ssim_by_definition(first: Doubles, second: Doubles) -> float:
    position = np.arange(11) - 5.0
    window = np.exp(-np.add.outer(position**2, position**2) / (2 * 1.5**2))
    window /= window.sum()
    one, two = (sliding_window_view(image, (11, 11)) for image in (first, second))
    mean_1, mean_2 = ((each * window).sum(axis=(2, 3), keepdims=True) for each in (one, two))
    variance_1 = (window * (one - mean_1) ** 2).sum(axis=(2, 3))
    variance_2 = (window * (two - mean_2) ** 2).sum(axis=(2, 3))
    covariance = (window * (one - mean_1) * (two - mean_2)).sum(axis=(2, 3))
    mean_1, mean_2 = mean_1[:, :, 0, 0], mean_2[:, :, 0, 0]
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    numerator = (2 * mean_1 * mean_2 + c1) * (2 * covariance + c2)
    return float((numerator / ((mean_1**2 + mean_2**2 + c1) * (variance_1 + variance_2 + c2))).mean())


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("name", ["colour", "odd", "negative", "bright", "face", "noise"])
def test_the_published_formula_holds(name: str, scale: int) -> None:
    pair = make_pair(name)
    border = scale + 6
    first, second = (
        image[border:-border, border:-border].astype(np.float64) for image in (pair.reference, pair.candidate)
    )
    scores = evaluate(pair.reference, pair.candidate, "ntire", scale=scale)
    assert 10 * math.log10(255**2 / np.mean((first - second) ** 2)) == pytest.approx(scores["psnr"], abs=1e-12)
    expected = np.mean([ssim_by_definition(first[:, :, c], second[:, :, c]) for c in range(3)])
    # Central moments against E[x^2] - E[x]^2: 255^2 times the rounding of a double, over C2 = 58.5.
    assert expected == pytest.approx(scores["ssim"], abs=1e-11)
