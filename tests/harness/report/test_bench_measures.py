"""Quality, accuracy and cost of arms as the page sets them side by side."""

from __future__ import annotations

import math

from harness.report.bench_measures import COSTS, Measure, accuracies, costs, frontier, qualities
from harness.report.bench_rows import BenchRows, Family

PARAMETERS, MACS, SECONDS = COSTS


def quality(method: str, psnr: str, region: str = "image") -> dict[str, str]:
    return {"method": method, "region": region, "psnr": psnr, "psnr_ci_low": "20.0", "psnr_ci_high": ""}


def test_quality_is_of_whole_images_and_finite() -> None:
    rows = BenchRows(
        leaderboard=(
            quality("a", "30.5"), quality("a", "25.0", "nucleus"), quality("b", "inf"), quality("c", ""),
            quality("d", "1.0", "mask"),
        )
    )  # fmt: skip
    (found,) = qualities(rows, "psnr").items()
    assert found[0] == "a"
    assert (found[1].value, found[1].low) == (30.5, 20.0)
    assert math.isnan(found[1].high)
    assert not found[1].has_interval
    assert qualities(rows, "lpips") == {}


def test_accuracy_is_of_the_family_asked_for() -> None:
    line = {"classifier": "default", "mode": "retrain", "accuracy_ci_low": "0.4", "accuracy_ci_high": "0.9"}
    rows = BenchRows(
        classification=(
            line | {"arm": "hr", "accuracy": "0.75"},
            line | {"arm": "lr", "accuracy": ""},
            line | {"arm": "hr", "accuracy": "0.5", "mode": "frozen"},
        )
    )
    retrain, frozen = rows.families
    assert (str(retrain), str(frozen)) == ("default, retrain", "default, frozen")
    assert accuracies(rows, retrain) == {"hr": Measure(0.75, 0.4, 0.9)}
    assert accuracies(rows, Family("other", "retrain")) == {}


def test_costs_that_no_method_has_are_left_out() -> None:
    rows = BenchRows(
        cost=(
            {"method": "a", "parameters": "0", "macs": "", "seconds_per_megapixel": "0.5"},
            {"method": "b", "parameters": "621424", "macs": "", "seconds_per_megapixel": ""},
        )
    )
    assert costs(rows) == {PARAMETERS: {"a": 0.0, "b": 621424.0}, SECONDS: {"a": 0.5}}
    assert costs(BenchRows()) == {}


def test_the_frontier_holds_what_nothing_beats_in_both() -> None:
    price = {"cheap": 1.0, "dear": 9.0, "worse": 9.5, "twin": 9.0, "unscored": 0.0}
    value = {"cheap": 20.0, "dear": 30.0, "worse": 25.0, "twin": 30.0, "unpriced": 99.0}
    measured = {name: Measure(one) for name, one in value.items()}
    assert frontier(price, measured) == ["cheap", "dear", "twin"]
    assert frontier(price, measured, higher_is_better=False) == ["cheap"]
