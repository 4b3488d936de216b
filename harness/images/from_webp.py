"""WebP files, lossy and lossless, with or without alpha.

References
----------
RFC 9649, WebP Image Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from harness.images.decoding import WAY_OUT, Header, cut_short, decode
from harness.images.orientation import orientation_of, turned
from harness.images.picture import Picture, check_size, picture_of
from harness.images.source import PageSource
from srmetrics.errors import FileError


def open_webp(path: Path, field: str | None = None) -> PageSource:
    """Open a WebP file; animations are refused."""
    return PageSource(path, 1, lambda page: _read(path))


def _read(path: Path) -> Picture:
    data = path.read_bytes()
    chunks = dict(_chunks(data, path))
    if b"ANIM" in chunks:
        raise FileError("the WebP file is an animation", way_out="Save its frames as PNG files", file=path)
    height, width = _size(chunks, path)
    check_size(height, width, path)
    pixels = decode(data, Header(height, width, None), "WebP", path)
    pixels, notes = turned(pixels, orientation_of(bytes(chunks.get(b"EXIF", b""))))
    return picture_of(pixels, full_depth=True, notes=notes, lossy=b"VP8 " in chunks)


def _chunks(data: bytes, path: Path) -> Iterator[tuple[bytes, memoryview]]:
    """Yield (type, content) of every chunk."""
    view = memoryview(data)
    end = 8 + struct.unpack_from("<I", data, 4)[0] if len(data) >= 12 else 12
    if end > len(data):
        raise cut_short("WebP", path, len(data))
    at = 12
    while at + 8 <= end:
        (length,) = struct.unpack_from("<I", view, at + 4)
        if at + 8 + length > end:
            raise cut_short("WebP", path, len(data))
        yield bytes(view[at : at + 4]), view[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _size(chunks: dict[bytes, memoryview], path: Path) -> tuple[int, int]:
    """Return height and width from the header of the picture's own bit stream."""
    if b"VP8L" in chunks and len(chunks[b"VP8L"]) >= 5:
        (packed,) = struct.unpack_from("<I", chunks[b"VP8L"], 1)
        return (packed >> 14 & 0x3FFF) + 1, (packed & 0x3FFF) + 1
    if b"VP8 " in chunks and len(chunks[b"VP8 "]) >= 10:
        width, height = struct.unpack_from("<HH", chunks[b"VP8 "], 6)
        return height & 0x3FFF, width & 0x3FFF
    raise FileError("the WebP file lacks its pixels", way_out=WAY_OUT, file=path)
