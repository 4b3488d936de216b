"""Two methods on the same images."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from strategies import grouped_values

from harness.statistics import PairedTest, mean_interval, paired_test, sign_flip
from srmetrics.errors import StatisticsError

NAN, INF = float("nan"), float("inf")


def two_methods(n_images: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    easy = rng.normal(30, 4, n_images)
    return easy + rng.normal(0.2, 0.5, n_images), easy


@pytest.mark.parametrize("n_images", [6, 14])
def test_both_p_values_equal_scipys_on_images(n_images: int) -> None:
    first, second = two_methods(n_images, seed=1)
    test = paired_test(first, second)
    oracle = stats.permutation_test(
        (first - second,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert oracle.pvalue == test.p
    assert stats.wilcoxon(first, second, method="exact").pvalue == pytest.approx(test.p_wilcoxon, rel=1e-10)


def test_the_difference_is_that_of_the_means_and_its_interval_that_of_the_differences() -> None:
    first, second = two_methods(40, seed=2)
    test = paired_test(first, second, seed=5)
    assert first.mean() - second.mean() == pytest.approx(test.difference, abs=1e-13)
    assert mean_interval(first - second, seed=5) == test.interval


def test_units_are_groups() -> None:
    first, second = two_methods(36, seed=3)
    groups = [f"slide {number // 6}" for number in range(36)]
    means = (first - second).reshape(6, 6).mean(axis=1)
    test = paired_test(first, second, groups)
    assert 6 == test.n_units
    assert 2.0**-5 == test.smallest_p
    assert sign_flip(means).p == test.p
    assert stats.wilcoxon(means, method="exact").pvalue == pytest.approx(test.p_wilcoxon, rel=1e-12)


def test_unequal_groups_are_weighed_as_the_reported_mean_weighs_them() -> None:
    # One large group for the first method, three small ones for the second: the means over images and over
    # groups differ.
    first = np.array([1.0] * 9 + [0.0] * 3)
    second = np.array([0.0] * 9 + [1.0] * 3)
    groups = ["large"] * 9 + ["x", "y", "z"]
    by_image = paired_test(first, second, groups, average="image")
    by_group = paired_test(first, second, groups, average="group")
    assert (0.5, -0.5) == (by_image.difference, by_group.difference)
    # Sums 9, -1, -1, -1: |6| is reached whenever the three small ones do not join the large one's sign alone
    # ...
    assert sign_flip([9, -1, -1, -1]).p == by_image.p == 1.0
    # ... means 1, -1, -1, -1: |2| or more by all but the six even splits of sixteen.
    assert sign_flip([1, -1, -1, -1]).p == by_group.p == 10 / 16


@settings(max_examples=30)
@given(grouped_values(), st.integers(0, 2**32), st.sampled_from(["image", "group"]), st.booleans())
def test_swapping_the_methods_mirrors_the_difference_and_keeps_the_p_values(
    data: tuple[list[float], list[str]], noise_seed: int, average: str, grouped: bool
) -> None:
    values, names = data
    groups = names if grouped else None
    other = (np.array(values) + np.random.default_rng(noise_seed).normal(0, 1, len(values))).tolist()
    forward = paired_test(values, other, groups, average=average)
    backward = paired_test(other, values, groups, average=average)
    assert (forward.p, forward.p_wilcoxon) == (backward.p, backward.p_wilcoxon)
    assert forward.difference == -backward.difference
    if forward.interval.low is not None:
        assert (forward.interval.low, forward.interval.high) == (
            -backward.interval.high,
            -backward.interval.low,
        )


def test_a_difference_of_zero_has_a_mirrored_interval_too() -> None:
    first = np.array([3.0] + [0.0] * 21 + [1.0, 0.0])
    second = np.array([0.0] * 20 + [1.0, 2.0, 1.0, 0.0])
    forward, backward = paired_test(first, second), paired_test(second, first)
    assert 0.0 == forward.difference
    assert (forward.interval.low, forward.interval.high) == (
        -backward.interval.high,
        -backward.interval.low,
    )


@settings(max_examples=30)
@given(grouped_values(), st.randoms(use_true_random=False))
def test_the_whole_test_is_the_same_in_any_order_of_images(
    data: tuple[list[float], list[str]],
    random: Random,
) -> None:
    values, groups = data
    other = [round(value * 0.9, 1) for value in values]
    order = random.sample(range(len(values)), len(values))
    shuffled = [[column[place] for place in order] for column in (values, other, groups)]
    assert paired_test(values, other, groups) == paired_test(*shuffled)


def test_groups_of_one_image_equal_no_groups() -> None:
    first, second = two_methods(30, seed=4)
    assert paired_test(first, second) == paired_test(first, second, [str(number) for number in range(30)])


def test_images_with_nan_in_either_are_left_out_and_counted() -> None:
    first, second = two_methods(12, seed=5)
    with_gaps = paired_test([NAN, *first, 3.0, NAN], [1.0, *second, NAN, NAN])
    assert 3 == with_gaps.n_left_out
    whole = paired_test(first, second)
    assert (whole.p, whole.interval, whole.n_units) == (with_gaps.p, with_gaps.interval, with_gaps.n_units)


def assert_blank(test: PairedTest) -> None:
    assert (None, None, None) == (test.difference, test.p, test.p_wilcoxon)
    assert (None, None, test.reason) == (test.interval.low, test.interval.high, test.interval.method)


@pytest.mark.parametrize("second", [[1.0, 2.0, 3.0], [INF, 2.0, 3.0]])
def test_an_infinite_value_blanks_the_comparison_with_its_reason(second: list[float]) -> None:
    test = paired_test([INF, 1.0, 2.0], second)
    assert_blank(test)
    assert "infinite values on 1 of 3 images" == test.reason


def test_an_infinite_value_on_an_image_left_out_does_not_count() -> None:
    assert "" == paired_test([INF, 1.0, 2.0], [NAN, 2.0, 3.0]).reason


def test_no_common_image_blanks_the_comparison_with_its_reason() -> None:
    test = paired_test([NAN, 1.0], [2.0, NAN])
    assert_blank(test)
    assert "no image with a value in both" == test.reason


def test_equal_columns_differ_by_nothing_with_p_one() -> None:
    first, _ = two_methods(30, seed=6)
    test = paired_test(first, first)
    assert (0.0, 1.0, 1.0) == (test.difference, test.p, test.p_wilcoxon)
    assert (0.0, 0.0) == (test.interval.low, test.interval.high)


def test_columns_of_different_images_are_refused() -> None:
    with pytest.raises(StatisticsError, match="2 and 3 values"):
        paired_test([1.0, 2.0], [1.0, 2.0, 3.0])
