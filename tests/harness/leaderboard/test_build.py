"""From rows to a leaderboard: which images count, and what their means are."""

from __future__ import annotations

import math

import pytest

from harness.engine.row import Row
from harness.leaderboard.build import build_rows

SIGNATURE = "colour:all-channels|v:0.1.0"


def row(
    method: str, image: str, psnr: float, *, group: str = "", region: str = "image", signature: str = SIGNATURE
) -> Row:
    return Row(image, group, method, region, 100, {"psnr": psnr}, signature)


def means(rows: list[Row], methods: list[str], **options: object) -> dict[str, float]:
    board, _ = build_rows(rows, ("psnr",), methods=methods, **options)  # type: ignore[arg-type]
    return {one.method: one.cells["psnr"].summary.mean for one in board}


def test_methods_are_compared_on_the_images_that_all_of_them_have() -> None:
    rows = [row("a", "1", 10), row("a", "2", 20), row("a", "3", 90), row("b", "1", 12), row("b", "2", 14)]
    assert means(rows, ["a", "b"]) == {"a": 15.0, "b": 13.0}


def test_own_takes_every_image_of_each_method() -> None:
    rows = [row("a", "1", 10), row("a", "2", 20), row("a", "3", 90), row("b", "1", 12), row("b", "2", 14)]
    assert means(rows, ["a", "b"], on_missing="own") == {"a": 40.0, "b": 13.0}


def test_a_method_without_any_row_does_not_empty_the_others() -> None:
    assert means([row("a", "1", 10)], ["a", "gone"]) == {"a": 10.0}


def test_a_group_average_weighs_groups_and_an_image_average_images() -> None:
    rows = [row("a", "1", 10, group="p"), row("a", "2", 20, group="p"), row("a", "3", 60, group="q")]
    assert means(rows, ["a"], average="group") == {"a": (15 + 60) / 2}
    assert means(rows, ["a"], average="image") == {"a": 30.0}


def test_a_mean_over_an_infinite_value_is_infinite_and_counted() -> None:
    board, _ = build_rows([row("a", "1", math.inf), row("a", "2", 20)], ("psnr",), methods=["a"])
    summary = board[0].cells["psnr"].summary
    assert (math.inf, 1, 2) == (summary.mean, summary.n_infinite, summary.n)


def test_a_value_that_is_not_a_number_is_left_out_of_its_own_mean_alone() -> None:
    board, _ = build_rows([row("a", "1", math.nan), row("a", "2", 20)], ("psnr",), methods=["a"])
    assert (20.0, 1) == (board[0].cells["psnr"].summary.mean, board[0].cells["psnr"].summary.n)
    assert board[0].n_images == 2


def test_rows_of_two_signatures_are_never_averaged() -> None:
    rows = [row("a", "1", 10), row("a", "2", 50, signature="colour:y-bt601|v:0.1.0")]
    board, _ = build_rows(rows, ("psnr",), methods=["a"])
    assert [(SIGNATURE, 10.0), ("colour:y-bt601|v:0.1.0", 50.0)] == [
        (one.signature, one.cells["psnr"].summary.mean) for one in board
    ]


def test_regions_have_rows_of_their_own_with_their_pixels() -> None:
    rows = [row("a", "1", 10), row("a", "2", 12), row("a", "1", 30, region="mask"), row("a", "2", 32, region="mask")]
    board, _ = build_rows(rows, ("psnr",), methods=["a"])
    assert [("image", 11.0, 200), ("mask", 31.0, 200)] == [
        (one.region, one.cells["psnr"].summary.mean, one.n_pixels) for one in board
    ]


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [row(method, str(image), 30 + image * 0.7 + (method == "a") * 0.3) for method in "ab" for image in range(25)]
    assert build_rows(rows, ("psnr",), methods=["a", "b"]) == build_rows(rows[::-1], ("psnr",), methods=["a", "b"])


def test_every_pair_is_tested_and_the_baseline_is_a_family_of_its_own() -> None:
    rows = [row(method, str(i), 30.0 + i + 2 * place) for place, method in enumerate("abc") for i in range(6)]
    _, tests = build_rows(rows, ("psnr",), methods=["a", "b", "c"], baseline="a")
    families = sorted((one.comparison.family, one.comparison.method_a, one.comparison.method_b) for one in tests)
    assert families == [
        ("baseline", "b", "a"),
        ("baseline", "c", "a"),
        ("best", "a", "c"),
        ("best", "b", "c"),
        ("pairs", "a", "b"),
        ("pairs", "a", "c"),
        ("pairs", "b", "c"),
    ]


@pytest.mark.parametrize("n", [1, 4])
def test_fewer_than_five_units_have_no_interval(n: int) -> None:
    board, _ = build_rows([row("a", str(i), 30.0 + i) for i in range(n)], ("psnr",), methods=["a"])
    assert board[0].cells["psnr"].summary.interval.low is None
