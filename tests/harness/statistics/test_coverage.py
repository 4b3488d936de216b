"""Intervals cover, and tests keep their level: small seeded forms of benchmarks/interval_coverage.py."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from harness.statistics import mean_interval, paired_test


def coverage(draw: Callable[[np.random.Generator], np.ndarray], mean: float, n_simulations: int) -> float:
    rng = np.random.default_rng(20)
    covered = 0
    for _ in range(n_simulations):
        interval = mean_interval(draw(rng))
        covered += interval.low <= mean <= interval.high
    return covered / n_simulations


def assert_between_93_and_97_percent(share: float, n_simulations: int) -> None:
    # Two binomial standard errors inside the promised bounds: a true coverage outside them would pass in 2 %
    # of cases.
    error = 2 * math.sqrt(0.93 * 0.07 / n_simulations)
    assert 0.93 + error <= share <= 0.97 - error


@pytest.mark.parametrize("n_units", [5, 10, 20, 50])
def test_normal_units_are_covered_in_93_to_97_percent(n_units: int) -> None:
    share = coverage(lambda rng: rng.standard_normal(n_units), 0.0, 4000)
    assert_between_93_and_97_percent(share, 4000)


def test_a_hundred_exponential_units_are_covered_in_93_to_97_percent() -> None:
    share = coverage(lambda rng: rng.standard_exponential(100), 1.0, 4000)
    assert_between_93_and_97_percent(share, 4000)


@pytest.mark.parametrize("n_groups", [12, 30])
def test_unequal_groups_are_covered_where_images_alone_would_not_be(n_groups: int) -> None:
    rng = np.random.default_rng(21)
    covered = np.zeros(2)
    for _ in range(1000):
        sizes = rng.integers(1, 9, n_groups)
        values = np.repeat(rng.standard_normal(n_groups), sizes) + rng.standard_normal(sizes.sum()) / 2
        interval = mean_interval(values, np.repeat(np.arange(n_groups).astype(str), sizes).tolist())
        blind = 1.96 * values.std(ddof=1) / math.sqrt(values.size)
        covered += [interval.low <= 0 <= interval.high, abs(values.mean()) <= blind]
    with_groups, without = covered / 1000
    # Three binomial standard errors below 93 %.
    assert with_groups >= 0.93 - 3 * math.sqrt(0.93 * 0.07 / 1000)
    assert without < 0.85


@pytest.mark.parametrize(("n_groups", "size"), [(5, 36), (8, 36), (20, 10)])
def test_the_sign_flip_test_keeps_its_level_when_slices_of_a_group_are_alike(n_groups: int, size: int) -> None:
    rng = np.random.default_rng(22)
    groups = [str(number // size) for number in range(n_groups * size)]
    rejected = 0
    for _ in range(1500):
        first = np.repeat(rng.standard_normal(n_groups), size) + rng.standard_normal(n_groups * size)
        test = paired_test(first, np.zeros_like(first), groups)
        rejected += test.p <= 0.05
    # 5 % nominal plus 2.5 binomial standard errors of 0.56 %.
    assert rejected / 1500 <= 0.05 + 2.5 * math.sqrt(0.05 * 0.95 / 1500)
