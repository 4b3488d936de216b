"""McNemar's exact test equals statsmodels'."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from harness.statistics import McNemar, mcnemar_exact
from srmetrics.errors import StatisticsError


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_p_equals_statsmodels(outcomes: list[tuple[bool, bool]]) -> None:
    first, second = np.array(outcomes).T
    table = [
        [np.sum(first & second), np.sum(first & ~second)],
        [np.sum(~first & second), np.sum(~first & ~second)],
    ]
    test = mcnemar_exact(first, second)
    assert mcnemar(table, exact=True).pvalue == pytest.approx(test.p, rel=1e-10)
    assert (table[0][1], table[1][0]) == (test.n_only_a, test.n_only_b)


def test_large_counts_do_not_overflow() -> None:
    first = np.repeat([True, False], [5200, 4800])
    oracle = mcnemar([[0, 5200], [4800, 0]], exact=True).pvalue
    assert oracle == pytest.approx(mcnemar_exact(first, ~first).p, rel=1e-9)


def test_two_that_never_disagree_give_one() -> None:
    assert McNemar(0, 0, 1.0, "") == mcnemar_exact([1, 0, 1], [1, 0, 1])


def test_images_that_share_a_group_blank_the_test() -> None:
    test = mcnemar_exact([1, 1, 0], [0, 0, 0], ["a", "b", "a"])
    assert (None, "images share groups, and are not independent") == (test.p, test.reason)
    assert 0.5 == mcnemar_exact([1, 1, 0], [0, 0, 0], ["a", "b", "c"]).p
    assert 0.5 == mcnemar_exact([1, 1, 0], [0, 0, 0], ["", "b", ""]).p


def test_no_image_blanks_the_test() -> None:
    assert McNemar(0, 0, None, "no image") == mcnemar_exact([], [])


def test_correctness_averaged_over_repeats_is_refused() -> None:
    with pytest.raises(StatisticsError, match="per repeat"):
        mcnemar_exact([1.0, 0.5], [1.0, 0.0])


def test_columns_of_different_images_are_refused() -> None:
    with pytest.raises(StatisticsError, match="2 and 1 values"):
        mcnemar_exact([1, 0], [1])
