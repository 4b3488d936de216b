"""Y, Cb and Cr as MATLAB computes them, in 0..1, for networks that see luma only."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

LumaName: TypeAlias = Literal["studio", "full"]
"""``studio``: MATLAB's rgb2ycbcr, Y in 16..235 of 255. ``full``: JPEG's, Y in 0..255."""

Planes: TypeAlias = NDArray[np.float64]
"""H x W x 3."""

_STUDIO = np.array([[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]) / 255.0
_STUDIO_OFFSET = np.array([16.0, 128.0, 128.0]) / 255.0
_FULL = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
_FULL_OFFSET = np.array([0.0, 128.0, 128.0]) / 255.0

_MATRICES = {"studio": (_STUDIO, _STUDIO_OFFSET), "full": (_FULL, _FULL_OFFSET)}


def to_luma_and_chroma(rgb: Planes, luma: LumaName) -> Planes:
    """Return Y, Cb and Cr of an RGB image in 0..1; nothing is rounded.

    References
    ----------
    ITU-R BT.601; MATLAB's ``rgb2ycbcr`` (studio); ITU-T T.871, JFIF (full).
    """
    matrix, offset = _MATRICES[luma]
    planes: Planes = rgb @ matrix.T + offset
    return planes


def to_rgb(planes: Planes, luma: LumaName) -> Planes:
    """Return the RGB image in 0..1 of Y, Cb and Cr: the exact inverse of `to_luma_and_chroma`."""
    matrix, offset = _MATRICES[luma]
    rgb: Planes = (planes - offset) @ np.linalg.inv(matrix).T
    return rgb
