"""The default classifier's features: where edges point (HOG), and which colours there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import ClassifierError

_GRID = 6  # cells each way, or more where the side is no multiple of 6
_ORIENTATIONS = 9
_BINS = 16  # per channel
_COARSE = 4  # per channel of the joint histogram
LEAST_SIDE = 12
"""Two pixels a cell: less has no gradient."""


def hog_and_colours(image: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the features of one image.

    The histogram of oriented gradients is scikit-image's, of cells of H // 6 x W // 6 pixels and 9 orientations,
    in blocks of 2 x 2 cells, from the channel with the strongest gradient. Colours are the square roots of the
    shares of pixels in 16 bins per channel and, for RGB, in 4 x 4 x 4 joint bins.

    Parameters
    ----------
    image : ndarray of float32, shape (H, W, C)
        From 0 to 1, at least 12 pixels each way.

    Returns
    -------
    ndarray of float64, shape (n_features,)
        916 features of one channel and 1012 of three, where both sides are multiples of 6.

    Raises
    ------
    ClassifierError
        When the image is too small.

    References
    ----------
    N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """
    from skimage.feature import hog

    height, width, n_channels = image.shape
    if min(height, width) < LEAST_SIDE:
        raise ClassifierError(
            "the image is too small for the default features",
            found=f"{width} x {height} pixels",
            expected=f"at least {LEAST_SIDE} each way",
            way_out="Have the classifier enlarge it, as in 'default?size=32'",
        )
    gradients = hog(
        image,
        orientations=_ORIENTATIONS,
        pixels_per_cell=(height // _GRID, width // _GRID),
        cells_per_block=(2, 2),
        block_norm="L2-Hys",
        channel_axis=2,
    ).reshape(-1)
    return np.concatenate([gradients, *_colour_shares(image, n_channels)])


def _colour_shares(image: NDArray[np.float32], n_channels: int) -> list[NDArray[np.float64]]:
    pixels = np.clip(image.reshape(-1, n_channels), 0, 1)
    fine = np.minimum((pixels * _BINS).astype(np.intp), _BINS - 1)
    counts = [np.bincount(fine[:, channel], minlength=_BINS) for channel in range(n_channels)]
    if n_channels == 3:
        coarse = np.minimum((pixels * _COARSE).astype(np.intp), _COARSE - 1)
        joint = (coarse[:, 0] * _COARSE + coarse[:, 1]) * _COARSE + coarse[:, 2]
        counts.append(np.bincount(joint, minlength=_COARSE**3))
    return [np.sqrt(count / len(pixels)) for count in counts]
