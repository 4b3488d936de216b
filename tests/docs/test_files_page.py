"""The page on files names every column and every key that runs write."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from page_blocks import run
from skimage import data, io

from degradations import imresize

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/files.md").read_text(encoding="utf-8")
METRICS = "psnr|ssim|loss|accuracy|balanced_accuracy|(?:precision|recall|f1)_(?:macro|weighted)|auroc|auprc"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of compare and one of bench, with all that adds columns."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("HR", "ours", "other"):
        (folder / name).mkdir()
    for key, image in {"a_1": data.astronaut()[:64, 80:160], "b_2": data.coffee()[80:144, 80:160]}.items():
        small = imresize(image, 1 / 2)
        io.imsave(folder / "HR" / f"{key}.png", image, check_contrast=False)
        for name, kernel in {"ours": "bicubic", "other": "bilinear"}.items():
            io.imsave(folder / name / f"{key}.png", imresize(small, 2, kernel=kernel), check_contrast=False)
    for command in (
        "srmetrics compare HR ours other --masks auto:otsu --group-by '^(.)' --facet number='(.)$' --out compare",
        "srmetrics bench wbc-realesrgan-x4 --smoke --out bench",
    ):
        done = run(command, folder, ROOT)
        assert done.returncode == 0, done.stdout
    return {"compare": folder / "compare", "bench": folder / "bench"}


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def words(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def as_the_page_says(column: str, classifiers: str = "default") -> set[str]:
    """The words for a column: its own name, or the pattern that it is of."""
    patterns = (
        (rf"^(?:{METRICS})(?=_|$)", "NAME"),
        (rf"^(?:{classifiers})_(?:retrain|frozen)(?=_accuracy)", "CLASSIFIER_MODE"),
        (rf"^(?:{classifiers})_(?:retrain|frozen)(?=_)", ""),
        (r"^p_.+", "p_CLASS"),
    )
    return {column, *(re.sub(pattern, word, column) for pattern, word in patterns)}


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


@pytest.mark.parametrize("name", ["leaderboard.csv", "per_image.csv", "comparisons.csv", "failures.csv"])
def test_every_column_of_a_comparison_is_named(runs: dict[str, Path], name: str) -> None:
    named = words(section(name)) | {"psnr", "ssim", "number"}  # a column a metric, and a facet's
    unnamed = [each for folder in runs.values() for each in header(folder / name) if not as_the_page_says(each) & named]
    assert unnamed == []


def test_every_column_that_a_bench_adds_is_named(runs: dict[str, Path]) -> None:
    names = {path.name for path in runs["bench"].glob("*.csv")} - {path.name for path in runs["compare"].glob("*.csv")}
    lines = {line.split("`")[1]: line for line in section("What a bench adds").splitlines() if line.startswith("| `")}
    assert names == set(lines)
    lines["arm_comparisons.csv"] += section("comparisons.csv")
    lines["joined.csv"] += "`psnr`, `ssim`"  # a column a metric
    unnamed = {
        name: [each for each in header(runs["bench"] / name) if not as_the_page_says(each) & words(line)]
        for name, line in lines.items()
    }
    assert {name: columns for name, columns in unnamed.items() if columns} == {}


def test_every_key_of_run_json_is_named(runs: dict[str, Path]) -> None:
    keys = {name: set(json.loads((folder / "run.json").read_text("utf-8"))) for name, folder in runs.items()}
    assert keys["compare"] - words(section("run.json")) == set()
    assert keys["bench"] - words(section("run.json")) - words(section("What a bench adds")) == set()
