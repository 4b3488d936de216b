"""MATLAB's ``imresize``, bit for bit.

MATLAB resizes one dimension after the other. For integer images it rounds and clips to the integer type after
EACH of the two passes; ports that keep floats between them differ in thousands of pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import ArrayError, NonFiniteError, SizeError, StepError

KernelName = Literal["nearest", "box", "bilinear", "bicubic", "lanczos2", "lanczos3"]
BorderName = Literal["symmetric", "replicate"]

_EPSILON = float(np.finfo(np.float64).eps)
_BLOCK_VALUES = 1 << 15  # values of output made at a time: the working arrays then stay in the processor's cache


def imresize(
    image: NDArray[Any],
    scale: float | tuple[float, float] | None = None,
    *,
    size: tuple[int, int] | None = None,
    kernel: KernelName = "bicubic",
    antialias: bool = True,
    border: BorderName = "symmetric",
) -> NDArray[Any]:
    """Resize an image exactly as MATLAB does.

    The dimension with the smaller scale is resized first, the rows on a tie. Give ``scale`` or ``size``.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        uint8 or uint16, rounded half away from zero and clipped to the type's range after each of the two
        passes; or float64 of any finite range, neither rounded nor clipped; or float32, which is computed in
        float64 throughout and returned as float32.
    scale : float or (float, float), optional
        Output over input size, for both dimensions or for (rows, columns). The output has
        ``ceil(size * scale)`` pixels, and the scale is kept as given in the weights.
    size : (int, int), optional
        Output height and width in pixels; the scale of each dimension is output over input size.
    kernel : {"nearest", "box", "bilinear", "bicubic", "lanczos2", "lanczos3"}
        The interpolation kernel. ``nearest`` never antialiases; ``box`` does, which averages areas.
    antialias : bool
        Whether to widen the kernel when making an image smaller, as MATLAB does by default.
    border : {"symmetric", "replicate"}
        What lies beyond the edge: the image mirrored with its edge repeated, as in current MATLAB, or the
        edge pixel, as in the older releases that the classic low-resolution sets were made with.

    Returns
    -------
    ndarray
        The resized image, of the input's dtype and number of dimensions.

    Raises
    ------
    ArrayError
        If the image is not an (H, W) or (H, W, C) array of uint8, uint16, float32 or float64.
    SizeError
        If the image is empty.
    NonFiniteError
        If a float image holds NaN or infinity.
    StepError
        If scale, size, kernel or border is not one of the above.

    References
    ----------
    R. Keys, "Cubic convolution interpolation for digital image processing", IEEE TASSP 29(6), 1981.

    Examples
    --------
    >>> imresize(np.arange(16, dtype=np.uint8).reshape(4, 4), 0.5)
    array([[ 2,  5],
           [10, 13]], dtype=uint8)
    """
    _check_image(image)
    scales, lengths = _scales_and_lengths(image.shape[:2], scale, size)
    if kernel not in KERNELS:
        raise StepError("unknown resizing kernel", found=repr(kernel), expected=", ".join(KERNELS))
    if border not in ("symmetric", "replicate"):
        raise StepError("unknown border rule", found=repr(border), expected="symmetric or replicate")
    rows_first = scales[0] <= scales[1]
    resized = image if image.dtype != np.float32 else image.astype(np.float64)
    for dimension in (0, 1) if rows_first else (1, 0):
        indices, weights = contributions(
            resized.shape[dimension], lengths[dimension], scales[dimension], kernel, antialias, border
        )
        turned = np.ascontiguousarray(np.swapaxes(resized, 0, dimension))
        resized = np.swapaxes(_weigh_rows(turned, indices, weights), 0, dimension)
    return np.ascontiguousarray(resized.astype(image.dtype, copy=False))


def contributions(
    length_in: int, length_out: int, scale: float, kernel: KernelName, antialias: bool, border: BorderName
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Say which input pixels make each output pixel of a line, and with what weights.

    Returns
    -------
    indices, weights : ndarray, (length_out, taps)
        For each output pixel the input pixels, counted from 0, and their weights, which sum to 1.
    """
    function, width = KERNELS[kernel]
    stretch = min(scale, 1.0) if antialias and kernel != "nearest" else 1.0
    width = width / stretch
    # Pixel centres are counted from 1 as MATLAB does: another origin would round these positions differently.
    centres = np.arange(1, length_out + 1, dtype=np.float64) / scale + 0.5 * (1 - 1 / scale)
    leftmost = np.floor(centres - width / 2)
    positions = leftmost[:, np.newaxis] + np.arange(math.ceil(width) + 2)
    weights = stretch * function(stretch * (centres[:, np.newaxis] - positions))
    # Summed one tap after the other, as MATLAB does; numpy's own sum pairs them up.
    weights = weights / np.add.accumulate(weights, axis=1)[:, -1:]
    used = np.any(weights != 0, axis=0)
    indices = positions[:, used].astype(np.intp) - 1
    if border == "replicate":
        indices = np.clip(indices, 0, length_in - 1)
    else:
        indices = np.mod(indices, 2 * length_in)
        indices = np.where(indices < length_in, indices, 2 * length_in - 1 - indices)
    return indices, weights[:, used]


def _weigh_rows(image: NDArray[Any], indices: NDArray[np.intp], weights: NDArray[np.float64]) -> NDArray[Any]:
    """Make each output row as a weighted sum of input rows, rounded where the type is an integer.

    The taps are multiplied and added one after the other, in order and in two steps: only so do ties of .5
    come out as MATLAB's. A fused multiply-add, which a matrix product uses on some machines, would move them.
    """
    rows = image.reshape(image.shape[0], -1)
    resized = np.empty((len(indices), rows.shape[1]), dtype=image.dtype)
    whole = np.issubdtype(image.dtype, np.integer)
    highest = np.iinfo(image.dtype).max if whole else 0
    step = max(1, _BLOCK_VALUES // rows.shape[1])
    for start in range(0, len(indices), step):
        block = slice(start, start + step)
        total = np.zeros((len(indices[block]), rows.shape[1]))
        product = np.empty_like(total)
        for taken, weight in zip(indices[block].T, weights[block].T, strict=True):
            np.multiply(rows[taken], weight[:, np.newaxis], out=product)
            total += product
        if whole:
            total += 0.5
            np.floor(total, out=total)
            np.clip(total, 0, highest, out=total)
        resized[block] = total
    return resized.reshape(len(indices), *image.shape[1:])


def _box(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return ((x >= -0.5) & (x < 0.5)).astype(np.float64)


def _triangle(x: NDArray[np.float64]) -> NDArray[np.float64]:
    height: NDArray[np.float64] = 1 - np.abs(x)
    return np.clip(height, 0, None)


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    distance = np.abs(x)
    squared = distance * distance
    cubed = squared * distance
    near: NDArray[np.float64] = 1.5 * cubed - 2.5 * squared + 1
    far: NDArray[np.float64] = -0.5 * cubed + 2.5 * squared - 4 * distance + 2
    return near * (distance <= 1) + far * ((distance > 1) & (distance <= 2))


def _lanczos(lobes: int) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def function(x: NDArray[np.float64]) -> NDArray[np.float64]:
        # The two epsilons are MATLAB's: they give 1 at the origin without a special case.
        product = np.sin(np.pi * x) * np.sin(np.pi * x / lobes) + _EPSILON
        values: NDArray[np.float64] = product / (np.pi**2 * (x * x) / lobes + _EPSILON) * (np.abs(x) < lobes)
        return values

    return function


KERNELS: dict[KernelName, tuple[Callable[[NDArray[np.float64]], NDArray[np.float64]], float]] = {
    "nearest": (_box, 1.0),
    "box": (_box, 1.0),
    "bilinear": (_triangle, 2.0),
    "bicubic": (_cubic, 4.0),
    "lanczos2": (_lanczos(2), 4.0),
    "lanczos3": (_lanczos(3), 6.0),
}
"""The kernels by name: the function and the width of its support, in pixels."""


def _check_image(image: NDArray[Any]) -> None:
    if image.ndim not in (2, 3):
        raise ArrayError("not an image", found=f"an array of shape {image.shape}", expected="H x W or H x W x C")
    if image.dtype not in (np.uint8, np.uint16, np.float32, np.float64):
        raise ArrayError(
            "imresize cannot resize this type",
            found=image.dtype,
            expected="uint8, uint16, float32 or float64",
            way_out="Convert the image first",
        )
    if 0 in image.shape:
        raise SizeError("the image is empty", found=f"shape {image.shape}", expected="at least one pixel")
    if np.issubdtype(image.dtype, np.floating) and not np.isfinite(image).all():
        raise NonFiniteError(
            "the image holds NaN or infinity",
            found=f"{int((~np.isfinite(image)).sum())} such values",
            expected="finite values",
            way_out="Replace them before resizing: they would spread over their neighbours",
        )


def _scales_and_lengths(
    shape: tuple[int, ...], scale: float | tuple[float, float] | None, size: tuple[int, int] | None
) -> tuple[tuple[float, float], tuple[int, int]]:
    height, width = shape
    if (scale is None) == (size is None):
        raise StepError(
            "imresize needs either a scale or a size",
            found=f"scale={scale} and size={size}",
            expected="one of them",
        )
    if size is not None:
        if len(size) != 2 or any(int(length) != length or length < 1 for length in size):
            raise StepError("impossible output size", found=size, expected="(height, width) in whole pixels")
        return (size[0] / height, size[1] / width), (int(size[0]), int(size[1]))
    scales = tuple(float(each) for each in scale) if isinstance(scale, tuple | list) else (float(scale or 0),) * 2
    if len(scales) != 2 or not all(0 < each < math.inf for each in scales):
        raise StepError("impossible scale", found=scale, expected="a positive number, or two as (rows, columns)")
    return (scales[0], scales[1]), (math.ceil(height * scales[0]), math.ceil(width * scales[1]))
