"""Intervals of a mean: which one when, what they equal, and what they do not depend on."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from strategies import scores

from harness.statistics import Interval, mean_interval
from harness.statistics.bca import bca_interval, bca_levels, widened_quantile
from harness.statistics.draws import resampled_sums
from srmetrics.errors import StatisticsError

NAN, INF = float("nan"), float("inf")


def ends(interval: Interval) -> tuple[float, float]:
    assert interval.low is not None
    assert interval.high is not None
    return interval.low, interval.high


def grouped_sample(n_groups: int, seed: int) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 9, n_groups)
    groups = [f"patient {number}" for number, size in enumerate(sizes) for _ in range(size)]
    values = np.repeat(rng.normal(30, 2, n_groups), sizes) + rng.normal(0, 1, sizes.sum())
    return values, groups


@pytest.mark.parametrize("skewed", [False, True])
def test_bca_equals_scipys_on_the_same_draws(skewed: bool) -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(0, 1, 30) if skewed else rng.normal(30, 2, 30)
    distribution = resampled_sums(np.sort(values)[None], seed=4)[0] / 30
    # The widening is a wider normal quantile, so scipy's plain BCa at that quantile's confidence is the same
    # interval.
    confidence = 2 * stats.norm.cdf(widened_quantile(30, 0.95)) - 1
    oracle = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=0,
        bootstrap_result=SimpleNamespace(bootstrap_distribution=distribution),
        confidence_level=confidence,
        method="BCa",
    ).confidence_interval
    # Sums in another order: a few roundings.
    assert tuple(oracle) == pytest.approx(bca_interval(values, np.ones(30), seed=4), rel=1e-12)


def test_bca_of_unequal_groups_equals_scipys_of_a_ratio_on_the_same_draws() -> None:
    values, groups = grouped_sample(26, seed=2)
    names = sorted(set(groups))
    sums = np.array([values[np.array(groups) == name].sum() for name in names])
    counts = np.array([float(groups.count(name)) for name in names])
    order = np.lexsort((counts, sums))
    drawn = resampled_sums(np.stack([sums[order], counts[order]]), seed=0)
    oracle = stats.bootstrap(
        (sums, counts),
        lambda above, below, axis=-1: above.sum(axis=axis) / below.sum(axis=axis),
        paired=True,
        n_resamples=0,
        bootstrap_result=SimpleNamespace(bootstrap_distribution=drawn[0] / drawn[1]),
        confidence_level=2 * stats.norm.cdf(widened_quantile(26, 0.95)) - 1,
        method="BCa",
    ).confidence_interval
    assert tuple(oracle) == pytest.approx(ends(mean_interval(values, groups)), rel=1e-12)


def test_bca_lies_where_scipys_own_draws_put_it() -> None:
    values = np.random.default_rng(3).gamma(3.0, 1.0, 40)
    oracle = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=10_000,
        confidence_level=2 * stats.norm.cdf(widened_quantile(40, 0.95)) - 1,
        method="BCa",
        rng=np.random.default_rng(4),
    ).confidence_interval
    # Near the 2 % level a quantile of 10,000 draws has a standard error of about 0.03 of the bootstrap's
    # standard deviation; two of them, and five standard errors.
    margin = 5 * np.sqrt(2) * 0.03 * values.std() / np.sqrt(40)
    assert tuple(oracle) == pytest.approx(ends(mean_interval(values)), abs=margin)


def test_levels_without_bias_and_acceleration_are_the_plain_ones() -> None:
    deviations = np.array([-1.0, -0.5, 0.5, 1.0])
    assert (stats.norm.cdf(-1.96), stats.norm.cdf(1.96)) == pytest.approx(bca_levels(deviations, 0.0, 1.96))


def test_draws_equal_to_the_estimate_count_half() -> None:
    # One below and three equal of four: 2.5 / 4 lie below.
    bias = stats.norm.ppf(2.5 / 4)
    expected = stats.norm.cdf(2 * bias - 1.0), stats.norm.cdf(2 * bias + 1.0)
    assert expected == pytest.approx(bca_levels(np.array([-1.0, 0.0, 1e-17, 0.0]), 0.0, 1.0, tie=1e-15))


def test_levels_stay_finite_when_all_draws_lie_on_one_side() -> None:
    low, high = bca_levels(np.full(100, -1.0), 0.1, 2.0)
    assert 0.0 <= low <= high <= 1.0


@pytest.mark.parametrize("n_units", [5, 12, 19])
def test_five_to_nineteen_units_give_students_t(n_units: int) -> None:
    values = np.random.default_rng(n_units).normal(30, 2, n_units)
    expected = stats.t.interval(0.95, n_units - 1, values.mean(), stats.sem(values))
    interval = mean_interval(values)
    assert expected == pytest.approx(ends(interval), rel=1e-12)
    assert f"Student t over {n_units} unit means" == interval.method


def test_students_t_of_equal_groups_is_over_their_means() -> None:
    values, groups = np.random.default_rng(0).normal(30, 2, 24), list("abcdefgh" * 3)
    means = values.reshape(3, 8).mean(axis=0)
    expected = stats.t.interval(0.95, 7, means.mean(), stats.sem(means))
    assert expected == pytest.approx(ends(mean_interval(values, groups)), rel=1e-12)


@pytest.mark.parametrize("n_groups", [9, 31])
def test_the_mean_over_groups_has_the_interval_of_the_unit_means(n_groups: int) -> None:
    values, groups = grouped_sample(n_groups, seed=6)
    means = [values[np.array(groups) == name].mean() for name in sorted(set(groups))]
    # Group means summed by numpy against exactly: the last bits.
    assert ends(mean_interval(means)) == pytest.approx(ends(mean_interval(values, groups, average="group")), rel=1e-12)


@pytest.mark.parametrize("n_groups", [9, 31])
def test_the_mean_over_images_lies_inside_its_interval_and_groups_widen_it(n_groups: int) -> None:
    values, groups = grouped_sample(n_groups, seed=7)
    low, high = ends(mean_interval(values, groups))
    assert low < values.mean() < high
    alone_low, alone_high = ends(mean_interval(values))
    assert high - low > alone_high - alone_low  # images of one patient are alike, so they tell less


def test_students_t_of_unequal_groups_follows_the_ratio_estimators_formula() -> None:
    values, groups = grouped_sample(9, seed=8)
    names = sorted(set(groups))
    sums = np.array([values[np.array(groups) == name].sum() for name in names])
    counts = np.array([float(groups.count(name)) for name in names])
    ratio = sums.sum() / counts.sum()
    # Cochran, Sampling Techniques (1977), equation 6.4 without the finite population factor.
    error = np.sqrt(np.sum((sums - ratio * counts) ** 2) / 8 / 9) / counts.mean()
    margin = stats.t.ppf(0.975, 8) * error
    interval = mean_interval(values, groups)
    assert (ratio - margin, ratio + margin) == pytest.approx(ends(interval), rel=1e-12)
    assert "Student t over 9 units of unequal weight" == interval.method


def test_fewer_than_five_units_give_no_interval_however_many_images() -> None:
    blank = Interval(None, None, "fewer than 5 units")
    assert blank == mean_interval([1.0, 2.0, 3.0, 4.0])
    assert blank == mean_interval(np.arange(40.0), list("abcd" * 10))
    assert blank == mean_interval([])


def test_twenty_units_give_a_bootstrap_that_says_what_it_is() -> None:
    interval = mean_interval(np.arange(20.0), seed=11)
    assert "BCa bootstrap over 20 units, 10000 draws, seed 11" == interval.method


def test_an_infinite_value_gives_no_interval() -> None:
    assert Interval(None, None, "infinite values") == mean_interval([*range(30), INF])


def test_nan_is_left_out_of_an_interval() -> None:
    values = np.random.default_rng(9).normal(size=25)
    assert mean_interval(values) == mean_interval([NAN, *values, NAN])


@pytest.mark.parametrize("n_units", [7, 33])
def test_equal_values_give_an_interval_of_no_width(n_units: int) -> None:
    assert (0.1, 0.1) == pytest.approx(ends(mean_interval([0.1] * n_units)), abs=1e-15)


@settings(max_examples=30)
@given(st.lists(scores(), min_size=5, max_size=40), st.randoms(use_true_random=False))
def test_an_interval_is_the_same_bits_in_any_order_of_images(values: list[float], random: Random) -> None:
    shuffled = random.sample(values, len(values))
    assert mean_interval(values) == mean_interval(shuffled)


@settings(max_examples=30)
@given(st.lists(scores(), min_size=5, max_size=40))
def test_groups_of_one_image_equal_no_groups(values: list[float]) -> None:
    assert mean_interval(values) == mean_interval(values, [str(number) for number in range(len(values))])


@settings(max_examples=30)
@given(
    st.lists(scores(), min_size=5, max_size=40),
    st.floats(-100, 100),
    st.floats(0.01, 100),
)
def test_an_interval_moves_and_stretches_with_its_values(values: list[float], shift: float, scale: float) -> None:
    low, high = ends(mean_interval(values))
    moved = ends(mean_interval([shift + scale * value for value in values]))
    # Values of up to 50 * 100 + 100 are rounded at 1e-12; an interval's ends move no more than some of those.
    assert (shift + scale * low, shift + scale * high) == pytest.approx(moved, abs=1e-9)


def test_a_larger_confidence_gives_a_wider_interval() -> None:
    values = np.random.default_rng(10).normal(size=50)
    narrow, wide = ends(mean_interval(values, confidence=0.8)), ends(mean_interval(values, confidence=0.99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_another_seed_gives_another_interval_and_seed_zero_is_a_seed() -> None:
    values = np.random.default_rng(11).normal(size=50)
    assert mean_interval(values, seed=0) == mean_interval(values)
    assert ends(mean_interval(values, seed=0)) != ends(mean_interval(values, seed=1))


def test_a_confidence_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(StatisticsError, match="found 95"):
        mean_interval(np.arange(5.0), confidence=95)
