"""From stored values to scored values: alpha, value window, colour and rounding, on strips of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import RangeError
from srmetrics.fields import parse_value_window
from srmetrics.prepare.gate import Image
from srmetrics.protocol import EvaluationProtocol

Strip = NDArray[np.float64]
"""rows x W x C of float64."""

STUDIO_Y = (65.481, 128.553, 24.966)
"""MATLAB's rgb2ycbcr: Y of R, G, B in 0..1, above an offset of 16, on the scale of 0..255 (ITU-R BT.601)."""
STUDIO_OFFSET = 16.0
FULL_LUMA = (0.299, 0.587, 0.114)
"""Full-range luma of ITU-R BT.601."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What turns stored values into scored ones: every step works on each pixel by itself."""

    colour: str
    rounded: bool
    expanded: bool
    value_window: tuple[float, float] | None
    data_range: float

    def before_colour(self) -> Conversion:
        """Return the same conversion without its last two steps: no luma is taken and nothing is rounded."""
        return replace(self, colour="all-channels", rounded=False)

    def channels(self, image: Image) -> int:
        """Return how many channels an image has after the conversion."""
        if image.ndim == 2 and not self.expanded:
            return 1
        return 3 if self.colour in ("all-channels", "mean-of-channels") else 1

    def untouched(self, image: Image, alpha: Image | None) -> bool:
        """Return True when the stored values are the scored ones, so that they may be compared as they are."""
        if alpha is not None or self.value_window is not None:
            return False
        # A grey image that is expanded may come back to one channel as Y, but not with the same values.
        return not self.expanded if image.ndim == 2 else self.channels(image) == 3

    def apply(self, rows: Image, alpha: Image | None) -> Strip:
        """Return scored values of some rows, as float64, rows x W x channels."""
        values = _doubles(rows)
        if alpha is not None:
            values = self._composite(values, alpha, rows.dtype)
        if self.value_window is not None:
            values = _dicom_window(values, *self.value_window)
        if self.expanded and values.shape[2] == 1:
            values = np.repeat(values, 3, axis=2)
        if values.shape[2] == 3 and self.colour in ("y-bt601", "luma-bt601"):
            values = self._luma(values)
            if self.rounded:
                values = round_half_away(values)
        return values

    def _composite(self, values: Strip, alpha: Image, dtype: np.dtype[Any]) -> Strip:
        # Alpha runs to the dtype's full depth for integers and to 1 for floats, whatever the image's own range is.
        opaque = float(np.iinfo(dtype).max) if dtype.kind in "ui" else 1.0
        cover = (alpha.astype(np.float64) / opaque)[:, :, None]
        with np.errstate(invalid="ignore"):  # Outside a mask there may be infinity, and 0 times infinity is NaN.
            blended = values * cover + self.data_range * (1.0 - cover)
        return round_half_away(blended) if self.rounded else blended

    def _luma(self, values: Strip) -> Strip:
        if self.colour == "y-bt601":
            weights, offset = [weight * (1.0 / 255.0) for weight in STUDIO_Y], STUDIO_OFFSET * self.data_range / 255.0
        else:
            weights, offset = list(FULL_LUMA), 0.0
        # MATLAB multiplies the weights by 1/255 before it sums, and fuses no product with a sum: in another order some
        # pixels of Set14 round to the other side of a half (4e-5 dB). So products first, rounded, then their sum.
        products = values.reshape(len(values), -1) * np.tile(weights, values.shape[1])
        summed = cv2.transform(products.reshape(values.shape), np.array([[1.0, 1.0, 1.0, offset]]))
        return np.asarray(summed, np.float64).reshape(*values.shape[:2], 1)


def conversion_for(protocol: EvaluationProtocol, floats: bool, data_range: float) -> Conversion:
    """Return the conversion that a resolved protocol asks for.

    Parameters
    ----------
    protocol : EvaluationProtocol
        A resolved one.
    floats : bool
        Whether one of the two images holds floats.
    data_range : float
        The range in force, also where the protocol's ``range`` is ``reference-max``.

    Raises
    ------
    RangeError
        When values are to be rounded that do not stand on an integer scale.
    """
    rounded = protocol.round == "integer"
    if rounded and floats and data_range not in (255.0, 65535.0):
        raise RangeError(
            "round: integer needs images on an integer scale",
            found=f"floats with a data range of {data_range:g}",
            expected="integers, or floats with a data range of 255 or 65535",
            way_out="Multiply the images by 255, or take a preset that does not round (sr-y instead of sr-y8)",
        )
    window = None if protocol.value_window == "none" else parse_value_window(protocol.value_window)
    return Conversion(protocol.colour, rounded, protocol.grey == "expand", window, data_range)


def round_half_away(values: Strip) -> Strip:
    """Return values rounded to integers, halves away from zero, as MATLAB's ``round`` does."""
    return np.copysign(np.floor(np.abs(values) + 0.5), values)


def _doubles(rows: Image) -> Strip:
    # OpenCV widens 8 and 16 bits several times faster than astype does; both are exact.
    if rows.dtype in (np.uint8, np.uint16):
        wide = cv2.add(np.ascontiguousarray(rows).reshape(rows.shape[0], -1), 0.0, dtype=cv2.CV_64F)
    else:
        wide = rows.astype(np.float64, order="C")
    return np.asarray(wide, np.float64).reshape(rows.shape[0], rows.shape[1], -1)


def _dicom_window(values: Strip, centre: float, width: float) -> Strip:
    # DICOM PS3.3 C.11.2.1.2.1 (linear): ((x - (c - 0.5)) / (w - 1) + 0.5) * (255 - 0), clipped to 0..255.
    return np.clip(((values - (centre - 0.5)) / (width - 1.0) + 0.5) * 255.0, 0.0, 255.0)
