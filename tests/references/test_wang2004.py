"""``wang2004`` against the rule of the released ssim.m, written down again with scipy.

The rule (Z. Wang, ssim.m, version of 2009 "with automatic downsampling"): f = max(1, round(min(M, N) / 256)); if f > 1,
imfilter with ones(f) / f^2 and 'symmetric' borders, then every f-th pixel from the first; then an 11 x 11 Gaussian of
sigma 1.5 where it lies inside the image. MATLAB's round takes halves away from zero; imfilter's centre of an even
box is element floor((f + 1) / 2).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage, signal

from reference_outputs.pairs import box_blur, make_pair, noisy, texture
from srmetrics import ssim

Doubles = NDArray[np.float64]


def released_ssim(first: Doubles, second: Doubles, data_range: float) -> float:
    factor = max(1, math.floor(min(first.shape) / 256 + 0.5))
    first, second = (subsampled(image, factor) for image in (first, second))
    position = np.arange(-5, 6)
    window = np.exp(-(position[:, None] ** 2 + position**2) / (2 * 1.5**2))
    window /= window.sum()
    mean_1, mean_2, square_1, square_2, product = (
        signal.correlate2d(image, window, mode="valid")
        for image in (first, second, first * first, second * second, first * second)
    )
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    numerator = (2 * mean_1 * mean_2 + c1) * (2 * (product - mean_1 * mean_2) + c2)
    variances = square_1 - mean_1**2 + square_2 - mean_2**2
    return float((numerator / ((mean_1**2 + mean_2**2 + c1) * (variances + c2))).mean())


def subsampled(image: Doubles, factor: int) -> Doubles:
    if factor == 1:
        return image
    # scipy centres an even box half a pixel down and right, imfilter half a pixel up and left; its "reflect" repeats
    # the edge, as 'symmetric' does.
    origin = -1 if factor % 2 == 0 else 0
    box = np.full((factor, factor), 1 / factor**2)
    return np.asarray(ndimage.correlate(image, box, mode="reflect", origin=origin)[::factor, ::factor])


def textures(height: int, width: int) -> tuple[NDArray[Any], NDArray[Any]]:
    picture = texture(height, (height, width))
    return picture.astype(np.uint8), noisy(width, box_blur(picture, 1), 5).astype(np.uint8)


# Factors: 1 under 384 pixels, 2 from 384 (1.5), 3 from 640 (2.5), 4 from 896, 5 from 1152 (4.5, where Python gives 4).
SIZES = [(100, 130), (383, 400), (384, 391), (600, 385), (639, 640), (640, 641), (901, 897), (1153, 1152)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_the_released_rule_holds_at_every_factor(height: int, width: int) -> None:
    first, second = textures(height, width)
    expected = released_ssim(first.astype(np.float64), second.astype(np.float64), 255.0)
    # Both sum in double precision, in another order.
    assert expected == pytest.approx(ssim(first, second, "wang2004"), abs=1e-12)


def test_640_pixels_are_made_smaller_by_3_not_by_2() -> None:
    pair = make_pair("tall")
    first, second = (image.astype(np.float64) for image in (pair.reference, pair.candidate))
    by_three = released_ssim(subsampled(first, 3), subsampled(second, 3), 255.0)
    by_two = released_ssim(subsampled(first, 2), subsampled(second, 2), 255.0)
    ours = ssim(pair.reference, pair.candidate, "wang2004")
    assert by_three == pytest.approx(ours, abs=1e-12)
    assert abs(by_two - ours) > 0.005


@pytest.mark.parametrize("name", ["colour", "odd", "sixteen-bit", "float-colour", "negative"])
def test_colour_is_scored_on_its_full_range_luma(name: str) -> None:
    pair = make_pair(name)
    first, second = (
        0.299 * image[:, :, 0] + 0.587 * image[:, :, 1] + 0.114 * image[:, :, 2]
        for image in (pair.reference.astype(np.float64), pair.candidate.astype(np.float64))
    )
    expected = released_ssim(first, second, pair.data_range)
    assert expected == pytest.approx(
        ssim(pair.reference, pair.candidate, "wang2004", data_range=pair.data_range), abs=1e-12
    )
