"""Linear filtering: equal to BasicSR's torch filter, and one rule for every type of image."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from basicsr.utils.img_process_util import filter2D
from skimage.data import astronaut

from degradations.step import Image
from degradations.steps import kernels
from degradations.steps.filtering import filter_image, filter_separably
from srmetrics.errors import ArrayError, SizeError

# Sums of up to 441 products of numbers below 1 in float32, added in another order, and OpenCV's Fourier transform
# from 13x13 on: a few units of 2**-23 each.
FLOAT32 = {"rtol": 0, "atol": 2e-6}


@pytest.fixture(scope="module")
def image() -> Image:
    return (astronaut()[:97, :120] / np.float32(255)).astype(np.float32)


def torch_filter(image: Image, kernel: kernels.Kernel) -> Image:
    """BasicSR's filter of the training code, which mirrors the border without repeating the edge."""
    batch = torch.from_numpy(image.transpose(2, 0, 1)[None])
    return filter2D(batch, torch.from_numpy(kernel.astype(np.float32))[None])[0].numpy().transpose(1, 2, 0)


@pytest.mark.parametrize("size", [3, 7, 11, 13, 15, 17, 19, 21, 25, 27])
def test_equals_the_training_codes_filter(image: Image, size: int) -> None:
    kernel = kernels.gaussian(size, 2.5, 1.1, 0.7)
    np.testing.assert_allclose(torch_filter(image, kernel), filter_image(image, kernel), **FLOAT32)


@pytest.mark.parametrize("size", [3, 7, 13, 21])
def test_separable_filter_equals_the_training_codes(image: Image, size: int) -> None:
    expected = torch_filter(image, kernels.gaussian(size, 1.7))
    np.testing.assert_allclose(expected, filter_separably(image, kernels.gaussian_row(size, 1.7)), **FLOAT32)


@pytest.mark.parametrize("border", ["reflect", "replicate"])
@pytest.mark.parametrize("size", [11, 13, 21, 25, 27])
def test_precision_changes_nothing_but_the_rounding(image: Image, size: int, border: str) -> None:
    # Kernels of other sizes go other ways in float32; in float64 all are summed by OpenCV at once.
    kernel = kernels.gaussian(size, 2.5, 1.1, 0.7)
    kernel[0, :3] += 0.05  # not symmetric, so that a flip or a shift would be seen
    kernel[-1, -2] -= 0.1
    for planes in (image, np.ascontiguousarray(image[..., 0])):
        expected = filter_image(planes.astype(np.float64), kernel, border)  # type: ignore[arg-type]
        np.testing.assert_allclose(expected, filter_image(planes, kernel, border), **FLOAT32)  # type: ignore[arg-type]


@pytest.mark.parametrize("sigmas", [(0.2, 0.2), (0.2, 2.5), (0.4, 0.7)])
def test_vanishing_weights_are_left_out_unseen(image: Image, sigmas: tuple[float, float]) -> None:
    kernel = kernels.gaussian(21, *sigmas, 0.3)
    np.testing.assert_allclose(torch_filter(image, kernel), filter_image(image, kernel), **FLOAT32)
    row = kernels.gaussian_row(21, sigmas[0])
    expected = torch_filter(image, kernels.gaussian(21, sigmas[0]))
    np.testing.assert_allclose(expected, filter_separably(image, row), **FLOAT32)


def test_padding_a_kernel_with_zeros_changes_nothing(image: Image) -> None:
    # The training code pads every kernel to 21x21; here they are used as small as they are.
    kernel = kernels.plateau(9, 1.5, 2.0, 1.0, 0.3)
    np.testing.assert_allclose(torch_filter(image, np.pad(kernel, 6)), filter_image(image, kernel), **FLOAT32)


def test_integer_images_are_rounded_once_half_away_from_zero() -> None:
    # The mean of the two middle pixels is 10.5 by hand; MATLAB's imfilter gives 11 for uint8.
    image = np.array([[10, 10, 11, 11]] * 4, dtype=np.uint8)
    kernel = np.zeros((3, 3))
    kernel[1, 1:] = 0.5
    np.testing.assert_array_equal([10, 11, 11, 11], filter_image(image, kernel)[1])


@pytest.mark.parametrize(("dtype", "peak"), [("uint8", 255), ("uint16", 65535)])
def test_overshoot_of_integer_images_is_clipped(dtype: str, peak: int) -> None:
    image = np.zeros((9, 9), dtype=dtype)
    image[:, 5:] = peak
    ringing = np.array([[0, 0, 0], [-0.5, 2, -0.5], [0, 0, 0]])
    np.testing.assert_array_equal(image, filter_image(image, ringing))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
def test_type_and_channels_are_kept(dtype: str) -> None:
    image = np.ones((9, 8), dtype=dtype)
    for shape in ((9, 8), (9, 8, 3)):
        whole = np.broadcast_to(image.reshape(9, 8, *[1] * (len(shape) - 2)), shape).copy()
        filtered = filter_image(whole, kernels.gaussian(3, 1.0))
        assert (dtype, shape) == (filtered.dtype.name, filtered.shape)
        np.testing.assert_allclose(whole, filtered, rtol=0, atol=1e-6)  # a flat image stays flat: float32 sums


def test_the_border_is_replicated_when_asked() -> None:
    image = np.zeros((5, 5))
    image[0] = 1
    mean = np.full((3, 3), 1 / 9)
    assert filter_image(image, mean, "reflect")[0, 2] == pytest.approx(1 / 3)
    assert filter_image(image, mean, "replicate")[0, 2] == pytest.approx(2 / 3)


def test_an_image_smaller_than_the_kernel_is_refused() -> None:
    with pytest.raises(SizeError, match="20x10 pixels and a kernel of 21x21; expected at least 11"):
        filter_image(np.zeros((10, 20)), kernels.gaussian(21, 1.0))


def test_other_types_are_refused() -> None:
    with pytest.raises(ArrayError, match="found int32; expected uint8, uint16"):
        filter_image(np.zeros((9, 9), dtype=np.int32), kernels.gaussian(3, 1.0))
