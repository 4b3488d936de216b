"""TIFF files of all kinds against the arrays that were written, by tifffile, Pillow and OpenCV."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from harness.images import count_pages, read_picture
from srmetrics.errors import FileError


def drawn(dtype: str = "uint8", channels: int = 3, size: tuple[int, int] = (45, 70)) -> np.ndarray:
    shape = (*size, channels) if channels > 1 else size
    generator = np.random.default_rng(0)
    if np.dtype(dtype).kind == "f":
        return generator.normal(0, 100, shape).astype(dtype)
    limits = np.iinfo(dtype)
    return generator.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


@pytest.mark.parametrize("compression", [None, "zlib", "lzma"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "float32", "float64"])
def test_values_of_every_depth_are_those_that_were_written(tmp_path, dtype, compression):
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, drawn(dtype), compression=compression, photometric="rgb")
    picture = read_picture(path)
    assert np.dtype(dtype) == picture.pixels.dtype
    np.testing.assert_array_equal(drawn(dtype), picture.pixels)
    assert {"uint8": 255.0, "uint16": 65535.0}.get(dtype) == picture.data_range


def test_half_floats_are_widened_without_change(tmp_path):
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, drawn("float16", 1))
    picture = read_picture(path)
    assert np.float32 == picture.pixels.dtype
    np.testing.assert_array_equal(drawn("float16", 1).astype(np.float32), picture.pixels)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"tile": (32, 32)}, id="tiled"),
        pytest.param({"tile": (16, 16), "compression": "zlib", "predictor": True}, id="tiled, predicted"),
        pytest.param({"rowsperstrip": 7, "compression": "zlib"}, id="strips"),
        pytest.param({"bigtiff": True}, id="BigTIFF"),
        pytest.param({"byteorder": ">"}, id="big-endian"),
    ],
)
def test_every_layout_gives_the_same_values(tmp_path, options):
    path = tmp_path / "image.tif"
    tifffile.imwrite(path, drawn("uint16"), photometric="rgb", **options)
    picture = read_picture(path)
    np.testing.assert_array_equal(drawn("uint16"), picture.pixels)
    assert picture.pixels.dtype.isnative


def test_planes_stored_one_after_the_other_become_channels(tmp_path):
    path = tmp_path / "image.tif"
    planes = np.ascontiguousarray(np.moveaxis(drawn("uint16"), 2, 0))
    tifffile.imwrite(path, planes, photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(drawn("uint16"), read_picture(path).pixels)


@pytest.mark.parametrize("compression", [cv2.IMWRITE_TIFF_COMPRESSION_LZW, cv2.IMWRITE_TIFF_COMPRESSION_NONE])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_lzw_is_decoded_at_its_own_depth(tmp_path, dtype, compression):
    path = tmp_path / "image.tif"
    values = drawn(dtype)
    settings = [cv2.IMWRITE_TIFF_COMPRESSION, compression]
    assert cv2.imwrite(str(path), np.ascontiguousarray(values[..., ::-1]), settings)
    picture = read_picture(path)
    assert np.dtype(dtype) == picture.pixels.dtype
    np.testing.assert_array_equal(values, picture.pixels)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P", "I;16"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_modes_of_pillow_come_back_as_they_were(tmp_path, mode, compression):
    path = tmp_path / "image.tif"
    colour = Image.fromarray(drawn("uint8"))
    image = {
        "1": colour.convert("1"),
        "P": colour.convert("P", palette=Image.Palette.ADAPTIVE),
        "RGBA": Image.fromarray(drawn("uint8", 4)),  # alpha of all strengths: it must not be multiplied in
        "I;16": Image.fromarray(drawn("uint16", 1)),
    }.get(mode) or colour.convert(mode)
    image.save(path, compression=compression)
    expected = np.asarray(image.convert({"P": "RGB", "1": "L"}.get(mode, mode)))
    picture = read_picture(path)
    np.testing.assert_array_equal(expected, picture.pixels)
    assert expected.dtype == picture.pixels.dtype


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_grey_with_alpha_has_two_channels(tmp_path, compression):
    path = tmp_path / "image.tif"
    pixels = drawn("uint8", 2)
    Image.fromarray(pixels, "LA").save(path, compression=compression)
    np.testing.assert_array_equal(pixels, read_picture(path).pixels)


@pytest.mark.parametrize("associated", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_alpha_is_never_multiplied_into_colours_nor_out_of_them(tmp_path, dtype, associated):
    path = tmp_path / "image.tif"
    values = drawn(dtype, 4)
    assert cv2.imwrite(str(path), values[..., [2, 1, 0, 3]], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    with tifffile.TiffFile(path) as file:
        assert file.pages[0].compression == 5
        tag = file.pages[0].tags.get(338)
    if tag is not None:
        data = bytearray(path.read_bytes())
        data[tag.valueoffset] = 1 if associated else 2
        path.write_bytes(data)
    np.testing.assert_array_equal(values, read_picture(path).pixels)


def test_a_compression_that_nothing_decodes_names_the_package(tmp_path):
    path = tmp_path / "image.tif"
    values = drawn("uint8", 5)
    tifffile.imwrite(path, values, photometric="minisblack", planarconfig="contig")
    with tifffile.TiffFile(path) as file:
        at = file.pages[0].tags[259].valueoffset
    data = bytearray(path.read_bytes())
    data[at] = 5  # says LZW, with five channels
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"this TIFF cannot be decoded here.*pip install imagecodecs"):
        read_picture(path)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_damage_inside_lzw_is_an_error(tmp_path, dtype, capfd):
    path = tmp_path / "image.tif"
    assert cv2.imwrite(str(path), drawn(dtype, 1, (90, 90)), [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    with tifffile.TiffFile(path) as file:
        middle = file.pages[0].dataoffsets[0] + file.pages[0].databytecounts[0] // 2
    data = bytearray(path.read_bytes())
    data[middle : middle + 50] = b"\xff" * 50
    path.write_bytes(data)
    with pytest.raises(FileError, match="damaged"):
        read_picture(path)
    capfd.readouterr()  # libtiff complains on the console by itself


def test_jpeg_inside_a_tiff_is_lossy(tmp_path):
    path = tmp_path / "image.tif"
    smooth = cv2.GaussianBlur(drawn("uint8"), (0, 0), 3)
    Image.fromarray(smooth).save(path, compression="jpeg")
    picture = read_picture(path)
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), picture.pixels)
    assert picture.lossy


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "group4"])
def test_one_bit_scans_with_white_as_zero_show_white_as_255(tmp_path, compression):
    path = tmp_path / "image.tif"
    bits = drawn("uint8", 1) > 100
    Image.fromarray(bits).save(path, compression=compression, tiffinfo={262: 0} if compression != "group4" else {})
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image.convert("L")), read_picture(path).pixels)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_white_as_zero_is_inverted_and_noted(tmp_path, dtype):
    path = tmp_path / "image.tif"
    stored = drawn(dtype, 1)
    tifffile.imwrite(path, stored, photometric="miniswhite")
    picture = read_picture(path)
    np.testing.assert_array_equal(np.iinfo(dtype).max - stored, picture.pixels)
    assert picture.notes == ("stored with white as 0: inverted",)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_libtiff_and_tifffile_turn_alike(tmp_path, orientation):
    stored = drawn("uint8")
    pictures = []
    for compression in (None, "tiff_lzw"):
        path = tmp_path / f"{compression}.tif"
        Image.fromarray(stored).save(path, compression=compression, tiffinfo={274: orientation})
        pictures.append(read_picture(path).pixels)
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert (stored.shape[:2] == pictures[0].shape[:2]) is (orientation < 5)


@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
def test_each_page_is_a_picture_of_its_own_size_and_colour(tmp_path, compression):
    path = tmp_path / "pages.tif"
    first, second = drawn("uint8", 1, (10, 12)), drawn("uint8", 3, (7, 5))
    if compression == "lzw":
        Image.fromarray(first).save(
            path, save_all=True, append_images=[Image.fromarray(second)], compression="tiff_lzw"
        )
    else:
        with tifffile.TiffWriter(path) as writer:
            writer.write(first, photometric="minisblack", compression=compression)
            writer.write(second, photometric="rgb", compression=compression)
    assert count_pages(path) == 2
    np.testing.assert_array_equal(first, read_picture(path, 0).pixels)
    np.testing.assert_array_equal(second, read_picture(path, 1).pixels)
    with pytest.raises(FileError, match="no such page; found page 2; expected a page from 0 to 1"):
        read_picture(path, 2)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="one directory a page"),
        pytest.param({"imagej": True}, id="ImageJ"),
        pytest.param({"photometric": "minisblack", "volumetric": True, "tile": (16, 16, 16)}, id="volumetric tiles"),
    ],
)
def test_a_stack_has_one_page_a_plane_however_it_is_written(tmp_path, options):
    path = tmp_path / "stack.tif"
    stack = np.random.default_rng(0).integers(0, 65536, (5, 32, 48)).astype(np.uint16)
    tifffile.imwrite(path, stack, **options)
    assert count_pages(path) == 5
    for plane in range(5):
        np.testing.assert_array_equal(stack[plane], read_picture(path, plane).pixels)


def test_an_imagej_stack_described_by_its_first_plane_alone_is_read_whole(tmp_path):
    # So ImageJ writes stacks over 4 GB: one directory, and the planes one after the other.
    path = tmp_path / "stack.tif"
    stack = np.random.default_rng(0).integers(0, 65536, (5, 32, 48)).astype(">u2")
    description = "ImageJ=1.53t\nimages=5\nslices=5\n"
    tifffile.imwrite(path, stack[0], description=description, metadata=None, byteorder=">", software=None)
    with path.open("ab") as stream:
        stream.write(b"")
    with tifffile.TiffFile(path) as file:
        end = file.pages[0].dataoffsets[0] + file.pages[0].nbytes
    whole = path.read_bytes()
    assert end == len(whole), "the pixels stand last"
    path.write_bytes(whole + stack[1:].tobytes())
    assert count_pages(path) == 5
    for plane in range(5):
        np.testing.assert_array_equal(stack[plane], read_picture(path, plane).pixels)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(FileError, match="cut short"):
        read_picture(path, 4)


def test_a_thumbnail_among_the_pages_is_left_out(tmp_path):
    path = tmp_path / "slide.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(drawn("uint8"), photometric="rgb")
        writer.write(drawn("uint8")[::4, ::4], photometric="rgb", subfiletype=1)
    assert count_pages(path) == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw"])
def test_a_file_cut_short_is_an_error(tmp_path, compression, share):
    path = tmp_path / "image.tif"
    if compression == "lzw":
        Image.fromarray(drawn()).save(path, compression="tiff_lzw")
    else:
        tifffile.imwrite(path, drawn(), compression=compression, photometric="rgb")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(FileError, match=r"image\.tif: the TIFF file is (cut short|damaged or cut short)"):
        read_picture(path)


@pytest.mark.parametrize("mode", ["CMYK", "LAB"])
def test_colours_that_are_not_rgb_are_refused(tmp_path, mode):
    path = tmp_path / "image.tif"
    Image.fromarray(drawn()).convert("CMYK").save(path) if mode == "CMYK" else Image.new("LAB", (9, 9)).save(path)
    with pytest.raises(FileError, match=r"this kind of TIFF is not read.*Save it as RGB or grey"):
        read_picture(path)


@pytest.mark.data
def test_real_files_of_a_microscope(data_folder):
    image = read_picture(data_folder / "formats/tiff/img2d.tif")
    assert ((512, 512), np.uint16, 65535.0) == (image.pixels.shape, image.pixels.dtype, image.data_range)
    stack = data_folder / "formats/tiff/img3d.tif"
    assert count_pages(stack) == 31
    np.testing.assert_array_equal(tifffile.imread(stack)[17], read_picture(stack, 17).pixels)
