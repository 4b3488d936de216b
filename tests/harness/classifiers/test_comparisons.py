"""Arms are compared image by image, over units, and repeats are averaged first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from harness.classifiers.arm_summary import summarise_arm
from harness.classifiers.comparisons import (
    Flips,
    compare_arms,
    family,
    flips_against,
    image_values,
    mcnemar_per_repeat,
    recovered_by_arm,
)
from harness.classifiers.metrics import METRICS, score_block
from harness.classifiers.predictions import Block
from harness.statistics import NO_GAP, paired_test, summarise
from srmetrics.errors import ClassifierError

Maker = Callable[..., Block]


def _saying(maker: Maker, said: str, labels: str, **options: object) -> Block:
    """Return a block that predicts these classes."""
    block = maker(len(said), "abc", labels=labels, **options)
    columns = {"a": [0.8, 0.1, 0.1], "b": [0.1, 0.8, 0.1], "c": [0.1, 0.1, 0.8]}
    return replace(block, probabilities=np.array([columns[name] for name in said]))


def test_flips_are_counted_by_what_they_lose_and_gain(make_block: Maker) -> None:
    blocks = [
        _saying(make_block, "aabbcc", "aaaabc"),
        _saying(make_block, "abacac", "aaaabc", arm="lr"),
    ]
    # 2nd lost; 3rd gained; 4th b for c, wrong both times; 5th c for a, wrong both times.
    assert [Flips("lr", 0, 6, 1, 1, 2)] == flips_against(blocks)
    assert 4 == flips_against(blocks)[0].n_flips


def test_correctness_is_averaged_over_the_repeats_that_tested_an_image(make_block: Maker) -> None:
    blocks = [
        _saying(make_block, "ab", "aa", repeat=0, first=0),  # images 0 and 1
        _saying(make_block, "ba", "aa", repeat=1, first=1),  # images 1 and 2
        _saying(make_block, "a", "a", repeat=2, first=1),  # image 1
    ]
    values = image_values(blocks)
    assert ("0000", "0001", "0002") == values.keys
    assert [1.0, 1 / 3, 1.0] == values.by_arm["hr"].tolist()


def test_a_metric_that_is_no_mean_over_images_has_no_paired_test(make_block: Maker) -> None:
    with pytest.raises(ClassifierError, match="no mean over images"):
        compare_arms([make_block(9)], "auroc")


def test_the_comparison_with_the_best_is_the_sign_flip_test_of_mean_correctness(make_block: Maker) -> None:
    blocks = [
        make_block(50, "ab", arm=arm, repeat=repeat, seed=10 * repeat + number, groups=12, labels="ab" * 25)
        for repeat in range(3)
        for number, arm in enumerate(("hr", "lr"))
    ]
    mean = {arm: np.mean([block.correct for block in blocks if block.arm == arm], axis=0) for arm in ("hr", "lr")}
    standings = compare_arms(blocks)
    (worse,) = [arm for arm, standing in standings.items() if standing.comparison is not None]
    best = "lr" if worse == "hr" else "hr"
    oracle = paired_test(mean[worse], mean[best], blocks[0].groups)
    comparison = standings[worse].comparison
    assert comparison is not None
    assert (oracle.p, oracle.n_units) == (comparison.p, comparison.n_units)
    assert oracle.difference == pytest.approx(comparison.difference, rel=1e-12)


def test_a_low_loss_is_the_best(make_block: Maker) -> None:
    blocks = [_saying(make_block, "abc" * 9, "abc" * 9), _saying(make_block, "bca" * 9, "abc" * 9, arm="lr")]
    standings = compare_arms(blocks, "loss", baseline="hr")
    assert ("baseline", "worse") == (standings["hr"].verdict, standings["lr"].verdict)


def test_mcnemar_is_per_repeat_and_equals_statsmodels(make_block: Maker) -> None:
    blocks = [
        make_block(40, "ab", arm=arm, repeat=repeat, seed=2 * repeat + number, labels="ab" * 20)
        for repeat in range(3)
        for number, arm in enumerate(("hr", "lr"))
    ]
    tests = mcnemar_per_repeat(blocks, "hr", "lr")
    assert [0, 1, 2] == list(tests)
    for repeat, test in tests.items():
        first, second = (block.correct for block in blocks if block.repeat == repeat)
        table = [[0, np.sum(first > second)], [np.sum(first < second), 0]]
        assert mcnemar(table, exact=True).pvalue == pytest.approx(test.p, rel=1e-10)


def test_mcnemar_is_blank_where_images_share_groups(make_block: Maker) -> None:
    blocks = [make_block(10, arm=arm, groups=4) for arm in ("hr", "lr")]
    assert (None, "images share groups, and are not independent") == (
        mcnemar_per_repeat(blocks, "hr", "lr")[0].p,
        mcnemar_per_repeat(blocks, "hr", "lr")[0].reason,
    )


def test_the_recovered_fraction_is_of_mean_accuracies(make_block: Maker) -> None:
    labels = "a" * 60
    blocks = [
        _saying(make_block, "a" * 54 + "b" * 6, labels),
        _saying(make_block, "a" * 24 + "b" * 36, labels, arm="lr"),
        _saying(make_block, "a" * 39 + "b" * 21, labels, arm="sr"),
    ]
    found = recovered_by_arm(blocks)
    assert ["sr"] == list(found)
    # (39 - 24) / (54 - 24)
    assert 0.5 == pytest.approx(found["sr"].fraction, rel=1e-12)
    assert found["sr"].interval.low is not None


def test_without_a_gap_there_is_no_recovered_fraction(make_block: Maker) -> None:
    labels = "a" * 60
    blocks = [_saying(make_block, "a" * 50 + "b" * 10, labels, arm=arm) for arm in ("hr", "lr", "sr")]
    assert (None, NO_GAP) == (recovered_by_arm(blocks)["sr"].fraction, recovered_by_arm(blocks)["sr"].reason)
    assert {} == recovered_by_arm(blocks[:1])


def test_arms_of_other_images_are_refused(make_block: Maker) -> None:
    with pytest.raises(ClassifierError, match="not tested on the same images"):
        flips_against([make_block(4), make_block(5, arm="lr")])


def test_a_family_is_one_classifier_in_one_mode_on_the_test_part(make_block: Maker) -> None:
    block = make_block(4)
    others = [replace(block, mode="frozen"), replace(block, classifier="x"), replace(block, split="validation")]
    assert [block] == family([block, *others], "default", "retrain")


def test_a_summary_has_the_mean_of_accuracy_over_images_and_its_spread_over_repeats(make_block: Maker) -> None:
    blocks = [make_block(40, repeat=repeat, seed=repeat, labels="ab" * 20) for repeat in range(3)]
    summary = summarise_arm(blocks)
    assert list(METRICS) == list(summary)
    accuracy = summary["accuracy"]
    per_repeat = [score_block(block).values["accuracy"] for block in blocks]
    assert np.std(per_repeat, ddof=1) == pytest.approx(accuracy.repeat_sd, rel=1e-12)
    oracle = summarise(np.mean([block.correct for block in blocks], axis=0))
    assert (oracle.mean, oracle.interval) == (accuracy.value, accuracy.interval)
    assert np.mean([score_block(block).values["auroc"] for block in blocks]) == pytest.approx(summary["auroc"].value)
    assert 3 == accuracy.n_repeats


def test_one_repeat_has_no_spread(make_block: Maker) -> None:
    assert math.isnan(summarise_arm([make_block(40)])["accuracy"].repeat_sd)


def test_what_a_metric_lacks_is_said_in_its_summary(make_block: Maker) -> None:
    blocks = [make_block(40, labels="ab" * 20), make_block(40, labels="a" * 40, repeat=1)]
    auroc = summarise_arm(blocks)["auroc"]
    assert 1 == auroc.n_repeats
    assert "over 2 of 3 classes: no test image of 'c'; every test image is of one class, 'a'" == auroc.note
    assert math.isnan(summarise_arm(blocks[1:])["auroc"].value)
