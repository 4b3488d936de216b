"""Metrics under weights equal those of the repeated images, and their intervals follow the rule for units."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.classifiers.metrics import score_block
from harness.classifiers.predictions import Block
from harness.classifiers.resampled import SET_METRICS, WeightedBlock
from harness.classifiers.set_intervals import set_intervals
from harness.statistics.draws import resampled_counts


def _repeated(block: Block, times: Sequence[int]) -> Block:
    """Return the block with each image as often as the weights say."""
    at = np.repeat(np.arange(len(block.keys)), times)
    return replace(
        block,
        keys=tuple(f"{number}" for number in range(at.size)),
        groups=("",) * at.size,
        labels=tuple(block.labels[number] for number in at),
        probabilities=block.probabilities[at],
    )


def _by_weights(block: Block, weights: NDArray[np.uint8]) -> dict[str, float]:
    found = WeightedBlock(block, {key: at for at, key in enumerate(block.keys)}).metrics(weights[None])
    return {name: float(values[0]) for name, values in found.items()}


@pytest.mark.parametrize("classes", ["ab", "abcd"])
@pytest.mark.parametrize("seed", range(5))
def test_weighted_metrics_equal_those_of_the_images_so_many_times(
    make_block: Callable[..., Block], classes: str, seed: int
) -> None:
    block = make_block(30, classes, seed=seed)
    weights = np.random.RandomState(seed).randint(0, 4, 30).astype(np.uint8)
    expected = score_block(_repeated(block, weights.tolist())).values
    found = _by_weights(block, weights)
    assert {name: pytest.approx(expected[name], rel=1e-12, nan_ok=True) for name in SET_METRICS} == found


def test_a_class_that_no_weight_draws_is_left_out(make_block: Callable[..., Block]) -> None:
    block = make_block(12, "abc", labels="abc" * 4)
    weights = np.array([1, 1, 0] * 4, dtype=np.uint8)
    expected = score_block(_repeated(block, weights.tolist())).values
    found = _by_weights(block, weights)
    assert {name: pytest.approx(expected[name], rel=1e-12) for name in SET_METRICS} == found
    only = _by_weights(block, np.array([1, 0, 0] * 4, dtype=np.uint8))
    assert math.isnan(only["auroc"])


def test_the_interval_is_the_bootstraps_of_units_drawn_whole(make_block: Callable[..., Block]) -> None:
    # The percentiles of the first draws by hand, images repeated one by one, lie where BCa's levels put them.
    blocks = [make_block(60, "ab", groups=25, repeat=repeat, seed=repeat) for repeat in range(2)]
    interval = set_intervals(blocks)["balanced_accuracy"]
    units = sorted({f"group {group}" for group in blocks[0].groups})
    by_hand = []
    for counts in next(iter(resampled_counts(25, 0)))[:120]:
        times = [int(counts[units.index(f"group {group}")]) for group in blocks[0].groups]
        by_hand.append(np.mean([score_block(_repeated(block, times)).values["balanced_accuracy"] for block in blocks]))
    assert "BCa bootstrap over 25 units, 10000 draws, seed 0" == interval.method
    assert interval.low is not None
    assert interval.high is not None
    # 120 draws place a 2.5 % tail to 1.4 %: within a third of the interval's width of its ends.
    slack = (interval.high - interval.low) / 3
    low, high = np.quantile(by_hand, [0.025, 0.975])
    assert (interval.low, interval.high) == (pytest.approx(low, abs=slack), pytest.approx(high, abs=slack))


@pytest.mark.parametrize(
    ("groups", "method"),
    [
        (4, "fewer than 5 units"),
        (5, "Student t over 5 jackknife pseudo-values"),
        (19, "Student t over 19 jackknife pseudo-values"),
        (20, "BCa bootstrap over 20 units"),
    ],
)
def test_the_rule_for_the_number_of_units_is_that_of_means(
    make_block: Callable[..., Block], groups: int, method: str
) -> None:
    interval = set_intervals([make_block(80, groups=groups)])["auroc"]
    assert interval.method.startswith(method)
    assert (interval.low is None) == (groups < 5)


def test_with_few_units_the_interval_of_a_mean_is_student_ts(make_block: Callable[..., Block]) -> None:
    # With equally many images of each class in each unit, balanced accuracy is a plain mean over units, whose
    # pseudo-values are the unit means themselves.
    from scipy import stats

    block = make_block(40, "ab", labels="aaaabbbb" * 5)
    block = replace(block, groups=tuple(str(number // 8) for number in range(40)))
    means = block.correct.reshape(5, 8).mean(axis=1)
    oracle = stats.t.interval(0.95, 4, means.mean(), stats.sem(means))
    interval = set_intervals([block])["balanced_accuracy"]
    assert (max(0.0, oracle[0]), min(1.0, oracle[1])) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_the_order_of_images_and_repeats_does_not_matter(make_block: Callable[..., Block]) -> None:
    blocks = [make_block(40, repeat=repeat, seed=repeat) for repeat in range(2)]
    turned = [
        replace(
            block,
            keys=block.keys[::-1],
            labels=block.labels[::-1],
            groups=block.groups[::-1],
            probabilities=block.probabilities[::-1],
        )
        for block in blocks[::-1]
    ]
    assert set_intervals(blocks) == set_intervals(turned)


def test_perfect_predictions_have_an_interval_of_no_width(make_block: Callable[..., Block]) -> None:
    block = make_block(30, "ab", labels="ab" * 15)
    block = replace(block, probabilities=np.array([[0.9, 0.1], [0.1, 0.9]] * 15))
    assert {(1.0, 1.0)} == {(interval.low, interval.high) for interval in set_intervals([block]).values()}


def test_a_metric_without_a_value_has_no_interval(make_block: Callable[..., Block]) -> None:
    interval = set_intervals([make_block(30, "ab", labels="a" * 30)])["auroc"]
    assert (None, "the metric has no value in too many draws") == (interval.low, interval.method)


def test_intervals_cover_by_simulation() -> None:
    # 40 images of two classes whose scores are normal, one deviation apart: AUROC is Phi(1 / sqrt 2), and the
    # balanced accuracy of the midpoint rule Phi(1 / 2).
    from scipy.stats import norm

    true = {"auroc": norm.cdf(1 / np.sqrt(2)), "balanced_accuracy": norm.cdf(0.5)}
    rng, covered, trials = np.random.RandomState(0), dict.fromkeys(true, 0), 80
    labels = ("a", "b") * 20
    keys = tuple(f"{number:02d}" for number in range(40))
    for _ in range(trials):
        scores = 1 / (1 + np.exp(-(rng.randn(40) + np.tile([-0.5, 0.5], 20))))
        chances = np.stack([1 - scores, scores], axis=1)
        block = Block("hr", "d", "retrain", 0, "test", ("a", "b"), keys, ("",) * 40, labels, chances)
        intervals = set_intervals([block])
        for name, value in true.items():
            low, high = intervals[name].low, intervals[name].high
            assert low is not None
            assert high is not None
            covered[name] += low <= value <= high
    # 95 % of 80 is 76 +- 1.9; 88 % allows for few units and for chance.
    assert all(count / trials >= 0.88 for count in covered.values()), covered
