"""``ms_ssim`` against Wang's msssim.m of 2003, written down again with scipy, and against other tools' defaults.

msssim.m: at each of five scales the means of the SSIM map and of its contrast-structure part over windows inside the
image; between scales a 2 x 2 box with 'symmetric' borders and every second pixel from the first; the product of the
first four contrast terms and the fifth SSIM, to the weights' powers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage, signal

from reference_outputs.pairs import Pair, box_blur, make_pair, noisy, pixelated, texture
from reference_outputs.tools.batches import batches
from srmetrics import ms_ssim

Doubles = NDArray[np.float64]
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def released_ms_ssim(first: Doubles, second: Doubles, data_range: float) -> float:
    value = 1.0
    for scale, weight in enumerate(WEIGHTS):
        whole, contrast = mean_terms(first, second, data_range)
        value *= (whole if scale == 4 else contrast) ** weight
        first, second = (halved(image) for image in (first, second))
    return value


def mean_terms(first: Doubles, second: Doubles, data_range: float) -> tuple[float, float]:
    window = signal.windows.gaussian(11, 1.5)
    window = np.outer(window, window) / window.sum() ** 2

    def local(image: Doubles) -> Doubles:
        return np.asarray(signal.correlate(image, window, mode="valid", method="direct"))

    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    mean_1, mean_2 = local(first), local(second)
    variances = local(first**2) - mean_1**2 + local(second**2) - mean_2**2
    contrast = (2 * (local(first * second) - mean_1 * mean_2) + c2) / (variances + c2)
    luminance = (2 * mean_1 * mean_2 + c1) / (mean_1**2 + mean_2**2 + c1)
    return float((luminance * contrast).mean()), float(contrast.mean())


def halved(image: Doubles) -> Doubles:
    # imfilter's centre of a 2 x 2 box is its first element; scipy's is its last, moved back by the origin.
    box = np.full((2, 2), 0.25)
    return np.asarray(ndimage.correlate(image, box, mode="reflect", origin=-1)[::2, ::2])


@pytest.mark.parametrize("size", [(176, 192), (177, 181), (201, 183), (300, 241)])
def test_the_released_definition_holds_for_even_and_odd_sizes(size: tuple[int, int]) -> None:
    picture = texture(size[0], size)
    first, second = picture.astype(np.uint8), noisy(5, box_blur(picture, 2), 6).astype(np.uint8)
    expected = released_ms_ssim(first.astype(np.float64), second.astype(np.float64), 255.0)
    # Both sum in double precision, in another order.
    assert expected == pytest.approx(ms_ssim(first, second), abs=1e-12)


def test_channels_are_scored_apart_and_averaged() -> None:
    pair = make_pair("sixteens")
    first, second = (image.astype(np.float64) for image in (pair.reference, pair.candidate))
    expected = np.mean([released_ms_ssim(first[:, :, c], second[:, :, c], 255.0) for c in range(3)])
    assert expected == pytest.approx(ms_ssim(pair.reference, pair.candidate), abs=1e-12)


@pytest.mark.live
def test_tools_disagree_about_images_whose_sides_are_no_multiples_of_16() -> None:
    """The figures of docs/presets.md, "MS-SSIM"."""
    import piq
    import pytorch_msssim
    import skimage.data
    from torchmetrics.functional import image

    picture = skimage.data.chelsea().astype(np.int64)
    pair = Pair("cat", picture.astype(np.uint8), pixelated(picture, 4).astype(np.uint8), 255.0)
    reference, candidate = batches(pair)
    tools: dict[str, Any] = {
        "piq": piq.multi_scale_ssim(candidate, reference, data_range=255.0),
        "pytorch-msssim": pytorch_msssim.ms_ssim(candidate, reference, data_range=255.0),
        "torchmetrics": image.multiscale_structural_similarity_index_measure(candidate, reference, data_range=255.0),
        "srmetrics": ms_ssim(pair.reference, pair.candidate),
    }
    expected = {"piq": 0.8712, "pytorch-msssim": 0.8500, "torchmetrics": 0.8235, "srmetrics": 0.8245}
    assert expected == {name: round(float(value), 4) for name, value in tools.items()}
