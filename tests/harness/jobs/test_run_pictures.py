"""The images of a finished run are found where they lay, and where they were moved to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from image_shelf import Shelf, pair_of
from small_study import run, small_study, write_textures

import harness
from harness.jobs.run_folder import open_run
from harness.jobs.run_pictures import RunPictures, find_pictures
from srmetrics.errors import FileError, UsageError

NAMES = ("=cmd|' C'!A0", "deep/er", "a#0003")


@pytest.fixture
def place(shelf: Shelf) -> Path:
    """A run of two methods with masks, whose files are named by a template."""
    for at, name in enumerate(NAMES):
        reference, candidate = pair_of(at)
        shelf.put(f"HR/x2/{name}_HR.png", reference)
        shelf.put(f"ours/x2/{name}_ours.png", candidate)
        shelf.put(f"theirs/x2/{name}_theirs.png", candidate[::-1])
        shelf.put(f"masks/{name}_HR.png", (reference[..., 0] > 100).astype(np.uint8) * 255)
    methods = {name: shelf.root / name / "x2" for name in ("ours", "theirs")}
    board = harness.compare(shelf.root / "HR/x2", methods, masks=shelf.root / "masks", workers=1)
    board.write(shelf.root / "run")
    return shelf.root


def seen(pictures: RunPictures) -> dict[str, str]:
    """Return the pixels of every image by role and key, as digests of their bytes."""
    found = {}
    for key in pictures.keys:
        for role, picture in {
            "HR": pictures.read_reference(key),
            "mask": pictures.read_mask(key),
            **{method: pictures.read_candidate(method, key) for method in pictures.run.methods},
        }.items():
            assert picture is not None, (role, key)
            found[f"{role} {key}"] = picture.pixels.tobytes().hex()
    assert found
    return found


def test_every_file_of_a_comparison_is_found_by_its_image(place: Path) -> None:
    pictures = find_pictures(open_run(place / "run"))
    assert sorted(f"{name}_HR" for name in NAMES) == sorted(pictures.keys)
    key = "deep/er_HR"
    candidate = pictures.candidate(pictures.run.methods[1], key)
    assert candidate is not None
    assert place / "theirs/x2/deep/er_theirs.png" == candidate.path
    mask = pictures.mask(key)
    assert mask is not None
    assert place / "masks/deep/er_HR.png" == mask.path
    assert pictures.reference("no such") is None
    assert pictures.candidate("no such", key) is None


def test_images_that_were_moved_are_found_by_what_they_kept_of_their_path(place: Path, tmp_path: Path) -> None:
    before = seen(find_pictures(open_run(place / "run")))
    moved = tmp_path / "moved"
    for name in ("HR", "ours", "theirs", "masks"):
        shutil.move(place / name, moved / name)
    assert find_pictures(open_run(place / "run")).reference("deep/er_HR") is None
    assert before == seen(find_pictures(open_run(place / "run"), moved))
    # and by themselves when the run lies beside them
    shutil.move(place / "run", moved / "run")
    assert before == seen(find_pictures(open_run(moved / "run")))


def test_a_folder_of_references_alone_is_never_taken_for_outputs(shelf: Shelf) -> None:
    reference, candidate = pair_of(1)
    shelf.put("HR/a.png", reference)
    shelf.put("ours/a.png", candidate)
    shelf.compare("ours").write(shelf.root / "run")
    shutil.move(shelf.root / "HR", shelf.root / "elsewhere")
    shutil.rmtree(shelf.root / "ours")
    pictures = find_pictures(open_run(shelf.root / "run"), shelf.root / "elsewhere")
    assert pictures.reference("a") is not None
    assert pictures.candidate("ours", "a") is None


def test_pages_of_a_volume_are_read_one_by_one(shelf: Shelf) -> None:
    volume, other = (np.stack([pair_of(at, (24, 30))[which] for at in range(4)]) for which in (0, 1))
    shelf.put("HR/head.tif", volume)
    shelf.put("ours/head.tif", other)
    shelf.compare("ours").write(shelf.root / "run")
    pictures = find_pictures(open_run(shelf.root / "run"))
    key = open_run(shelf.root / "run").table("per_image.csv")[3]["image"]
    assert key == "head#0003"
    reference, candidate = pictures.read_reference(key), pictures.read_candidate("ours", key)
    assert reference is not None
    assert candidate is not None
    np.testing.assert_array_equal(volume[3], reference.pixels)
    np.testing.assert_array_equal(other[3], candidate.pixels)
    assert pictures.read_mask(key) is None


def test_a_bench_has_its_references_cut_and_its_arms_in_its_own_folder(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "textures", 2)
    study = small_study(degradation={"recipe": "bicubic-matlab-x4@1"}, classification=None)
    run(study, images, tmp_path / "run")
    pictures = find_pictures(open_run(tmp_path / "run"))
    assert [f"class_{label}/00{at}" for label in range(3) for at in range(2)] == list(pictures.keys)
    shapes = []
    for method in ("hr", "lr", "nearest", "bicubic"):
        picture = pictures.read_candidate(method, "class_1/001")
        assert picture is not None
        shapes.append(picture.pixels.shape)
    assert [(24, 24, 3), (6, 6, 3), (24, 24, 3), (24, 24, 3)] == shapes
    shutil.move(images, tmp_path / "elsewhere")
    assert find_pictures(open_run(tmp_path / "run")).reference("class_1/001") is None
    assert find_pictures(open_run(tmp_path / "run"), tmp_path / "elsewhere").reference("class_1/001") is not None


def test_a_run_that_recorded_no_files_pairs_them_again(place: Path) -> None:
    before = seen(find_pictures(open_run(place / "run")))
    file = place / "run" / "run.json"
    facts = json.loads(file.read_text())
    del facts["files"]
    file.write_text(json.dumps(facts))
    assert before == seen(find_pictures(open_run(place / "run")))


@pytest.mark.parametrize("name", ["../../secret.png", "/etc/passwd", 7])
def test_a_recorded_name_that_leads_elsewhere_is_refused(place: Path, name: object) -> None:
    file = place / "run" / "run.json"
    facts = json.loads(file.read_text())
    facts["files"]["reference"]["names"]["deep/er_HR"] = name
    file.write_text(json.dumps(facts))
    with pytest.raises(FileError, match=r"run\.json: (the recorded places of files cannot be read|this is not what)"):
        find_pictures(open_run(place / "run"))


def test_in_a_named_folder_nothing_is_taken_from_the_old_places(place: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    for name in ("HR", "theirs", "masks"):
        shutil.copytree(place / name, moved / name)
    shutil.copytree(place / "ours", moved / "ours_of_another_name")
    pictures = find_pictures(open_run(place / "run"), moved)
    assert {"reference", "mask", "method:theirs"} == {role.replace("/x2", "") for role in pictures.roots}
    assert all(root.is_relative_to(moved) for root in pictures.roots.values())
    assert f"x2/a#0003_ours.png is not found below {moved}" == pictures.absence("method:ours", "a#0003_HR")


def test_a_folder_of_images_that_is_not_there_is_said(place: Path) -> None:
    with pytest.raises(UsageError, match="not there; found nowhere"):
        find_pictures(open_run(place / "run"), "nowhere")
