"""MATLAB's rounded luma; its ties are held to MATLAB's recorded scores in ``test_imresize``."""

from __future__ import annotations

import numpy as np
import pytest

from degradations.steps.luma import StudioLuma, studio_luma
from srmetrics.errors import StepError


@pytest.mark.parametrize(
    ("rgb", "luma"),
    # ITU-R BT.601 8-bit values: black, white, and the three primaries.
    [((0, 0, 0), 16), ((255, 255, 255), 235), ((255, 0, 0), 81), ((0, 255, 0), 145), ((0, 0, 255), 41)],
)
def test_known_colours(rgb: tuple[int, int, int], luma: int) -> None:
    assert luma == studio_luma(np.array([[rgb]], np.uint8))[0, 0]


def test_sixteen_bits_are_the_same_colours_at_257_times_the_depth() -> None:
    image = np.random.RandomState(0).randint(0, 256, (16, 16, 3)).astype(np.uint8)
    deep = studio_luma(image.astype(np.uint16) * 257)
    assert deep.dtype == np.uint16
    np.testing.assert_array_equal(studio_luma(image), np.floor(deep / 257 + 0.5))


def test_one_channel_is_its_own_luma() -> None:
    grey = np.random.RandomState(0).randint(0, 256, (4, 5)).astype(np.uint8)
    np.testing.assert_array_equal(grey, StudioLuma().apply(grey, {}))


def test_floats_are_refused_because_matlab_does_not_round_them() -> None:
    with pytest.raises(StepError, match="float64"):
        studio_luma(np.zeros((2, 2, 3)))
