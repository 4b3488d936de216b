"""Every arm passes one preprocessing: size, channels, range."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.classifiers.preprocessing import Preprocessing, as_batch
from srmetrics.errors import ClassifierError


def _ramp(dtype: str, top: float, shape: tuple[int, ...] = (6, 9, 3)) -> NDArray[np.generic]:
    ramp: NDArray[np.generic] = (np.linspace(0, 1, int(np.prod(shape))).reshape(shape) * top).astype(dtype)
    return ramp


@pytest.mark.parametrize(
    ("image", "data_range"),
    [
        (_ramp("uint8", 255), None),
        (_ramp("uint8", 255), 4095.0),  # said of the others: uint8 has only one range
        (_ramp("uint16", 65535), None),
        (_ramp("uint16", 4095), 4095.0),
        (_ramp("float32", 1), None),
        (_ramp("float64", 255), 255.0),
    ],
)
def test_full_depth_becomes_0_to_1(image: NDArray[np.generic], data_range: float | None) -> None:
    (seen,) = Preprocessing(data_range=data_range)([image])
    assert ("float32", (6, 9, 3)) == (seen.dtype.name, seen.shape)
    assert (0.0, 1.0) == (float(seen.min()), float(seen.max()))


def test_enlarging_is_opencvs_bilinear() -> None:
    import cv2

    image = np.random.RandomState(0).rand(7, 10, 3).astype(np.float32)
    (seen,) = Preprocessing((28, 31))([image])
    # Both in float32, with sums in another order.
    np.testing.assert_allclose(cv2.resize(image, (31, 28), interpolation=cv2.INTER_LINEAR), seen, atol=1e-6)


def test_shrinking_averages_instead_of_skipping_as_pil_does() -> None:
    from PIL import Image

    image = np.random.RandomState(0).rand(40, 50).astype(np.float32)
    oracle = np.asarray(Image.fromarray(image).resize((20, 16), Image.Resampling.BILINEAR))
    (seen,) = Preprocessing((16, 20))([image])
    # PIL leaves out what lies beyond the edge, where here the edge's pixel stands; float32 inside.
    np.testing.assert_allclose(oracle[2:-2, 2:-2], seen[2:-2, 2:-2, 0], atol=1e-6)


def test_an_image_of_the_right_size_keeps_every_bit() -> None:
    image = np.random.RandomState(1).rand(8, 8, 1).astype(np.float32)
    (seen,) = Preprocessing((8, 8), 1)([image])
    np.testing.assert_array_equal(image, seen)


def test_preprocessing_twice_changes_nothing() -> None:
    preprocessing = Preprocessing((12, 10), 3)
    once = preprocessing([_ramp("uint8", 255, (6, 9))])
    np.testing.assert_array_equal(once[0], preprocessing(once)[0])


def test_rgb_becomes_luma_and_grey_is_repeated() -> None:
    rgb = np.zeros((1, 1, 3), np.uint8)
    rgb[0, 0] = (255, 0, 255)
    # ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
    assert 0.413 == pytest.approx(float(Preprocessing(channels=1)([rgb])[0][0, 0, 0]), abs=1e-6)
    (repeated,) = Preprocessing(channels=3)([np.full((2, 2), 51, np.uint8)])
    np.testing.assert_array_equal(np.full((2, 2, 3), np.float32(0.2)), repeated)


@pytest.mark.parametrize("shape", [(4,), (4, 4, 2), (4, 4, 4), (0, 4), (2, 2, 3, 1)])
def test_what_is_no_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ClassifierError, match="not an image"):
        Preprocessing()([np.zeros(shape, np.uint8)])


@pytest.mark.parametrize("dtype", ["int16", "bool", "int64"])
def test_signed_data_are_refused(dtype: str) -> None:
    with pytest.raises(ClassifierError, match="cannot be classified"):
        Preprocessing()([np.zeros((4, 4), dtype)])


@pytest.mark.parametrize("value", [200.0, np.nan, np.inf, -7.0])
def test_floats_outside_their_range_are_refused(value: float) -> None:
    with pytest.raises(ClassifierError, match="range of a float image"):
        Preprocessing()([np.array([[0.5, value]])])


def test_an_overshoot_of_super_resolution_is_let_through() -> None:
    (seen,) = Preprocessing()([np.array([[-0.02, 1.03]])])
    np.testing.assert_array_equal(np.array([[[-0.02], [1.03]]], np.float32), seen)


def test_a_batch_of_several_shapes_names_the_option_that_mends_it() -> None:
    images = [np.zeros((4, 4), np.uint8), np.zeros((5, 4), np.uint8)]
    with pytest.raises(ClassifierError, match="size=96"):
        as_batch(images, Preprocessing())
    assert 2 == len(as_batch(images, Preprocessing((8, 8))))


def test_no_image_is_refused() -> None:
    with pytest.raises(ClassifierError, match="no image"):
        as_batch([], Preprocessing())


def test_the_words_say_what_happens() -> None:
    assert "resized to the size of the HR images, bilinear" in Preprocessing().words
    assert "resized to 64 x 48 pixels, bilinear" in Preprocessing((64, 48), 1).words
    assert "RGB to luma" in Preprocessing((64, 48), 1).words
