"""What each field of a protocol may hold: the words, and the checks that turn what was given into one value."""

from __future__ import annotations

import math
import re
from typing import TypeGuard

import numpy as np

from srmetrics.errors import ProtocolError, RangeError

COLOURS = ("all-channels", "mean-of-channels", "y-bt601", "luma-bt601")
ROUNDINGS = ("none", "integer")
GREY_POLICIES = ("keep", "expand")
ALPHA_POLICIES = ("error", "drop", "composite")
RESIZE_RULES = ("opencv-nearest", "opencv-bilinear", "opencv-bicubic", "opencv-area", "opencv-lanczos4")
RANGE_RULES = ("dtype", "given", "reference-max")
POOLINGS = ("image", "volume")
MASKINGS = ("normalised", "interior", "map", "zeroed")
EDGES = ("valid", "reflect", "replicate")
COVARIANCES = ("population", "sample")
DOWNSAMPLINGS = ("none", "wang", "avg-pool")

_ALIGN = re.compile(rf"none|crop|modcrop(-[1-9][0-9]*)?|resize-({'|'.join(RESIZE_RULES)})", re.ASCII)
_CROP = re.compile(r"(0|[1-9][0-9]*)|scale(\+[0-9]+)?", re.ASCII)
_GAUSSIAN = re.compile(r"gaussian-([0-9]+)-([0-9]+(?:\.[0-9]+)?)", re.ASCII)
_UNIFORM = re.compile(r"uniform-([0-9]+)", re.ASCII)


def one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is not among a field's words."""
    if value not in choices:
        raise ProtocolError(
            f"the field {name} has no such value", found=repr(value), expected="one of " + ", ".join(choices)
        )


def check_alignment(value: object) -> None:
    """Refuse what is no ``align``."""
    if not isinstance(value, str) or _ALIGN.fullmatch(value) is None:
        raise ProtocolError(
            "the field align has no such value",
            found=repr(value),
            expected="none, crop, modcrop, modcrop-SCALE, or resize- and one of " + ", ".join(RESIZE_RULES),
        )


def positive_range(value: object) -> float:
    """Return a data range as a float, refusing what cannot be one."""
    if not is_number(value) or value <= 0:
        raise RangeError("this cannot be a data range", found=repr(value), expected="a finite number above 0")
    return float(value)


def whole_scale(scale: object) -> int:
    """Return a scale as an int, refusing what cannot be one."""
    if not is_number(scale) or scale < 1 or scale != int(scale):
        raise ProtocolError("this cannot be a scale", found=repr(scale), expected="a whole number, at least 1")
    return int(scale)


def parse_value_window(text: str) -> tuple[float, float]:
    """Return centre and width of a value window written ``centre/width``."""
    try:
        centre, _, width = text.partition("/")
        numbers = float(centre), float(width)
    except (AttributeError, ValueError):
        numbers = math.nan, math.nan
    if not all(map(math.isfinite, numbers)) or numbers[1] <= 1:
        raise ProtocolError(
            "the field value_window has no such value",
            found=repr(text),
            expected="none, or centre/width with a width above 1, such as 40/400",
        )
    return numbers


def window_size(window: str) -> int:
    """Return the side of SSIM's window in pixels, an odd number of 3 to 999; refuse what is no window."""
    match = (_GAUSSIAN.fullmatch(window) or _UNIFORM.fullmatch(window)) if isinstance(window, str) else None
    size = int(match[1]) if match else 0
    spread = float(match[2]) if match and match.re is _GAUSSIAN else 1.0
    if not 3 <= size <= 999 or size % 2 == 0 or not 0.01 <= spread <= 1000.0:
        raise ProtocolError(
            "the field window has no such value",
            found=repr(window),
            expected="gaussian-SIZE-SIGMA or uniform-SIZE with an odd size of 3 to 999 and a sigma of 0.01 to 1000",
        )
    return size


def window_sigma(window: str) -> float | None:
    """Return the standard deviation of a Gaussian window in pixels, None for a uniform one."""
    match = _GAUSSIAN.fullmatch(window)
    return float(match[2]) if match else None


def shortest(value: float) -> str:
    """Return the shortest text that reads back as the same float; a whole number goes without its ``.0``."""
    return repr(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def is_number(value: object) -> TypeGuard[float]:
    """Return True for a finite real number, numpy's among them; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the largest float
        return False


def pixels_or_rule(value: object) -> int | str:
    """Return a ``crop``: pixels as an int, or its rule."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 0:
        return int(value)
    if isinstance(value, str) and _CROP.fullmatch(value):
        return int(value) if value.isdigit() else value
    raise ProtocolError(
        "the field crop has no such value",
        found=repr(value),
        expected="a whole number of pixels, 'scale' or 'scale+N'",
    )


def two_constants(value: object) -> tuple[float, float]:
    """Return SSIM's ``k`` as two floats."""
    if isinstance(value, tuple | list) and len(value) == 2 and all(is_number(k) and k >= 0 for k in value):
        return float(value[0]), float(value[1])
    raise ProtocolError("the field k has no such value", found=repr(value), expected="two numbers >= 0")
