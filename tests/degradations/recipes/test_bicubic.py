"""The bicubic recipes on the real sets: MATLAB's own files, and the rows that papers published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import srmetrics
from degradations import degrade, studio_luma, upscale_float_luma
from srmetrics.errors import ArrayError, StepError


def picture(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as opened:
        return np.asarray(opened)


@pytest.mark.data
@pytest.mark.matlab
@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize(("dataset", "count"), [("Set5", 5), ("Set14", 14)])
def test_classic_recipes_make_the_shipped_sets(data_folder: Path, dataset: str, count: int, scale: int) -> None:
    high = sorted((data_folder / dataset / f"image_SRF_{scale}").glob("*_HR.png"))
    assert len(high) == count
    for path in high:
        made, record = degrade(picture(path), f"bicubic-matlab-classic-x{scale}@1", key=path.stem)
        np.testing.assert_array_equal(picture(path.with_name(path.name.replace("_HR", "_LR"))), made)
        assert record["crop"] == {"bottom": 0, "right": 0}


@pytest.mark.data
@pytest.mark.matlab
def test_the_matlab_recipe_makes_what_current_matlab_makes(data_folder: Path) -> None:
    for number, name in enumerate(["baby", "bird", "butterfly", "head", "woman"], start=1):
        high = picture(data_folder / f"Set5/image_SRF_4/img_00{number}_SRF_4_HR.png")
        made, _ = degrade(high, "bicubic-matlab-x4@1", key=name)
        np.testing.assert_array_equal(picture(data_folder / f"imresize_matlab/set5_x4/{name}x4.bmp"), made)


@pytest.mark.data
@pytest.mark.parametrize(
    ("dataset", "scale", "psnr", "ssim"),
    # Published bicubic rows (VDSR, DRRN, EDSR, RCAN): Y channel, crop = scale.
    [
        ("Set5", 2, 33.66, 0.9299),
        ("Set5", 3, 30.39, 0.8682),
        ("Set5", 4, 28.42, 0.8104),
        ("Set14", 2, 30.24, 0.8688),
        ("Set14", 3, 27.55, 0.7742),
        ("Set14", 4, 26.00, 0.7027),
    ],
)
def test_float_recipes_give_the_published_rows(
    data_folder: Path, dataset: str, scale: int, psnr: float, ssim: float
) -> None:
    scores = []
    for path in sorted((data_folder / dataset / f"image_SRF_{scale}").glob("*_HR.png")):
        high = picture(path)
        low, _ = degrade(high, f"bicubic-matlab-float-x{scale}@1", key=path.stem)
        pair = studio_luma(high), upscale_float_luma(low, scale)
        scores.append(
            [
                srmetrics.psnr(*pair, "sr-y8", scale=scale),
                srmetrics.ssim(*pair, "sr-y8", scale=scale),
            ]
        )
    mean = np.mean(scores, axis=0)
    # The rows were published with 2 and 4 decimals: half a unit of the last, which 30.24 and 27.55 come near
    # to.
    assert mean[0] == pytest.approx(psnr, abs=0.005)
    assert mean[1] == pytest.approx(ssim, abs=0.0001)


def test_a_float_recipe_gives_an_unrounded_luma_around_0_to_1() -> None:
    image = np.random.RandomState(0).randint(0, 256, (16, 24, 3)).astype(np.uint8)
    low, _ = degrade(image, "bicubic-matlab-float-x2@1", key="noise")
    assert (low.shape, low.dtype) == ((8, 12), np.float64)
    assert not np.array_equal(low * 255, np.rint(low * 255))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_upscaled_luma_stays_in_the_studio_range(dtype: str) -> None:
    depth = 1 if dtype == "uint8" else 257
    upscaled = upscale_float_luma(np.array([[0.0, 1.0], [1.0, 0.0]]), 3, dtype=dtype)
    assert (upscaled.shape, upscaled.dtype) == ((6, 6), dtype)
    assert (16 * depth, 235 * depth) == (upscaled.min(), upscaled.max())


def test_upscaled_luma_rounds_ties_up() -> None:
    np.testing.assert_array_equal([[101]], upscale_float_luma(np.array([[100.5 / 255]]), 1))


@pytest.mark.parametrize("low", [np.zeros((4, 4, 3)), np.zeros((4, 4), np.uint8)])
def test_only_a_float_luma_is_upscaled(low: NDArray[Any]) -> None:
    with pytest.raises(ArrayError, match="bicubic-matlab-float"):
        upscale_float_luma(low, 2)


def test_only_integer_types_are_rounded_to() -> None:
    with pytest.raises(StepError, match="int8"):
        upscale_float_luma(np.zeros((4, 4)), 2, dtype="int8")
