"""Wilcoxon's test is exact, with ties, and equals scipy's where scipy's is exact."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.statistics import wilcoxon_p


@pytest.mark.parametrize("n_units", [1, 2, 5, 14, 50, 200])
def test_p_equals_scipys_exact_one_without_ties(n_units: int) -> None:
    differences = np.random.default_rng(n_units).normal(0.2, 1.0, n_units)
    oracle = stats.wilcoxon(differences, method="exact").pvalue
    # scipy divides counts by 2**n; here probabilities are halved n times: both round a few hundred times at
    # most.
    assert oracle == pytest.approx(wilcoxon_p(differences), rel=1e-10)


@settings(max_examples=50)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_p_with_ties_and_zeros_is_the_share_of_patterns(numerators: list[int]) -> None:
    kept = [numerator for numerator in numerators if numerator]
    ranks = stats.rankdata(np.abs(kept))  # halves at most, so the sums below are exact
    middle = ranks.sum() / 2
    observed = abs(sum(rank for rank, numerator in zip(ranks, kept, strict=True) if numerator > 0) - middle)
    sums = np.array([np.dot(signs, ranks) for signs in product((0, 1), repeat=len(kept))])
    expected = np.mean(np.abs(sums - middle) >= observed)
    assert expected == pytest.approx(wilcoxon_p(numerators), rel=1e-12)


def test_zeros_are_dropped() -> None:
    assert wilcoxon_p([0.3, -0.1, 0.2, 0.5]) == wilcoxon_p([0.3, 0.0, -0.1, 0.2, 0.0, 0.5])


def test_nothing_but_zeros_gives_one() -> None:
    assert 1.0 == wilcoxon_p([0.0, 0.0, 0.0])
    assert 1.0 == wilcoxon_p([])


def test_differences_equal_on_paper_are_ties() -> None:
    # 0.8 - 0.7 and 0.7 - 0.6 are a rounding apart.
    rounded = [0.8 - 0.7, 0.7 - 0.6, -(0.4 - 0.3), 0.9 - 0.4]
    assert len({abs(difference) for difference in rounded}) > 2
    assert wilcoxon_p([1, 1, -1, 5]) == wilcoxon_p(rounded, tolerance=1e-14)


@pytest.mark.parametrize("tied", [False, True])
def test_beyond_two_hundred_units_p_equals_scipys_normal_one(tied: bool) -> None:
    differences = np.random.default_rng(1).normal(0.1, 1.0, 300)
    differences = np.round(differences, 1) if tied else differences
    oracle = stats.wilcoxon(differences, method="asymptotic", correction=True, zero_method="wilcox").pvalue
    assert oracle == pytest.approx(wilcoxon_p(differences), rel=1e-9)


def test_the_normal_p_joins_the_exact_one() -> None:
    differences = np.random.default_rng(5).normal(0.12, 1.0, 201)
    exact = stats.wilcoxon(differences, method="exact").pvalue
    # The error of the corrected normal approximation at n = 200 and ordinary p is below a hundredth of p.
    assert exact == pytest.approx(wilcoxon_p(differences), rel=0.01)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_p_does_not_hang_on_the_order_of_units_or_on_which_method_comes_first(
    differences: list[float],
    random: Random,
) -> None:
    p = wilcoxon_p(differences)
    assert p == wilcoxon_p(random.sample(differences, len(differences)))
    assert p == wilcoxon_p([-difference for difference in differences])
