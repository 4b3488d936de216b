"""Subsampling: which pixel is kept, and that the shifted blur moves the image back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage, stats

from degradations.seeding import random_state
from degradations.step import Facts
from degradations.steps import kernels
from degradations.steps.subsample import ShiftedBlur, Subsample, shifted_row
from srmetrics.errors import StepError


def test_the_kept_pixel_is_the_one_at_the_offset() -> None:
    image = np.arange(81).reshape(9, 9).astype(np.uint8)
    np.testing.assert_array_equal([[10, 13, 16], [37, 40, 43], [64, 67, 70]], Subsample(3, 1).apply(image, {}))


@pytest.mark.parametrize("side", [8, 9, 10, 11])
def test_the_facts_afterwards_are_the_size_that_it_makes(side: int) -> None:
    image = np.zeros((side, 7), np.float32)
    after = Subsample(4, 1).facts_after(Facts.of(image, 4), {})
    assert Subsample(4, 1).apply(image, {}).shape == (after.height, after.width)


@pytest.mark.parametrize("every", [2, 4])
def test_a_ramp_keeps_its_place(every: int) -> None:
    # The mean of each square of a linear ramp is its value at the square's centre.
    ramp = np.tile(np.arange(64.0), (64, 1)) / 64
    blurred = ShiftedBlur(every, 25, (1.0, 1.0)).apply(ramp, {"sigma": 1.0})
    expected = ramp.reshape(64, -1, every).mean(axis=2)[::every]
    inside = slice(16 // every, -16 // every)  # away from the mirrored border
    # A Gaussian of deviation 1 that is cut at 12 pixels and shifted has lost less than 1e-12 of its tail.
    kept = Subsample(every).apply(blurred, {})
    np.testing.assert_allclose(expected[inside, inside], kept[inside, inside], rtol=0, atol=1e-12)


def test_equals_convolving_with_the_bilinearly_shifted_kernel() -> None:
    # The public BSRGAN code moves the two-dimensional kernel towards its first pixel by bilinear interpolation and
    # convolves (which flips it), mirrored; here with scipy, by hand.
    image = np.random.RandomState(0).uniform(size=(40, 50))
    places = np.arange(25.0)
    row = kernels.gaussian_row(25, 1.3)
    moved = np.interp(np.clip(places + 1.5, 0, 24), places, row)
    kernel = np.outer(moved, moved)
    expected = ndimage.convolve(image, kernel / kernel.sum(), mode="mirror")
    made = ShiftedBlur(4, 25, (0.1, 2.4)).apply(image, {"sigma": 1.3})
    np.testing.assert_allclose(expected, made, rtol=0, atol=1e-12)  # float64 sums in another order


def test_no_shift_is_the_gaussian() -> None:
    np.testing.assert_allclose(kernels.gaussian_row(9, 1.2), shifted_row(9, 1.2, 0.0), rtol=0, atol=1e-15)


def test_the_deviation_is_uniform() -> None:
    rng, facts = random_state("test@1", 0, "shifted", 0), Facts.of(np.zeros((9, 9)), 4)
    drawn = [ShiftedBlur(4, 25, (0.1, 2.4)).draw(rng, facts)["sigma"] for _ in range(4000)]
    assert stats.kstest(drawn, stats.uniform(0.1, 2.3).cdf).pvalue > 1e-3  # one fixed seed


def test_impossible_fields_are_refused() -> None:
    with pytest.raises(StepError, match="found offset 3 of 3"):
        Subsample(3, 3)
    with pytest.raises(StepError, match="an odd size"):
        ShiftedBlur(2, 24, (0.1, 1.0))
