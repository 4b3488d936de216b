"""Values per image become one number per unit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from strategies import grouped_values

from harness.statistics import summarise, unit_means
from harness.statistics.units import gather_units, mean_over
from srmetrics.errors import StatisticsError

NAN, INF = float("nan"), float("inf")


def test_a_unit_mean_is_over_the_unit_and_units_come_in_sorted_order() -> None:
    assert [7.0, 2.0] == unit_means([1.0, 7.0, 3.0], ["right", "left", "right"]).tolist()


def test_without_groups_every_image_is_a_unit() -> None:
    assert [3.0, 1.0, 2.0] == unit_means([3.0, 1.0, 2.0]).tolist()


def test_an_image_whose_group_is_empty_is_a_unit_by_itself() -> None:
    assert [5.0, 9.0, 2.0] == unit_means([1.0, 5.0, 3.0, 9.0], ["a", "", "a", ""]).tolist()


def test_nan_is_left_out_and_a_unit_of_nothing_but_nan_vanishes() -> None:
    units = gather_units([1.0, NAN, 3.0, NAN], ["a", "a", "b", "c"])
    assert (("a", "b"), [1.0, 3.0], [1.0, 1.0]) == (units.names, units.sums.tolist(), units.counts.tolist())


@given(grouped_values())
def test_units_are_the_same_bits_in_any_order_of_images(data: tuple[list[float], list[str]]) -> None:
    values, groups = data
    forward, backward = gather_units(values, groups), gather_units(values[::-1], groups[::-1])
    assert forward.sums.tobytes() == backward.sums.tobytes()
    assert forward.counts.tolist() == backward.counts.tolist()


@given(grouped_values())
def test_the_mean_over_images_is_numpys_and_over_groups_that_of_the_unit_means(
    data: tuple[list[float], list[str]],
) -> None:
    values, groups = data
    units = gather_units(values, groups)
    # numpy's sum of up to 40 values of up to 50 may be off by 40 roundings of the largest partial sum.
    assert mean_over(units, "image") == pytest.approx(np.mean(values), abs=1e-11)
    assert mean_over(units, "group") == pytest.approx(np.mean(unit_means(values, groups)), abs=1e-11)


def test_a_mean_over_an_infinite_value_is_infinite_and_counted() -> None:
    summary = summarise([30.0, INF, NAN, INF])
    assert (INF, 3, 2, 1) == (summary.mean, summary.n, summary.n_infinite, summary.n_left_out)
    assert (None, None, "infinite values") == (
        summary.interval.low,
        summary.interval.high,
        summary.interval.method,
    )


def test_a_group_with_an_infinite_value_makes_the_mean_of_groups_infinite() -> None:
    assert summarise([30.0, INF, 31.0], ["a", "a", "b"], average="group").mean == INF


def test_the_mean_of_nothing_is_nan_with_a_count_of_zero() -> None:
    summary = summarise([NAN, NAN])
    assert math.isnan(summary.mean)
    assert (0, 2, 0) == (summary.n, summary.n_left_out, summary.n_units)


def test_opposite_infinities_have_no_mean() -> None:
    assert math.isnan(summarise([INF, -INF]).mean)


def test_groups_that_are_not_one_per_image_are_refused() -> None:
    with pytest.raises(StatisticsError, match="2 groups for 3 values"):
        unit_means([1.0, 2.0, 3.0], ["a", "b"])


def test_values_that_are_not_one_per_image_are_refused() -> None:
    with pytest.raises(StatisticsError, match=r"\(2, 2\)"):
        unit_means([[1.0, 2.0], [3.0, 4.0]])


def test_an_unknown_average_is_refused_by_name() -> None:
    with pytest.raises(StatisticsError, match="'images'"):
        summarise([1.0, 2.0], average="images")
