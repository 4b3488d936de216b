"""A run is never written over the run of another job, nor among the images that it read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from image_shelf import Shelf, pair_of

from harness.cli.main import cli
from harness.engine.results_file import RESULTS_NAME
from harness.jobs.degrade_run import REQUEST_NAME
from harness.leaderboard.leaderboard import Leaderboard
from harness.leaderboard.run_place import MARKS
from harness.leaderboard.to_files import write_files
from srmetrics.errors import UsageError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    for name, image in zip(("HR", "ours"), pair_of(1), strict=True):
        made.put(f"{name}/a.png", image)
    return made


def of_job(board: Leaderboard, job: str) -> Leaderboard:
    """The same tables as another job would write them."""
    return replace(board, run={"command": {"job": job}})


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("other", ["bench", "leaderboard"])
def test_the_run_of_another_job_stays_as_it_was(shelf: Shelf, other: str) -> None:
    board, folder = shelf.compare(), shelf.root / "run"
    write_files(of_job(board, other), folder, {"classification.csv": "arm\n"})
    before = contents(folder)
    with pytest.raises(UsageError, match=f"run.json of srmetrics {other}; expected .* an earlier srmetrics compare"):
        board.write(folder)
    assert before == contents(folder)


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"command": {"job": 3}}'])
def test_a_run_json_that_no_job_wrote_is_not_written_over(shelf: Shelf, text: str) -> None:
    folder = shelf.root / "run"
    folder.mkdir()
    (folder / "run.json").write_text(text)
    with pytest.raises(UsageError, match=r"run\.json of something else"):
        shelf.compare().write(folder)
    assert {"run.json": text.encode()} == contents(folder)


def test_an_earlier_run_of_the_same_job_is_written_over(shelf: Shelf) -> None:
    folder = shelf.root / "run"
    shelf.compare(seed=1).write(folder)
    shelf.compare(seed=2).write(folder)
    assert 2 == json.loads((folder / "run.json").read_text())["seed"]


@pytest.mark.parametrize("name", MARKS)
def test_a_folder_in_which_another_job_was_begun_is_refused(shelf: Shelf, name: str) -> None:
    folder = shelf.root / "run"
    folder.mkdir()
    (folder / name).touch()
    with pytest.raises(UsageError, match=f"found {name}"):
        shelf.compare().write(folder)
    assert [name] == list(contents(folder))


def test_a_bench_writes_its_tables_beside_its_own_results(shelf: Shelf) -> None:
    folder = shelf.root / "run"
    folder.mkdir()
    (folder / RESULTS_NAME).touch()
    write_files(of_job(shelf.compare(), "bench"), folder)
    assert "run.json" in contents(folder)


def test_the_marks_are_the_names_that_the_jobs_write() -> None:
    assert {RESULTS_NAME, REQUEST_NAME} == set(MARKS)


def test_tables_of_an_earlier_run_that_would_stay_beside_new_ones_are_named(shelf: Shelf) -> None:
    board, folder = of_job(shelf.compare(), "leaderboard"), shelf.root / "run"
    write_files(board, folder, {"classification.csv": "arm\n"})
    before = contents(folder)
    with pytest.raises(UsageError, match=r"more tables than this one has.*found classification\.csv"):
        write_files(board, folder)
    assert before == contents(folder)
    (folder / "classification.csv").unlink()
    write_files(board, folder)
    assert before.keys() - {"classification.csv"} == contents(folder).keys()


@pytest.mark.parametrize(
    ("place", "role"), [("HR", "the references"), ("ours", "the images of 'ours'"), ("HR/run", "the references")]
)
def test_a_folder_of_images_takes_no_tables(shelf: Shelf, place: str, role: str) -> None:
    with pytest.raises(UsageError, match=f"lies among {role}; found .*{place}; expected a folder outside"):
        shelf.compare().write(shelf.root / place)
    assert ["a.png"] == [path.name for path in (shelf.root / "HR").rglob("*")]
    assert ["a.png"] == [path.name for path in (shelf.root / "ours").rglob("*")]


def test_a_folder_of_masks_takes_no_tables(shelf: Shelf) -> None:
    shelf.put("masks/a.png", (pair_of(1)[0][..., 0] > 99).astype("uint8"))
    board = shelf.compare(masks=shelf.root / "masks")
    with pytest.raises(UsageError, match="lies among the masks"):
        board.write(shelf.root / "masks")


def test_the_folder_around_the_images_may_be_written_into(shelf: Shelf) -> None:
    shelf.compare().write(shelf.root)
    assert (shelf.root / "run.json").exists()


def test_a_merge_is_refused_before_it_is_made(shelf: Shelf) -> None:
    folder = shelf.root / "run"
    shelf.compare().write(folder)
    before = contents(folder)
    done = CliRunner().invoke(cli, ["leaderboard", str(folder), "--out", str(folder)])
    assert isinstance(done.exception, UsageError)
    assert "run.json of srmetrics compare; expected a folder of its own" in str(done.exception)
    assert ("", before) == (done.output, contents(folder))
