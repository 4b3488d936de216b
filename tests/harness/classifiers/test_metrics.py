"""Metrics are scikit-learn's; what has no value is NaN with a reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as oracle

from harness.classifiers.metrics import METRICS, score_block
from harness.classifiers.predictions import Block


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("classes", ["ab", "abcd"])
def test_every_metric_equals_scikit_learns(make_block: Callable[..., Block], classes: str, seed: int) -> None:
    block = make_block(60, classes, seed=seed)
    true, said, chances = block.labels, block.predicted, block.probabilities
    onehot = np.array([[label == name for name in classes] for label in true])
    expected = {
        "loss": oracle.log_loss(true, chances, labels=list(classes)),
        "accuracy": oracle.accuracy_score(true, said),
        "balanced_accuracy": oracle.balanced_accuracy_score(true, said),
        "auroc": oracle.roc_auc_score(onehot, chances, average="macro"),
        "auprc": oracle.average_precision_score(onehot, chances, average="macro"),
    }
    for average in ("macro", "weighted"):
        expected[f"precision_{average}"] = oracle.precision_score(true, said, average=average)
        expected[f"recall_{average}"] = oracle.recall_score(true, said, average=average)
        expected[f"f1_{average}"] = oracle.f1_score(true, said, average=average)
    scores = score_block(block)
    assert list(METRICS) == list(scores.values)
    assert {name: pytest.approx(value, rel=1e-12) for name, value in expected.items()} == dict(scores.values)
    assert {} == dict(scores.notes)
    np.testing.assert_array_equal(oracle.confusion_matrix(true, said, labels=list(classes)), scores.confusion)


def test_the_two_class_auroc_is_the_plain_one(make_block: Callable[..., Block]) -> None:
    block = make_block(40, "ab")
    plain = oracle.roc_auc_score([label == "b" for label in block.labels], block.probabilities[:, 1])
    assert plain == pytest.approx(score_block(block).values["auroc"], rel=1e-12)


def test_the_report_per_class_equals_scikit_learns(make_block: Callable[..., Block]) -> None:
    block = make_block(60, "abcd", groups=17)
    report = oracle.classification_report(block.labels, block.predicted, output_dict=True)
    for score in score_block(block).per_class:
        theirs = report[score.label]
        assert (theirs["precision"], theirs["recall"], theirs["f1-score"], theirs["support"]) == pytest.approx(
            (score.precision, score.recall, score.f1, score.n_images), rel=1e-12
        )
        groups = {group for group, label in zip(block.groups, block.labels, strict=True) if label == score.label}
        assert len(groups) == score.n_units


def test_a_class_without_a_test_image_is_left_out_of_means_and_said(make_block: Callable[..., Block]) -> None:
    block = make_block(40, "abc", labels="ab" * 20)
    scores = score_block(block)
    absent = scores.per_class[2]
    assert (0, True, True, True) == (
        absent.n_images, math.isnan(absent.recall), math.isnan(absent.f1), math.isnan(absent.auroc)
    )  # fmt: skip
    assert "no test image of this class" in absent.note
    # scikit-learn leaves it out when told the labels that are there.
    held = ["a", "b"]
    expected = oracle.recall_score(block.labels, block.predicted, labels=held, average="macro")
    assert expected == pytest.approx(scores.values["recall_macro"], rel=1e-12)
    expected = oracle.precision_score(block.labels, block.predicted, labels=held, average="macro")
    assert expected == pytest.approx(scores.values["precision_macro"], rel=1e-12)
    for name in ("balanced_accuracy", "precision_macro", "recall_macro", "f1_macro", "auroc", "auprc"):
        assert "over 2 of 3 classes: no test image of 'c'" in scores.notes[name]


def test_a_constant_predictor_has_its_precision_counted_as_0_and_said(make_block: Callable[..., Block]) -> None:
    block = replace(make_block(30, "abc"), probabilities=np.tile([0.8, 0.1, 0.1], (30, 1)))
    scores = score_block(block)
    expected = oracle.precision_score(block.labels, block.predicted, average="macro", zero_division=0)
    assert expected == pytest.approx(scores.values["precision_macro"], rel=1e-12)
    assert "never predicted, counted as 0: 'b', 'c'" == scores.notes["precision_macro"]
    assert (1 / 3, 0.5) == (pytest.approx(scores.values["balanced_accuracy"]), scores.values["auroc"])
    assert math.isnan(scores.per_class[1].precision)
    assert "never predicted: no precision" == scores.per_class[1].note
    assert (0.0, 0.0) == (scores.per_class[1].recall, scores.per_class[1].f1)


def test_a_test_part_of_one_class_has_no_auroc_and_says_why(make_block: Callable[..., Block]) -> None:
    scores = score_block(make_block(20, "ab", labels="a" * 20))
    for name in ("auroc", "auprc"):
        assert math.isnan(scores.values[name])
        assert "every test image is of one class, 'a'" == scores.notes[name]
    assert scores.values["balanced_accuracy"] == scores.values["accuracy"]
    assert "every test image is of this class" in scores.per_class[0].note


def test_a_single_image_is_scored(make_block: Callable[..., Block]) -> None:
    scores = score_block(make_block(1, "ab", labels="a"))
    assert scores.values["accuracy"] in (0.0, 1.0)
    assert math.isfinite(scores.values["loss"])
    assert math.isnan(scores.values["auroc"])


def test_no_image_gives_nan_everywhere_and_says_so(make_block: Callable[..., Block]) -> None:
    scores = score_block(make_block(0, "ab", labels=""))
    assert all(math.isnan(value) for value in scores.values.values())
    assert {"no test image"} == set(scores.notes.values())
