"""Run an upscaler on one image, look at what it returned, and bring that to the reference's dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from harness.models.upscaler import NO_FACTS, Image, ImageFacts, Upscaler
from srmetrics.errors import ModelError, NonFiniteError, SrmetricsError


def restore(
    upscaler: Upscaler,
    image: Image,
    facts: ImageFacts = NO_FACTS,
    *,
    dtype: npt.DTypeLike | None = None,
) -> Image:
    """Upscale one image and return what a saved file of it would hold.

    Parameters
    ----------
    upscaler : Upscaler
        Any, the user's own too: its output is checked, and whatever it raises is named.
    image : ndarray, (H, W) or (H, W, C)
        The low-resolution image.
    facts : ImageFacts
        Its key, and the ranges of input and output.
    dtype : dtype, optional
        The reference's: the output is clipped and rounded to it (see `to_reference_dtype`). None keeps the floats.

    Returns
    -------
    ndarray
        Of ``dtype``, or float64 where that is None.

    Raises
    ------
    ModelError
        When the upscaler fails, or returns something of the wrong size, or NaN.
    SrmetricsError
        What the upscaler itself refuses, such as an image with alpha.
    """
    name, scale = upscaler.description.name, upscaler.description.scale
    try:
        output = upscaler.upscale(image, facts)
    except SrmetricsError:
        raise
    except Exception as error:
        # Foreign code: one image that fails must not end a run, and the message must say which upscaler it was.
        memory = isinstance(error, MemoryError) or "out of memory" in str(error)
        raise ModelError(
            f"the upscaler {name!r} failed on an image of shape {image.shape}",
            found=f"{type(error).__name__}: {_first_line(error)}",
            way_out="Let it work in tiles: add ?tile=256 to its spec" if memory else None,
        ) from error
    if not isinstance(output, np.ndarray) or output.dtype.kind not in "uif":
        raise ModelError(
            f"the upscaler {name!r} returned no image",
            found=f"{getattr(output, 'dtype', type(output).__name__)}",
            expected="a numpy array of floats",
        )
    if scale is not None:
        expected = (image.shape[0] * scale, image.shape[1] * scale, *image.shape[2:])
        if output.shape != expected:
            raise ModelError(
                f"the upscaler {name!r} returned an image of the wrong size",
                found=f"shape {output.shape}",
                expected=f"shape {expected}, {scale} times that of the input",
            )
    if output.dtype.kind == "f" and not np.isfinite(output).all():
        bad = int(np.count_nonzero(~np.isfinite(output)))
        raise ModelError(
            f"the upscaler {name!r} returned NaN or infinity", found=f"{bad} of {output.size} values", expected="none"
        )
    return output.astype(np.float64) if dtype is None else to_reference_dtype(output, dtype)


def to_reference_dtype(output: Image, dtype: npt.DTypeLike) -> Image:
    """Clip and round an output to the reference's dtype, as a saved file would be.

    Parameters
    ----------
    output : ndarray
        Floats in the reference's units.
    dtype : dtype
        An integer type, to whose range the output is clipped and whose integers it is rounded to, halves up; or a
        floating type, which neither clips nor rounds.

    Raises
    ------
    NonFiniteError
        When there is NaN or infinity among the values, which no file of integers can hold.

    Examples
    --------
    >>> to_reference_dtype(np.array([[-3.0, 2.5], [254.49, 300.0]]), np.uint8)
    array([[  0,   3],
           [254, 255]], dtype=uint8)
    """
    target: np.dtype[Any] = np.dtype(dtype)
    if target.kind == "f" or output.dtype == target:
        return output.astype(target)
    if target.kind not in "ui":
        raise ModelError("an output cannot be brought to this dtype", found=target, expected="integers or floats")
    if output.dtype.kind == "f" and not np.isfinite(output).all():
        raise NonFiniteError("NaN or infinity cannot be rounded to an integer")
    limits = np.iinfo(target)
    rounded = np.floor(output.astype(np.float64) + 0.5)
    # In doubles the largest 64-bit integers are rounded up, out of the type; images have none that large.
    image: Image = np.clip(rounded, limits.min, limits.max).astype(target)
    return image


def _first_line(error: Exception) -> str:
    return (str(error).strip() or "no message").splitlines()[0]
