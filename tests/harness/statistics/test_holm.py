"""Holm's adjustment equals statsmodels'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from harness.statistics import holm


@given(st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.05]), min_size=1, max_size=12))
def test_adjusted_p_values_equal_statsmodels(p_values: list[float]) -> None:
    oracle = multipletests(p_values, method="holm")[1].tolist()
    assert oracle == pytest.approx(holm(p_values), rel=1e-12, abs=0)


def test_comparisons_that_could_not_be_made_stay_blank_and_do_not_count() -> None:
    assert [None, 0.02, 0.03, None] == holm([None, 0.01, 0.03, None])


def test_an_empty_family_stays_empty() -> None:
    assert [] == holm([])
