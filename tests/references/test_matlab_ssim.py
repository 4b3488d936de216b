"""``matlab-ssim`` against MATLAB's documented definition of ``ssim``, computed with scipy.ndimage.

The documentation: a Gaussian of standard deviation 'Radius' (1.5), constants (0.01 L)^2, (0.03 L)^2 and half of the
latter, exponents 1, the mean of the whole map; 'DataFormat' "SSC" scores channels apart. The filter spans three
deviations to each side, 11 pixels, and borders are replicated. No MATLAB run stands behind these numbers.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from reference_outputs.pairs import PAIR_NAMES, make_pair
from srmetrics import ssim

Doubles = NDArray[np.float64]


def documented_ssim(first: Doubles, second: Doubles, data_range: float) -> float:
    def local_mean(image: Doubles) -> Doubles:
        return np.asarray(ndimage.gaussian_filter(image, sigma=1.5, radius=5, mode="nearest"))

    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    c3 = c2 / 2
    mean_1, mean_2 = local_mean(first), local_mean(second)
    variance_1, variance_2 = local_mean(first**2) - mean_1**2, local_mean(second**2) - mean_2**2
    covariance = local_mean(first * second) - mean_1 * mean_2
    deviations = np.sqrt(np.maximum(variance_1 * variance_2, 0))
    luminance = (2 * mean_1 * mean_2 + c1) / (mean_1**2 + mean_2**2 + c1)
    contrast = (2 * deviations + c2) / (variance_1 + variance_2 + c2)
    structure = (covariance + c3) / (deviations + c3)
    return float((luminance * contrast * structure).mean())


IMAGES = [name for name in PAIR_NAMES if make_pair(name).equal_sizes and not make_pair(name).volume]


@pytest.mark.parametrize("name", IMAGES)
def test_the_documented_definition_holds(name: str) -> None:
    pair = make_pair(name)
    first, second = (np.atleast_3d(image.astype(np.float64)) for image in (pair.reference, pair.candidate))
    channels = [documented_ssim(first[:, :, c], second[:, :, c], pair.data_range) for c in range(first.shape[2])]
    ours = ssim(pair.reference, pair.candidate, "matlab-ssim", data_range=pair.data_range)
    # Both sum in double precision; three factors round otherwise than the short form.
    assert np.mean(channels) == pytest.approx(ours, abs=1e-12)


def test_the_whole_map_counts_not_only_windows_inside() -> None:
    pair = make_pair("odd")
    assert abs(ssim(pair.reference, pair.candidate, "matlab-ssim") - ssim(pair.reference, pair.candidate)) > 1e-3
