"""Pictures as bytes: without loss where they are whole, and with nothing but pixels in them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from harness.images import ImageFile, read_picture
from harness.report.encoding import (
    OUTSIDE,
    THUMBNAIL_SIDE,
    bare_png,
    colour_bar,
    heat_colours,
    heat_png,
    heat_thumbnail,
    png_of,
    stored_png,
    thumbnail_of,
)

RNG = np.random.default_rng(5)
RGB = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)


def pixels_of(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)))


def png_with_secrets(image: NDArray[np.uint8], path: Path) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "PatientName=Doe")
    Image.fromarray(image).save(path, pnginfo=notes, dpi=(72, 72))
    return path.read_bytes()


@pytest.mark.parametrize("image", [RGB, RGB[:, :, 0]], ids=["rgb", "grey"])
def test_whole_pictures_are_without_loss(image: NDArray[np.uint8]) -> None:
    assert np.array_equal(image, pixels_of(png_of(np.ascontiguousarray(image))))


@pytest.mark.parametrize("image", [RGB, RGB[:, :, 0]], ids=["rgb", "grey"])
def test_a_png_is_taken_over_without_its_text(image: NDArray[np.uint8], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    data = png_with_secrets(np.ascontiguousarray(image), path)
    assert b"Doe" in data
    picture = read_picture(path)
    copied = stored_png(ImageFile(path, "a"), picture, picture.pixels)
    assert copied is not None
    assert b"Doe" not in copied
    assert b"tEXt" not in copied
    assert np.array_equal(image, pixels_of(copied))


def test_only_a_png_that_is_what_is_shown_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    data = png_with_secrets(RGB, path)
    picture = read_picture(path)
    assert stored_png(ImageFile(path, "a"), picture, picture.pixels.copy()) is None, "what is shown was made of it"
    assert bare_png(data, (30, 20, 3)) is None
    assert bare_png(data, (20, 30)) is None
    assert bare_png(data[:200], RGB.shape) is None, "cut short"
    assert bare_png(b"GIF89a", RGB.shape) is None


@pytest.mark.parametrize("mode", ["P", "1", "I;16", "RGBA"])
def test_png_of_other_kinds_is_encoded_again(mode: str) -> None:
    stream = io.BytesIO()
    image = Image.fromarray(RNG.integers(0, 60000, (20, 30), dtype=np.uint16)) if mode == "I;16" else None
    (image or Image.fromarray(RGB).convert(mode)).save(stream, "png")
    assert bare_png(stream.getvalue(), (20, 30)) is None
    assert bare_png(stream.getvalue(), (20, 30, 3)) is None


def test_thumbnails_fit_and_keep_their_shape() -> None:
    data, width, height = thumbnail_of(RNG.integers(0, 256, (300, 1200, 3), dtype=np.uint8))
    assert (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 4) == (width, height)
    assert pixels_of(data).shape == (height, width, 3)
    assert thumbnail_of(RGB)[1:] == (30, 20)
    assert thumbnail_of(np.zeros((1, 2000), np.uint8))[1:] == (THUMBNAIL_SIDE, 1)


def test_heat_maps_are_inferno_and_transparent_outside() -> None:
    levels = np.array([[0, 127, 254, OUTSIDE]], np.uint8)
    picture = Image.open(io.BytesIO(heat_png(levels))).convert("RGBA")
    colours = np.asarray(picture)[0]
    # The ends of matplotlib's inferno: 0.001462, 0.000466, 0.013866 and 0.988362, 0.998364, 0.644924.
    assert colours[0].tolist() == [0, 0, 4, 255]
    assert colours[2].tolist() == [252, 255, 164, 255]
    assert colours[3][3] == 0
    assert np.array_equal(colours[1][:3], heat_colours()[127])


def test_a_small_heat_map_does_not_mix_what_is_outside_into_it() -> None:
    levels = np.full((600, 600), OUTSIDE, np.uint8)
    levels[100:500, 100:500] = 10
    data, width, height = heat_thumbnail(levels)
    picture = Image.open(io.BytesIO(data))
    small = np.asarray(picture)
    assert (width, height) == (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    assert set(np.unique(small)) == {10, OUTSIDE}


def test_the_bar_has_every_colour_once() -> None:
    bar = np.asarray(Image.open(io.BytesIO(colour_bar())).convert("RGB"))[0]
    assert np.array_equal(heat_colours()[:255], bar)
