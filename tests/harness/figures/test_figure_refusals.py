"""A figure shows what was scored: altered tables and other pixels are refused, and nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from image_shelf import Shelf, pair_of
from small_study import run as run_study
from small_study import small_study, write_textures

from harness.figures import figure
from srmetrics.errors import FileError, UsageError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def run(shelf: Shelf) -> Path:
    """Two images by two methods, with masks."""
    for at in range(2):
        reference, candidate = pair_of(at, (40, 52, 3))
        mask = np.zeros((40, 52), np.uint8)
        mask[5 : 20 + at, 8:30] = 255
        shelf.put(f"HR/im{at}.png", reference)
        shelf.put(f"masks/im{at}.png", mask)
        shelf.put(f"ours/im{at}.png", candidate)
        shelf.put(f"theirs/im{at}.png", (candidate // 2 + reference // 2).astype(np.uint8))
    shelf.compare("ours", "theirs", masks=str(shelf.root / "masks")).write(shelf.root / "run")
    return shelf.root / "run"


@pytest.mark.parametrize("name", ["per_image.csv", "leaderboard.csv"])
def test_an_altered_table_is_refused(shelf: Shelf, run: Path, name: str) -> None:
    table = run / name
    table.write_bytes(table.read_bytes().replace(b"ours", b"mine", 1))
    with pytest.raises(FileError, match=rf"{name}: the table is not the one .* srmetrics verify ") as caught:
        figure(run, image="im1", out=shelf.root / "fig.png")
    assert str(table) == caught.value.file
    assert not (shelf.root / "fig.png").exists()


@pytest.mark.parametrize(
    ("file", "by", "what"),
    [
        ("ours/im1.png", "theirs/im1.png", "the output of ours"),
        ("HR/im1.png", "HR/im0.png", "the reference"),
        ("masks/im1.png", "masks/im0.png", "the mask"),
    ],
)
def test_an_image_with_other_pixels_is_refused(shelf: Shelf, run: Path, file: str, by: str, what: str) -> None:
    shutil.copy(shelf.root / by, shelf.root / file)
    with pytest.raises(FileError, match=rf"the pixels of {what} are not those .* srmetrics verify ") as caught:
        figure(run, image="im1", out=shelf.root / "fig.png", outline_mask=True)
    assert str(shelf.root / file) == caught.value.file
    assert not (shelf.root / "fig.png").exists()


def test_only_what_is_drawn_has_to_be_what_was_scored(shelf: Shelf, run: Path) -> None:
    shutil.copy(shelf.root / "theirs/im1.png", shelf.root / "ours/im1.png")
    assert figure(run, image="im0", out=shelf.root / "fig.png").is_file()
    assert figure(run, image="im1", methods=["theirs"], out=shelf.root / "fig.png").is_file()


@pytest.mark.parametrize(("pages", "name"), [(3, "head#0002"), (1, "head"), (1, "head#0000")])
def test_a_slice_is_held_against_its_own_digest(shelf: Shelf, pages: int, name: str) -> None:
    stack = np.stack([pair_of(at, (40, 52))[0] for at in range(pages)])
    for folder in ("HR", "ours"):
        (shelf.root / folder).mkdir()
        tifffile.imwrite(shelf.root / folder / "head.tif", stack ^ (folder == "ours"), photometric="minisblack")
    shelf.compare("ours").write(shelf.root / "run")
    assert figure(shelf.root / "run", image=name, out=shelf.root / "fig.png").is_file()
    stack[-1, 3, 3] ^= 2
    tifffile.imwrite(shelf.root / "ours/head.tif", stack, photometric="minisblack")
    with pytest.raises(FileError, match="the output of ours are not those"):
        figure(shelf.root / "run", image=name, out=shelf.root / "fig.png")


@pytest.mark.parametrize("method", ["lr", "bicubic"])
def test_what_a_bench_made_is_held_against_its_digest(shelf: Shelf, method: str) -> None:
    write_textures(shelf.root / "images", of_a_class=2)
    run_study(small_study(classification=None), shelf.root / "images", shelf.root / "run")
    first, second, *_ = sorted((shelf.root / "run/arms" / method).rglob("*.png"))
    shutil.copy(second, first)
    with pytest.raises(FileError, match=f"the output of {method} are not those"):
        figure(shelf.root / "run", image="class_0/000", methods=[method], out=shelf.root / "fig.png")


def test_a_figure_is_not_written_over_an_image_of_the_run(shelf: Shelf, run: Path) -> None:
    image = shelf.root / "HR" / "im0.png"
    before = image.read_bytes()
    with pytest.raises(UsageError, match=r"im0\.png: the figure would be written over an image of the run"):
        figure(run, image="im0", crop="4,4,8,8", out=image)
    assert before == image.read_bytes()
    figure(run, image="im0", crop="4,4,8,8", out=shelf.root / "HR" / "fig.pdf")  # beside them is the user's affair
