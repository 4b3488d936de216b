"""The warning at the top of the page, of tables and pictures that are not what the run wrote and scored."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from image_shelf import Shelf, pair_of
from report_pages import read_page
from small_study import run as run_study
from small_study import small_study, write_textures

from harness.report import write_report


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def warnings_of(run: Path) -> list[str]:
    """Return the warnings, which are told and stand on the page, or neither."""
    told: list[str] = []
    page = read_page(write_report(run, workers=1, warn=told.append))
    assert len(page.all("section", id="warnings")) == bool(told)
    assert all(line in page.words for line in told)
    return told


def test_many_changed_pictures_are_one_line_for_each_method(shelf: Shelf) -> None:
    for at in range(8):
        reference, candidate = pair_of(at, (24, 30, 3))
        shelf.put(f"HR/im{at}.png", reference)
        shelf.put(f"ours/im{at}.png", candidate)
        shelf.put(f"theirs/im{at}.png", candidate // 2)
    shelf.compare("ours", "theirs").write(shelf.root / "run")
    assert warnings_of(shelf.root / "run") == []
    shutil.copytree(shelf.root / "theirs", shelf.root / "ours", dirs_exist_ok=True)
    (line,) = warnings_of(shelf.root / "run")
    assert line.startswith("8 images, such as im")
    assert "the picture of ours is not the one that was scored" in line


@pytest.mark.parametrize("pooled", [False, True])
def test_the_slices_of_a_volume_are_held_against_their_digests(shelf: Shelf, pooled: bool) -> None:
    stack = np.stack([pair_of(at, (40, 52))[0] for at in range(3)])
    for folder in ("HR", "ours"):
        (shelf.root / folder).mkdir()
        tifffile.imwrite(shelf.root / folder / "head.tif", stack ^ (folder == "ours"), photometric="minisblack")
    options = {"protocol": "fastmri"} if pooled else {}
    shelf.compare("ours", **options).write(shelf.root / "run")
    assert warnings_of(shelf.root / "run") == []
    stack[1, 3, 3] ^= 2
    tifffile.imwrite(shelf.root / "ours/head.tif", stack, photometric="minisblack")
    (line,) = warnings_of(shelf.root / "run")
    assert line.startswith("head: " if pooled else "3 images, such as head#")


def test_what_a_bench_made_is_held_against_its_digests(shelf: Shelf) -> None:
    write_textures(shelf.root / "images", of_a_class=2)
    run_study(small_study(classification=None), shelf.root / "images", shelf.root / "run")
    assert warnings_of(shelf.root / "run") == []
    first, second, *_ = sorted((shelf.root / "run/arms/bicubic").rglob("*.png"))
    shutil.copy(second, first)
    (line,) = warnings_of(shelf.root / "run")
    assert line.startswith("class_0/000: the picture of bicubic is not the one")
