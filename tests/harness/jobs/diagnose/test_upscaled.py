"""Interpolation in an image's past is found with its factor, and neither photographs nor JPEGs are taken for it."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from degradations import imresize
from harness.jobs.diagnose import is_upscaled


@pytest.mark.parametrize(
    ("factor", "kernel"),
    # Lanczos at 4 leaves so little rhythm that it takes about 250 pixels to find it.
    [(factor, kernel) for factor in (1.5, 2, 3) for kernel in ("bilinear", "bicubic", "lanczos3")]
    + [(4, "bilinear"), (4, "bicubic")],
)
def test_the_factor_of_an_upscaled_photograph_is_found(pictures, factor: float, kernel: str) -> None:
    for image in pictures.values():
        small = imresize(image, size=(round(image.shape[0] / factor), round(image.shape[1] / factor)))
        traces = is_upscaled(imresize(small, size=image.shape[:2], kernel=kernel))
        assert (traces.found, traces.factor) == (True, factor)
        assert bool(traces)


@pytest.mark.parametrize("tool", ["opencv", "pillow"])
def test_other_tools_interpolation_is_found_too(pictures, tool: str) -> None:
    for image in pictures.values():
        small = imresize(image, 0.5)
        size = small.shape[1] * 2, small.shape[0] * 2
        large = (
            cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)
            if tool == "opencv"
            else np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))
        )
        assert is_upscaled(large).factor == 2


def test_photographs_and_their_halves_are_not_taken_for_upscaled(pictures) -> None:
    for image in pictures.values():
        for made in (image, imresize(image, 0.5), image[..., 1], (image / 255).astype(np.float32)):
            assert not is_upscaled(made)


@pytest.mark.parametrize("quality", [90, 60, 30])
def test_the_blocks_of_a_jpeg_are_not_taken_for_an_interpolation(pictures, quality: int) -> None:
    for image in pictures.values():
        stream = io.BytesIO()
        Image.fromarray(image).save(stream, "JPEG", quality=quality)
        made = np.asarray(Image.open(stream))
        assert not is_upscaled(made)
        assert not is_upscaled(imresize(made, 0.75))


def test_detail_ends_where_the_interpolation_lets_it(pictures) -> None:
    image = pictures["astronaut"]
    assert is_upscaled(image).bandwidth == 1
    assert is_upscaled(imresize(imresize(image, 0.25), 4)).bandwidth < 0.6


def test_small_and_flat_and_noisy_images_say_nothing() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128), dtype=np.uint8)
    for image in (np.full((100, 100), 9, np.uint8), np.zeros((20, 20, 3), np.uint8), noise):
        assert not is_upscaled(image)
