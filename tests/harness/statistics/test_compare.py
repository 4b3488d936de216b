"""Families of comparisons, ranks and verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from harness.statistics import Standing, all_pairs, paired_test, versus_baseline, versus_best
from srmetrics.errors import StatisticsError

NAN, INF = float("nan"), float("inf")


def verdicts(standings: dict[str, Standing]) -> dict[str, str]:
    return {method: standing.verdict for method, standing in standings.items()}


def ranks(standings: dict[str, Standing]) -> dict[str, int | None]:
    return {method: standing.rank for method, standing in standings.items()}


@pytest.fixture
def thirty_images() -> dict[str, np.ndarray]:
    """`good` and `near` differ by noise alone, `bad` clearly, on every image."""
    rng = np.random.default_rng(0)
    good = rng.normal(30, 3, 30)
    return {
        "bad": good - 1.0 - rng.uniform(0, 0.2, 30),
        "good": good,
        "near": good - 0.01 + rng.choice([-1, 1], 30) * 0.3,
    }


def test_verdicts_of_a_clear_and_an_unclear_difference(thirty_images: dict[str, np.ndarray]) -> None:
    standings = versus_best(thirty_images, higher_is_better=True)
    means = {method: values.mean() for method, values in thirty_images.items()}
    best = max(means, key=means.__getitem__)
    near = {"good": "near", "near": "good"}[best]
    assert {"bad": "worse", best: "best", near: "tied"} == verdicts(standings)
    assert {"bad": 3, best: 1, near: 2} == ranks(standings)
    assert means == pytest.approx({method: standing.mean for method, standing in standings.items()}, abs=1e-12)


def test_where_lower_is_better_the_lowest_is_best(thirty_images: dict[str, np.ndarray]) -> None:
    standings = versus_best(thirty_images, higher_is_better=False)
    assert {"bad": "best", "good": "worse", "near": "worse"} == verdicts(standings)
    assert 1 == standings["bad"].rank


def test_p_values_are_adjusted_by_holm_within_the_family(thirty_images: dict[str, np.ndarray]) -> None:
    worst = thirty_images["bad"]
    standings = versus_best(thirty_images, higher_is_better=False)
    raw = [paired_test(thirty_images[method], worst).p for method in ("good", "near")]
    adjusted = multipletests(raw, method="holm")[1].tolist()
    assert adjusted == pytest.approx([standings["good"].p_holm, standings["near"].p_holm], rel=1e-12)


def test_five_units_are_too_few_to_decide_anything() -> None:
    # The smallest p of five units is 2 / 2**5 = 0.0625.
    standings = versus_best({"a": [1.0] * 5, "b": [2.0] * 5}, higher_is_better=True)
    assert {"a": "undecided", "b": "best"} == verdicts(standings)


@pytest.mark.parametrize(("n_methods", "verdict"), [(2, "worse"), (3, "undecided")])
def test_whether_six_units_decide_hangs_on_the_size_of_the_family(n_methods: int, verdict: str) -> None:
    # The smallest p of six units is 2 / 2**6 = 0.03125: below 0.05 alone, above it times two.
    values = {f"m{number}": np.full(6, float(number)) for number in range(n_methods)}
    standings = versus_best(values, higher_is_better=True)
    assert {verdict, "best"} == set(verdicts(standings).values())


def test_a_blank_comparison_does_not_make_the_family_larger() -> None:
    values = {"best": np.full(6, 3.0), "worse": np.full(6, 2.0), "blank": [NAN] * 6}
    assert {"best": "best", "worse": "worse", "blank": ""} == verdicts(versus_best(values, higher_is_better=True))


def test_equal_methods_share_the_rank_and_are_both_best() -> None:
    values = {"b": [1.0, 2.0, 3.0], "a": [3.0, 2.0, 1.0], "c": [0.0, 0.0, 0.0]}
    standings = versus_best(values, higher_is_better=True)
    assert {"b": 1, "a": 1, "c": 3} == ranks(standings)
    assert {"b": "best", "a": "best", "c": "undecided"} == verdicts(standings)
    assert standings["c"].comparison is not None
    assert "a" == standings["c"].comparison.method_b


def test_a_method_without_values_has_no_rank_and_no_verdict() -> None:
    standings = versus_best({"a": [1.0, 2.0], "b": [NAN, NAN]}, higher_is_better=True)
    assert {"a": 1, "b": None} == ranks(standings)
    assert {"a": "best", "b": ""} == verdicts(standings)
    assert math.isnan(standings["b"].mean)


def test_comparisons_with_an_infinite_best_are_blank_with_their_reason() -> None:
    values = {"exact": [INF, 40.0, 41.0], "other": [39.0, 38.0, 37.0], "third": [1.0, 2.0, 3.0]}
    standings = versus_best(values, higher_is_better=True)
    assert {"exact": "best", "other": "", "third": ""} == verdicts(standings)
    assert {"exact": 1, "other": 2, "third": 3} == ranks(standings)
    assert standings["other"].comparison is not None
    assert "infinite values on 1 of 3 images" == standings["other"].comparison.reason
    assert standings["other"].p_holm is None


def test_a_best_that_is_behind_on_the_common_images_gives_no_verdict() -> None:
    # `few` is best by its own mean, over an easy image more; on the ten common ones it is clearly behind.
    values = {"few": [*([1.0] * 10), 100.0], "all": [*([2.0] * 10), NAN]}
    standings = versus_best(values, higher_is_better=True)
    assert {"few": "best", "all": ""} == verdicts(standings)
    assert standings["all"].comparison is not None
    assert (1.0, 1) == (standings["all"].comparison.difference, standings["all"].comparison.n_left_out)


def test_against_the_baseline_a_method_can_be_better_or_worse(thirty_images: dict[str, np.ndarray]) -> None:
    values = {**thirty_images, "worst": thirty_images["bad"] - 1.0}
    standings = versus_baseline(values, "bad", higher_is_better=True)
    assert {"bad": "baseline", "good": "better", "near": "better", "worst": "worse"} == verdicts(standings)
    turned = versus_baseline(values, "bad", higher_is_better=False)
    assert {"bad": "baseline", "good": "worse", "near": "worse", "worst": "better"} == verdicts(turned)


def test_a_baseline_that_is_no_method_is_refused_by_name() -> None:
    with pytest.raises(StatisticsError, match=r"'bicubic'.*'a', 'b'"):
        versus_baseline({"a": [1.0], "b": [2.0]}, "bicubic", higher_is_better=True)


def test_the_rows_hold_three_families_each_adjusted_by_itself(thirty_images: dict[str, np.ndarray]) -> None:
    rows = all_pairs(thirty_images, higher_is_better=False, baseline="near", metric="psnr", region="image")
    assert [
        ("best", "good", "bad"),
        ("best", "near", "bad"),
        ("baseline", "bad", "near"),
        ("baseline", "good", "near"),
        ("pairs", "bad", "good"),
        ("pairs", "bad", "near"),
        ("pairs", "good", "near"),
    ] == [(row.family, row.method_a, row.method_b) for row in rows]
    for family in ("best", "baseline", "pairs"):
        members = [row for row in rows if row.family == family]
        adjusted = multipletests([row.p for row in members], method="holm")[1].tolist()
        assert adjusted == pytest.approx([row.p_holm for row in members], rel=1e-12)
    assert {("psnr", "image")} == {(row.metric, row.region) for row in rows}


def test_without_a_baseline_there_is_no_such_family(thirty_images: dict[str, np.ndarray]) -> None:
    rows = all_pairs(thirty_images, higher_is_better=True)
    assert {"best", "pairs"} == {row.family for row in rows}


def test_rows_do_not_hang_on_the_order_of_methods_or_of_images(thirty_images: dict[str, np.ndarray]) -> None:
    backward = {method: thirty_images[method][::-1] for method in reversed(thirty_images)}
    assert all_pairs(thirty_images, higher_is_better=True, baseline="bad") == all_pairs(
        backward, higher_is_better=True, baseline="bad"
    )


def test_another_method_changes_no_unadjusted_number(thirty_images: dict[str, np.ndarray]) -> None:
    def raw(values: dict[str, np.ndarray]) -> dict[tuple[str, str], tuple[float | None, ...]]:
        rows = all_pairs(values, higher_is_better=True)
        return {(row.method_a, row.method_b): (row.difference, row.ci_low, row.ci_high, row.p) for row in rows}

    more = raw({**thirty_images, "new": np.linspace(25, 35, 30)})
    for pair, numbers in raw(thirty_images).items():
        assert numbers == more[pair]


def test_one_method_alone_is_best_and_has_no_comparisons() -> None:
    assert {"only": "best"} == verdicts(versus_best({"only": [1.0, 2.0]}, higher_is_better=True))
    assert [] == all_pairs({"only": [1.0, 2.0]}, higher_is_better=True, baseline="only")
