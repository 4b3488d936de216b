"""Blur steps: what they draw is what was published, and what they apply is the kernel of their record."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from scipy import stats
from skimage.data import astronaut

from degradations.seeding import random_state
from degradations.step import Facts, Record
from degradations.steps import kernels
from degradations.steps.blur import Blur, CovarianceBlur, GaussianBlur, SincBlur, make_kernel
from degradations.steps.filtering import filter_image
from srmetrics.errors import StepError

FACTS = Facts.of(np.zeros((64, 64, 3), np.float32), 4)
FAMILIES = ("iso", "aniso", "generalised-iso", "generalised-aniso", "plateau-iso", "plateau-aniso", "sinc")
WEIGHTS = (0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1)
SIZES = (7, 9, 11, 13, 15, 17, 19, 21)
BLUR = Blur(families=FAMILIES, weights=WEIGHTS, sizes=SIZES, sigma=(0.2, 3.0))
# One seed, so that a test either holds or not; a p-value under 1e-3 would be seen once in a thousand seeds.
SIGNIFICANCE = 1e-3


@pytest.fixture(scope="module")
def records() -> list[Record]:
    rng = random_state("test@1", 0, "blur", 0)
    return [BLUR.draw(rng, FACTS) for _ in range(20_000)]


def test_families_and_sizes_have_their_weights(records: list[Record]) -> None:
    counts = [sum(record["family"] == family for record in records) for family in FAMILIES]
    assert stats.chisquare(counts, np.array(WEIGHTS) * len(records)).pvalue > SIGNIFICANCE
    sizes = [sum(record["size"] == size for record in records) for size in SIZES]
    assert stats.chisquare(sizes).pvalue > SIGNIFICANCE


@pytest.mark.parametrize(
    ("name", "low", "high"), [("sigma_x", 0.2, 3.0), ("sigma_y", 0.2, 3.0), ("rotation", -math.pi, math.pi)]
)
def test_deviations_and_rotation_are_uniform(records: list[Record], name: str, low: float, high: float) -> None:
    values = [record[name] for record in records if name in record]
    assert stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > SIGNIFICANCE


@pytest.mark.parametrize(("family", "low", "high"), [("generalised", 0.5, 4.0), ("plateau", 1.0, 2.0)])
def test_half_of_the_shapes_lie_on_each_side_of_one(
    records: list[Record], family: str, low: float, high: float
) -> None:
    shapes = np.array([record["beta"] for record in records if record["family"].startswith(family)])
    upper = shapes[shapes > 1]
    assert stats.binomtest(len(upper), len(shapes)).pvalue > SIGNIFICANCE
    assert stats.kstest(upper, stats.uniform(1, high - 1).cdf).pvalue > SIGNIFICANCE
    if low < 1:
        assert stats.kstest(shapes[shapes <= 1], stats.uniform(low, 1 - low).cdf).pvalue > SIGNIFICANCE
    else:
        assert set(shapes[shapes <= 1]) == {1.0}


@pytest.mark.parametrize(("small", "low"), [(True, math.pi / 3), (False, math.pi / 5)])
def test_small_sinc_filters_cut_off_higher(records: list[Record], small: bool, low: float) -> None:
    sincs = [record for record in records if record["family"] == "sinc" and (record["size"] < 13) == small]
    cutoffs = [record["cutoff"] for record in sincs]
    assert stats.kstest(cutoffs, stats.uniform(low, math.pi - low).cdf).pvalue > SIGNIFICANCE


def test_the_final_sinc_has_one_range_for_all_sizes() -> None:
    rng = random_state("test@1", 0, "sinc", 0)
    drawn = [SincBlur(SIZES).draw(rng, FACTS) for _ in range(4000)]
    cutoffs = [record["cutoff"] for record in drawn]
    assert stats.kstest(cutoffs, stats.uniform(math.pi / 3, math.pi * 2 / 3).cdf).pvalue > SIGNIFICANCE
    assert stats.chisquare([sum(r["size"] == size for r in drawn) for size in SIZES]).pvalue > SIGNIFICANCE


def test_covariance_blur_draws_variances_uniformly() -> None:
    step, rng = CovarianceBlur(sizes=(7, 9), variance=(0.0, 8.0)), random_state("test@1", 0, "variance", 0)
    drawn = [step.draw(rng, FACTS) for _ in range(4000)]
    for name in ("sigma_x", "sigma_y"):
        variances = [record[name] ** 2 for record in drawn]
        assert stats.kstest(variances, stats.uniform(0, 8).cdf).pvalue > SIGNIFICANCE
    angles = [record["rotation"] for record in drawn]
    assert stats.kstest(angles, stats.uniform(0, math.pi).cdf).pvalue > SIGNIFICANCE


def test_covariance_blur_has_the_covariance_of_its_record() -> None:
    # BSRGAN's kernel is the normal density with eigenvalues l1 along (cos a, sin a) and l2 across, by scipy.
    record = {"family": "aniso", "size": 15, "sigma_x": math.sqrt(3), "sigma_y": 1.0, "rotation": 0.4}
    axis = np.array([math.cos(0.4), math.sin(0.4)])
    covariance = 3 * np.outer(axis, axis) + 1 * np.outer([-axis[1], axis[0]], [-axis[1], axis[0]])
    grid = np.stack(np.meshgrid(np.arange(-7, 8), np.arange(-7, 8)), axis=2)
    density = stats.multivariate_normal([0, 0], covariance).pdf(grid)
    # Two evaluations of one exponential in float64.
    np.testing.assert_allclose(density / density.sum(), make_kernel(record), rtol=0, atol=1e-12)


def test_every_family_applies_the_kernel_of_its_record(records: list[Record]) -> None:
    image = (astronaut()[:64, :64] / np.float32(255)).astype(np.float32)
    for family in FAMILIES:
        record = next(record for record in records if record["family"] == family)
        # The isotropic Gaussian is filtered row by row and column by column: float32 sums in another order.
        expected = filter_image(image, make_kernel(record))
        np.testing.assert_allclose(expected, BLUR.apply(image, record), rtol=0, atol=2e-6)


def test_make_kernel_names_each_family() -> None:
    record = {"size": 9, "sigma_x": 2.0, "sigma_y": 1.0, "rotation": 0.5, "beta": 1.5, "cutoff": 2.0}
    for family, expected in {
        "aniso": kernels.gaussian(9, 2, 1, 0.5),
        "generalised-aniso": kernels.generalised_gaussian(9, 1.5, 2, 1, 0.5),
        "plateau-aniso": kernels.plateau(9, 1.5, 2, 1, 0.5),
        "sinc": kernels.sinc(9, 2),
    }.items():
        np.testing.assert_array_equal(expected, make_kernel(record | {"family": family}))
    with pytest.raises(StepError, match="unknown kernel family; found box"):
        make_kernel(record | {"family": "box"})


def test_opencvs_arithmetic_is_opencvs_gaussian_blur() -> None:
    image = astronaut()[:64, :64]
    expected = cv2.GaussianBlur(image, (15, 15), 0)
    np.testing.assert_array_equal(expected, GaussianBlur(15, arithmetic="opencv").apply(image, {}))


def test_exact_arithmetic_is_within_one_level_of_opencvs() -> None:
    # OpenCV's fixed point keeps 8 fractional bits of each weight, so that a few pixels round to the next level.
    image = astronaut()[:64, :64].astype(int)
    exact = GaussianBlur(7, 1.6).apply(image.astype(np.uint8), {})
    assert np.abs(cv2.GaussianBlur(image.astype(np.uint8), (7, 7), 1.6).astype(int) - exact).max() <= 1


def test_floats_are_blurred_the_same_by_both_arithmetics() -> None:
    image = astronaut()[:64, :64] / 255
    # sepFilter2D and GaussianBlur add the same float64 products in another order.
    expected = cv2.GaussianBlur(image, (5, 5), 0)
    np.testing.assert_allclose(expected, GaussianBlur(5).apply(image, {}), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"families": ("box",), "weights": (1.0,)}, "found box with 1 weights"),
        ({"weights": (0.5, 0.5)}, "a weight for each"),
        ({"sizes": (8,)}, "odd numbers of pixels"),
        ({"sizes": ()}, "odd numbers of pixels"),
        ({"sigma": (0.0, 0.0)}, "impossible range of sigma"),
        ({"sigma": (2.0, 1.0)}, "impossible range of sigma"),
        ({"plateau_beta": (1.5, 2.0)}, "expected a range around 1"),
        ({"sinc_cutoff": (0.0, 1.0)}, "0 < low <= high <= pi"),
        ({"small_sinc_cutoff": (1.0, 3.2)}, "0 < low <= high <= pi"),
    ],
)
def test_impossible_fields_are_refused(fields: dict[str, object], message: str) -> None:
    whole = {"families": FAMILIES, "weights": WEIGHTS, "sizes": SIZES, "sigma": (0.2, 3.0)} | fields
    with pytest.raises(StepError, match=message):
        Blur(**whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields", [{"size": 4}, {"size": 5, "sigma": 0.0}, {"size": 5, "border": "wrap"}, {"size": 5, "arithmetic": "x"}]
)
def test_impossible_gaussian_blurs_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(StepError):
        GaussianBlur(**fields)  # type: ignore[arg-type]


def test_an_impossible_sinc_cutoff_is_refused() -> None:
    with pytest.raises(StepError, match="0 < low <= high <= pi"):
        SincBlur((7,), cutoff=(1.0, 4.0))
