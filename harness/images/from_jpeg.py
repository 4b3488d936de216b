"""JPEG files: baseline and progressive, grey and colour, 8 bits.

References
----------
ITU-T T.81, annex B (markers). JPEG decoders may differ by one grey level; this one is libjpeg-turbo's default.
"""

from __future__ import annotations

import struct
from pathlib import Path

from harness.images.decoding import WAY_OUT, Header, cut_short, decode
from harness.images.orientation import orientation_of, turned
from harness.images.picture import Picture, check_size, picture_of
from harness.images.source import PageSource
from srmetrics.errors import FileError

_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_HUFFMAN_LOSSY_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive
_START_OF_SCAN, _END_OF_IMAGE, _EXIF = 0xDA, 0xD9, 0xE1


def open_jpeg(path: Path, field: str | None = None) -> PageSource:
    """Open a JPEG file."""
    return PageSource(path, 1, lambda page: _read(path))


def _read(path: Path) -> Picture:
    data = path.read_bytes()
    frame, precision, height, width, components, exif = _markers(data, path)
    if frame not in _HUFFMAN_LOSSY_FRAMES or precision != 8:
        raise FileError(
            "this kind of JPEG is not read",
            found=f"coding process {frame - 0xC0}, {precision} bits",
            expected="baseline or progressive with 8 bits",
            way_out="Convert it to PNG or TIFF with the program that made it",
            file=path,
        )
    if components == 4:
        raise FileError(
            "the JPEG is in printing colours (CMYK), which have no RGB values of their own",
            way_out="Convert it to an RGB PNG with its colour profile first",
            file=path,
        )
    check_size(height, width, path)
    pixels, notes = turned(decode(data, Header(height, width, components), "JPEG", path), orientation_of(exif))
    return picture_of(pixels, full_depth=True, notes=notes, lossy=True)


def _markers(data: bytes, path: Path) -> tuple[int, int, int, int, int, bytes]:
    """Walk to the first scan and see that the image ends after it; return the frame's header and the EXIF data."""
    at, exif, frame = 2, b"", None
    while True:
        if at + 4 > len(data):
            raise cut_short("JPEG", path, len(data))
        if data[at] != 0xFF:
            raise FileError("the JPEG markers are damaged", found=f"no marker at byte {at}", way_out=WAY_OUT, file=path)
        marker = data[at + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        content = data[at + 4 : at + 2 + length]
        if marker in (_START_OF_SCAN, _END_OF_IMAGE):
            break
        if marker == _EXIF and not exif and content.startswith(b"Exif\x00\x00"):
            exif = content
        elif marker in _START_OF_FRAME and len(content) >= 6:
            frame = (marker, *struct.unpack_from(">BHHB", content))
        at += 2 + length
    # Within the coded pixels every FF is followed by 00 or a restart, so that this mark is the end of an image.
    if data.rfind(b"\xff\xd9", at) < 0:
        raise cut_short("JPEG", path, len(data))
    if frame is None:
        raise FileError("the JPEG file lacks its frame header", way_out=WAY_OUT, file=path)
    return *frame, exif
