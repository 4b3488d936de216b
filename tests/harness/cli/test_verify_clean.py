"""``srmetrics verify`` holds what is in order for right: every kind of run, moved too."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from image_shelf import Shelf, smooth
from kept_run import fill, forge, keep, verified
from PIL import Image

import harness
from harness.jobs.merge_runs import merge_runs
from srmetrics import find_protocol


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_the_command_says_that_all_holds(srmetrics, shelf) -> None:
    fill(shelf)
    assert 0 == srmetrics("compare", shelf.root / "HR", shelf.root / "ours", "--out", shelf.root / "run").code
    done = srmetrics("verify", shelf.root / "run")
    assert 0 == done.code
    assert "All holds: every digest, row and score is what the run recorded." in done.out
    assert "" == done.err


def masks(shelf: Shelf) -> dict[str, object]:
    for at in range(3):
        values = np.zeros((18, 20), np.uint8)
        values[4:12, 3:14], values[6:9, 5:9] = 128, 255
        shelf.put(f"masks/img_{at}.png", values)
    return {"masks": shelf.root / "masks", "labels": {255: "nucleus", 128: "-rest"}, "boundary": 1}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"protocol": "sr-y", "scale": 2, "baseline": "theirs", "metrics": ("mse", "ssim"), "seed": 5},
        {"protocol": replace(find_protocol("native"), colour="mean-of-channels"), "dataset": "=set"},
        {"group_by": "(.)$", "average": "group", "facets": {"number": "([0-9])$"}, "on_missing": "own"},
        {"masks": "auto:otsu", "boundary": 2, "protocol": "skimage", "masking": "normalised"},
    ],
)
def test_clean_comparisons_hold(shelf, options) -> None:
    fill(shelf)
    assert [] == verified(keep(shelf, **options)).findings


def test_a_comparison_with_label_maps_holds(shelf) -> None:
    fill(shelf)
    said = verified(keep(shelf, **masks(shelf)))
    assert (0, []) == (said.code, said.findings)
    assert 3 * 2 * 4 == said.answer["summary"]["per_image.csv"]["identical"]


def test_a_comparison_by_piq_holds(shelf) -> None:
    pytest.importorskip("piq")
    fill(shelf)
    assert 0 == verified(keep(shelf, metrics=("piq:gmsd", "psnr"))).code


@pytest.mark.parametrize("protocol", ["native", "fastmri"])
def test_volumes_hold(shelf, protocol) -> None:
    nibabel = pytest.importorskip("nibabel")
    for name in ("v", "w"):
        for folder, noise in (("HR", 0), ("ours", 9)):
            volume = np.stack([smooth(at, (18, 20)) * (at > 0) for at in range(5)], axis=-1)
            volume += noise * np.random.default_rng(5).normal(size=volume.shape) * (volume > 0)
            (shelf.root / folder).mkdir(exist_ok=True)
            nibabel.save(
                nibabel.Nifti1Image(volume.astype(np.int16), np.eye(4)), shelf.root / folder / f"{name}.nii.gz"
            )
    board = shelf.compare("ours", protocol=protocol, data_range=255.0 if protocol == "native" else None)
    board.write(shelf.root / "run")
    said = verified(shelf.root / "run")
    assert (0, []) == (said.code, said.findings)
    # The first slice is constant: it is left out, and verify finds that it is.
    assert (2 if protocol == "native" else 0) == said.answer["summary"].get("failures.csv", {"identical": 0})[
        "identical"
    ]


def test_a_run_in_which_some_images_failed_holds(shelf) -> None:
    fill(shelf, images=4)
    (shelf.root / "ours" / "img_0.png").unlink()
    (shelf.root / "theirs" / "img_1.png").write_bytes(b"no image")
    shelf.put("theirs/img_2.png", np.zeros((5, 5, 3), np.uint8))
    said = verified(keep(shelf))
    assert (0, []) == (said.code, said.findings)
    assert 3 == said.answer["summary"]["failures.csv"]["identical"]


def test_nasty_names_hold(shelf) -> None:
    for at, name in enumerate(("=cmd|' C'!A0", "<img src=x onerror=alert(1)>", "a,b\n'c")):
        shelf.put(f"HR/{name}.png", smooth(at, (16, 16)).astype(np.uint8))
        shelf.put(f"ours/{name}.png", smooth(at + 1, (16, 16)).astype(np.uint8))
    harness.compare(shelf.root / "HR", {"=@<b>": shelf.root / "ours"}, workers=1).write(shelf.root / "run")
    said = verified(shelf.root / "run")
    assert (0, []) == (said.code, said.findings)


def test_a_run_that_was_moved_with_its_images_holds(shelf, tmp_path) -> None:
    fill(shelf)
    run = keep(shelf)
    shutil.copytree(shelf.root, tmp_path / "moved" / "place", ignore=shutil.ignore_patterns("moved"))
    for name in ("HR", "ours", "theirs", "run"):
        shutil.rmtree(shelf.root / name)
    said = verified(tmp_path / "moved" / "place" / run.name)
    assert 0 == said.code
    assert any(note.startswith("reference: looked at in") for note in said.answer["notes"])


def test_images_that_are_gone_are_not_checkable_and_can_be_left_out_or_given(shelf, tmp_path) -> None:
    fill(shelf)
    run = keep(shelf)
    for name in ("HR", "ours", "theirs"):
        shutil.move(shelf.root / name, tmp_path / "archive" / "deep" / "er" / name)
    gone = verified(run)
    assert 3 == gone.code
    assert {"pixels", "per_image.csv"} == {table for _, table, _ in gone.findings}
    assert {"not checkable"} == {status for status, _, _ in gone.findings}
    assert "img_0.png is not there" in gone.reason("img_0, ours, image")
    assert 0 == verified(run, "--digests-only").code
    assert 0 == verified(run, "--images", tmp_path / "archive" / "deep" / "er").code


def test_what_a_named_folder_lacks_is_not_checkable_though_the_old_place_has_it(srmetrics, shelf, tmp_path) -> None:
    fill(shelf)
    run = keep(shelf)
    (tmp_path / "empty").mkdir()
    empty = verified(run, "--images", tmp_path / "empty")
    assert (3, {"not checkable"}) == (empty.code, {status for status, _, _ in empty.findings})
    for name in ("HR", "theirs"):
        shutil.copytree(shelf.root / name, tmp_path / "part" / name)
    part = verified(run, "--images", tmp_path / "part")
    assert 3 == part.code
    assert {f"img_{at}, ours" for at in range(3)} == {row for _, table, row in part.findings if table == "pixels"}
    assert f"ours/img_0.png is not found below {tmp_path / 'part'}" == part.reason("img_0, ours")
    done = srmetrics("verify", run, "--images", tmp_path / "part")
    assert 3 == done.code
    assert "--images DIR is the only folder looked in" in done.err
    # Every folder that stands for another is named, not the first alone.
    assert 2 == done.err.count("looked at in")


def test_outputs_without_their_references_are_still_known_by_their_pixels(shelf) -> None:
    fill(shelf)
    run = keep(shelf)
    shutil.rmtree(shelf.root / "HR")
    said = verified(run)
    assert 3 == said.code
    assert {"identical": 6, "within tolerance": 0, "different": 0, "not checkable": 3} == said.answer["summary"][
        "pixels"
    ]


def test_merged_runs_hold_as_far_as_they_can_be_checked(srmetrics, shelf) -> None:
    fill(shelf)
    for method in ("ours", "theirs"):
        shelf.compare(method).write(shelf.root / f"run_{method}")
    (merged,) = merge_runs([shelf.root / "run_ours", shelf.root / "run_theirs"])
    merged.write(shelf.root / "merged")
    assert 0 == verified(shelf.root / "merged", "--digests-only").code
    said = verified(shelf.root / "merged")
    assert (3, [("not checkable", "per_image.csv", "all rows")]) == (said.code, said.findings)
    assert "Next: verify the runs that it was made of" in srmetrics("verify", shelf.root / "merged").err


def test_under_other_versions_numbers_may_be_off_by_a_millionth(shelf) -> None:
    fill(shelf)
    run = keep(shelf)
    lines = (run / "per_image.csv").read_text().splitlines()
    cells = lines[1].split(",")
    cells[5] = repr(float(cells[5]) + 3e-7)
    (run / "per_image.csv").write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n")
    forge(run)
    assert 1 == verified(run).code
    facts = json.loads((run / "run.json").read_text())
    facts["versions"]["numpy"] = "1.0"
    (run / "run.json").write_text(json.dumps(facts))
    said = verified(run)
    assert 0 == said.code
    assert ("within tolerance", "per_image.csv", "img_0, ours, image") in said.findings
    assert 1e-6 == said.answer["tolerance"]
    assert f"numpy 1.0 then, {np.__version__} now" in said.answer["conditions"]


def test_under_other_versions_counts_must_still_be_equal(shelf) -> None:
    # A millionth of an image with so many pixels is more than one of them.
    for folder, noise in (("HR", 0), ("ours", 9)):
        flat = np.full((1200, 1200), 100, np.uint8)
        flat[::7, ::5] += np.uint8(noise)
        shelf.put(f"{folder}/a.png", flat)
    shelf.compare("ours", metrics=["psnr"]).write(shelf.root / "run")
    run = shelf.root / "run"
    facts = json.loads((run / "run.json").read_text())
    facts["versions"]["numpy"] = "1.0"
    (run / "run.json").write_text(json.dumps(facts))
    text = (run / "per_image.csv").read_text()
    assert 1 == text.count(",1440000,")
    (run / "per_image.csv").write_text(text.replace(",1440000,", ",1440001,"))
    forge(run)
    said = verified(run)
    assert 1 == said.code
    assert ("different", "per_image.csv", "a, ours, image") in said.findings


@pytest.mark.data
@pytest.mark.parametrize("scale", ["x2", "x4"])
def test_rcan_on_set5_holds(srmetrics, data_folder, tmp_path, scale) -> None:
    folder = data_folder / "rcan_set5"
    candidates = [folder / method / scale for method in ("RCAN", "RCANplus")]
    options = ("--protocol", "sr-y", "--scale", scale[1:], "--out", tmp_path / "run")
    assert 0 == srmetrics("compare", folder / "HR" / scale, *candidates, *options).code
    assert 0 == srmetrics("verify", tmp_path / "run").code


@pytest.mark.data
def test_cells_with_label_maps_hold(data_folder, tmp_path) -> None:
    cells = data_folder / "wbc" / "images_and_masks"
    shelf = Shelf(tmp_path)
    for number in range(1, 9):
        image = np.asarray(Image.open(cells / f"{number:03}.bmp"))
        noise = np.random.default_rng(number).integers(-9, 10, image.shape)
        shelf.put(f"HR/{number:03}.png", image)
        shelf.put(f"ours/{number:03}.png", np.clip(image + noise, 0, 255).astype(np.uint8))
    labels = {255: "nucleus", 128: "cytoplasm", 0: "background"}
    board = shelf.compare("ours", masks=cells / "*.png", labels=labels, group_by="^00?(.)")
    board.write(tmp_path / "run")
    said = verified(tmp_path / "run")
    assert (0, []) == (said.code, said.findings)
    assert 8 * 4 == said.answer["summary"]["per_image.csv"]["identical"]
