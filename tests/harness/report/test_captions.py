"""What holds for all charts of a row is said once, and what is of one alone stays under it."""

from __future__ import annotations

import pytest

from harness.report.captions import said_once
from harness.report.section import Chart


def charts(*captions: str) -> list[Chart]:
    return [Chart(f"c{at}", "Title", "Described.", "<svg/>", 360, caption=text) for at, text in enumerate(captions)]


@pytest.mark.parametrize(
    ("captions", "once", "left"),
    [
        (("All.", "All."), "All.", ["", ""]),
        (("All.", "All. 1 pair left out."), "All.", ["", "1 pair left out."]),
        (("All.", "None."), "", ["All.", "None."]),
        (("All", "All but one."), "All", ["", "but one."]),
        (("All.", "All.5 is no sentence."), "", ["All.", "All.5 is no sentence."]),
        (("Alone.",), "", ["Alone."]),
        (("", "One."), "", ["", "One."]),
        ((), "", []),
    ],
)
def test_a_common_beginning_is_said_once(captions: tuple[str, ...], once: str, left: list[str]) -> None:
    sentence, drawn = said_once(charts(*captions))
    assert sentence == once
    assert [chart.caption for chart in drawn] == left
