"""Draws are fair, seeded, and the same for good."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from harness.statistics import draws
from harness.statistics.draws import DRAWS, resampled_sums, signed_sums


def counts_of(n_units: int, seed: int) -> np.ndarray:
    """How often each unit occurs in each draw, read off the sums of unit vectors."""
    return resampled_sums(np.eye(n_units), seed)


def test_every_draw_has_as_many_units_as_there_are() -> None:
    np.testing.assert_array_equal(23.0, resampled_sums(np.ones((1, 23)), seed=3)[0])


def test_units_are_drawn_equally_often_and_as_a_multinomial_scatters() -> None:
    counts = counts_of(25, seed=0)
    # 250,000 drawings over 25 units: chi-square with 24 degrees of freedom stays under 51.2 but once in 1000.
    totals = counts.sum(axis=1)
    assert np.sum((totals - DRAWS) ** 2 / DRAWS) < 51.2
    # Variance of one unit's count: 25 * (1/25) * (24/25) = 0.96; its estimate from 10,000 draws has a
    # relative standard error of about sqrt(3 / 10,000), or 0.017.
    assert counts.var(axis=1) == pytest.approx(0.96, rel=5 * 0.017)


def test_the_block_size_does_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    column = np.linspace(-1, 2, 7)[None]
    whole = resampled_sums(column, seed=5), signed_sums(column[0], seed=5)
    monkeypatch.setattr(draws, "_BLOCK_CELLS", 1000)
    monkeypatch.setattr(draws, "_CACHED_UNITS", 0)
    np.testing.assert_array_equal(whole[0], resampled_sums(column, seed=5))
    monkeypatch.setattr(draws, "_CACHED_MANY_UNITS", 0)
    np.testing.assert_array_equal(whole[0], resampled_sums(column, seed=5))
    np.testing.assert_array_equal(whole[1], signed_sums(column[0], seed=5))


def test_the_seed_and_the_number_of_units_change_the_draws() -> None:
    column = np.arange(8.0)[None]
    assert not np.array_equal(resampled_sums(column, seed=0), resampled_sums(column, seed=1))
    padded = np.append(column, 0.0)[None]
    assert not np.array_equal(resampled_sums(column, seed=0), resampled_sums(padded, seed=0))


def test_signs_are_fair_and_independent() -> None:
    # Sums of +-1 * 2**k tell every pattern of ten signs apart: each of 1024 is expected 9.77 times in 10,000.
    sums = signed_sums(2.0 ** np.arange(10), seed=0)
    occurrences = np.bincount(((sums + 1023) / 2).astype(int), minlength=1024)
    expected = DRAWS / 1024
    # Chi-square with 1023 degrees of freedom: mean 1023, standard deviation 45.2; four of them.
    assert abs(np.sum((occurrences - expected) ** 2 / expected) - 1023) < 4 * 45.2


@pytest.mark.parametrize("n_units", [1, 63, 64, 65, 130])
def test_signs_reach_every_unit_beyond_one_word_of_bits(n_units: int) -> None:
    for unit in {0, n_units // 2, n_units - 1}:
        column = np.zeros(n_units)
        column[unit] = 1.0
        # Fair coins: the mean of 10,000 signs has a standard error of 0.01.
        assert abs(signed_sums(column, seed=0).mean()) < 0.05


def test_the_draws_are_the_ones_first_released() -> None:
    """Recorded from this code; a change here changes every published interval: see "Numbers that change"."""
    counts = counts_of(20, seed=0).astype(np.uint8)
    signs = signed_sums(np.array([1.0, 2.0, 4.0, 8.0, 16.0]), seed=0).astype(np.int8)
    assert "f7b4ab964355d566" == hashlib.sha256(counts.tobytes()).hexdigest()[:16]
    assert "2f9107cfa43ecafa" == hashlib.sha256(signs.tobytes()).hexdigest()[:16]
