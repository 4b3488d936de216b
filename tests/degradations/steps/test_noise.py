"""Gaussian noise: BasicSR's for the same field, and the distributions that were published."""

from __future__ import annotations

import numpy as np
import pytest
from basicsr.data import degradations as basicsr
from scipy import stats
from skimage.data import astronaut

from degradations.seeding import field_state, random_state
from degradations.step import Facts, Image
from degradations.steps.noise import CorrelatedNoise, GaussianNoise, WrappedNoise, noise_covariance
from srmetrics.errors import StepError

FACTS = Facts.of(np.zeros((64, 64, 3), np.float32), 4)
SIGNIFICANCE = 1e-3  # one fixed seed: either it holds or not
GREY = np.full((200, 200, 3), 0.5)  # far from both clips for the deviations used here


@pytest.fixture(scope="module")
def image() -> Image:
    return (astronaut()[:90, :70] / np.float32(255)).astype(np.float32)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("sigma", [1.0, 17.3])
def test_equals_basicsr_for_the_same_field(
    image: Image, monkeypatch: pytest.MonkeyPatch, sigma: float, grey: bool
) -> None:
    monkeypatch.setattr(np.random, "randn", lambda *shape: field_state(7).standard_normal(shape))
    expected = basicsr.add_gaussian_noise(image, sigma, gray_noise=grey)
    made = GaussianNoise((1, 30)).apply(image, {"sigma": sigma, "grey": grey, "field": 7})
    np.testing.assert_array_equal(expected, made)
    assert made.dtype == np.float32


def test_strength_is_uniform_and_grey_has_its_probability() -> None:
    step, rng = GaussianNoise((1, 30), grey_probability=0.4), random_state("test@1", 0, "noise", 0)
    drawn = [step.draw(rng, FACTS) for _ in range(10_000)]
    assert stats.kstest([r["sigma"] for r in drawn], stats.uniform(1, 29).cdf).pvalue > SIGNIFICANCE
    assert stats.binomtest(sum(r["grey"] for r in drawn), len(drawn), 0.4).pvalue > SIGNIFICANCE
    assert len({r["field"] for r in drawn}) == len(drawn)


def test_whole_strengths_are_equally_likely() -> None:
    step, rng = GaussianNoise((2, 25), whole_numbers=True), random_state("test@1", 0, "whole", 0)
    drawn = [step.draw(rng, FACTS)["sigma"] for _ in range(10_000)]
    assert set(drawn) == set(range(2, 26))
    assert stats.chisquare(np.bincount(drawn)[2:]).pvalue > SIGNIFICANCE


def test_noise_is_normal_with_its_deviation() -> None:
    noise = GaussianNoise((10, 10)).apply(GREY, {"sigma": 10, "grey": False, "field": 1}) - GREY
    assert stats.kstest(noise.ravel(), stats.norm(0, 10 / 255).cdf).pvalue > SIGNIFICANCE


def test_grey_noise_is_the_same_in_all_channels_and_colour_noise_is_not() -> None:
    grey = GaussianNoise((10, 10)).apply(GREY, {"sigma": 10, "grey": True, "field": 1}) - GREY
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])
    colour = GaussianNoise((10, 10)).apply(GREY, {"sigma": 10, "grey": False, "field": 1}) - GREY
    # 40,000 independent pairs: a correlation beyond 4/sqrt(40,000) has a probability below 1e-4.
    assert abs(np.corrcoef(colour[..., 0].ravel(), colour[..., 1].ravel())[0, 1]) < 0.02


def test_correlated_noise_has_the_covariance_of_its_record() -> None:
    record = CorrelatedNoise(10).draw(random_state("test@1", 0, "cov", 0), FACTS)
    expected = noise_covariance(record["diagonal"], record["basis"]) * (10 / 255) ** 2
    values, vectors = np.linalg.eigh(expected)
    expected = (vectors * np.abs(values)) @ vectors.T  # what remains of a negative eigenvalue, as in numpy
    noise = CorrelatedNoise(10).apply(GREY, record) - GREY
    # The deviation of a covariance estimated from 40,000 samples is at most sqrt(2/40,000) of the variances.
    bound = 4 * np.sqrt(2 / 40_000) * expected.diagonal().max()
    np.testing.assert_allclose(expected, np.cov(noise.reshape(-1, 3).T), rtol=0, atol=bound)


def test_one_channel_images_take_the_first_channel_of_correlated_noise() -> None:
    record = CorrelatedNoise(10).draw(random_state("test@1", 0, "cov", 0), FACTS)
    colour = CorrelatedNoise(10).apply(GREY, record)
    np.testing.assert_array_equal(colour[..., 0], CorrelatedNoise(10).apply(GREY[..., 0], record))


def test_wrapped_noise_turns_negative_values_into_nearly_white() -> None:
    image = np.full((50, 60), 100, np.uint8)
    field = field_state(3).standard_normal((50, 60)) * 25
    made = WrappedNoise(25).apply(image, {"field": 3})
    # By the C rules of the cast: the fraction is cut off, then the low byte is kept; the sum saturates.
    assert set(made[field <= -1]) <= set(range(200, 256))
    np.testing.assert_array_equal(100 + np.trunc(field[field > -1]), made[field > -1])


@pytest.mark.parametrize("image", [GREY, np.zeros((4, 4), np.uint16)])
def test_wrapped_noise_is_for_8_bits_only(image: Image) -> None:
    with pytest.raises(StepError, match="Convert the images to 8 bits first"):
        WrappedNoise(25).apply(image, {"field": 3})


def test_the_input_is_not_changed(image: Image) -> None:
    before = image.copy()
    for step in (GaussianNoise((9, 9), 1.0), CorrelatedNoise(9)):
        step.apply(image, step.draw(random_state("test@1", 0, "same", 0), FACTS))
    np.testing.assert_array_equal(before, image)


@pytest.mark.parametrize("step", [GaussianNoise((5, 5)), CorrelatedNoise(5.0)])
def test_integer_images_are_refused_at_the_door(step: GaussianNoise | CorrelatedNoise) -> None:
    record = step.draw(random_state("test@1", 0, "door", 0), FACTS)
    with pytest.raises(StepError, match=f"the {step.kind} step cannot work on this type; found uint8"):
        step.apply(np.zeros((8, 8, 3), np.uint8), record)


@pytest.mark.parametrize("sigma", [(-1, 5), (5, 1), (0, float("inf")), (float("nan"), 1)])
def test_impossible_ranges_are_refused(sigma: tuple[float, float]) -> None:
    with pytest.raises(StepError, match="impossible range of sigma"):
        GaussianNoise(sigma)


def test_impossible_probabilities_are_refused() -> None:
    with pytest.raises(StepError, match=r"impossible grey_probability; found 1\.2"):
        GaussianNoise((1, 2), grey_probability=1.2)
