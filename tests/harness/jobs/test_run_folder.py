"""A finished run is read back as it was written, and what is no run is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from image_shelf import Shelf, pair_of
from small_study import run, small_study, write_textures

from harness.jobs.run_folder import open_run, read_table
from harness.jobs.run_rows import rows_of
from srmetrics import find_protocol
from srmetrics.errors import FileError, SrmetricsError

NASTY = ("=cmd|' C'!A0", "'quoted", "a,b\nc", "<img src=x>")


@pytest.fixture
def finished(shelf: Shelf) -> Path:
    for at, name in enumerate(NASTY):
        reference, candidate = pair_of(at)
        shelf.put(f"HR/{name}.png", reference)
        shelf.put(f"ours/{name}.png", candidate)
        shelf.put(f"-theirs/{name}.png", reference)
    board = shelf.compare("ours", "-theirs", metrics=("psnr", "ssim"), facets={"=first": "^(.)"}, seed=3)
    board.write(shelf.root / "run")
    return shelf.root / "run"


def test_a_run_of_compare_is_what_was_asked(finished: Path) -> None:
    found = open_run(finished)
    assert ("compare", ("ours", "-theirs"), ("psnr", "ssim"), 3) == (
        found.job,
        found.methods,
        found.metrics,
        found.seed,
    )
    assert {"leaderboard.csv", "per_image.csv", "comparisons.csv", "failures.csv"} == set(found.recorded_digests())
    assert sorted(NASTY) == sorted({line["image"] for line in found.table("per_image.csv")})
    assert {"ours", "-theirs"} == {line["method"] for line in found.table("leaderboard.csv")}


def test_rows_come_back_with_every_bit(shelf: Shelf) -> None:
    reference, candidate = pair_of(1)
    shelf.put("HR/a.png", reference)
    shelf.put("ours/a.png", candidate)
    shelf.put("same/a.png", reference)
    shelf.put("masks/a.png", (reference[..., 0] > 100).astype("uint8") * 255)
    protocol = replace(find_protocol("native"), colour="mean-of-channels")
    board = shelf.compare("ours", "same", protocol=protocol, masks=shelf.root / "masks", facets={"l": "(a)"})
    board.write(shelf.root / "run")
    expected = [replace(row, notes=()) for row in board.per_image]
    assert len(expected[0].channels) == 6
    assert repr(expected) == repr(list(rows_of(open_run(shelf.root / "run"))))  # as text, in which NaN equals itself


def test_a_run_of_bench_is_what_was_asked(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "textures", 3)
    run(small_study(scoring={"metrics": ["ssim"]}), images, tmp_path / "run")
    found = open_run(tmp_path / "run" / "run.json")
    assert ("bench", ("nearest", "bicubic"), ("ssim",), 0) == (found.job, found.methods, found.metrics, found.seed)
    assert tmp_path / "run" == found.path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no finished run"),
        ('{"schema": 1, "comm', "torn or is no JSON"),
        ("[" * 100000, "torn or is no JSON"),
        ("\xff\xfe", "torn or is no JSON"),
        ("[]", "not what a run's run.json holds"),
        ('{"schema": 2}', "newer srmetrics; found schema 2; expected schema 1"),
        ('{"schema": "x"}', "schema is unknown"),
        ('{"schema": 1}', "not what a run's run.json holds; found KeyError: 'command'"),
    ],
)
def test_what_is_no_run_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "run.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(FileError, match=message) as caught:
        open_run(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"command": 3},
        {"command": {"job": "demo"}},
        {"sha256": ["per_image.csv"]},
        {"sha256": {"../../etc/passwd": "00"}},
        {"signatures": None},
        {"metrics": ["psnr", "nonsense"]},
        {"metrics": 5},
        {"candidates": {"ours": 7}},
        {"average": "median"},
    ],
)
def test_facts_that_are_none_are_refused(finished: Path, change: dict[str, object]) -> None:
    file = finished / "run.json"
    facts = json.loads(file.read_text())
    for name, value in change.items():
        (facts if name in facts else facts["command"])[name] = value
    file.write_text(json.dumps(facts))
    with pytest.raises(SrmetricsError, match=r"run\.json"):
        open_run(finished)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"image;group;method\na;;ours\n", "commas between columns"),
        (b"\xff\xfe", "not in UTF-8"),
        (b"image,group,method,region,n_pixels,signature\na,b\n", "row 2 of the table has another number of cells"),
        (b'image,group,method,region,n_pixels,signature\n"a', "no CSV"),
        (b"image,image,group,method,region,n_pixels,signature\n", "other columns"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "per_image.csv").write_bytes(content)
    with pytest.raises(FileError, match=message):
        read_table(tmp_path / "per_image.csv")


def test_a_cell_that_is_no_number_is_named(finished: Path) -> None:
    lines = (finished / "per_image.csv").read_text().splitlines()
    at = lines[0].split(",").index("psnr")
    cells = lines[-1].split(",")
    cells[at] = "3l.5"
    (finished / "per_image.csv").write_text("\n".join([*lines[:-1], ",".join(cells)]) + "\n")
    with pytest.raises(FileError, match=r"per_image\.csv.*'3l\.5' in row \d+, column psnr"):
        rows_of(open_run(finished))
