"""The contact sheet: what it shows is what the run makes, and what it must survive."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from degradations import degrade
from degradations.step import Image
from harness.jobs.contact_sheet import _CELL, _detail, contact_sheet
from srmetrics.errors import FileError, RecipeError, SizeError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = tmp_path / "hr"
    images.mkdir()
    for number in range(3):
        cv2.imwrite(str(images / f"image_{number}.png"), astronaut()[40 * number :, : 400 - 8 * number, ::-1])
    return images


def find(cell: Image, sheet: Image) -> float:
    """Return by how much the nearest place of a sheet differs from a cell, as a mean of squares."""
    inner = np.ascontiguousarray(cell[2:-2, 2:-2])  # without the frame that is drawn over its edge
    return float(cv2.matchTemplate(sheet, inner, cv2.TM_SQDIFF).min() / inner.size)


def test_it_shows_what_the_run_makes(folder: Path, tmp_path: Path) -> None:
    written = contact_sheet(folder, tmp_path / "sheet.png", "realesrgan-x4plus@1", seed=3)
    sheet = cv2.imread(str(written))[..., ::-1].copy()
    for number in range(3):
        image = cv2.imread(str(folder / f"image_{number}.png"))[..., ::-1].copy()
        made, _ = degrade(image, "realesrgan-x4plus@1", seed=3, key=f"image_{number}")
        factor = _CELL / max(made.shape[:2])
        size = tuple(round(side * factor) for side in made.shape[1::-1])
        # OpenCV matches through float32 Fourier transforms, which leave some 0.01; another image differs by hundreds.
        assert find(cv2.resize(made, size, interpolation=cv2.INTER_NEAREST), sheet) < 0.5


def test_another_seed_is_another_sheet_and_the_same_seed_the_same(folder: Path, tmp_path: Path) -> None:
    sheets = [
        contact_sheet(folder, tmp_path / f"{number}.png", "realesrgan-x4plus@1", seed=seed).read_bytes()
        for number, seed in enumerate((0, 0, 1))
    ]
    assert sheets[0] == sheets[1] != sheets[2]


def test_a_detail_is_the_same_part_at_any_size() -> None:
    image = astronaut()[:128, :128]
    view = (0.25, 0.5, 0.5, 0.25)  # rows 32..96, columns 64..96
    places = (np.arange(_CELL) + 0.5) / _CELL
    rows, columns = (32 + places * 64).astype(int), (64 + places * 32).astype(int)
    np.testing.assert_array_equal(image[np.ix_(rows, columns)], _detail(image, view))
    # Of an image of half the size, each pixel covers what four pixels covered.
    half = image[::2, ::2]
    np.testing.assert_array_equal(image[np.ix_(rows // 2 * 2, columns // 2 * 2)], _detail(half, view))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("size", [(33, 47), (300, 60)])
def test_one_channel_and_16_bits_and_small_images(dtype: str, size: tuple[int, int], tmp_path: Path) -> None:
    image = astronaut()[: size[0], : size[1], 0].astype(dtype) * (257 if dtype == "uint16" else 1)
    cv2.imwrite(str(tmp_path / "grey.png"), image)
    written = contact_sheet(tmp_path / "grey.png", tmp_path / "sheet.png", "bicubic-matlab-x4@1")
    assert cv2.imread(str(written)).shape[1] >= 620


def test_unreadable_images_are_passed_over(folder: Path, tmp_path: Path) -> None:
    (folder / "aaa.png").write_bytes(b"not a picture")
    with_bad = contact_sheet(folder, tmp_path / "bad.png", "bd-x3@1").read_bytes()
    (folder / "aaa.png").unlink()
    assert contact_sheet(folder, tmp_path / "good.png", "bd-x3@1").read_bytes() == with_bad


def test_the_first_error_is_told_when_no_image_can_be_shown(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "tiny.png"), np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(SizeError, match=r"tiny\.png: .*too small for unsharp masking"):
        contact_sheet(tmp_path / "tiny.png", tmp_path / "sheet.png", "realesrgan-x4plus@1")


def test_wrong_requests_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a name ending in \.png"):
        contact_sheet(folder, tmp_path / "sheet.pdf", "bd-x3@1")
    with pytest.raises(UsageError, match="impossible number of images"):
        contact_sheet(folder, tmp_path / "sheet.png", "bd-x3@1", images=0)
    with pytest.raises(RecipeError, match="unknown recipe"):
        contact_sheet(folder, tmp_path / "sheet.png", "bd-x5")
    with pytest.raises(FileError):
        contact_sheet(tmp_path / "nowhere", tmp_path / "sheet.png", "bd-x3@1")
