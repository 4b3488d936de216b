"""Blocks become rows and rows blocks without loss."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from harness.classifiers.predictions import Block, blocks_of
from srmetrics.errors import ClassifierError


def test_rows_in_any_order_give_the_blocks_back(make_block: Callable[..., Block]) -> None:
    blocks = [make_block(9, arm=arm, repeat=repeat, seed=repeat) for arm in ("hr", "lr") for repeat in (0, 1)]
    rows = [row for block in blocks for row in block.rows()]
    random.Random(3).shuffle(rows)
    for block, back in zip(blocks, blocks_of(rows), strict=True):
        assert (block.arm, block.repeat, block.keys, block.labels) == (back.arm, back.repeat, back.keys, back.labels)
        assert (block.groups, block.classes, block.predicted) == (back.groups, back.classes, back.predicted)
        np.testing.assert_array_equal(block.probabilities, back.probabilities)


def test_of_equally_probable_classes_the_first_is_predicted(make_block: Callable[..., Block]) -> None:
    block = replace(make_block(1), probabilities=np.array([[0.2, 0.4, 0.4]]))
    assert ("b",) == block.predicted


def test_the_loss_is_scikit_learns(make_block: Callable[..., Block]) -> None:
    from sklearn.metrics import log_loss

    block = make_block(30)
    oracle = log_loss(block.labels, block.probabilities, labels=list(block.classes))
    # Sums in another order.
    assert oracle == pytest.approx(float(block.losses.mean()), rel=1e-12)


def test_a_probability_of_zero_has_scikit_learns_finite_loss(make_block: Callable[..., Block]) -> None:
    from sklearn.metrics import log_loss

    block = replace(make_block(1, labels="a"), probabilities=np.array([[0.0, 1.0, 0.0]]))
    oracle = log_loss(["a"], block.probabilities, labels=["a", "b", "c"])
    assert oracle == pytest.approx(float(block.losses[0]), rel=1e-12)


def test_an_image_that_is_there_twice_is_refused(make_block: Callable[..., Block]) -> None:
    rows = [*make_block(3).rows(), *make_block(1).rows()]
    with pytest.raises(
        ClassifierError, match=r"predicted twice \(default, retrain, hr, repeat 0, test\); found '0000'"
    ):
        blocks_of(rows)


def test_rows_of_other_classes_are_refused(make_block: Callable[..., Block]) -> None:
    with pytest.raises(ClassifierError, match="other classes"):
        blocks_of([*make_block(3).rows(), *make_block(1, "ab", first=5).rows()])
