"""Poisson noise: scipy's inverse distribution function, BasicSR's noise for the same counts."""

from __future__ import annotations

import numpy as np
import pytest
from basicsr.data import degradations as basicsr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from skimage.data import astronaut

from degradations.seeding import field_state, random_state
from degradations.step import Facts, Image
from degradations.steps.poisson import PoissonNoise, add_poisson_noise, peak_count_of, poisson_counts
from srmetrics.errors import StepError

FACTS = Facts.of(np.zeros((64, 64, 3), np.float32), 4)
SIGNIFICANCE = 1e-3  # one fixed seed: either it holds or not


@pytest.fixture(scope="module")
def image() -> Image:
    return (astronaut()[:90, :70] / np.float32(255)).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128, 256, 1000, 4096]), st.integers(0, 2**32 - 1))
def test_counts_are_scipys_inverse_distribution_function(peak: int, seed: int) -> None:
    rng = np.random.RandomState(seed)
    levels, field = rng.randint(0, 256, 500).astype(np.uint8), rng.random_sample(500)
    np.testing.assert_array_equal(stats.poisson.ppf(field, levels / 255 * peak), poisson_counts(levels, field, peak))


@pytest.mark.parametrize("peak", [1, 2, 16, 256])
def test_the_tails_are_scipys_too(peak: int) -> None:
    # Numbers so near 0 and 1 that the search goes far; both tables sum the probabilities in double precision.
    field = np.concatenate([10.0 ** -np.arange(1, 13), 1 - 10.0 ** -np.arange(1, 12)])
    levels, numbers = (each.reshape(-1) for each in np.meshgrid(np.arange(256, dtype=np.uint8), field))
    np.testing.assert_array_equal(
        stats.poisson.ppf(numbers, levels / 255 * peak), poisson_counts(levels, numbers, peak)
    )


def test_the_rarest_uniform_numbers_end_the_search() -> None:
    levels = np.arange(256, dtype=np.uint8)
    low = poisson_counts(levels, np.zeros(256), 256)
    high = poisson_counts(levels, np.full(256, 1 - 2**-53), 256)
    assert (low <= levels / 255 * 256).all()
    assert (high >= levels / 255 * 256).all()
    assert high[0] == 0


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("scale", [0.05, 1.0, 2.7])
def test_equals_basicsr_for_the_same_counts(
    image: Image, monkeypatch: pytest.MonkeyPatch, scale: float, grey: bool
) -> None:
    def counts(means: Image) -> Image:
        return stats.poisson.ppf(field_state(5).random_sample(means.shape), means)

    monkeypatch.setattr(np.random, "poisson", counts)
    # BasicSR's images are in BGR order, and its counts are drawn in that order.
    expected = basicsr.add_poisson_noise(image if not grey else image[..., ::-1].copy(), scale, gray_noise=grey)
    made = PoissonNoise((0, 3)).apply(image, {"scale": scale, "grey": grey, "field": 5})
    # Levels divided by 255 in float32, on both sides once: up to one ulp of a value below 1, times the scale.
    np.testing.assert_allclose(expected if not grey else expected[..., ::-1], made, rtol=0, atol=3e-7)
    assert made.dtype == np.float32


def test_the_published_peak_is_the_number_of_levels_as_a_power_of_two() -> None:
    for different, expected in ((1, 1), (2, 2), (3, 4), (64, 64), (65, 128), (256, 256)):
        assert expected == peak_count_of(np.arange(different).astype(np.uint8))


def test_noise_has_the_variance_of_counts() -> None:
    flat = np.full((200, 200), 100 / 255)
    noise = add_poisson_noise(flat, field_state(1).random_sample(flat.shape), 1.0, peak_count=256) - flat
    counts = np.rint((noise + flat) * 256)
    mean = 100 / 255 * 256
    edges = np.arange(60, 142)
    observed = np.histogram(counts, [-np.inf, *(edges - 0.5), np.inf])[0]
    probabilities = np.diff(stats.poisson.cdf([-1, *(edges - 1), np.inf], mean))
    assert stats.chisquare(observed, probabilities / probabilities.sum() * counts.size).pvalue > SIGNIFICANCE


def test_one_changed_pixel_changes_no_other(image: Image) -> None:
    step, record = PoissonNoise((1, 1), peak_count=256), {"scale": 1.0, "grey": False, "field": 2}
    changed = image.copy()
    changed[40, 30] = 1 - changed[40, 30]
    differs = (step.apply(image, record) != step.apply(changed, record)).any(axis=2)
    assert [(40, 30)] == list(zip(*np.nonzero(differs), strict=True))


def test_grey_noise_is_the_same_in_all_channels(image: Image) -> None:
    middle = image * np.float32(0.2) + np.float32(0.4)  # where nothing is clipped
    noise = PoissonNoise((1, 1)).apply(middle, {"scale": 0.1, "grey": True, "field": 2}) - middle
    np.testing.assert_allclose(noise[..., 0], noise[..., 2], rtol=0, atol=2e-7)  # sums of float32 below 1


def test_draws_are_uniform_and_grey_has_its_probability() -> None:
    step, rng = PoissonNoise((0.05, 3), grey_probability=0.4), random_state("test@1", 0, "poisson", 0)
    drawn = [step.draw(rng, FACTS) for _ in range(10_000)]
    assert stats.kstest([r["scale"] for r in drawn], stats.uniform(0.05, 2.95).cdf).pvalue > SIGNIFICANCE
    assert stats.binomtest(sum(r["grey"] for r in drawn), len(drawn), 0.4).pvalue > SIGNIFICANCE


def test_one_channel_images_are_first_class(image: Image) -> None:
    plane = np.ascontiguousarray(image[..., 1])
    for grey in (False, True):
        made = PoissonNoise((1, 1)).apply(plane, {"scale": 1.0, "grey": grey, "field": 2})
        assert (plane.shape, plane.dtype) == (made.shape, made.dtype)
        assert 0 <= made.min() <= made.max() <= 1


def test_integer_images_are_refused_at_the_door() -> None:
    with pytest.raises(StepError, match="poisson-noise step cannot work on this type; found uint8"):
        PoissonNoise((1, 1)).apply(np.zeros((4, 4), np.uint8), {"scale": 1.0, "grey": False, "field": 2})


@pytest.mark.parametrize("peak", [0, 5000, -1])
def test_an_impossible_peak_is_refused(peak: int) -> None:
    with pytest.raises(StepError, match="expected 1 to 4096"):
        PoissonNoise((1, 1), peak_count=peak)
