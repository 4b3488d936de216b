"""The bench on real white blood cells: two files with the same pixels, and label maps of three regions."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import run, small_study

from harness.jobs.study import Study
from srmetrics.errors import LeakageError

pytestmark = pytest.mark.data

CELLS = {
    # 112 and 139 are the same pixels.
    "pattern": "1[0-3][0-9].bmp",
    "classes": "../labels.csv",
    "masks": "1[0-3][0-9].png",
    "regions": {255: "nucleus", 128: "cytoplasm", 0: "background"},
}


@pytest.fixture
def cells(data_folder: Path) -> Path:
    return data_folder / "wbc/images_and_masks"


def study(**changes: object) -> Study:
    asked = {"classifiers": ["default"], "modes": ["frozen"], "repeats": 5}
    return small_study(
        images=CELLS,
        degradation={"recipe": "bicubic-matlab-x4@1"},
        classification=asked | changes,
        upscalers=["nearest", "bicubic"],
    )


def test_the_duplicate_stops_the_run_and_is_named(cells: Path, tmp_path: Path) -> None:
    with pytest.raises(LeakageError, match=r"'112' in .* and '139' in .*--deduplicate"):
        run(study(), cells, tmp_path)


def test_nucleus_cytoplasm_and_background_are_reported_apart(cells: Path, tmp_path: Path) -> None:
    result = run(study(repeats=1, deduplicate=True), cells, tmp_path)
    psnr = {(row.region, row.method): row.cells["psnr"].summary.mean for row in result.leaderboard.rows}
    assert {"image", "nucleus", "cytoplasm", "background"} == {region for region, _ in psnr}
    # Bicubic is the better interpolation everywhere, and cytoplasm, with the edges, the hardest part for both.
    for region in ("image", "nucleus", "cytoplasm", "background"):
        assert psnr[region, "bicubic"] > psnr[region, "nearest"]
    assert psnr["cytoplasm", "bicubic"] < min(psnr["nucleus", "bicubic"], psnr["background", "bicubic"])
    assert any("'139' was left out: the same pixels as '112'" in note for note in result.notes)
