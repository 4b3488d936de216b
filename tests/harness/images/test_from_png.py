"""PNG files, written here sample by sample, so that no other decoder has to be believed."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from harness.images import count_pages, read_picture
from srmetrics.errors import FileError

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
KINDS = [
    (colour, depth)
    for colour, depths in ((GREY, (1, 2, 4, 8, 16)), (RGB, (8, 16)), (PALETTE, (1, 2, 4, 8)), (GREY_ALPHA, (8, 16)))
    for depth in depths
] + [(RGB_ALPHA, 8), (RGB_ALPHA, 16)]
# PNG specification, 8.2: where each pass of Adam7 begins, and its steps.
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def scanlines(samples: np.ndarray, depth: int) -> bytes:
    lines = b""
    for row in samples:
        values = row.reshape(-1)
        if depth == 16:
            packed = values.astype(">u2").tobytes()
        else:
            bits = np.unpackbits(values.astype(np.uint8)[:, None], axis=1)[:, 8 - depth :]
            packed = np.packbits(bits.reshape(-1)).tobytes()
        lines += b"\x00" + packed
    return lines


def png(samples: np.ndarray, colour: int, depth: int, *, interlaced: bool = False, extra: bytes = b"") -> bytes:
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    if interlaced:
        parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7]
        lines = b"".join(scanlines(part, depth) for part in parts if part.size)
    else:
        lines = scanlines(samples, depth)
    mark = b"\x89PNG\r\n\x1a\n"
    return mark + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def drawn(colour: int, depth: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**depth, (11, 13, CHANNELS[colour]))


def written(folder: Path, data: bytes, name: str = "image.png") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def expected_of(samples: np.ndarray, depth: int) -> np.ndarray:
    """Spread samples of less than 8 bits over 0..255, as the specification's section 13.12 has it."""
    scaled = samples * {1: 255, 2: 85, 4: 17}.get(depth, 1)
    return scaled.astype(np.uint16 if depth == 16 else np.uint8).squeeze()


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("colour", "depth"), KINDS)
def test_every_colour_type_and_depth_is_read_sample_for_sample(tmp_path, colour, depth, interlaced):
    samples = drawn(colour, depth)
    palette = np.random.default_rng(1).integers(0, 256, (2**depth, 3)).astype(np.uint8) if colour == PALETTE else None
    extra = chunk(b"PLTE", palette.tobytes()) if palette is not None else b""
    picture = read_picture(written(tmp_path, png(samples, colour, depth, interlaced=interlaced, extra=extra)))
    expected = palette[samples[..., 0]] if palette is not None else expected_of(samples, depth)
    assert expected.dtype == picture.pixels.dtype
    np.testing.assert_array_equal(expected, picture.pixels)
    assert (65535.0 if depth == 16 else 255.0) == picture.data_range
    assert not picture.lossy


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_the_transparent_grey_value_becomes_alpha(tmp_path, depth):
    samples = drawn(GREY, depth)
    key = int(samples[0, 0, 0])
    picture = read_picture(written(tmp_path, png(samples, GREY, depth, extra=chunk(b"tRNS", struct.pack(">H", key)))))
    full = 65535 if depth == 16 else 255
    np.testing.assert_array_equal(expected_of(samples, depth), picture.pixels[..., 0])
    np.testing.assert_array_equal(np.where(samples[..., 0] == key, 0, full), picture.pixels[..., 1])


@pytest.mark.parametrize("depth", [8, 16])
def test_the_transparent_colour_becomes_alpha(tmp_path, depth):
    samples = drawn(RGB, depth)
    key = struct.pack(">HHH", *samples[3, 4])
    picture = read_picture(written(tmp_path, png(samples, RGB, depth, extra=chunk(b"tRNS", key))))
    np.testing.assert_array_equal(samples, picture.pixels[..., :3])
    hidden = (samples == samples[3, 4]).all(axis=2)
    np.testing.assert_array_equal(np.where(hidden, 0, 65535 if depth == 16 else 255), picture.pixels[..., 3])


def test_a_palette_with_transparency_gives_four_channels_and_says_so(tmp_path):
    samples = drawn(PALETTE, 4)
    palette = np.random.default_rng(1).integers(0, 256, (16, 3)).astype(np.uint8)
    alpha = np.arange(16, dtype=np.uint8) * 3
    extra = chunk(b"PLTE", palette.tobytes()) + chunk(b"tRNS", alpha.tobytes())
    picture = read_picture(written(tmp_path, png(samples, PALETTE, 4, extra=extra)))
    index = samples[..., 0]
    np.testing.assert_array_equal(np.dstack([palette[index], alpha[index]]), picture.pixels)
    assert picture.notes == ("transparency (tRNS) turned into an alpha channel", "palette expanded to RGB")


def test_one_bit_masks_are_expanded_and_noted(tmp_path):
    picture = read_picture(written(tmp_path, png(drawn(GREY, 1), GREY, 1)))
    assert {0, 255} == set(np.unique(picture.pixels))
    assert picture.notes == ("1-bit expanded to 0/255",)


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param(chunk(b"gAMA", struct.pack(">I", 100000)), id="gamma"),
        pytest.param(chunk(b"cICP", bytes([9, 16, 0, 1])), id="colour space"),
        pytest.param(chunk(b"sBIT", bytes([5, 5, 5])), id="significant bits"),
        pytest.param(chunk(b"bKGD", struct.pack(">HHH", 1, 2, 3)), id="background"),
    ],
)
def test_what_a_file_says_about_its_display_does_not_change_the_samples(tmp_path, extra):
    samples = drawn(RGB, 8)
    np.testing.assert_array_equal(samples, read_picture(written(tmp_path, png(samples, RGB, 8, extra=extra))).pixels)


def test_one_channel_files_stay_two_dimensional_and_have_one_page(tmp_path):
    path = written(tmp_path, png(drawn(GREY, 8), GREY, 8))
    assert (11, 13) == read_picture(path).pixels.shape
    assert count_pages(path) == 1
    with pytest.raises(FileError, match="no such page; found page 1; expected page 0"):
        read_picture(path, 1)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_at_any_point_is_an_error(tmp_path, share):
    whole = png(np.random.default_rng(0).integers(0, 256, (40, 40, 3)), RGB, 8)
    path = written(tmp_path, whole[: int(len(whole) * share)])
    with pytest.raises(FileError, match=r"image\.png: the PNG file is cut short.*Copy or download"):
        read_picture(path)


def test_a_flipped_bit_anywhere_is_an_error(tmp_path):
    whole = png(np.random.default_rng(0).integers(0, 256, (12, 12, 3)), RGB, 8)
    # From the content of the header on; the marks before it decide what the file is at all.
    for at in range(16, len(whole) - 12, 7):
        damaged = bytearray(whole)
        damaged[at] ^= 4
        with pytest.raises(FileError):
            read_picture(written(tmp_path, bytes(damaged)))


def test_pixels_that_are_short_behind_correct_checksums_are_an_error(tmp_path, capfd):
    mark, header = b"\x89PNG\r\n\x1a\n", struct.pack(">IIBBBBB", 12, 12, 8, RGB, 0, 0, 0)
    lines = scanlines(np.zeros((5, 12, 3), int), 8)
    data = mark + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    with pytest.raises(FileError, match="PNG data are damaged"):
        read_picture(written(tmp_path, data))
    capfd.readouterr()  # libpng complains on the console by itself


def test_a_header_that_promises_a_bomb_is_refused_before_anything_is_unpacked(tmp_path):
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, RGB, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )
    path = written(tmp_path, data)
    with pytest.raises(FileError, match=r"60000 x 60000 .*expected at most 268435456.*SRMETRICS_PIXEL_LIMIT"):
        read_picture(path)


def test_the_pixel_limit_can_be_set(tmp_path, monkeypatch):
    path = written(tmp_path, png(drawn(RGB, 8), RGB, 8))
    monkeypatch.setenv("SRMETRICS_PIXEL_LIMIT", "142")
    with pytest.raises(FileError, match="143 pixels; expected at most 142"):
        read_picture(path)
    monkeypatch.setenv("SRMETRICS_PIXEL_LIMIT", "143")
    assert (11, 13, 3) == read_picture(path).pixels.shape
