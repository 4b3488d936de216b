"""EXIF orientation: find it in EXIF data, and turn the pixels the way the camera was held."""

from __future__ import annotations

import struct
from typing import Any

from numpy.typing import NDArray

_ORIENTATION_TAG = 0x0112
_SHORT = 3


def orientation_of(exif: bytes) -> int:
    """Return the orientation, 1 to 8, that EXIF data state; 1 where they state none or cannot be read.

    Parameters
    ----------
    exif : bytes
        The TIFF structure inside EXIF data, with or without the ``Exif`` mark in front.

    References
    ----------
    CIPA DC-008 (Exif 2.32), 4.6.4, tag 0x0112.
    """
    if exif.startswith(b"Exif\x00\x00"):
        exif = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (first,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, first)
        for at in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", exif, at)
            if tag == _ORIENTATION_TAG and kind == _SHORT:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1  # EXIF data are beside the image: damaged ones do not make it unreadable
    return 1


def turned(pixels: NDArray[Any], orientation: int) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Turn and mirror the pixels as an EXIF orientation asks for; return them with the note on it.

    Orientations: 2 mirrored left to right, 3 turned by half, 4 mirrored top to bottom, 5 transposed, 6 to be turned
    clockwise by a quarter, 7 transposed over the other diagonal, 8 to be turned anticlockwise by a quarter.
    """
    if orientation == 1:
        return pixels, ()
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels, (f"EXIF orientation {orientation} applied",)
