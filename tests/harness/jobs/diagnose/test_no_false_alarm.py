"""What is merely noisy, blurred, small or made smaller is not said to be shifted, stretched, mixed up or upscaled."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from degradations import degrade, imresize
from harness.jobs.diagnose import estimate_shift, is_upscaled, luma_of
from harness.jobs.diagnose.detectors import displaced, stretched

Array = NDArray[np.generic]
CELL = 104


def cells(pictures: dict[str, Array]) -> dict[str, Array]:
    """Cut squares of the size of a blood cell's picture, which says little of where it lies."""
    cut = {}
    for name, image in pictures.items():
        for row in (0, CELL):
            for column in (0, CELL + 16):
                cut[f"{name}-{row}-{column}"] = np.ascontiguousarray(image[row : row + CELL, column : column + CELL])
    return cut


def restored(image: Array, key: str) -> NDArray[np.uint8]:
    """Interpolate what Real-ESRGAN's degradation leaves: noise, blur, ringing and JPEG, but no shift."""
    small, _ = degrade(image, "realesrgan-x4plus@1", key=key)
    return np.asarray(imresize(small, 4))


def test_restorations_of_degraded_images_are_neither_shifted_nor_stretched_nor_in_studio_range(clean) -> None:
    clean.references = cells(clean.references)
    clean.candidates = {key: restored(image, key) for key, image in clean.references.items()}
    # That it is no easy case: the estimates alone say shifts of many times the promised error.
    planes = [(luma_of(image), luma_of(clean.candidates[key])) for key, image in clean.references.items()]
    lengths = [estimate_shift(*pair).length for pair in planes]
    assert sum(length >= displaced.LEAST for length in lengths) >= 4
    assert [one.what for one in clean.diagnose(scale=4).findings if one.severity == "error"] == []


def test_the_same_restorations_shifted_for_good_are_told(clean) -> None:
    clean.references = cells(clean.references)
    clean.candidates = {
        key: np.roll(restored(image, key), (4, -4), axis=(0, 1)) for key, image in clean.references.items()
    }
    found = clean.diagnose(scale=4).of_kind("shifted")
    assert sum(len(one.images) for one in found) >= 6


def test_standard_errors_are_small_for_a_true_shift_and_not_for_noise(pictures) -> None:
    plane = luma_of(pictures["coffee"])
    output = luma_of(imresize(imresize(pictures["coffee"], 0.25), 4))
    assert estimate_shift(plane, np.roll(output, 1, axis=0)).deviations > displaced.LEAST_DEVIATIONS
    rng = np.random.default_rng(0)
    noisy = plane + rng.normal(0, 300, plane.shape)
    assert estimate_shift(plane, noisy).deviations < displaced.LEAST_DEVIATIONS
    assert estimate_shift(plane, plane).deviations == 0


def test_a_quarter_whose_fit_fails_says_nothing_of_a_stretch(pictures) -> None:
    plane = luma_of(pictures["coffee"])
    candidate = plane.copy()
    candidate[:104, :112] = np.random.default_rng(0).normal(128, 40, (104, 112))
    assert stretched.measure(plane, candidate) is None


@pytest.mark.parametrize("side", [8, 12, 16, 24, 32, 48])
def test_small_clean_pairs_are_neither_shifted_nor_mixed_up(clean, side: int) -> None:
    """Of 8 x 8 pixels at x4, interpolation leaves 2 x 2: such images look like one another."""
    pieces = {
        f"{name}-{row}-{column}": np.ascontiguousarray(image[row : row + side, column : column + side])
        for name, image in clean.references.items()
        for row in range(0, 180, 30)
        for column in range(0, 180, 30)
    }
    clean.references = {key: image for key, image in pieces.items() if image.std() > 4}
    clean.candidates = {key: imresize(imresize(image, 0.25), 4) for key, image in clean.references.items()}
    wrong = {"shifted", "mispaired", "unrelated"}
    assert [one.what for one in clean.diagnose(scale=4).findings if one.kind in wrong] == []


@pytest.mark.parametrize("factor", [1 / 2, 3 / 5, 2 / 3, 3 / 4])
@pytest.mark.parametrize("rule", [cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC])
def test_images_that_were_made_smaller_are_not_taken_for_upscaled(factor: float, rule: int) -> None:
    """Parts of whole numbers leave a rhythm too, but every pixel then says something that its neighbours do not."""
    from skimage import data

    for image in (data.astronaut(), data.coffee()):
        assert not is_upscaled(cv2.resize(image, None, fx=factor, fy=factor, interpolation=rule))


@pytest.mark.parametrize("quality", [50, 30])
def test_the_blocks_of_a_jpeg_that_was_halved_are_not_taken_for_upscaling_by_4(pictures, quality: int) -> None:
    for image in pictures.values():
        large = imresize(image, 2)
        coded = cv2.imdecode(cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
        assert not is_upscaled(imresize(coded, 0.5))


@pytest.mark.parametrize("factor", [1.5, 3])
@pytest.mark.parametrize("rule", [cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4])
def test_one_and_a_half_and_three_are_not_taken_for_each_other(pictures, factor: float, rule: int) -> None:
    for image in pictures.values():
        height, width = image.shape[:2]
        small = cv2.resize(image, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA)
        assert is_upscaled(cv2.resize(small, (width, height), interpolation=rule)).factor == factor


def test_a_few_of_many_curves_that_lie_near_studio_range_by_chance_are_no_error(clean) -> None:
    from harness.jobs.diagnose.detectors import tone
    from harness.jobs.diagnose.finding import Observation

    def seen(name: str, count: int) -> list[Observation]:
        numbers = {"gain": 0.86, "offset": 0.06, "gamma": 1.0, "before_db": 21.0, "after_db": 22.0}
        return [Observation("tone", "candidate", "ours", f"{name}{at}", "", name, numbers) for at in range(count)]

    assert [len(group) for group in tone.gathered([*seen("studio range", 3), *seen(tone.GENERAL, 78)])] == [81]
    # One file of a set that truly is in studio range stays an error.
    groups = tone.gathered([*seen("studio range", 1), *seen(tone.GENERAL, 5)])
    assert sorted(len(group) for group in groups) == [1, 5]
