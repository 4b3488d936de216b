"""``imresize`` is held to MATLAB's own output files, and to what follows from its definition."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import structural_similarity

from degradations.imresize import KERNELS, contributions, imresize
from srmetrics.errors import ArrayError, NonFiniteError, SizeError, StepError

CLASSIC_SETS = [("Set5", scale) for scale in (2, 3, 4)] + [("Set14", scale) for scale in (2, 3, 4)]


def picture(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as opened:
        return np.asarray(opened)


def as_uint8(image: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Turn 0..1 into uint8 the way MATLAB's ``im2uint8`` does."""
    return np.clip(np.floor(image * 255 + 0.5), 0, 255).astype(np.uint8)


def rounded_studio_luma(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Compute the Y of MATLAB's ``rgb2ycbcr`` for uint8, in the order in which its ties come out the same."""
    if image.ndim == 2:
        return image.astype(np.float64)
    red, green, blue = (image[..., channel].astype(np.float64) for channel in range(3))
    weights = np.array([65.481, 128.553, 24.966]) * (1 / 255)
    return np.floor(weights[0] * red + weights[1] * green + weights[2] * blue + 16 + 0.5)


@pytest.mark.data
@pytest.mark.matlab
@pytest.mark.parametrize(("dataset", "scale"), CLASSIC_SETS)
def test_the_classic_low_resolution_sets_come_out_without_a_differing_pixel(
    data_folder: Path, dataset: str, scale: int
) -> None:
    # Oracle: the LR files that SelfExSR ships, made with an older MATLAB, which replicated the border.
    high = sorted((data_folder / dataset / f"image_SRF_{scale}").glob("*_HR.png"))
    assert len(high) == {"Set5": 5, "Set14": 14}[dataset]
    for path in high:
        shipped = picture(path.with_name(path.name.replace("_HR", "_LR")))
        np.testing.assert_array_equal(imresize(picture(path), 1 / scale, border="replicate"), shipped, path.name)


@pytest.mark.data
@pytest.mark.matlab
@pytest.mark.parametrize(("number", "name"), [(1, "baby"), (2, "bird"), (3, "butterfly"), (4, "head"), (5, "woman")])
def test_current_matlab_mirrors_the_border(data_folder: Path, number: int, name: str) -> None:
    # Oracle: Set5 HR made four times smaller by current MATLAB, as published with IMDN.
    high = picture(data_folder / f"Set5/image_SRF_4/img_00{number}_SRF_4_HR.png")
    expected = picture(data_folder / f"imresize_matlab/set5_x4/{name}x4.bmp")
    np.testing.assert_array_equal(imresize(high, 1 / 4), expected)


@pytest.mark.data
@pytest.mark.matlab
def test_a_size_with_two_scales_matches_matlab_on_uint8_and_on_double(data_folder: Path) -> None:
    # Oracle: fatheral/matlab_imresize, imresize(I, [123 234]) of uint8 and of im2double(I).
    folder = data_folder / "imresize_matlab"
    lena = picture(folder / "lena_512x512.png")
    np.testing.assert_array_equal(imresize(lena, size=(123, 234)), picture(folder / "lena_123x234_uint8.png"))
    doubles = imresize(lena / 255, size=(123, 234))
    np.testing.assert_array_equal(as_uint8(doubles), picture(folder / "lena_123x234_double.png"))


@pytest.mark.data
@pytest.mark.matlab
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_doubles_in_0_to_1_match_matlab_after_rounding(data_folder: Path, scale: int) -> None:
    # Oracle: xinntao/matlab_functions_verification, imresize(im2double(I), 1/scale). One pixel of x2 is a
    # tie of .5 that moves when the taps are not summed in order.
    folder = data_folder / "imresize_matlab"
    expected = picture(folder / f"baboon_down_x{scale}_matlab.png")
    np.testing.assert_array_equal(as_uint8(imresize(picture(folder / "baboon.png") / 255, 1 / scale)), expected)


@pytest.mark.data
@pytest.mark.matlab
def test_bicubic_upscaling_scores_what_matlab_recorded_for_every_image(data_folder: Path) -> None:
    # Oracle: matlab_bicubic_reference.csv (SelfExSR: Y rounded to uint8, crop = scale, Wang's SSIM).
    with (data_folder / "matlab_bicubic_reference.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 57
    for row in rows:
        scale = int(row["scale"])
        base = data_folder / row["dataset"] / f"image_SRF_{scale}" / row["image"]
        high = rounded_studio_luma(picture(base.with_name(base.name + "_HR.png")))
        upscaled = rounded_studio_luma(imresize(picture(base.with_name(base.name + "_LR.png")), scale))
        inside = slice(scale, -scale), slice(scale, -scale)
        psnr = 10 * np.log10(255**2 / np.mean((high[inside] - upscaled[inside]) ** 2))
        ssim = structural_similarity(
            high[inside],
            upscaled[inside],
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
        )
        # One differing pixel would move PSNR by more than 1e-7 dB; the rest is the order of summation.
        assert psnr == pytest.approx(float(row["psnr_db"]), abs=1e-11), row
        # MATLAB's SSIM was computed by filter2 in another order of summation.
        assert ssim == pytest.approx(float(row["ssim"]), abs=1e-11), row


@given(
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    scales=st.tuples(st.floats(0.2, 3), st.floats(0.2, 3)).filter(lambda pair: pair[0] != pair[1]),
    kernel=st.sampled_from(sorted(KERNELS)),
    dtype=st.sampled_from([np.uint8, np.uint16, np.float64]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=100, deadline=None)
def test_transposing_commutes_with_resizing_for_unequal_scales(
    height: int, width: int, scales: tuple[float, float], kernel: Any, dtype: Any, seed: int
) -> None:
    image = np.random.RandomState(seed).randint(0, 256, (height, width)).astype(dtype)
    np.testing.assert_array_equal(
        imresize(image, scales, kernel=kernel), imresize(image.T, scales[::-1], kernel=kernel).T
    )


@given(
    length=st.integers(1, 40),
    scale=st.floats(0.05, 8),
    kernel=st.sampled_from(sorted(KERNELS)),
    antialias=st.booleans(),
    border=st.sampled_from(["symmetric", "replicate"]),
)
@settings(max_examples=200, deadline=None)
def test_weights_of_every_output_pixel_sum_to_one_and_point_into_the_line(
    length: int, scale: float, kernel: Any, antialias: bool, border: Any
) -> None:
    indices, weights = contributions(length, int(np.ceil(length * scale)), scale, kernel, antialias, border)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-14)
    assert indices.min() >= 0
    assert indices.max() < length


@given(
    value=st.integers(0, 255),
    scale=st.tuples(st.floats(0.1, 4), st.floats(0.1, 4)),
    kernel=st.sampled_from(sorted(KERNELS)),
)
@settings(max_examples=60, deadline=None)
def test_a_flat_image_stays_flat(value: int, scale: tuple[float, float], kernel: Any) -> None:
    resized = imresize(np.full((7, 9), value, np.uint8), scale, kernel=kernel)
    np.testing.assert_array_equal(np.full(resized.shape, value, np.uint8), resized)


@pytest.mark.parametrize(
    ("kernel", "expected"), [("nearest", [1, 3]), ("box", [0.5, 2.5]), ("bilinear", [0.625, 2.375])]
)
def test_halving_a_ramp_by_hand(kernel: Any, expected: list[float]) -> None:
    # Box: the mean of two. Bilinear antialiased: a triangle four wide, weights 1/8 3/8 3/8 1/8, mirrored at
    # the edge. Nearest: the output centre 1.5 lies between pixels 1 and 2; MATLAB's box takes the second.
    ramp = np.arange(4, dtype=np.float64)[np.newaxis]
    np.testing.assert_allclose(imresize(ramp, (1, 0.5), kernel=kernel)[0], expected, rtol=0, atol=1e-14)


def test_an_output_has_the_ceiling_of_size_times_scale() -> None:
    assert imresize(np.zeros((10, 7), np.uint8), 0.25).shape == (3, 2)
    assert imresize(np.zeros((10, 7, 3), np.uint8), (0.25, 2)).shape == (3, 14, 3)


def test_the_given_scale_is_kept_where_the_size_would_imply_another() -> None:
    image = np.random.RandomState(0).rand(10, 10)
    assert not np.array_equal(imresize(image, 0.25), imresize(image, size=(3, 3)))


def test_each_pass_on_integers_is_rounded_and_clipped() -> None:
    image = np.random.RandomState(1).choice([0, 255], (24, 24)).astype(np.uint8)
    rows = imresize(image, (0.5, 1.0))
    np.testing.assert_array_equal(imresize(rows, (1.0, 0.5)), imresize(image, 0.5))
    at_once = as_uint8(imresize(image / 255, 0.5))
    assert not np.array_equal(at_once, imresize(image, 0.5))


def test_ties_of_a_half_are_rounded_up() -> None:
    np.testing.assert_array_equal([[1, 3]], imresize(np.array([[0, 1, 2, 3]], np.uint8), (1, 0.5), kernel="box"))


def test_sixteen_bits_are_kept() -> None:
    image = np.random.RandomState(2).randint(0, 65536, (20, 20)).astype(np.uint16)
    resized = imresize(image, 0.5)
    assert resized.dtype == np.uint16
    # Two roundings of at most .5 each, the first weighted by absolute weights that sum to less than 1.5.
    np.testing.assert_allclose(imresize(image.astype(np.float64), 0.5).clip(0, 65535), resized, rtol=0, atol=1.25)


def test_floats_keep_their_type_and_are_neither_rounded_nor_clipped() -> None:
    step = np.repeat([[0.0] * 8 + [1.0] * 8], 4, axis=0)
    doubles = imresize(step, 2)
    assert doubles.dtype == np.float64
    assert doubles.min() < 0
    assert doubles.max() > 1
    singles = imresize(step.astype(np.float32), 2)
    assert singles.dtype == np.float32
    np.testing.assert_array_equal(doubles.astype(np.float32), singles)


def test_images_wider_than_a_block_are_resized_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.random.RandomState(3).randint(0, 256, (33, 29, 3)).astype(np.uint8)
    whole = imresize(image, (0.4, 1.7))
    monkeypatch.setattr(sys.modules["degradations.imresize"], "_BLOCK_VALUES", 1)
    np.testing.assert_array_equal(whole, imresize(image, (0.4, 1.7)))


def test_an_image_smaller_than_the_kernel_is_resized() -> None:
    np.testing.assert_array_equal(np.full((1, 1), 9, np.uint8), imresize(np.full((3, 2), 9, np.uint8), 0.125))


@pytest.mark.parametrize(
    ("image", "error", "words"),
    [
        (np.zeros(4, np.uint8), ArrayError, "shape"),
        (np.zeros((4, 4), np.int16), ArrayError, "int16"),
        (np.zeros((4, 4), bool), ArrayError, "bool"),
        (np.zeros((0, 4), np.uint8), SizeError, "empty"),
        (np.array([[np.nan, 1.0]]), NonFiniteError, "1 such"),
    ],
)
def test_arrays_that_are_no_images_are_refused(image: NDArray[Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        imresize(image, 0.5)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"scale": 2, "size": (8, 8)},
        {"scale": 0},
        {"scale": -1},
        {"scale": float("nan")},
        {"scale": float("inf")},
        {"scale": (1, 2, 3)},
        {"size": (0, 8)},
        {"size": (2.5, 8)},
        {"scale": 2, "kernel": "cubic"},
        {"scale": 2, "border": "reflect"},
    ],
)
def test_impossible_requests_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(StepError):
        imresize(np.zeros((4, 4), np.uint8), **arguments)
