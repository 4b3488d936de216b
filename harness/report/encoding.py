"""Pictures as bytes: whole ones without loss, small ones for the page, heat maps with their own colours."""

from __future__ import annotations

import io
import struct
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from harness.images import ImageFile, Picture

THUMBNAIL_SIDE = 144
"""Pixels of a thumbnail's longer side."""
THUMBNAIL_QUALITY = 78
OUTSIDE = 255
"""The level of a heat map that is transparent: what the map does not cover."""

_KEPT_CHUNKS = (b"IHDR", b"IDAT", b"IEND")


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """Return 8-bit pixels as PNG, quickly rather than small."""
    stored = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    flags = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    good, data = cv2.imencode(".png", stored, flags)
    if not good:
        raise RuntimeError("OpenCV did not encode a PNG")
    return data.tobytes()


def thumbnail_of(pixels: NDArray[np.uint8]) -> tuple[bytes, int, int]:
    """Return a picture of at most 144 pixels each way as WebP, with its width and height."""
    height, width = pixels.shape[:2]
    factor = min(1.0, THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = pixels if factor == 1.0 else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    stored = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR if small.ndim == 2 else cv2.COLOR_RGB2BGR)
    good, data = cv2.imencode(".webp", stored, [cv2.IMWRITE_WEBP_QUALITY, THUMBNAIL_QUALITY])
    if not good:
        raise RuntimeError("OpenCV did not encode a WebP")
    return data.tobytes(), *size


def stored_png(file: ImageFile, picture: Picture, shown: NDArray[np.uint8]) -> bytes | None:
    """Return the bytes of a PNG that already is what is shown, bare of all text and profiles; None for any other.

    Copying is many times quicker than encoding again.
    """
    if shown is not picture.pixels or picture.notes or file.path.suffix.lower() != ".png":
        return None
    return bare_png(Path(file.path).read_bytes(), shown.shape)


def bare_png(data: bytes, shape: tuple[int, ...]) -> bytes | None:
    """Return a PNG's header and pixels alone, where it holds 8-bit grey or RGB of this shape; None for any other."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    parts, place = [data[:8]], 8
    while place + 12 <= len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind = data[place + 4 : place + 8]
        if kind == b"tRNS":
            return None
        if kind in _KEPT_CHUNKS:
            parts.append(data[place : place + 12 + length])
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", data[place + 8 : place + 18])
            if (height, width) != shape[:2] or depth != 8 or colour != {2: 0, 3: 2}[len(shape)]:
                return None
        place += 12 + length
        if kind == b"IEND":
            return b"".join(parts)
    return None


def heat_png(levels: NDArray[np.uint8]) -> bytes:
    """Return levels 0 to 254 in the colours of the heat maps, and 255 transparent, as PNG."""
    from PIL import Image

    picture = Image.fromarray(levels).convert("L").copy()
    picture = Image.frombytes("P", picture.size, picture.tobytes())
    picture.putpalette(heat_colours().tobytes())
    stream = io.BytesIO()
    picture.save(stream, "png", compress_level=4, transparency=OUTSIDE)
    return stream.getvalue()


def heat_thumbnail(levels: NDArray[np.uint8]) -> tuple[bytes, int, int]:
    """Return a heat map of at most 144 pixels each way, as PNG, with its width and height."""
    height, width = levels.shape
    factor = min(1.0, THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if factor == 1.0:
        return heat_png(levels), *size
    inside = (levels != OUTSIDE).astype(np.float32)
    share = cv2.resize(inside, size, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(levels * inside, size, interpolation=cv2.INTER_AREA)
    small = np.where(share > 0.5, np.rint(sums / np.maximum(share, 0.5)), OUTSIDE)
    return heat_png(np.minimum(small, OUTSIDE).astype(np.uint8)), *size


def colour_bar() -> bytes:
    """Return the colours of the heat maps from 0 to 1, 255 x 1 pixels, as PNG."""
    return heat_png(np.arange(255, dtype=np.uint8)[None, :])


@cache
def heat_colours() -> NDArray[np.uint8]:
    """Return 256 x 3: matplotlib's inferno, which is even to the eye and in grey, and a last colour for outside."""
    from matplotlib import colormaps

    colours: NDArray[Any] = colormaps["inferno"](np.linspace(0.0, 1.0, 255))[:, :3]
    return np.vstack([np.rint(colours * 255), [[128, 128, 128]]]).astype(np.uint8)
