"""Runs are merged where they may be compared, and refused where not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy
import pytest
from small_study import run, small_study, write_textures

from harness.jobs.merge_runs import merge_runs
from srmetrics.errors import FileError, UsageError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four finished runs: two that go together, their whole, and one under another protocol."""
    place = tmp_path_factory.mktemp("merge")
    images = write_textures(place / "textures", 3)
    asked = {"classification": None}
    run(small_study(upscalers=["nearest", "bicubic"], **asked), images, place / "first")
    run(small_study(upscalers=["bicubic", "lanczos"], **asked), images, place / "second")
    run(small_study(upscalers=["nearest", "bicubic", "lanczos"], **asked), images, place / "whole")
    run(small_study(upscalers=["nearest"], scoring={"protocol": "sr-y"}, **asked), images, place / "other")
    return place


def test_merged_runs_are_the_leaderboard_of_one_run_with_all_methods(folder: Path) -> None:
    merged, whole = (
        merge_runs([folder / name for name in names])[0].leaderboard for names in (("first", "second"), ("whole",))
    )
    assert whole.rows == merged.rows
    assert {one.comparison for one in whole.comparisons} == {one.comparison for one in merged.comparisons}


def test_a_merged_run_says_which_versions_computed_it_where_all_runs_had_the_same(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder / "second", other)
    facts = json.loads((other / "run.json").read_text())
    facts["versions"]["scipy"] = "1.0"
    (other / "run.json").write_text(json.dumps(facts))
    board = merge_runs([folder / "first", other])[0].leaderboard
    assert numpy.__version__ == board.run["versions"]["numpy"]
    assert "scipy" not in board.run["versions"]
    assert any("were made by other versions of scipy" in note for note in board.notes)


def test_another_signature_is_refused_and_named(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"they differ in signatures.*--mixed"):
        merge_runs([folder / "first", folder / "other"])


def test_mixed_runs_keep_blocks_of_their_own(folder: Path) -> None:
    merged = merge_runs([folder / "first", folder / "other", folder / "second"], mixed=True)
    boards = [each.leaderboard for each in merged]
    assert [["nearest", "bicubic", "lanczos"], ["nearest"]] == [[row.method for row in board.rows] for board in boards]


def test_other_images_are_refused(folder: Path, tmp_path: Path) -> None:
    images = write_textures(tmp_path / "textures", 4)
    run(small_study(classification=None), images, tmp_path / "more")
    with pytest.raises(UsageError, match="they differ in dataset digest"):
        merge_runs([folder / "first", tmp_path / "more"])


def test_altered_rows_are_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("run.json", "leaderboard.csv", "per_image.csv"):
        (tmp_path / name).write_bytes((folder / "first" / name).read_bytes())
    (tmp_path / "per_image.csv").write_bytes((tmp_path / "per_image.csv").read_bytes().replace(b"nearest", b"closest"))
    with pytest.raises(FileError, match="altered"):
        merge_runs([tmp_path])


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no finished run"):
        merge_runs([tmp_path])
