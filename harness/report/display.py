"""How stored values become what a screen shows: by a window that the page states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from srmetrics import EvaluationProtocol
from srmetrics.fields import parse_value_window, shortest

DIM = 0.5
"""An image of 16 bits or floats that uses less than this share of its range is shown by its own values' window."""


@dataclass(frozen=True, slots=True)
class DisplayWindow:
    """Which stored values are black and white, for a reference and all that is compared with it."""

    low: float
    high: float
    words: str


AS_STORED = DisplayWindow(0.0, 255.0, "as stored, 8 bits")


def display_window(reference: NDArray[Any], protocol: EvaluationProtocol) -> DisplayWindow:
    """Return the window that a reference and its candidates are shown by.

    Parameters
    ----------
    reference : ndarray
        As stored.
    protocol : EvaluationProtocol
        The resolved one that it was scored under: its ``value_window`` is taken, else its ``range``.
    """
    if protocol.value_window != "none":
        centre, width = parse_value_window(protocol.value_window)
        # DICOM PS3.3 C.11.2.1.2.1, linear: the ends of the ramp.
        low, high = centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
        return DisplayWindow(low, high, f"value window {protocol.value_window}, as scored")
    if reference.dtype == np.uint8:
        return AS_STORED
    smallest, largest = _ends(reference)
    span = largest if isinstance(protocol.range, str) else protocol.range
    if largest <= smallest:
        return DisplayWindow(smallest, smallest + (span if span > 0 else 1.0), f"{shortest(smallest)} is black")
    start = min(0.0, smallest)
    if largest - start < DIM * span:
        words = f"{_short(smallest)} to {_short(largest)}, the reference's own values (range {shortest(span)})"
        return DisplayWindow(smallest, largest, words)
    high = start + span if span > 0 else largest
    return DisplayWindow(start, high, f"{_short(start)} to {_short(high)}, the range that was scored")


def shown_pixels(pixels: NDArray[Any], window: DisplayWindow, alpha: str) -> NDArray[np.uint8]:
    """Return 8 bits as a screen shows them, H x W or H x W x 3; alpha is laid over white or dropped as scored."""
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        colours, cover = pixels[:, :, :-1], pixels[:, :, -1]
        shown = _ramp(colours, window)
        if alpha == "composite":
            opaque = float(np.iinfo(cover.dtype).max) if cover.dtype.kind in "ui" else 1.0
            share = (cover.astype(np.float32) / np.float32(opaque))[:, :, None]
            shown = np.rint(shown * share + 255.0 * (1.0 - share)).astype(np.uint8)
        return np.ascontiguousarray(shown[:, :, 0] if shown.shape[2] == 1 else shown)
    return _ramp(pixels, window)


def _ramp(pixels: NDArray[Any], window: DisplayWindow) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8 and (window.low, window.high) == (0.0, 255.0):
        return np.ascontiguousarray(pixels)
    if pixels.dtype in (np.uint8, np.uint16):
        table = _levels(np.arange(np.iinfo(pixels.dtype).max + 1), window)
        return np.asarray(table[pixels], np.uint8)
    shown = np.empty(pixels.shape, np.uint8)
    for row in range(0, len(pixels), 64):  # in strips, so that no float copy of the whole is held
        shown[row : row + 64] = _levels(pixels[row : row + 64], window)
    return shown


def _levels(values: NDArray[Any], window: DisplayWindow) -> NDArray[np.uint8]:
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values.astype(np.float64) - window.low) * (255.0 / (window.high - window.low))
    return np.rint(np.clip(np.nan_to_num(scaled, nan=0.0), 0.0, 255.0)).astype(np.uint8)


def _ends(image: NDArray[Any]) -> tuple[float, float]:
    colours = image[:, :, :-1] if image.ndim == 3 and image.shape[2] in (2, 4) else image
    if colours.dtype.kind != "f":
        return float(colours.min()), float(colours.max())
    finite = np.isfinite(colours)
    if not finite.any():
        return 0.0, 0.0
    return float(colours.min(where=finite, initial=np.inf)), float(colours.max(where=finite, initial=-np.inf))


def _short(value: float) -> str:
    return f"{value:.6g}"
