"""The charts of scores: their numbers are those of the tables, and their words say what bands and baselines are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from harness.engine.row import Row
from harness.report.bands import band_of
from harness.report.differences import Against, difference_chart
from harness.report.groups import group_chart
from harness.report.histogram import histogram_chart
from harness.report.scores import Block, blocks_of, number_in, volume_and_slice
from harness.report.section import Cell, Chart, Table
from harness.report.slices import slice_chart
from srmetrics.errors import FileError

SIGNATURE = "s"


def row(image: str, method: str, psnr: float, group: str = "", region: str = "image") -> Row:
    return Row(image, group, method, region, 10, {"psnr": psnr}, SIGNATURE)


def block(rows: Sequence[Row]) -> Block:
    (found,) = blocks_of(rows)
    return found


def texts(chart: Chart | None) -> list[list[str]]:
    assert chart is not None
    assert isinstance(chart.data, Table)
    return [
        [cell if isinstance(cell, str) else f"{cell.text} {cell.note}".strip() for cell in line]
        for line in chart.data.rows
    ]


LINE = {"family": "baseline", "method_a": "ours", "method_b": "base", "difference": "1.5", "ci_low": "1.0",
        "ci_high": "2.0", "p_holm": "0.031"}  # fmt: skip


def test_differences_are_paired_by_image_and_carry_the_test() -> None:
    rows = [row(key, "base", value) for key, value in (("a", 30.0), ("b", 31.0), ("c", 32.0))]
    rows += [row(key, "ours", value) for key, value in (("c", 33.0), ("a", 32.0), ("x", 99.0))]
    chart = difference_chart(block(rows), "psnr", ["base", "ours"], Against("base", True, True, [LINE]), "d")
    assert texts(chart) == [["ours", "+1.500", "[+1.000, +2.000]", "0.031", "2 of 2"]]
    assert chart is not None
    assert chart.caption.endswith("base is the baseline that the run named.")
    assert "difference of PSNR, dB (better →)" in chart.svg
    assert "ours: +1.500 on average, better on 2 of 2 images" in chart.description


def test_a_test_of_the_other_direction_is_turned_around() -> None:
    turned = LINE | {"method_a": "base", "method_b": "ours"}
    rows = [row("a", "base", 1.0), row("a", "ours", 2.0)]
    chart = difference_chart(block(rows), "psnr", ["base", "ours"], Against("base", True, False, [turned]), "d")
    assert texts(chart) == [["ours", "−1.500", "[−2.000, −1.000]", "0.031", "0 of 1"]]
    assert chart is not None
    assert "(← better)" in chart.svg  # less is better here


def test_without_a_named_baseline_the_best_is_said_to_be_it() -> None:
    rows = [row("a", "base", 1.0), row("a", "ours", math.inf), row("b", "base", 1.0), row("b", "ours", 3.0)]
    chart = difference_chart(block(rows), "psnr", ["base", "ours"], Against("ours", False, True, []), "d")
    assert texts(chart) == [["base", "−2.000", "–", "–", "0 of 1"]]
    assert chart is not None
    assert chart.title == "PSNR: difference from ours"
    assert "The run named no baseline: the best by its mean is taken." in chart.caption
    assert chart.caption.endswith("1 pair with an infinite value left out.")


def test_where_nothing_can_be_paired_there_is_no_chart() -> None:
    rows = [row("a", "base", 1.0), row("b", "ours", 2.0)]
    assert difference_chart(block(rows), "psnr", ["base", "ours"], Against("base", True, True, []), "d") is None


def test_many_images_become_quantiles_and_say_so() -> None:
    rows = [row(f"{n}", method, float(n % 7) * place) for n in range(400) for place, method in enumerate("ab", 1)]
    chart = difference_chart(block(rows), "psnr", ["a", "b"], Against("a", True, True, []), "d")
    assert chart is not None
    assert chart.caption.startswith("The thin line holds 90 % of the images")
    assert len(chart.svg) < 20_000


@pytest.mark.parametrize(
    ("key", "expected"),
    [("v#0003", ("v", 3)), ("a/b#c#12345", ("a/b#c", 12345)), ("v#3", ("v#3", None)), ("#0003", ("#0003", None)),
     ("v#00x3", ("v#00x3", None)), ("plain", ("plain", None)), ("v#٠٠٠٣", ("v#٠٠٠٣", None))],
)  # fmt: skip
def test_what_is_a_slice(key: str, expected: tuple[str, int | None]) -> None:
    assert volume_and_slice(key) == expected


def test_slices_are_averaged_over_volumes_at_their_index() -> None:
    rows = [row(f"v{v}#{n:04d}", "m", 30.0 + v + n) for v in range(3) for n in (0, 1, 5)]
    rows += [row("v0#0002", "m", math.inf), row("plain", "m", 1.0)]
    chart = slice_chart(block(rows), "psnr", ["m"], "s")
    assert texts(chart) == [
        ["0", "31.000 30.000 to 32.000"],
        ["1", "32.000 31.000 to 33.000"],
        ["5", "36.000 35.000 to 37.000"],
    ]
    assert chart is not None
    assert chart.caption == (
        "Mean over 3 volumes at each index; the band spans all the volumes. 1 infinite value left out."
    )
    assert "lowest 31.000 at slice 0, highest 36.000 at slice 5" in chart.description


def test_images_that_are_no_slices_have_no_line_of_slices() -> None:
    assert slice_chart(block([row("a", "m", 1.0), row("b", "m", 2.0)]), "psnr", ["m"], "s") is None
    assert slice_chart(block([row("a#0001", "m", 1.0)]), "psnr", ["m"], "s") is None


def test_groups_stand_from_the_worst_to_the_best() -> None:
    rows = [
        row(f"{g}{n}", "m", value + n, group=g) for g, value in (("p", 30.0), ("q", 20.0), ("r", 25.0)) for n in (0, 1)
    ]
    rows += [row("p0", "other", 7.0, group="p"), row("lone", "m", 1.0)]
    chart = group_chart(block(rows), "psnr", ["m", "other"], "g")
    assert texts(chart) == [
        ["q", "20.500 20.000 to 21.000", "–"],
        ["r", "25.500 25.000 to 26.000", "–"],
        ["p", "30.500 30.000 to 31.000", "7.000"],
    ]
    assert chart is not None
    assert "3 groups, from the worst to the best for m" in chart.caption
    # They are drawn as markers, and so the legend shows no dashes.
    assert [(entry.label, entry.drawn) for entry in chart.legend] == [("m", "point"), ("other", "point")]
    downward = group_chart(block(rows), "psnr", ["m", "other"], "g", better=False)
    assert [line[0] for line in texts(downward)] == ["p", "r", "q"]
    assert group_chart(block(rows[:2]), "psnr", ["m"], "g") is None


def test_many_groups_become_a_line() -> None:
    rows = [row(f"{n}-{k}", "m", float(n + k), group=f"{n:03d}") for n in range(40) for k in range(6)]
    chart = group_chart(block(rows), "psnr", ["m"], "g")
    assert chart is not None
    assert chart.width > 400
    assert "the band holds the middle half of its images (all of fewer than 5)" in chart.caption


def test_bands_hold_the_middle_half_and_all_of_a_few() -> None:
    assert band_of([1.0, 9.0, 2.0]) == (1.0, 9.0)
    assert band_of([0.0, 1.0, 2.0, 3.0, 4.0]) == (1.0, 3.0)


def test_the_histogram_tells_quantiles_of_differences() -> None:
    counts = np.zeros(256, np.int64)
    counts[[0, 1, 10, 200]] = [60, 30, 9, 1]
    chart = histogram_chart({"m": counts}, ["x", "m"], data_range=1.0, images=2, left_out="", id="h")
    assert texts(chart) == [["m", "60.0 %", "0", f"{1 / 255:.4g}", f"{10 / 255:.4g}"]]
    assert chart is not None
    assert [(entry.label, entry.series) for entry in chart.legend] == [("m", 1)]
    assert "share of values, %" in chart.svg
    assert "each channel of each pixel counts once" in chart.caption
    assert histogram_chart({}, ["m"], data_range=1.0, images=0, left_out="", id="h") is None


def test_equal_images_have_a_histogram_too() -> None:
    counts = np.zeros(256, np.int64)
    counts[0] = 100
    chart = histogram_chart({"m": counts}, ["m"], data_range=255, images=1, left_out="", id="h")
    assert texts(chart) == [["m", "100.0 %", "0", "0", "0"]]


def test_a_cell_that_is_no_number_is_named() -> None:
    assert math.isnan(number_in({"psnr": ""}, "psnr", "f.csv"))
    assert number_in({"psnr": "inf"}, "psnr", "f.csv") == math.inf
    with pytest.raises(FileError, match=r"f\.csv: column 'psnr' holds no number; found 'x'"):
        number_in({"psnr": "x"}, "psnr", "f.csv")
    with pytest.raises(FileError, match=r"f\.csv: a column is missing; found a; expected psnr"):
        number_in({"a": "1"}, "psnr", "f.csv")


def test_sort_keys_of_cells_are_the_numbers() -> None:
    rows = [row("a", "base", 1.0), row("a", "ours", 2.0)]
    chart = difference_chart(block(rows), "psnr", ["base", "ours"], Against("base", True, True, []), "d")
    assert chart is not None
    assert chart.data is not None
    cells = [cell for cell in chart.data.rows[0] if isinstance(cell, Cell)]
    assert cells[0].value == 1.0
