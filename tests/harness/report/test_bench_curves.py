"""ROC and precision-recall curves of arms: areas, steps, bands over repeats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from harness.classifiers.metrics import score_block
from harness.classifiers.predictions import Block
from harness.report.bench_curve_charts import KINDS
from harness.report.bench_curves import ArmPart, arm_curves, parts_by_arm, value_at


def part(labels: Sequence[str], probabilities: NDArray[np.float64], classes: Sequence[str]) -> ArmPart:
    return ArmPart(tuple(labels), tuple(classes), probabilities)


def drawn(seed: int, n: int = 30, classes: Sequence[str] = ("a", "b", "c"), ties: int = 5) -> ArmPart:
    """A part with many equal probabilities, where curves jump sideways and upwards at once."""
    rng = np.random.RandomState(seed)
    labels = [*classes, *rng.choice(list(classes), n - len(classes))]
    return part(labels, rng.randint(0, ties, (n, len(classes))) / ties + 0.1, classes)


def block(given: ArmPart) -> Block:
    n = len(given.labels)
    keys = tuple(f"{at:03d}" for at in range(n))
    return Block("hr", "c", "retrain", 0, "test", given.classes, keys, ("",) * n, given.labels, given.probabilities)


@given(st.integers(0, 10**6), st.integers(2, 5))
@settings(max_examples=40)
def test_the_area_under_a_class_curve_is_what_scikit_learn_says(seed: int, n_classes: int) -> None:
    classes = "abcde"[:n_classes]
    one = drawn(seed, classes=classes)
    for at, name in enumerate(classes):
        true = np.array(one.labels) == name
        roc, precision_recall = (arm_curves([one], kind).of_class(name) for kind in KINDS)
        assert roc is not None
        assert precision_recall is not None
        # Sums of some dozens of terms near 1 in another order.
        assert roc.area == pytest.approx(roc_auc_score(true, one.probabilities[:, at]), abs=1e-12)
        expected = average_precision_score(true, one.probabilities[:, at])
        assert precision_recall.area == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
@settings(max_examples=20)
def test_the_areas_under_the_mean_curves_are_the_tables_auroc_and_auprc(seeds: list[int]) -> None:
    parts = [drawn(seed) for seed in seeds]
    scores = [score_block(block(one)).values for one in parts]
    roc, precision_recall = arm_curves(parts, "roc").macro(), arm_curves(parts, "precision-recall").macro()
    assert roc is not None
    assert precision_recall is not None
    assert roc.area == pytest.approx(np.mean([score["auroc"] for score in scores]), abs=1e-12)
    assert precision_recall.area == pytest.approx(np.mean([score["auprc"] for score in scores]), abs=1e-12)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=4))
@settings(max_examples=20)
def test_the_band_spans_the_repeats_and_holds_the_mean(seeds: list[int]) -> None:
    parts = [drawn(seed) for seed in seeds]
    together = arm_curves(parts, "roc").macro()
    assert together is not None
    assert len(seeds) == together.n_repeats
    places = np.unique(together.x).tolist()
    alone = [arm_curves([one], "roc").macro() for one in parts]
    single = np.array([value_at(curve, places) for curve in alone if curve is not None])[:, :, 0]
    for (mean, low, high), of_repeats in zip(value_at(together, places), single.T, strict=True):
        assert low <= mean + 1e-12 <= high + 2e-12
        assert (low, high) == pytest.approx((of_repeats.min(), of_repeats.max()), abs=1e-12)


def test_a_curve_by_hand() -> None:
    # Thresholds from high to low catch: a (right), b (wrong), a (right), b (wrong).
    one = part("abab", np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]]), "ab")
    roc, precision_recall = arm_curves([one], "roc").of_class("a"), arm_curves([one], "precision-recall").of_class("a")
    assert roc is not None
    assert precision_recall is not None
    assert roc.x.tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert roc.mean.tolist() == [0, 0.5, 0.5, 1, 1, 1]
    assert precision_recall.x.tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert precision_recall.mean.tolist() == pytest.approx([1, 1, 1, 2 / 3, 2 / 3, 2 / 3])
    assert roc.n_repeats == 1
    assert roc.low.tolist() == roc.mean.tolist() == roc.high.tolist()


def test_a_class_that_no_or_every_test_image_is_of_has_no_curve() -> None:
    one = part("aab", np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.3, 0.7, 0]]), "abz")
    assert arm_curves([one], "roc").of_class("z") is None
    assert arm_curves([one], "roc").of_class("not a class") is None
    of_one = part("aaa", one.probabilities, "abz")
    assert arm_curves([of_one], "precision-recall").of_class("a") is None
    assert arm_curves([of_one], "roc").macro() is None
    assert arm_curves([], "roc").macro() is None
    # A repeat without the class does not count where another has it.
    both = arm_curves([of_one, one], "roc").macro()
    assert both is not None
    assert both.n_repeats == 1


def test_thinned_curves_keep_their_ends_and_nearly_their_area() -> None:
    rng = np.random.RandomState(0)
    labels = np.where(rng.rand(5000) < 0.5, "a", "b")
    score = rng.rand(5000) + 0.3 * (labels == "a")
    one = part(labels.tolist(), np.stack([score, -score], axis=1), "ab")
    for kind, expected in (
        ("roc", roc_auc_score(labels == "a", score)),
        ("precision-recall", average_precision_score(labels == "a", score)),
    ):
        curve = arm_curves([one], kind).of_class("a")  # type: ignore[arg-type]
        assert curve is not None
        assert curve.x.size == 800
        assert (curve.x[0], curve.x[-1]) == (0, 1)
        assert curve.area == pytest.approx(expected, abs=2e-3)  # 400 places of 2,500: each spans six steps


def lines(**changes: str) -> dict[str, str]:
    row = {"arm": "hr", "repeat": "0", "split": "test", "label": "=cmd", "p_=cmd": "0.75", "p_b": "0.25", "p_c": ""}
    return row | changes


def test_parts_hold_test_lines_with_probabilities_alone() -> None:
    rows = [
        lines(),
        lines(label="b"),
        lines(split="validation"),
        lines(repeat="1", **{"p_=cmd": "", "p_b": ""}),
        lines(arm="lr", **{"p_=cmd": "", "p_b": ""}),
    ]
    found = parts_by_arm(rows)
    assert list(found) == ["hr", "lr"]
    assert found["lr"] == []
    (only,) = found["hr"]
    assert only.labels == ("=cmd", "b")
    assert only.classes == ("=cmd", "b")
    assert only.probabilities.tolist() == [[0.75, 0.25]] * 2


def test_values_of_a_table_are_read_off_the_curve() -> None:
    one = part("abab", np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]]), "ab")
    curve = arm_curves([one], "roc").of_class("a")
    assert curve is not None
    assert [mean for mean, _, _ in value_at(curve, (0, 0.25, 0.5, 0.75, 1))] == [0.5, 0.5, 1, 1, 1]
