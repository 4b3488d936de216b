"""The studies' own recipes, held to the numbers that they and a trial reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from degradations import degrade
from degradations.imresize import imresize
from degradations.recipes import RECIPES
from degradations.step import Image


@pytest.fixture
def opencv_alone() -> Iterator[None]:
    """Keep OpenCV from calling IPP, as the pipeline does: its cubic differs from OpenCV's own in a few pixels."""
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    yield
    cv2.ipp.setUseIPP(before)


def score_as_the_study_did(recipe: str, folder: Path) -> tuple[float, float]:
    """Mean PSNR and SSIM of the first 40 cells, resized back bilinearly."""
    scores = []
    for path in sorted((folder / "wbc" / "images_and_masks").glob("*.bmp"))[:40]:
        image = cv2.imread(str(path))[..., ::-1].copy()
        reference, _ = degrade(image, "wbc-ko-kim-2024-reference@1", seed=0, key=path.stem)
        low, _ = degrade(image, recipe, seed=0, key=path.stem)
        back = cv2.resize(low, (575, 575))
        psnr = peak_signal_noise_ratio(reference, back, data_range=255)
        scores.append((psnr, structural_similarity(reference, back, win_size=3, channel_axis=2, data_range=255)))
    assert len(scores) == 40
    psnr, ssim = np.mean(scores, axis=0)
    return float(psnr), float(ssim)


@pytest.mark.data
@pytest.mark.parametrize(
    ("recipe", "psnr", "ssim"), [("wbc-ko-kim-2024@1", 13.7, 0.883), ("wbc-ko-kim-2024-meant@1", 28.8, 0.967)]
)
def test_white_blood_cells_score_as_in_a_trial_of_the_studys_script(
    recipe: str, psnr: float, ssim: float, data_folder: Path
) -> None:
    # Oracle: the study's own steps run by hand with OpenCV, numpy's global generator and scikit-image (13.75 dB /
    # 0.8834 and 28.82 dB / 0.9668); the noise is another draw, which moves a mean of 40 by far less than 0.2 dB.
    measured_psnr, measured_ssim = score_as_the_study_did(recipe, data_folder)
    assert measured_psnr == pytest.approx(psnr, abs=0.2)
    assert measured_ssim == pytest.approx(ssim, abs=0.002)


@pytest.mark.usefixtures("opencv_alone")
def test_white_blood_cells_are_degraded_by_opencv_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    image = astronaut()[100:220, 200:320]
    field = np.random.RandomState(0).standard_normal((144, 144, 3))
    monkeypatch.setattr("degradations.steps.noise.normal_field", lambda seed, shape, dtype: field)
    made, _ = degrade(image, "wbc-ko-kim-2024@1", seed=0, key="cell")
    # The study's steps, in its BGR order.
    resized = cv2.resize(image[..., ::-1], (575, 575), interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(cv2.GaussianBlur(resized, (15, 15), 0), (144, 144), interpolation=cv2.INTER_CUBIC)
    noise = (field[..., ::-1] * 25).astype(np.int32).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", cv2.add(small, noise), [cv2.IMWRITE_JPEG_QUALITY, 70])
    expected = cv2.GaussianBlur(cv2.imdecode(encoded, cv2.IMREAD_COLOR), (5, 5), 0)[..., ::-1]
    np.testing.assert_array_equal(expected, made)


@pytest.mark.parametrize("size", [(120, 120), (121, 118), (575, 575)])
def test_white_blood_cells_of_any_size_are_not_cut(size: tuple[int, int]) -> None:
    made, record = degrade(cv2.resize(astronaut(), size), "wbc-ko-kim-2024@1", seed=0, key="cell")
    assert {"bottom": 0, "right": 0} == record["crop"]
    assert (144, 144, 3) == made.shape


def opencv_down(image: Image, scale: int) -> Image:
    height, width = image.shape[:2]
    return cv2.resize(image, (width // scale, height // scale), interpolation=cv2.INTER_CUBIC)


@pytest.mark.usefixtures("opencv_alone")
@pytest.mark.parametrize("scale", [2, 4])
def test_mri_is_degraded_by_opencv_in_either_order(scale: int) -> None:
    image = astronaut()[:128, :96, 0].copy()
    last, _ = degrade(image, f"mri-ceccarelli-2020-x{scale}@1", seed=0, key="slice")
    np.testing.assert_array_equal(cv2.GaussianBlur(opencv_down(image, scale), (3, 3), 1), last)
    first, _ = degrade(image, f"mri-ceccarelli-2020-blur-first-x{scale}@1", seed=0, key="slice")
    np.testing.assert_array_equal(opencv_down(cv2.GaussianBlur(image, (3, 3), 1), scale), first)


def test_16_bit_slices_stay_16_bit() -> None:
    image = astronaut()[:64, :64, 0].astype(np.uint16) * 257
    made, _ = degrade(image, "mri-ceccarelli-2020-x2@1", seed=0, key="slice")
    assert (np.uint16, (32, 32)) == (made.dtype, made.shape)


def test_malaria_is_matlabs_bicubic() -> None:
    image = astronaut()[:64, :64]
    made, _ = degrade(image, "malaria-yu-2024-x2@1", seed=0, key="cell")
    np.testing.assert_array_equal(imresize(image, 0.5), made)


def test_every_recipe_says_where_it_comes_from_and_what_it_does() -> None:
    for recipe in RECIPES.values():
        assert len(recipe.citation) > 20, recipe.full_name
        assert len(recipe.text) > 60, recipe.full_name
