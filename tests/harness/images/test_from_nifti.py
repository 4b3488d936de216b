"""NIfTI files: axes, scaling, and reading no more than is needed."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest

from harness.images import count_pages, open_picture, read_picture
from srmetrics.errors import FileError


def written(folder: Path, array: np.ndarray, name: str = "volume.nii", **scaling: float) -> Path:
    image = nibabel.Nifti1Image(array, np.eye(4))
    if scaling:
        image.header.set_slope_inter(**scaling)
    path = folder / name
    nibabel.save(image, path)
    return path


def drawn(*shape: int, dtype: str = "int16") -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3000, shape).astype(dtype)


@pytest.mark.parametrize("name", ["volume.nii", "volume.nii.gz"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_a_page_is_the_third_axis_with_rows_along_the_first(tmp_path, name, dtype):
    volume = drawn(9, 11, 5, dtype=dtype)
    path = written(tmp_path, volume, name)
    assert count_pages(path) == 5
    for page in range(5):
        picture = read_picture(path, page)
        np.testing.assert_array_equal(volume[:, :, page], picture.pixels)
        assert np.dtype(dtype) == picture.pixels.dtype
    assert read_picture(path).data_range is None


def test_pages_of_four_axes_run_through_slices_and_then_volumes(tmp_path):
    series = drawn(9, 11, 3, 4)
    path = written(tmp_path, series)
    assert count_pages(path) == 12
    for page in range(12):
        np.testing.assert_array_equal(series[:, :, page % 3, page // 3], read_picture(path, page).pixels)


def test_two_axes_are_one_page(tmp_path):
    np.testing.assert_array_equal(drawn(9, 11), read_picture(written(tmp_path, drawn(9, 11))).pixels)


def test_slope_and_intercept_are_applied_and_noted(tmp_path):
    path = written(tmp_path, drawn(9, 11, 5))
    data = bytearray(path.read_bytes())
    data[112:120] = np.array([0.25, -7.5], "<f4").tobytes()  # scl_slope and scl_inter of the header
    path.write_bytes(data)
    picture = read_picture(path, 2)
    np.testing.assert_array_equal(drawn(9, 11, 5)[:, :, 2] * 0.25 - 7.5, picture.pixels)
    assert picture.notes == ("rescaled by 0.25 x + -7.5",)


def test_colour_volumes_have_three_channels(tmp_path):
    colours = np.zeros((9, 11, 2), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    for channel, name in enumerate("RGB"):
        colours[name] = drawn(9, 11, 2, dtype="uint8") + channel
    picture = read_picture(written(tmp_path, colours), 1)
    expected = np.stack([colours[name][:, :, 1] for name in "RGB"], axis=-1)
    np.testing.assert_array_equal(expected, picture.pixels)


def test_an_open_file_gives_the_same_pages_in_any_order(tmp_path):
    volume = drawn(9, 11, 5)
    with open_picture(written(tmp_path, volume, "volume.nii.gz")) as source:
        for page in (4, 0, 2, 1, 3):
            np.testing.assert_array_equal(volume[:, :, page], source.read(page).pixels)


@pytest.mark.parametrize("name", ["volume.nii", "volume.nii.gz"])
def test_a_file_cut_short_is_an_error(tmp_path, name):
    path = written(tmp_path, np.random.default_rng(0).integers(0, 3000, (40, 40, 5)).astype(np.int16), name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(FileError, match="NIfTI file is damaged or cut short"):
        read_picture(path, 4)


def test_complex_volumes_are_refused(tmp_path):
    path = written(tmp_path, drawn(9, 11, 2, dtype="complex64"))
    with pytest.raises(FileError, match="no real numbers"):
        read_picture(path)


@pytest.mark.data
def test_a_real_big_endian_volume(data_folder):
    path = data_folder / "formats/nifti/anatomical.nii"
    assert count_pages(path) == 25
    picture = read_picture(path, 12)
    np.testing.assert_array_equal(np.asarray(nibabel.load(path).dataobj)[:, :, 12], picture.pixels)
    assert picture.pixels.dtype == np.int16
    assert picture.pixels.dtype.isnative


@pytest.mark.data
def test_a_real_series_with_a_slope(data_folder):
    path = data_folder / "formats/nifti/functional.nii"
    assert count_pages(path) == 60
    np.testing.assert_array_equal(np.asarray(nibabel.load(path).dataobj)[:, :, 1, 7], read_picture(path, 22).pixels)
