"""What a run writes: the same bytes whatever the workers and the order of files, whole or not at all, and digested."""

from __future__ import annotations

import csv
import errno
import hashlib
import json
import os
import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from image_shelf import pair_of, values

import harness.engine.atomic as atomic
from harness.leaderboard.to_json import to_json
from srmetrics.errors import FileError, UsageError

if TYPE_CHECKING:
    from image_shelf import Shelf

CSVS = ("leaderboard.csv", "per_image.csv", "comparisons.csv", "failures.csv")


def filled(shelf: Shelf, order: list[int]) -> None:
    """Write 21 pairs by two methods in an order: one damaged, one missing, masks for all, every third in a stack."""
    for seed in order:
        reference, candidate = pair_of(seed, (14, 14))
        name = f"{'deep/' if seed % 2 else ''}i{seed:02}"
        shelf.put(f"HR/{name}.png", reference)
        shelf.put(f"ours/{name}.png", candidate)
        if seed != 4:
            shelf.put(f"theirs/{name}.png", 255 - candidate)
        shelf.put(f"masks/{name}.png", (reference > 99).astype(np.uint8))
    (shelf.root / "ours" / "i06.png").write_bytes(b"no image")


def written(shelf: Shelf, **options: object) -> dict[str, bytes]:
    board = shelf.compare("ours", "theirs", masks=shelf.root / "masks", boundary=1, baseline="theirs", **options)
    board.write(shelf.root / "run")
    return {name: (shelf.root / "run" / name).read_bytes() for name in CSVS}


def test_every_csv_is_the_same_bytes_with_any_workers_and_any_order_of_files(tmp_path, shelf: Shelf) -> None:
    filled(shelf, list(range(21)))
    first = written(shelf, workers=1)
    assert {len(first[name]) > 200 for name in CSVS} == {True}
    for workers in (2, 4):
        assert first == written(shelf, workers=workers)
    other = type(shelf)(tmp_path / "other")
    order = list(range(21))
    random.Random(5).shuffle(order)
    filled(other, order)
    again = {name: data.replace(b"/other/", b"/") for name, data in written(other, workers=2).items()}
    assert first == again


def test_run_json_says_what_was_asked_and_read_and_holds_the_digest_of_every_csv(shelf: Shelf) -> None:
    filled(shelf, [0, 1, 2])
    (shelf.root / "ours" / "i06.png").unlink()
    files = written(shelf, align="crop", seed=3, dataset="Mine", facets={"deep": "(deep)"})
    run = json.loads((shelf.root / "run" / "run.json").read_text())
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} == run["sha256"]
    asked = {"protocol": "native", "align": "crop", "dataset": "Mine", "boundary": 1, "facets": {"deep": "(deep)"}}
    assert asked == {name: run["command"][name] for name in asked}
    reference, _ = pair_of(0, (14, 14))
    # The digest of a decoded image is that of its samples in the order of rows.
    assert hashlib.sha256(reference.tobytes()).hexdigest() == run["inputs"]["reference"]["i00"]
    assert ["deep/i01", "i00", "i02"] == list(run["inputs"]["candidates"]["ours"])
    assert 3 == run["seed"]
    assert {"python", "numpy", "opencv", "scipy", "pillow"} == set(run["versions"])
    assert {"schema", "srmetrics_version", "signatures", "pairing", "machine", "started", "seconds", "notes"} <= set(
        run
    )
    with (shelf.root / "run" / "leaderboard.csv").open(newline="") as file:
        assert {row["signature"] for row in csv.DictReader(file)} == set(run["signatures"])


def test_the_digest_of_a_data_set_is_of_its_keys_references_and_masks_alone(shelf: Shelf) -> None:
    for seed, name in enumerate("abc"):
        reference, candidate = pair_of(seed, (14, 14))
        shelf.put(f"HR/{name}.png", reference)
        shelf.put(f"masks/{name}.png", (reference > 99).astype(np.uint8))
        shelf.put(f"ours/{name}.png", candidate)

    def digest(**options: object) -> str:
        return shelf.compare(metrics=["psnr"], **options).heading.dataset_digest

    plain, masked = digest(), digest(masks=shelf.root / "masks")
    assert plain != masked
    for at, name in enumerate(("reference", "mask")):  # methods that are called like the roles of other files
        shelf.put(f"{name}/a.png", pair_of(9 + at, (14, 14))[0])
    board = shelf.compare("ours", "reference", "mask", metrics=["psnr"], on_missing="own")
    assert plain == board.heading.dataset_digest
    # Another format with the same pixels is the same data set; one changed pixel or name is another.
    changed = pair_of(0, (14, 14))[0]
    (shelf.root / "HR" / "a.png").unlink()
    shelf.put("HR/a.tif", changed)
    assert plain == digest()
    changed[3, 3] ^= 1
    shelf.put("HR/a.tif", changed)
    assert plain != digest()
    changed[3, 3] ^= 1
    for folder, suffix in (("HR", "tif"), ("ours", "png")):
        (shelf.root / folder / f"a.{suffix}").rename(shelf.root / folder / f"d.{suffix}")
    assert plain != digest()


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_files_whole_and_nothing_half_written(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    filled(shelf, [0, 1, 2])
    before = written(shelf)
    run_before = (shelf.root / "run" / "run.json").read_bytes()
    board = shelf.compare("theirs", metrics=["psnr"])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "fsync":
        turns = iter([None, None, None, full])
        monkeypatch.setattr(atomic.os, "fsync", lambda descriptor: (next(turns) or (lambda _: None))(descriptor))
    else:
        monkeypatch.setattr(atomic.Path, "replace", full)
    with pytest.raises(FileError, match="No space left on device"):
        board.write(shelf.root / "run")
    monkeypatch.undo()
    assert before == {name: (shelf.root / "run" / name).read_bytes() for name in CSVS}
    assert run_before == (shelf.root / "run" / "run.json").read_bytes()
    assert not [path for path in (shelf.root / "run").iterdir() if path.suffix == ".part"]


def test_a_file_whose_name_is_no_unicode_is_scored_or_listed_and_written(shelf: Shelf) -> None:
    for folder, image in zip(("HR", "ours"), pair_of(1, (14, 14)), strict=True):
        shelf.put(f"{folder}/a.png", image)
        (shelf.root / folder / "a.png").rename(shelf.root / folder / os.fsdecode(b"\xff.png"))
        shelf.put(f"{folder}/b.png", image)
        (shelf.root / folder / os.fsdecode(b"\xfe.png")).write_bytes(b"no image")
    board = shelf.compare(metrics=["psnr"])
    assert {"\\xff", "b"} == set(values(board))
    board.write(shelf.root / "run")
    assert "\\udcfe.png" in (shelf.root / "run" / "failures.csv").read_text(encoding="utf-8")
    json.loads((shelf.root / "run" / "run.json").read_text(encoding="utf-8"))


def test_json_says_inf_as_text_and_nothing_as_null(shelf: Shelf) -> None:
    reference, _ = pair_of(0, (14, 14))
    shelf.put("HR/a.png", reference)
    found = json.loads(to_json(shelf.compare("HR")))["leaderboard"][0]["metrics"]["psnr"]
    assert ("inf", 1, None) == (found["mean"], found["n_infinite"], found["ci_low"])


def test_progress_counts_references_up_to_their_number(shelf: Shelf) -> None:
    filled(shelf, [0, 1, 2])
    told: list[tuple[int, int]] = []
    shelf.compare("theirs", metrics=["psnr"], progress=lambda done, total: told.append((done, total)))
    assert [(0, 3), (1, 3), (2, 3), (3, 3)] == told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"data_range": 0.0}, "data range"),
        ({"data_range": float("nan")}, "data range"),
        ({"protocol": "piq"}, "--data-range 255"),
        ({"protocol": "fastmri", "data_range": 1.0}, "another data range"),
        ({"window": "40,400", "data_range": 4095.0}, "--window"),
        ({"protocol": "sr-y"}, "--scale"),
        ({"align": "modcrop"}, "--scale"),
        ({"scale": 0}, "--scale"),
        ({"workers": 0}, "--workers"),
        ({"seed": -1}, "--seed"),
        ({"metrics": []}, "no metric"),
        ({"metrics": ["psnr", "psnr"]}, "twice"),
        ({"group_by": "("}, "malformed"),
        ({"average": "median"}, "average"),
        ({"on_missing": "ignore"}, "missing"),
    ],
)
def test_options_that_cannot_be_are_refused_before_any_file_is_read(shelf: Shelf, options: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        shelf.compare(reference="nowhere", **options)


def test_a_pairing_expression_that_is_none_is_refused(shelf: Shelf) -> None:
    filled(shelf, [0])
    with pytest.raises(UsageError, match="one group"):
        shelf.compare("theirs", pair="x")
