from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import srmetrics
from harness.images import find_images, read_picture
from harness.models import ImageFacts, LoadSettings, load_upscaler, restore
from srmetrics.errors import FileError, ModelError, PairingError, RangeError

NOTHING = np.zeros((1, 1), np.uint8)  # the low-resolution image, which folders do not look at


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Write references ``a_HR.png`` to ``c_HR.png``, and outputs for a and b under another method's names."""
    rng = np.random.RandomState(0)
    for folder, names in {"HR": ["a_HR", "b_HR", "c_HR"], "out": ["a_SwinIR_x4", "b_SwinIR_x4"]}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            cv2.imwrite(str(tmp_path / folder / f"{name}.png"), rng.randint(0, 256, (6, 8, 3)).astype(np.uint8))
    return tmp_path / "HR", tmp_path / "out"


def load(references: Path, outputs: Path, **more: Any) -> Any:
    return load_upscaler(f"mine=dir:{outputs}", LoadSettings(references=find_images(references), **more))


def test_outputs_are_paired_by_name_and_returned_as_they_are(folders: tuple[Path, Path]) -> None:
    upscaler = load(*folders)
    for key in "ab":
        expected = read_picture(folders[1] / f"{key}_SwinIR_x4.png").pixels
        facts = ImageFacts(key=f"{key}_HR", reference_range=255.0)
        np.testing.assert_array_equal(expected, restore(upscaler, NOTHING, facts, dtype=np.uint8))
    assert ("mine", None, "unknown") == (
        upscaler.description.name, upscaler.description.scale, upscaler.description.trained_on,
    )  # fmt: skip


def test_an_image_without_output_fails_alone(folders: tuple[Path, Path]) -> None:
    upscaler = load(*folders)
    with pytest.raises(FileError, match=r"no output for this image; found 'c_HR'"):
        restore(upscaler, NOTHING, ImageFacts(key="c_HR"))


def test_outputs_of_another_depth_than_the_reference_are_refused(folders: tuple[Path, Path]) -> None:
    cv2.imwrite(str(folders[1] / "a_SwinIR_x4.png"), np.full((6, 8, 3), 40000, np.uint16))
    upscaler = load(*folders)
    with pytest.raises(RangeError, match="different depths; found uint16, and a reference with white at 255"):
        upscaler.upscale(NOTHING, ImageFacts(key="a_HR", reference_range=255.0))
    assert 40000 == upscaler.upscale(NOTHING, ImageFacts(key="a_HR", reference_range=65535.0)).max()


def test_pages_of_a_volume_are_those_of_the_output(tmp_path: Path) -> None:
    import tifffile

    for folder in ("HR", "out"):
        (tmp_path / folder).mkdir()
        tifffile.imwrite(tmp_path / folder / "v.tif", np.arange(5 * 42, dtype=np.uint16).reshape(5, 6, 7))
    upscaler = load(tmp_path / "HR", tmp_path / "out")
    assert [0, 42, 84] == [upscaler.upscale(NOTHING, ImageFacts(key=f"v#{page:04d}"))[0, 0] for page in range(3)]


def test_a_folder_of_other_images_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    cv2.imwrite(str(tmp_path / "other" / "zebra.png"), np.zeros((4, 4), np.uint8))
    with pytest.raises(PairingError, match="none of these files belongs to a reference; found zebra"):
        load(folders[0], tmp_path / "other")


def test_a_folder_without_references_is_refused(folders: tuple[Path, Path]) -> None:
    with pytest.raises(ModelError, match="paired with references, and none are given"):
        load_upscaler(f"dir:{folders[1]}")
    with pytest.raises(ModelError, match="dir: names a folder"):
        load_upscaler("dir:", LoadSettings(references=find_images(folders[0])))


@pytest.mark.data
@pytest.mark.matlab
def test_published_outputs_score_what_matlab_recorded(data_folder: Path) -> None:
    # matlab_reference.csv: RCAN on Set5 x4, mean 32.633562 dB over the five images
    root = data_folder / "rcan_set5"
    references = find_images(root / "HR" / "x4")
    upscaler = load_upscaler(f"dir:{root}/RCAN/x4", LoadSettings(references=references))
    scores = []
    for file in references.files:
        reference = file.read().pixels
        output = restore(upscaler, NOTHING, ImageFacts(key=file.key, reference_range=255.0), dtype=reference.dtype)
        scores.append(srmetrics.psnr(reference, output, "sr-y", scale=4))
    assert np.mean(scores) == pytest.approx(32.633562, abs=1e-6)  # recorded to six decimals
