"""JPEG, BMP and WebP files against Pillow, and the turning of all formats by their EXIF data."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from harness.images import read_picture
from srmetrics.errors import FileError


def photograph(channels: int = 3, size: tuple[int, int] = (48, 67)) -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, 256, (*size, channels)).astype(np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), 2).reshape(*size, channels)
    return np.clip((blurred - 128) * 5 + 128, 0, 255).astype(np.uint8).squeeze()


def saved(folder: Path, image: Image.Image, suffix: str, **options: object) -> Path:
    path = folder / f"image{suffix}"
    image.save(path, **options)
    return path


def by_pillow(path: Path, mode: str | None = None) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode) if mode else image)


@pytest.mark.parametrize(
    "options",
    [{"quality": 75}, {"quality": 95, "subsampling": 0}, {"progressive": True}, {"restart_marker_blocks": 2}],
    ids=str,
)
@pytest.mark.parametrize("channels", [1, 3])
def test_jpegs_are_decoded_as_pillow_does_and_known_as_lossy(tmp_path, channels, options):
    path = saved(tmp_path, Image.fromarray(photograph(channels)), ".jpg", **options)
    picture = read_picture(path)
    np.testing.assert_array_equal(by_pillow(path), picture.pixels)
    assert (255.0, "uint8", True) == (picture.data_range, picture.range_source, picture.lossy)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_cut_short_is_an_error_even_behind_a_complete_thumbnail(tmp_path, progressive, share):
    thumbnail = io.BytesIO()
    Image.fromarray(photograph(3, (8, 8))).save(thumbnail, "JPEG")
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00" + thumbnail.getvalue()
    path = saved(tmp_path, Image.fromarray(photograph()), ".jpg", progressive=progressive, exif=exif)
    whole = path.read_bytes()
    assert b"\xff\xd9" in whole[: len(whole) // 2], "the thumbnail has an end of its own"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileError, match="the JPEG file is cut short"):
        read_picture(path)


def test_bytes_after_the_end_of_a_jpeg_do_no_harm(tmp_path):
    path = saved(tmp_path, Image.fromarray(photograph()), ".jpg")
    expected = by_pillow(path)
    path.write_bytes(path.read_bytes() + b"\x00" * 100)
    np.testing.assert_array_equal(expected, read_picture(path).pixels)


def test_a_jpeg_in_printing_colours_is_refused_with_the_way_out(tmp_path):
    path = saved(tmp_path, Image.fromarray(photograph()).convert("CMYK"), ".jpg")
    with pytest.raises(FileError, match=r"printing colours \(CMYK\).*Convert it to an RGB PNG"):
        read_picture(path)


def test_a_jpeg_of_a_kind_that_is_not_read_is_named(tmp_path):
    path = saved(tmp_path, Image.fromarray(photograph()), ".jpg")
    data = path.read_bytes()
    at = data.index(b"\xff\xc0")
    path.write_bytes(data[: at + 1] + b"\xc3" + data[at + 2 :])  # the mark of lossless JPEG
    with pytest.raises(FileError, match="coding process 3, 8 bits"):
        read_picture(path)


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P"])
def test_bmps_are_decoded_as_pillow_does(tmp_path, mode):
    source = Image.fromarray(photograph())
    image = source.convert("P", palette=Image.Palette.ADAPTIVE) if mode == "P" else source.convert(mode)
    path = saved(tmp_path, image, ".bmp")
    picture = read_picture(path)
    np.testing.assert_array_equal(by_pillow(path, {"P": "RGB", "1": "L"}.get(mode)), picture.pixels)
    assert ({"P": ("palette expanded to RGB",), "1": ("palette expanded to grey",)}).get(mode, ()) == picture.notes


def test_the_fourth_byte_of_a_bmp_is_alpha_only_where_the_header_says_so(tmp_path):
    pixels = photograph(4)
    padded = saved(tmp_path, Image.fromarray(pixels, "RGBA"), ".bmp")  # BITMAPINFOHEADER: the byte is padding
    np.testing.assert_array_equal(pixels[..., :3], read_picture(padded).pixels)
    with_alpha = tmp_path / "alpha.bmp"
    with_alpha.write_bytes(cv2.imencode(".bmp", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA))[1].tobytes())
    np.testing.assert_array_equal(pixels, read_picture(with_alpha).pixels)


def test_bmps_of_the_old_os2_header_and_from_the_top_down_are_read(tmp_path):
    pixels = photograph(3, (5, 7))
    rows = b"".join(row[:, ::-1].tobytes() + b"\x00" * 3 for row in pixels[::-1])
    old = b"BM" + (26 + len(rows)).to_bytes(4, "little") + bytes(4) + (26).to_bytes(4, "little")
    old += (12).to_bytes(4, "little") + b"\x07\x00\x05\x00\x01\x00\x18\x00" + rows
    path = tmp_path / "old.bmp"
    path.write_bytes(old)
    np.testing.assert_array_equal(pixels, read_picture(path).pixels)
    down = b"".join(row[:, ::-1].tobytes() + b"\x00" * 3 for row in pixels)
    new = b"BM" + (54 + len(down)).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    new += (40).to_bytes(4, "little") + (7).to_bytes(4, "little") + (-5).to_bytes(4, "little", signed=True)
    new += b"\x01\x00\x18\x00" + bytes(24) + down
    path.write_bytes(new)
    np.testing.assert_array_equal(pixels, read_picture(path).pixels)


def test_a_run_length_coded_bmp_is_read(tmp_path):
    # Windows RLE8: pairs of (count, index); 00 00 ends a line, 00 01 the picture; lines run from the bottom up.
    palette = b"".join(bytes([value, value, value, 0]) for value in range(256))
    coded = b"\x03\x0a\x02\xc8\x00\x00" + b"\x05\x1e\x00\x00" + b"\x00\x01"
    size = 14 + 40 + 1024 + len(coded)
    data = b"BM" + size.to_bytes(4, "little") + bytes(4) + (1078).to_bytes(4, "little")
    data += (40).to_bytes(4, "little") + (5).to_bytes(4, "little") + (2).to_bytes(4, "little") + b"\x01\x00\x08\x00"
    data += (1).to_bytes(4, "little") + len(coded).to_bytes(4, "little") + bytes(16) + palette + coded
    path = tmp_path / "run.bmp"
    path.write_bytes(data)
    np.testing.assert_array_equal([[30] * 5, [10, 10, 10, 200, 200]], read_picture(path).pixels)


def test_bmps_cut_short_or_of_five_bits_a_channel_are_errors(tmp_path):
    path = saved(tmp_path, Image.fromarray(photograph()), ".bmp")
    whole = path.read_bytes()
    path.write_bytes(whole[:-500])
    with pytest.raises(FileError, match="the BMP file is cut short"):
        read_picture(path)
    path.write_bytes(whole[:30])
    with pytest.raises(FileError, match="the BMP file is cut short"):
        read_picture(path)
    path.write_bytes(whole[:28] + b"\x10\x00" + whole[30:])
    with pytest.raises(FileError, match="found 16 bits a pixel; expected 1, 4, 8, 24 or 32"):
        read_picture(path)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("lossless", [False, True])
def test_webps_are_decoded_as_pillow_does(tmp_path, channels, lossless):
    path = saved(tmp_path, Image.fromarray(photograph(channels)), ".webp", lossless=lossless, exact=True)
    picture = read_picture(path)
    np.testing.assert_array_equal(by_pillow(path), picture.pixels)
    assert picture.lossy is not lossless


def test_webps_cut_short_and_animations_are_errors(tmp_path):
    path = saved(tmp_path, Image.fromarray(photograph()), ".webp")
    whole = path.read_bytes()
    for share in (0.01, 0.5, 0.95):
        path.write_bytes(whole[: max(int(len(whole) * share), 14)])
        with pytest.raises(FileError, match="the WebP file is cut short"):
            read_picture(path)
    frames = [Image.fromarray(photograph()), Image.fromarray(photograph()[::-1].copy())]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with pytest.raises(FileError, match=r"animation.*Save its frames"):
        read_picture(path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_in_every_format_that_has_it(tmp_path, suffix, orientation):
    upright = np.arange(24 * 16, dtype=np.int64).reshape(24, 16) * 255 // (24 * 16)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, Image.fromarray(np.dstack([upright] * 3).astype(np.uint8)), suffix, exif=exif)
    picture = read_picture(path)
    stored = by_pillow(path) if suffix != ".tif" else np.dstack([upright] * 3).astype(np.uint8)
    # Exif 2.32, 4.6.4: which corner of the scene the first row and column show.
    turns = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
        8: lambda a: np.rot90(a, 1),
    }
    np.testing.assert_array_equal(turns[orientation](stored), picture.pixels)
    assert ((f"EXIF orientation {orientation} applied",) if orientation > 1 else ()) == picture.notes


@pytest.mark.parametrize("damage", [b"", b"II*\x00", b"Exif\x00\x00XX*\x00", b"MM\x00*\x00\x00\xff\xff"])
def test_damaged_exif_data_do_not_make_an_image_unreadable(tmp_path, damage):
    expected = by_pillow(saved(tmp_path, Image.fromarray(photograph()), ".jpg"))
    path = saved(tmp_path, Image.fromarray(photograph()), ".jpg", exif=b"Exif\x00\x00" + damage)
    np.testing.assert_array_equal(expected, read_picture(path).pixels)


def test_a_file_is_read_as_what_it_is_and_the_wrong_name_is_noted(tmp_path):
    path = tmp_path / "image.png"
    Image.fromarray(photograph()).save(path, "JPEG")
    picture = read_picture(path)
    assert picture.lossy
    assert picture.notes == ("JPEG inside, though the name says PNG",)
