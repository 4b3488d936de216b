"""PNG files of every colour type and depth: grey, RGB, palette, alpha and 16 bits, interlaced or not.

References
----------
W3C, Portable Network Graphics (PNG) Specification, third edition: 5 (datastream), 11 (chunks).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.images.decoding import WAY_OUT, Header, cut_short, decode
from harness.images.orientation import orientation_of, turned
from harness.images.picture import Picture, check_size, picture_of
from harness.images.source import PageSource
from srmetrics.errors import FileError

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGB_ALPHA = 0, 2, 3, 4, 6
_DEPTHS = {_GREY: (1, 2, 4, 8, 16), _RGB: (8, 16), _PALETTE: (1, 2, 4, 8), _GREY_ALPHA: (8, 16), _RGB_ALPHA: (8, 16)}


def open_png(path: Path, field: str | None = None) -> PageSource:
    """Open a PNG file. Of an animation only the still image counts."""
    return PageSource(path, 1, lambda page: _read(path))


def _read(path: Path) -> Picture:
    data = path.read_bytes()
    chunks: dict[bytes, bytes] = {}
    for kind, content in _chunks(data, path):
        chunks.setdefault(kind, content)
    if len(chunks.get(b"IHDR", b"")) != 13 or b"IDAT" not in chunks:
        raise FileError("the PNG file lacks its header or its pixels", way_out=WAY_OUT, file=path)
    width, height, depth, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    check_size(height, width, path)
    if depth not in _DEPTHS.get(colour, ()):
        raise FileError(
            "the PNG header is damaged", found=f"colour {colour}, depth {depth}", way_out=WAY_OUT, file=path
        )
    transparent = chunks.get(b"tRNS") if colour in (_GREY, _RGB, _PALETTE) else None
    has_alpha = colour in (_GREY_ALPHA, _RGB_ALPHA) or (transparent is not None and colour != _GREY)
    channels = 4 if has_alpha else 1 if colour == _GREY else 3
    pixels = decode(data, Header(height, width, channels, np.uint16 if depth == 16 else np.uint8), "PNG", path)
    notes: list[str] = []
    if colour == _GREY_ALPHA:
        pixels = pixels[:, :, [0, 3]]
    elif colour == _GREY and transparent is not None:
        pixels = _with_colour_key(pixels, depth, transparent)
    if transparent is not None:
        notes.append("transparency (tRNS) turned into an alpha channel")
    if colour == _PALETTE:
        notes.append("palette expanded to RGB")
    elif depth < 8:
        notes.append("1-bit expanded to 0/255" if depth == 1 else f"{depth}-bit expanded to 8 bits")
    if b"acTL" in chunks:
        notes.append("animation: its still image was read")
    pixels, turn = turned(pixels, orientation_of(chunks.get(b"eXIf", b"")))
    return picture_of(pixels, full_depth=True, notes=(*notes, *turn))


def _chunks(data: bytes, path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, content) up to the end mark, checking every checksum; pixels are yielded as b''."""
    view = memoryview(data)
    at = 8
    while True:
        if at + 12 > len(data):
            raise cut_short("PNG", path, len(data))
        (length,) = struct.unpack_from(">I", view, at)
        kind, end = bytes(view[at + 4 : at + 8]), at + 8 + length
        if end + 4 > len(data):
            raise cut_short("PNG", path, len(data))
        if zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", view, end)[0]:
            raise FileError(
                "the PNG data are damaged",
                found=f"a wrong checksum in the part {kind.decode('latin-1')!r} at byte {at}",
                way_out=WAY_OUT,
                file=path,
            )
        yield kind, b"" if kind == b"IDAT" else bytes(view[at + 8 : end])
        if kind == b"IEND":
            return
        at = end + 4


def _with_colour_key(grey: NDArray[Any], depth: int, transparent: bytes) -> NDArray[Any]:
    """Add the alpha channel of a grey image of which one stored value is transparent; OpenCV leaves it out."""
    full = np.iinfo(grey.dtype).max
    key = int.from_bytes(transparent[:2], "big") & ((1 << depth) - 1)
    shown = key * (255 // ((1 << depth) - 1)) if depth < 8 else key
    return np.dstack([grey, np.where(grey == shown, 0, full).astype(grey.dtype)])
