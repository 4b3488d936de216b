"""The sign-flip test counts what it says it counts."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.statistics import paired_test, sign_flip


def counted(differences: list[Fraction]) -> Fraction:
    """List every pattern, in exact arithmetic: their share is the p value."""
    observed = abs(sum(differences))
    sums = [
        abs(sum(sign * difference for sign, difference in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return Fraction(sum(total >= observed for total in sums), len(sums))


# Tenths are not floats, so sums that are equal on paper come out a rounding apart: 0.1 + 0.2 - 0.3 is not 0.
tenths = st.lists(st.integers(-9, 9), min_size=1, max_size=9)


@settings(max_examples=60)
@given(tenths)
def test_p_is_the_share_of_patterns_at_least_as_far_from_zero(numerators: list[int]) -> None:
    exact = counted([Fraction(numerator, 10) for numerator in numerators])
    assert float(exact) == sign_flip([numerator / 10 for numerator in numerators]).p


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(200, 400), st.integers(200, 400)), min_size=1, max_size=8))
def test_sums_equal_on_paper_count_as_equal_for_differences_of_large_scores(pairs: list[tuple[int, int]]) -> None:
    # Scores in tenths near 30 lose about 4e-15 each when subtracted: far more than the sum of small
    # differences rounds.
    exact = counted([Fraction(first - second, 10) for first, second in pairs])
    test = paired_test([first / 10 for first, _ in pairs], [second / 10 for _, second in pairs])
    assert float(exact) == test.p


@settings(max_examples=30)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_p_does_not_hang_on_the_order_of_units_or_on_which_method_comes_first(
    differences: list[float],
    random: Random,
) -> None:
    p = sign_flip(differences).p
    assert p == sign_flip(random.sample(differences, len(differences))).p
    assert p == sign_flip([-difference for difference in differences]).p


@pytest.mark.parametrize("n_units", [3, 8, 13])
def test_exact_p_equals_scipys_permutation_test(n_units: int) -> None:
    first, second = np.random.default_rng(n_units).normal([[0.4], [0.0]], 1.0, (2, n_units))
    oracle = stats.permutation_test(
        (first, second),
        lambda a, b, axis=-1: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    # scipy doubles the smaller tail of a symmetric distribution: the same share of the same patterns.
    assert oracle.pvalue == pytest.approx(sign_flip(first - second).p, rel=1e-12)


def test_up_to_fourteen_units_all_patterns_are_counted() -> None:
    assert 2.0**-13 == sign_flip(np.full(14, 0.3)).p
    assert "sign-flip over 14 units, all 16384 patterns" == sign_flip(np.full(14, 0.3)).test


def test_beyond_fourteen_units_p_is_near_the_exact_one_and_counts_the_observed_pattern() -> None:
    differences = np.random.default_rng(2).normal(0.35, 1.0, 17)
    signs = np.array(list(product((-1, 1), repeat=16)))
    sums = np.abs(differences[0] + signs @ differences[1:])
    exact = np.mean(sums >= abs(differences.sum()) - 1e-12)
    drawn = sign_flip(differences).p
    # Binomial error of 10,000 draws, five standard errors.
    assert exact == pytest.approx(drawn, abs=5 * np.sqrt(exact * (1 - exact) / 10_000))
    assert (drawn * 10_001) == pytest.approx(round(drawn * 10_001), abs=1e-9)
    assert 1 / 10_001 == sign_flip(np.full(100, 1.0)).p


@pytest.mark.parametrize(
    ("n_units", "smallest"), [(0, 1.0), (1, 1.0), (2, 0.5), (5, 0.0625), (14, 2.0**-13), (15, 1 / 10_001)]
)
def test_the_smallest_p_is_what_the_clearest_difference_gives(n_units: int, smallest: float) -> None:
    outcome = sign_flip(np.full(n_units, 1.0))
    assert smallest == outcome.smallest_p
    assert outcome.p >= smallest
    if n_units <= 14:
        assert outcome.p == smallest


@pytest.mark.parametrize("n_units", [4, 40])
def test_no_difference_at_all_gives_one(n_units: int) -> None:
    assert 1.0 == sign_flip(np.zeros(n_units)).p


def test_the_seed_moves_the_drawn_p_and_nothing_else_does() -> None:
    differences = np.random.default_rng(3).normal(0.2, 1.0, 30)
    assert sign_flip(differences, seed=0) == sign_flip(differences)
    assert sign_flip(differences, seed=0).p != sign_flip(differences, seed=1).p
