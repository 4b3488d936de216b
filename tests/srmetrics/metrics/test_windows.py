"""Window weights and the separable filter."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from brute_force import gaussian, uniform
from scipy import ndimage

from srmetrics.metrics.windows import BORDERS, filter_strip, window_kernel


@pytest.mark.parametrize(("size", "sigma"), [(3, 0.5), (11, 1.5), (7, 100.0), (21, 3.25)])
def test_gaussian_weights_are_the_bell_of_the_distance(size: int, sigma: float) -> None:
    kernel = window_kernel(f"gaussian-{size}-{sigma}")
    assert kernel.shape == (size,)
    assert kernel.sum() == pytest.approx(1.0, abs=1e-15)
    np.testing.assert_allclose(np.outer(kernel, kernel), gaussian(size, sigma), rtol=1e-13)


def test_a_narrow_bell_keeps_its_centre() -> None:
    np.testing.assert_array_equal([0.0, 1.0, 0.0], window_kernel("gaussian-3-0.01"))


@pytest.mark.parametrize("size", [3, 7, 9])
def test_uniform_weights_are_equal(size: int) -> None:
    np.testing.assert_array_equal(np.full(size, 1 / size), window_kernel(f"uniform-{size}"))
    np.testing.assert_allclose(np.outer(*[window_kernel(f"uniform-{size}")] * 2), uniform(size), rtol=1e-15)


def test_edges_are_padded_as_their_names_say() -> None:
    assert BORDERS == {
        "valid": cv2.BORDER_REPLICATE,
        "reflect": cv2.BORDER_REFLECT_101,
        "replicate": cv2.BORDER_REPLICATE,
    }


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [3, 7])
@pytest.mark.parametrize(("edges", "mode"), [("reflect", "mirror"), ("replicate", "nearest")])
def test_a_strip_loses_its_halo_and_keeps_its_columns(channels: int, size: int, edges: str, mode: str) -> None:
    strip = np.random.RandomState(6).rand(size + 4, 8, channels)
    # An uneven kernel would show a flip or a shift; the windows' own are even, so that this one stands for them.
    kernel = window_kernel(f"gaussian-{size}-1.5")
    radius = size // 2
    expected = ndimage.correlate1d(ndimage.correlate1d(strip, kernel, 0), kernel, 1, mode=mode)[radius:-radius]
    found = filter_strip(strip, kernel, BORDERS[edges])
    assert found.shape == (5, 8, channels)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_value_outside_a_window_cannot_reach_it() -> None:
    # A running sum would carry the large value along the row and lose the small ones behind it.
    strip = np.full((3, 20, 1), 0.1)
    quiet = filter_strip(strip, window_kernel("uniform-3"), cv2.BORDER_REPLICATE)
    strip[:, 5] = 1e17
    loud = filter_strip(strip, window_kernel("uniform-3"), cv2.BORDER_REPLICATE)
    changed = np.flatnonzero((quiet != loud)[0, :, 0])
    np.testing.assert_array_equal([4, 5, 6], changed)
