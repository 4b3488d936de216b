"""Unsharp masking: BasicSR's function and its torch twin in the training code."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from basicsr.utils.img_process_util import USMSharp, usm_sharp
from skimage.data import astronaut

from degradations.steps.sharpen import Sharpen, sharpen
from srmetrics.errors import SizeError, StepError


def test_equals_basicsr_bit_for_bit() -> None:
    image = (astronaut()[:150, :170] / np.float32(255)).astype(np.float32)
    np.testing.assert_array_equal(usm_sharp(image), Sharpen().apply(image, {}))
    np.testing.assert_array_equal(usm_sharp(image[..., 0]), sharpen(np.ascontiguousarray(image[..., 0])))


def test_equals_the_training_codes_torch_filter() -> None:
    image = (astronaut()[:80, :90] / np.float32(255)).astype(np.float32)
    expected = USMSharp()(torch.from_numpy(image.transpose(2, 0, 1)[None]))[0].numpy().transpose(1, 2, 0)
    # Float32 sums in another order (1e-6); a detail that is 10/255 to rounding may fall on the other side of the
    # threshold, which moves the mask by one weight of the 51x51 Gaussian, 0.0025, times half a detail of 10/255.
    np.testing.assert_allclose(expected, sharpen(image), rtol=0, atol=1e-4)


def test_a_flat_image_stays_as_it_is() -> None:
    image = np.full((60, 60), 0.3)
    np.testing.assert_allclose(image, sharpen(image), rtol=0, atol=1e-12)


def test_edges_become_steeper_and_stay_in_range() -> None:
    image = np.full((80, 80), 0.3)
    image[:, 40:] = 0.6
    sharp = sharpen(image)
    assert sharp[40, 39] < 0.3
    assert sharp[40, 40] > 0.6
    assert 0 <= sharp.min() <= sharp.max() <= 1


def test_the_input_is_not_changed() -> None:
    image = np.random.RandomState(0).uniform(size=(60, 60, 3))
    before = image.copy()
    sharpen(image)
    np.testing.assert_array_equal(before, image)


def test_images_that_it_cannot_mirror_are_refused() -> None:
    with pytest.raises(SizeError, match=r"found 40x25 pixels.*-nousm twin"):
        sharpen(np.zeros((25, 40)))


def test_integer_images_are_refused_at_the_door() -> None:
    with pytest.raises(StepError, match=r"sharpen step cannot work on this type; found uint8.*to-float"):
        Sharpen().apply(np.zeros((60, 60), np.uint8), {})
    with pytest.raises(StepError, match=r"found 0\.\.255"):
        Sharpen().apply(np.linspace(0, 255, 3600).reshape(60, 60), {})


@pytest.mark.parametrize("size", [0, 1, 50])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(StepError, match="an odd number from 3"):
        Sharpen(size=size)
