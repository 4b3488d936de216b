"""BMP files: palettes of 1 to 8 bits (run-length coded too), 24 bits, and 32 bits with or without alpha."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np

from harness.images.decoding import Header, cut_short, decode
from harness.images.picture import Picture, check_size, picture_of
from harness.images.source import PageSource
from srmetrics.errors import FileError

_OS2_HEADER = 12  # the one header with 16-bit sizes and no alpha masks
_RAW, _BITFIELDS, _ALPHA_BITFIELDS = 0, 3, 6


def open_bmp(path: Path, field: str | None = None) -> PageSource:
    """Open a BMP file."""
    return PageSource(path, 1, lambda page: _read(path))


def _read(path: Path) -> Picture:
    data = path.read_bytes()
    if len(data) < 54:
        raise cut_short("BMP", path, len(data))
    offset, header = struct.unpack_from("<II", data, 10)
    if header == _OS2_HEADER:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression = _RAW
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    height = abs(height)
    check_size(height, width, path)
    if bits not in (1, 4, 8, 24, 32):
        raise FileError(
            "a BMP of this depth is not read",
            found=f"{bits} bits a pixel",
            expected="1, 4, 8, 24 or 32",
            way_out="Save it with 24 bits, or as PNG",
            file=path,
        )
    row = (width * bits + 31) // 32 * 4
    if compression in (_RAW, _BITFIELDS, _ALPHA_BITFIELDS) and len(data) < offset + row * height:
        raise cut_short("BMP", path, len(data))
    channels = 3
    notes: tuple[str, ...] = ()
    if bits <= 8:
        entry = 3 if header == _OS2_HEADER else 4
        palette = np.frombuffer(data[14 + header : offset], np.uint8)
        palette = palette[: len(palette) // entry * entry].reshape(-1, entry)[:, :3]
        grey = bool((palette == palette[:, :1]).all())
        channels = 1 if grey else 3
        plain = bits == 8 and grey and len(palette) == 256 and bool((palette[:, 0] == np.arange(256)).all())
        notes = () if plain else ("palette expanded to grey" if grey else "palette expanded to RGB",)
    elif bits == 32:
        alpha_mask = struct.unpack_from("<I", data, 66)[0] if header >= 56 else 0
        channels = 4 if compression in (_BITFIELDS, _ALPHA_BITFIELDS) and alpha_mask else 3
    # OpenCV takes an OS/2 file without a palette for grey, unless it is asked for colour.
    as_stored = cv2.IMREAD_COLOR if bits == 24 else cv2.IMREAD_UNCHANGED
    pixels = decode(data, Header(height, width, channels), "BMP", path, as_stored=as_stored)
    return picture_of(pixels, full_depth=True, notes=notes)
