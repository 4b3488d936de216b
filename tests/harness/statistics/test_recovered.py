"""The recovered fraction is shown where there is a gap to recover, and not where there is none."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from harness.statistics import NO_GAP, recovered_fraction
from harness.statistics.bca import widened_quantile
from harness.statistics.draws import resampled_sums
from srmetrics.errors import StatisticsError

NAN = float("nan")


def three_arms(n_images: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Correctness with SR, LR and HR: about 75 %, 60 % and 90 %."""
    rng = np.random.default_rng(seed)
    ease = rng.uniform(size=n_images)
    return tuple((ease + rng.normal(0, 0.1, n_images) < rate).astype(float) for rate in (0.75, 0.6, 0.9))


def test_the_fraction_is_that_of_the_accuracies_and_its_interval_scipys_on_the_same_draws() -> None:
    restored, low, high = three_arms(200)
    recovered = recovered_fraction(restored, low, high)
    gains, gaps = restored - low, high - low
    expected = (restored.mean() - low.mean()) / (high.mean() - low.mean())
    assert expected == pytest.approx(recovered.fraction, rel=1e-12)
    order = np.lexsort((gaps, gains))
    drawn = resampled_sums(np.stack([gains[order], gaps[order]]), seed=0)
    oracle = stats.bootstrap(
        (gains, gaps),
        lambda above, below, axis=-1: above.sum(axis=axis) / below.sum(axis=axis),
        paired=True,
        n_resamples=0,
        bootstrap_result=SimpleNamespace(bootstrap_distribution=drawn[0] / drawn[1]),
        confidence_level=2 * stats.norm.cdf(widened_quantile(200, 0.95)) - 1,
        method="BCa",
    ).confidence_interval
    # Ratios of small whole numbers have ties with the estimate, which scipy sees only where they are equal to
    # the last bit; so compare within the width that a few of 10,000 draws make.
    width = oracle.high - oracle.low
    assert tuple(oracle) == pytest.approx((recovered.interval.low, recovered.interval.high), abs=0.02 * width)


def test_a_gap_whose_interval_holds_zero_is_no_gap() -> None:
    restored, low, _ = three_arms(40)
    recovered = recovered_fraction(restored, low, low[::-1])
    assert (None, NO_GAP, NO_GAP) == (recovered.fraction, recovered.reason, recovered.interval.method)
    assert recovered.gap_interval.low is not None
    assert recovered.gap_interval.high is not None
    assert recovered.gap_interval.low <= 0 <= recovered.gap_interval.high


def test_equal_arms_are_no_gap() -> None:
    restored, low, _ = three_arms(40)
    assert NO_GAP == recovered_fraction(restored, low, low).reason


def test_perfect_restoration_recovers_all_and_none_recovers_nothing() -> None:
    _, low, high = three_arms(200)
    assert 1.0 == recovered_fraction(high, low, high).fraction
    assert 0.0 == recovered_fraction(low, low, high).fraction
    assert (0.0, 0.0) == (
        recovered_fraction(low, low, high).interval.low,
        recovered_fraction(low, low, high).interval.high,
    )


def test_restoration_that_harms_recovers_less_than_nothing() -> None:
    restored, low, high = three_arms(200)
    fraction = recovered_fraction(np.minimum(restored, low) * 0.5, low, high).fraction
    assert fraction is not None
    assert fraction < 0


def test_groups_are_the_units_and_five_to_nineteen_give_students_t() -> None:
    arms = three_arms(240, seed=1)
    groups = [f"patient {number % 12}" for number in range(240)]
    recovered = recovered_fraction(*arms, groups)
    assert 12 == recovered.n_units
    assert "Student t over 12 unit means" == recovered.gap_interval.method
    assert "Student t over 12 units of unequal weight" == recovered.interval.method


def test_too_few_units_give_no_fraction_and_say_so() -> None:
    recovered = recovered_fraction([1.0] * 4, [0.0] * 4, [1.0] * 4)
    assert (None, 1.0, "no interval of the gap: fewer than 5 units") == (
        recovered.fraction,
        recovered.gap,
        recovered.reason,
    )


def test_images_without_a_value_in_some_arm_are_left_out_and_counted() -> None:
    restored, low, high = three_arms(60)
    recovered = recovered_fraction([*restored, NAN, 1.0], [*low, 0.0, NAN], [*high, 1.0, 1.0])
    whole = recovered_fraction(restored, low, high)
    assert (whole.fraction, whole.interval, 2) == (recovered.fraction, recovered.interval, recovered.n_left_out)


def test_no_image_with_all_arms_gives_nothing_but_a_reason() -> None:
    assert "no image with a value in all arms" == recovered_fraction([NAN], [1.0], [1.0]).reason


def test_the_fraction_is_the_same_in_any_order_of_images() -> None:
    restored, low, high = three_arms(100)
    assert recovered_fraction(restored, low, high) == recovered_fraction(restored[::-1], low[::-1], high[::-1])


def test_correctness_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(StatisticsError, match="outside 0 to 1"):
        recovered_fraction([2.0], [0.0], [1.0])


def test_arms_of_different_images_are_refused() -> None:
    with pytest.raises(StatisticsError, match="2, 1 and 1 values"):
        recovered_fraction([1.0, 0.0], [0.0], [1.0])
