"""File names are data: nothing in a name can act in CSV, Markdown or LaTeX; numbers keep every digit."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.engine.row import Failure, Row
from harness.leaderboard.build import build_rows
from harness.leaderboard.leaderboard import Heading, Leaderboard
from harness.leaderboard.to_csv import (
    comparisons_csv,
    failures_csv,
    leaderboard_csv,
    neutralised,
    per_image_csv,
    restored,
)
from harness.leaderboard.to_json import to_json
from harness.leaderboard.to_latex import escaped as latex_escaped
from harness.leaderboard.to_latex import to_latex
from harness.leaderboard.to_markdown import to_markdown
from harness.leaderboard.to_table import to_text

SIGNATURE = "colour:all-channels|v:0.1.0"
NASTY = "=cmd|' /C calc'!A0"
HEADING = Heading("Set5", "0" * 64, 4, "", "sr-y", "image", ("psnr", "ssim"), "0.1.0")


def board_of(rows: list[Row], methods: list[str], heading: Heading = HEADING) -> Leaderboard:
    board, tests = build_rows(rows, heading.metrics, methods=methods)
    return Leaderboard(heading, board, tests, tuple(rows), ())


def two_methods(first: str = "bicubic", second: str = "ours", n: int = 6) -> Leaderboard:
    rows = [
        Row(f"img{i}", "", method, "image", 50, {"psnr": 28.0 + i / 3 + better, "ssim": 0.8 + better / 10}, SIGNATURE)
        for i in range(n)
        for better, method in enumerate((first, second))
    ]
    return board_of(rows, [first, second])


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@given(st.text())
def test_a_neutralised_text_comes_back_and_starts_no_formula(text: str) -> None:
    assert text == restored(neutralised(text))
    assert not neutralised(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_names_that_are_formulas_are_neutralised_in_every_csv() -> None:
    board = replace(two_methods(NASTY), failures=(Failure(NASTY, NASTY, "missing", NASTY, NASTY),))
    for text in (leaderboard_csv(board), per_image_csv(board), comparisons_csv(board), failures_csv(board.failures)):
        cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
        assert "'" + NASTY in cells
        assert NASTY not in cells


def test_the_columns_of_the_leaderboard_are_those_of_the_design() -> None:
    header = leaderboard_csv(two_methods()).splitlines()[0].split(",")
    assert header == [
        *("dataset", "dataset_digest", "scale", "degradation", "protocol", "region", "method", "average"),
        *("n_images", "n_groups", "n_pixels"),
        *("psnr", "psnr_n", "psnr_n_infinite", "psnr_ci_low", "psnr_ci_high", "psnr_rank", "psnr_vs_best"),
        *("ssim", "ssim_n", "ssim_n_infinite", "ssim_ci_low", "ssim_ci_high", "ssim_rank", "ssim_vs_best"),
        *("signature", "srmetrics_version"),
    ]


@given(st.floats(allow_nan=False))
def test_numbers_keep_every_digit_in_csv(value: float) -> None:
    row = Row("a", "", "m", "image", 1, {"psnr": value, "ssim": math.nan}, SIGNATURE)
    line = table_of(per_image_csv(board_of([row], ["m"])))[0]
    assert value == float(line["psnr"])
    assert line["ssim"] == ""


def test_infinity_is_inf_in_csv_and_the_string_inf_in_json() -> None:
    row = Row("a", "", "m", "image", 1, {"psnr": math.inf, "ssim": math.nan}, SIGNATURE)
    board = board_of([row], ["m"])
    assert table_of(leaderboard_csv(board))[0]["psnr"] == "inf"
    metrics = json.loads(to_json(board))["leaderboard"][0]["metrics"]
    assert metrics["psnr"]["mean"] == "inf"
    assert metrics["ssim"]["mean"] is None
    assert metrics["psnr"]["n_infinite"] == 1


def test_a_piq_metric_is_a_column_without_a_colon() -> None:
    row = Row("a", "", "m", "image", 1, {"piq:gmsd": 0.5}, SIGNATURE)
    board = board_of([row], ["m"], replace(HEADING, metrics=("piq:gmsd",)))
    assert table_of(per_image_csv(board))[0]["piq_gmsd"] == "0.5"


@given(st.text())
def test_latex_keeps_no_character_that_acts(text: str) -> None:
    plain = latex_escaped(text)
    for command in (
        r"\textbackslash{}",
        r"\textasciitilde{}",
        r"\textasciicircum{}",
        r"\textless{}",
        r"\textgreater{}",
    ):
        plain = plain.replace(command, "")
    for command in (r"\textbar{}", r"\textquotedbl{}", r"\{", r"\}", r"\$", r"\&", r"\#", r"\_", r"\%"):
        plain = plain.replace(command, "")
    assert not set(plain) & set('\\{}$&#_%~^<>|"\n\r')


def test_the_best_is_bold_and_an_undecided_one_marked() -> None:
    # Three images allow no p below 0.25 (2 / 2^3): whatever the difference, nothing can be told.
    board = two_methods(n=3)
    assert r"\textbf{29.333}" in to_latex(board)
    assert r"28.333$^{\ddagger}$" in to_latex(board)
    assert "**29.333**" in to_markdown(board)
    assert "28.333‡" in to_markdown(board)
    assert "28.333‡" in to_text(board)


@pytest.mark.parametrize(
    ("errors", "shown"),
    [
        ((41.25, 39.5), ("41.250", "39.500")),
        ((0.000631, 0.0598), ("0.000631", "0.059800")),
        ((0.0, 0.5), ("0.000", "0.500")),
    ],
)
def test_small_errors_are_not_rounded_away(errors: tuple[float, float], shown: tuple[str, str]) -> None:
    """Of images from 0 to 1 the squared errors are some ten-thousandths: three decimals would show 0.001 and 0.000."""
    methods = ["worse", "better"]
    rows = [
        Row("a", "", method, "image", 1, {"mse": mse}, SIGNATURE) for method, mse in zip(methods, errors, strict=True)
    ]
    board = board_of(rows, methods, replace(HEADING, metrics=("mse",)))
    for text in (to_latex(board), to_markdown(board), to_text(board)):
        assert all(number in text for number in shown), text


def test_markup_in_a_method_name_is_shown_and_not_obeyed() -> None:
    board = two_methods("<img src=x onerror=alert(1)>|*a*")
    assert "<img" not in to_markdown(board)
    assert r"\|\*a\*" in to_markdown(board)
    assert "[bold]" in to_text(two_methods("[bold]x[/bold]"))
    assert r"ab\u202ecd\x1b[31m" in to_text(two_methods("ab\u202ecd\x1b[31m"))


def test_the_signature_stands_under_every_table() -> None:
    board = two_methods()
    for text in (to_text(board), to_markdown(board), to_latex(board)):
        assert SIGNATURE in text
