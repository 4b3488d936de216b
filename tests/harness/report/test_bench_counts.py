"""Confusion matrices and per-class tables of arms, from the lines of a bench's CSVs."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from harness.report.bench_classes import Spread, class_rows
from harness.report.bench_confusion import confusions


def confusion_lines(counts: list[list[int]], names: str, arm: str = "hr", repeat: int = 0) -> list[dict[str, str]]:
    return [
        {"arm": arm, "repeat": str(repeat), "label": names[i], "predicted": names[j], "n_images": str(counts[i][j])}
        for i, j in product(range(len(names)), repeat=2)
    ]


def test_repeats_are_summed_and_shares_are_of_the_true_class() -> None:
    rows = confusion_lines([[3, 1], [0, 2]], "ab") + confusion_lines([[4, 0], [1, 1]], "ab", repeat=1)
    rows += confusion_lines([[0, 8], [4, 0]], "ab", arm="lr")
    hr, lr = confusions(rows)
    assert (hr.arm, hr.n_repeats, hr.counts.tolist()) == ("hr", 2, [[7, 1], [1, 3]])
    assert hr.shares.tolist() == [[7 / 8, 1 / 8], [1 / 4, 3 / 4]]
    assert (lr.arm, lr.n_repeats, lr.counts.tolist()) == ("lr", 1, [[0, 8], [4, 0]])
    assert lr.most_confused() == ("a", "b", 8)


def test_a_class_without_a_test_image_has_no_shares_and_is_named() -> None:
    (one,) = confusions(confusion_lines([[2, 0, 0], [0, 0, 0], [0, 0, 5]], "abc"))
    assert one.without_support == ("b",)
    assert np.isnan(one.shares[1]).all()
    assert not np.isnan(one.shares[[0, 2]]).any()
    assert one.most_confused() is None


def class_line(**changes: str) -> dict[str, str]:
    row = {"arm": "hr", "repeat": "0", "class": "a", "n_images": "4", "n_predicted": "2", "note": ""}
    return row | {"precision": "1.0", "recall": "0.5", "f1": "0.6666666666666666"} | changes


def test_a_class_is_averaged_over_the_repeats_that_have_a_value() -> None:
    rows = [
        class_line(),
        class_line(repeat="1", n_predicted="0", precision="", recall="0.0", f1="0.0", note="never predicted"),
        class_line(repeat="2", precision="0.5", recall="1.0", f1="0.7"),
    ]
    (one,) = class_rows(rows)
    assert (one.arm, one.name, one.n_images, one.n_predicted) == ("hr", "a", 12, 4)
    assert one.precision == Spread(0.75, 0.5, 1.0, 2)
    assert one.recall == Spread(0.5, 0.0, 1.0, 3)
    assert one.f1.mean == pytest.approx((2 / 3 + 0.7) / 3)
    assert one.note == "in 1 of 3 repeats: never predicted"


def test_a_class_that_could_not_be_split_stays_in_the_table_with_its_reason() -> None:
    empty = {"n_images": "0", "n_predicted": "0", "precision": "", "recall": "", "f1": ""}
    rows = [class_line(**empty, repeat=repeat, note="unsplittable: 1 image") for repeat in "01"]
    (one,) = class_rows(rows)
    assert one.n_images == 0
    assert one.recall.n == 0
    assert math.isnan(one.recall.mean)
    assert one.note == "unsplittable: 1 image"
