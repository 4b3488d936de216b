"""JPEG in an image's past is found, with its quality and its grid, and only there."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize
from harness.jobs.diagnose import jpeg_traces


def coded(image: NDArray[np.uint8], quality: int, **options: object) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=quality, **options)
    return np.asarray(Image.open(stream))


@pytest.mark.parametrize("quality", [98, 95, 90, 75, 50, 20])
def test_the_quality_that_pillow_coded_with_is_found(pictures, quality: int) -> None:
    for image in pictures.values():
        traces = jpeg_traces(coded(image, quality))
        assert traces.found
        # The tables of neighbouring qualities are equal but for a few steps at high frequencies, seldom seen.
        assert traces.quality == pytest.approx(quality, abs=1)
        assert traces.grid == (0, 0)


def test_the_grid_is_found_after_a_crop(pictures) -> None:
    # Three rows and seven columns are gone, so that the next blocks begin at 5 and 1.
    assert jpeg_traces(coded(pictures["coffee"], 85)[3:, 7:]).grid == (5, 1)


def test_a_small_picture_is_enough(pictures) -> None:
    traces = jpeg_traces(coded(pictures["coffee"][40:104, 60:124], 90))
    assert (traces.found, traces.quality) == (True, 90)


def test_colour_subsampling_and_other_depths_do_not_hide_it(pictures) -> None:
    image = coded(pictures["coffee"], 80, subsampling=0)
    assert jpeg_traces(image).quality == 80
    assert jpeg_traces(image.astype(np.uint16) * 257).quality == 80
    assert jpeg_traces((image / 255).astype(np.float32)).quality == 80


def test_a_table_that_is_no_quality_of_the_group_is_found_without_one(pictures) -> None:
    table = [9 if place % 2 else 6 for place in range(64)]
    stream = io.BytesIO()
    Image.fromarray(pictures["coffee"]).save(stream, "JPEG", qtables=[table, table])
    traces = jpeg_traces(np.asarray(Image.open(stream)))
    assert (traces.found, traces.quality) == (True, None)


def test_what_never_was_a_jpeg_shows_none(pictures) -> None:
    for image in pictures.values():
        for made in (image, imresize(imresize(image, 0.5), 2), image[..., 0], 255 - image, np.rot90(image)):
            traces = jpeg_traces(made)
            assert not traces.found
            assert traces.evidence < 4  # the largest seen is 3.0; chance alone gives less than 4 in 15,000


def test_noise_and_flat_and_tiny_images_show_none() -> None:
    rng = np.random.default_rng(0)
    for image in (
        rng.integers(0, 256, (96, 96, 3), dtype=np.uint8),
        np.full((64, 64), 7, np.uint8),
        np.zeros((9, 9), np.uint8),
        np.tile(np.arange(0, 250, dtype=np.uint8), (64, 1)),
    ):
        assert not jpeg_traces(image).found


def test_the_noise_is_a_floor_of_what_the_coder_did(pictures) -> None:
    for quality in (95, 75):
        image = pictures["coffee"]
        made = coded(image, quality)
        error = np.mean((image.astype(np.float64) - made.astype(np.float64)) ** 2)
        traces = jpeg_traces(made)
        assert traces.noise_db > 10 * np.log10(255**2 / error)


def test_colour_bars_and_drawn_fans_are_not_taken_for_a_jpeg() -> None:
    from skimage import data

    bars = np.repeat(np.arange(10, dtype=np.uint8)[:, None] * 25, 10, axis=0)
    image = np.stack([np.tile(bars, (1, 100)), np.tile(bars.T, (100, 1)), np.tile(bars[::-1], (1, 100))], axis=2)
    assert not jpeg_traces(image).found
    assert not jpeg_traces(np.ascontiguousarray(data.colorwheel()[..., :3])).found
