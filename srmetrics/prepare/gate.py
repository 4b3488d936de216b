"""The array gate: what may enter as an image, a mask or a data range."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import ArrayError, ChannelError, MaskError, RangeError
from srmetrics.protocol import EvaluationProtocol

Image = NDArray[Any]
"""H x W or H x W x C, RGB order, of an integer or floating dtype."""

FULL_DEPTH = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}
"""The data range of the dtypes that have one of their own."""


def check_image(image: object, role: str) -> Image:
    """Return an image as an array of one of the accepted shapes; ``H x W x 1`` comes back as ``H x W``.

    Bytes in the other machine's order (as TIFF and DICOM may hold them) come back in this one's.

    Parameters
    ----------
    image : array_like
        H x W, or H x W x C with C from 1 to 4 (grey, grey and alpha, RGB, RGB and alpha).
    role : str
        What the messages call it: ``reference`` or ``candidate``.

    Raises
    ------
    ArrayError
        When the shape or dtype is not that of an image.
    """
    if isinstance(image, np.ma.MaskedArray):
        raise ArrayError(
            f"the {role} is a masked array, whose mask would be lost",
            way_out="Pass image.data, and mask=~numpy.ma.getmaskarray(image)",
        )
    array = np.asarray(image)
    if array.dtype == np.bool_:
        raise ArrayError(
            f"the {role} holds truth values",
            expected="numbers",
            way_out="For a black and white image, pass image.astype('uint8') * 255",
        )
    if array.dtype.kind not in "uif":
        raise ArrayError(
            f"the {role} holds no real numbers", found=f"dtype {array.dtype}", expected="integers or floats"
        )
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ArrayError(f"the {role} is not an image", found=f"shape {array.shape}", expected="H x W or H x W x C")
    if array.ndim == 3 and array.shape[2] > 4:
        hint = "Channels stand last: move them with numpy.moveaxis(image, 0, -1)" if array.shape[0] <= 4 else None
        raise ChannelError(
            f"the {role} has too many channels",
            found=f"shape {array.shape}",
            expected="1 to 4 channels",
            way_out=hint,
        )
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array


def largest_value(image: Image) -> float:
    """Return the largest finite value of an image's colour channels, minus infinity where there is none."""
    colours = image[:, :, :-1] if image.ndim == 3 and image.shape[2] in (2, 4) else image
    if colours.dtype.kind != "f":
        return float(colours.max())
    return float(np.max(colours, where=np.isfinite(colours), initial=-np.inf))


def check_mask(mask: object, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return a mask as truth values; what is not zero is inside.

    Parameters
    ----------
    mask : array_like
        H x W (or H x W x 1), of the reference's own size.
    shape : tuple of int
        The reference's height and width before any alignment.

    Raises
    ------
    MaskError
        When the sizes differ, or the mask holds NaN.
    """
    array = np.asarray(mask)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype.kind not in "buif":
        raise MaskError("the mask holds no numbers", found=f"dtype {array.dtype}")
    if array.shape != shape:
        raise MaskError(
            "the mask's size is not the reference's", found=f"shape {array.shape}", expected=f"shape {shape}"
        )
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise MaskError("the mask holds NaN", expected="zero outside, another number inside")
    return np.asarray(array != 0, np.bool_)


def dtype_range(reference: Image, candidate: Image, protocol: EvaluationProtocol, told: float | None) -> float | None:
    """Return the data range that a pair's dtypes stand for, or the one that was told.

    The candidate's values are never looked at. Integer images of two depths do not go together, and an integer image
    goes with a float one only where the range does not come from the dtype.

    Raises
    ------
    RangeError
        When the two depths differ, or when no range is known and the protocol wants it from the dtype.
    """
    kinds = reference.dtype.kind, candidate.dtype.kind
    integer_depths_differ = "f" not in kinds and reference.dtype != candidate.dtype
    told_or_fixed = told is not None or protocol.range not in ("dtype", "given") or protocol.value_window != "none"
    if integer_depths_differ or (reference.dtype != candidate.dtype and kinds != ("f", "f") and not told_or_fixed):
        raise RangeError(
            "the reference and the candidate have different depths",
            found=f"reference {reference.dtype}, candidate {candidate.dtype}",
            way_out="Save both at one depth"
            + ("" if integer_depths_differ else ", or give the range: --data-range 255"),
        )
    if told is not None or protocol.range != "dtype" or protocol.value_window != "none":
        return told
    full = FULL_DEPTH.get(reference.dtype)
    if full is None:
        raise RangeError(
            f"images of {reference.dtype} do not say what their range is",
            expected="the value that full white stands for, such as 1.0, 255 or 4095",
            way_out="Give it: --data-range 1.0, or data_range=1.0",
        )
    return full


def range_notes(reference: Image, data_range: float) -> tuple[str, ...]:
    """Return warnings about a data range that the reference's values make unlikely.

    A reference of 12 bits kept in 16 scores 24 dB too high under 65535, one of 8 bits 48 dB; values far above the
    range score too low.
    """
    largest = largest_value(reference)
    if reference.dtype == np.uint16 and data_range == 65535.0 and largest <= 4095:
        bits = 8 if largest <= 255 else 12
        told = 2**bits - 1
        return (
            f"the reference is uint16 but its largest value is {largest:.0f}: if it holds {bits} bits, "
            f"give --data-range {told} (65535 adds {20 * math.log10(65535 / told):.0f} dB)",
        )
    if largest > data_range:
        return (f"the reference's largest value {largest:g} is above the data range {data_range:g}",)
    return ()
