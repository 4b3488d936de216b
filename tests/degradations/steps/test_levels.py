"""8-bit levels of floats."""

from __future__ import annotations

import numpy as np
import pytest

from degradations.steps.levels import to_levels


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(70, 50), (70, 50, 3), (9,)])
def test_levels_are_numpys_rounding(dtype: type, shape: tuple[int, ...]) -> None:
    rng = np.random.RandomState(0)
    image = rng.uniform(-0.2, 1.2, shape).astype(dtype)
    # All ties of .5 that a float holds exactly after the product, too.
    image.reshape(-1)[:9] = np.array([0, 1, 0.5, 1.5, 2.5, 3.5, 127.5, 254.5, -0.5]) / 255
    expected = np.rint(np.clip(image, 0, 1) * dtype(255)).astype(np.uint8)
    np.testing.assert_array_equal(expected, to_levels(image))


def test_whole_levels_come_back() -> None:
    levels = np.arange(256, dtype=np.uint8)
    for dtype in (np.float32, np.float64):
        np.testing.assert_array_equal(levels, to_levels(levels.astype(dtype) / dtype(255)))
