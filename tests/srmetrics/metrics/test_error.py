"""MSE, RMSE, MAE, NRMSE and PSNR: exact sums, and every protocol field that they read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from srmetrics import METRICS, EvaluationProtocol
from srmetrics.metrics.base import WHOLE_IMAGE, Measurement, Region
from srmetrics.metrics.error import MAE, MSE, NRMSE, PSNR, RMSE, ErrorMetric, covered, decibels, error_sums
from srmetrics.prepare.pair import PreparedPair, prepare_pair

RANDOM = np.random.RandomState(5)
REFERENCE = RANDOM.randint(0, 256, (101, 13, 3)).astype(np.uint8)
CANDIDATE = RANDOM.randint(0, 256, (101, 13, 3)).astype(np.uint8)
DIFFERENCE = REFERENCE.astype(np.float64) - CANDIDATE
MASK = RANDOM.rand(101, 13) > 0.6
EMPTY = np.zeros((101, 13), np.bool_)


def pair_of(
    reference: Any = REFERENCE, candidate: Any = CANDIDATE, told: float | None = None, **fields: Any
) -> PreparedPair:
    return prepare_pair(reference, candidate, EvaluationProtocol(**fields), data_range=told)


def region(mask: np.ndarray, masking: str = "normalised") -> Region:
    return Region("mask", mask, masking)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (MSE, np.mean(DIFFERENCE**2)),
        (RMSE, np.sqrt(np.mean(DIFFERENCE**2))),
        (MAE, np.mean(np.abs(DIFFERENCE))),
        (NRMSE, np.sqrt(np.sum(DIFFERENCE**2) / np.sum(REFERENCE.astype(np.float64) ** 2))),
        (PSNR, 10 * np.log10(255**2 / np.mean(DIFFERENCE**2))),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_a_metric_is_its_formula(metric: ErrorMetric, expected: float, dtype: Any) -> None:
    measured = metric.measure(pair_of(REFERENCE.astype(dtype), CANDIDATE.astype(dtype), 255), WHOLE_IMAGE)
    assert measured.value == pytest.approx(expected, rel=1e-14)
    assert measured.channels == ()
    assert measured.n == 101 * 13 * 3
    assert measured.n_sampled is None
    assert measured.mask_support is None


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (MSE, np.mean(DIFFERENCE[MASK] ** 2)),
        (RMSE, np.sqrt(np.mean(DIFFERENCE[MASK] ** 2))),
        (MAE, np.mean(np.abs(DIFFERENCE[MASK]))),
        (NRMSE, np.sqrt(np.sum(DIFFERENCE[MASK] ** 2) / np.sum(REFERENCE[MASK].astype(np.float64) ** 2))),
        (PSNR, 10 * np.log10(255**2 / np.mean(DIFFERENCE[MASK] ** 2))),
    ],
)
@pytest.mark.parametrize("masking", ["normalised", "interior", "map"])
def test_inside_a_mask_only_its_pixels_count(metric: ErrorMetric, expected: float, masking: str) -> None:
    measured = metric.measure(pair_of(), region(MASK, masking))
    assert measured.value == pytest.approx(expected, rel=1e-14)
    assert measured.n == MASK.sum() * 3


def test_zeroed_scores_all_pixels_with_the_outside_black() -> None:
    total = np.sum(DIFFERENCE[MASK] ** 2)
    assert MSE.measure(pair_of(), region(MASK, "zeroed")).value == pytest.approx(total / DIFFERENCE.size, rel=1e-14)
    assert PSNR.measure(pair_of(), region(MASK, "zeroed")).value == pytest.approx(
        10 * np.log10(255**2 * DIFFERENCE.size / total), rel=1e-14
    )
    energy = np.sum(REFERENCE[MASK].astype(np.float64) ** 2)
    assert NRMSE.measure(pair_of(), region(MASK, "zeroed")).value == pytest.approx(np.sqrt(total / energy), rel=1e-14)


@pytest.mark.parametrize("metric", [MSE, RMSE, MAE, NRMSE, PSNR])
@pytest.mark.parametrize("masking", ["normalised", "interior", "map", "zeroed"])
def test_an_empty_region_has_no_value(metric: ErrorMetric, masking: str) -> None:
    one = metric.measure(pair_of(), region(EMPTY, masking))
    assert math.isnan(one.value)
    assert one.channels == ()
    assert math.isnan(metric.pool([one, one], pair_of()).value)
    apart = metric.measure(pair_of(colour="mean-of-channels"), region(EMPTY, masking))
    assert len(apart.channels) == 3
    assert all(math.isnan(value) for value in (apart.value, *apart.channels))


def test_one_pixel_is_a_region() -> None:
    pair = pair_of(np.array([[10, 20]], np.uint8), np.array([[10, 23]], np.uint8))
    assert MSE.measure(pair, region(np.array([[False, True]]))).value == 9.0


def test_nrmse_is_relative_however_dark_the_reference_is() -> None:
    pair = pair_of(np.array([[0.5, 0.0]]), np.array([[0.25, 0.0]]), 1.0)
    assert NRMSE.measure(pair, WHOLE_IMAGE).value == 0.5


def test_sums_are_exact_integers_for_8_bits_however_wide_the_image() -> None:
    # OpenCV gives the squared sum as the square of a root: one unit in the last place off without the rounding.
    white = np.full((100, 30000, 3), 255, np.uint8)
    pair = pair_of(white, white * 0)
    assert error_sums(pair, WHOLE_IMAGE, "squared") == (100 * 30000 * 3 * 255.0**2,)
    assert error_sums(pair, WHOLE_IMAGE, "absolute") == (100 * 30000 * 3 * 255.0,)
    for width in range(1, 60):
        pair = pair_of(REFERENCE[:, :1].repeat(width, 1), CANDIDATE[:, :1].repeat(width, 1))
        exact = int((DIFFERENCE[:, :1] ** 2).sum()) * width
        assert error_sums(pair, WHOLE_IMAGE, "squared") == (float(exact),)


@pytest.mark.parametrize("which", ["squared", "absolute", "energy"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_sums_of_channels_add_up_to_the_sum_of_all(which: Any, dtype: Any) -> None:
    images = REFERENCE.astype(dtype), CANDIDATE.astype(dtype)
    whole = error_sums(pair_of(*images), WHOLE_IMAGE, which)
    apart = error_sums(pair_of(*images, colour="mean-of-channels"), WHOLE_IMAGE, which)
    assert len(whole) == 1
    assert len(apart) == 3
    assert sum(apart) == whole[0]
    values = REFERENCE.astype(np.float64) if which == "energy" else DIFFERENCE
    values = np.abs(values) if which == "absolute" else values**2
    assert apart == tuple(values.sum(axis=(0, 1)))
    inside = error_sums(pair_of(*images), region(MASK), which)
    outside = error_sums(pair_of(*images), region(~MASK), which)
    assert inside[0] + outside[0] == whole[0]
    assert inside[0] == values[MASK].sum()


def test_the_shortcut_for_8_bits_is_not_taken_where_values_are_converted() -> None:
    # Grey images that are expanded and come back as Y have one channel, as their stored values do.
    grey = REFERENCE[:, :, 0], CANDIDATE[:, :, 0]
    kept = MSE.measure(pair_of(*grey, colour="y-bt601"), WHOLE_IMAGE).value
    expanded = MSE.measure(pair_of(*grey, colour="y-bt601", grey="expand"), WHOLE_IMAGE).value
    assert kept == np.mean(DIFFERENCE[:, :, 0] ** 2)
    # Studio Y has 219 steps where grey has 255: 1.32 dB.
    assert expanded == pytest.approx(kept * (219 / 255) ** 2, rel=1e-12)


def test_under_mean_of_channels_a_score_is_the_mean_of_the_channels() -> None:
    measured = PSNR.measure(pair_of(colour="mean-of-channels"), WHOLE_IMAGE)
    expected = 10 * np.log10(255**2 / (DIFFERENCE**2).mean(axis=(0, 1)))
    np.testing.assert_allclose(measured.channels, expected, rtol=1e-14)
    assert measured.value == pytest.approx(expected.mean(), rel=1e-14)
    assert measured.n == 101 * 13
    nrmse = NRMSE.measure(pair_of(colour="mean-of-channels"), region(MASK))
    roots = np.sqrt((DIFFERENCE[MASK] ** 2).sum(axis=0) / (REFERENCE[MASK].astype(float) ** 2).sum(axis=0))
    np.testing.assert_allclose(nrmse.channels, roots, rtol=1e-14)
    assert nrmse.value == pytest.approx(roots.mean(), rel=1e-14)
    assert nrmse.n == MASK.sum()


def test_grey_has_no_channels_to_list() -> None:
    measured = PSNR.measure(pair_of(REFERENCE[:, :, 0], CANDIDATE[:, :, 0], colour="mean-of-channels"), WHOLE_IMAGE)
    assert measured.channels == ()
    assert measured.value == PSNR.measure(pair_of(REFERENCE[:, :, 0], CANDIDATE[:, :, 0]), WHOLE_IMAGE).value
    assert measured.n == 101 * 13


@pytest.mark.parametrize(("masking", "colour", "expected"), [
    ("normalised", "all-channels", int(MASK.sum()) * 3),
    ("normalised", "mean-of-channels", int(MASK.sum())),
    ("zeroed", "all-channels", 101 * 13 * 3),
    ("zeroed", "mean-of-channels", 101 * 13),
    ("normalised", "y-bt601", int(MASK.sum())),
])  # fmt: skip
def test_a_sum_runs_over_pixels_times_the_channels_of_one_sum(masking: str, colour: str, expected: int) -> None:
    assert covered(pair_of(colour=colour), region(MASK, masking)) == expected


def test_identical_images_score_infinity() -> None:
    pair = pair_of(REFERENCE, REFERENCE)
    assert PSNR.measure(pair, WHOLE_IMAGE).value == math.inf
    assert [metric.measure(pair, WHOLE_IMAGE).value for metric in (MSE, RMSE, MAE, NRMSE)] == [0.0] * 4


def test_a_reference_without_energy_has_an_nrmse_of_0_or_infinity() -> None:
    black = np.zeros_like(REFERENCE)
    assert NRMSE.measure(pair_of(black, black), WHOLE_IMAGE).value == 0.0
    assert NRMSE.measure(pair_of(black, black + 1), WHOLE_IMAGE).value == math.inf


def flat(error: float, data_range: float = 255.0, **fields: Any) -> float:
    """PSNR of a flat pair with this error at every pixel."""
    zeros = np.zeros((4, 4))
    return PSNR.measure(pair_of(zeros, zeros + error, data_range, **fields), WHOLE_IMAGE).value


@pytest.mark.parametrize(
    ("error", "data_range", "expected"), [(255, 255, 0.0), (0.1, 1, 20.0), (1, 10, 20.0), (1000, 1, -60.0)]
)
def test_psnr_is_20_log10_of_range_over_error(error: float, data_range: float, expected: float) -> None:
    assert flat(error, data_range) == pytest.approx(expected, abs=1e-12)


def test_the_largest_error_scores_0_and_not_minus_0() -> None:
    assert math.copysign(1.0, flat(255)) == 1.0


def test_a_cap_holds_what_is_above_it() -> None:
    assert flat(0, psnr_cap=100) == 100.0
    assert flat(0.1, 1, psnr_cap=20.1) == pytest.approx(20.0, abs=1e-12)
    assert flat(0.1, 1, psnr_cap=19.5) == 19.5


def test_an_epsilon_is_added_to_the_error_of_images_in_0_to_1() -> None:
    assert flat(0, psnr_eps=1e-8) == pytest.approx(80.0, abs=1e-12)
    assert flat(51, psnr_eps=0.01) == pytest.approx(-10 * math.log10(0.04 + 0.01), abs=1e-12)
    assert flat(0, psnr_eps=1e-8, psnr_cap=79) == 79.0
    assert decibels(51.0**2, pair_of(psnr_eps=0.01)) == pytest.approx(-10 * math.log10(0.05), abs=1e-12)


def test_the_range_is_the_references_maximum_where_the_protocol_says_so() -> None:
    low = REFERENCE // 4
    error = (low.astype(np.float64) - CANDIDATE) ** 2
    measured = PSNR.measure(pair_of(low, CANDIDATE, range="reference-max"), WHOLE_IMAGE)
    assert measured.value == pytest.approx(10 * np.log10(float(low.max()) ** 2 / error.mean()), rel=1e-14)


@pytest.mark.parametrize("metric", [MSE, RMSE, MAE, NRMSE, PSNR])
@pytest.mark.parametrize("colour", ["all-channels", "mean-of-channels"])
def test_a_volume_has_one_mean_over_all_its_pixels(metric: ErrorMetric, colour: str) -> None:
    whole = metric.measure(pair_of(colour=colour), region(MASK))
    parts = []
    for rows in (slice(0, 40), slice(40, 41), slice(41, 101)):
        pair = pair_of(REFERENCE[rows], CANDIDATE[rows], colour=colour)
        parts.append(metric.measure(pair, region(MASK[rows])))
    pooled = metric.pool(parts, pair)
    assert pooled.value == pytest.approx(whole.value, rel=1e-14)
    np.testing.assert_allclose(pooled.channels, whole.channels, rtol=1e-14)
    assert pooled.n == whole.n


def test_slices_with_other_channels_are_not_one_volume() -> None:
    apart = EvaluationProtocol(colour="mean-of-channels")
    colours, grey = (
        prepare_pair(REFERENCE, CANDIDATE, apart),
        prepare_pair(REFERENCE[:, :, 0], CANDIDATE[:, :, 0], apart),
    )
    with pytest.raises(ValueError, match=r"zip\(\) argument 2 is shorter"):
        MSE.pool([MSE.measure(pair, WHOLE_IMAGE) for pair in (colours, grey)], colours)


def test_a_volume_takes_no_harm_from_slices_without_the_region() -> None:
    some, none = MSE.measure(pair_of(), region(MASK)), MSE.measure(pair_of(), region(EMPTY))
    assert MSE.pool([some, none], pair_of()).value == some.value
    # Zeroed, all pixels of both slices count.
    some, none = (MSE.measure(pair_of(), region(mask, "zeroed")) for mask in (MASK, EMPTY))
    assert MSE.pool([some, none], pair_of()).value == pytest.approx(some.value / 2, rel=1e-14)


def test_a_measurement_keeps_what_pooling_needs() -> None:
    measured = NRMSE.measure(pair_of(), WHOLE_IMAGE)
    energy = float((REFERENCE.astype(np.float64) ** 2).sum())
    assert measured.sums == (float((DIFFERENCE**2).sum()), energy)
    assert replace(measured, value=0.0) == Measurement(0.0, (), measured.sums, 101 * 13 * 3)


@pytest.mark.parametrize("name", ["mse", "rmse", "mae", "nrmse", "psnr"])
def test_only_psnr_is_better_when_it_is_higher(name: str) -> None:
    assert METRICS[name].higher_is_better is (name == "psnr")
    assert METRICS[name].name == name
