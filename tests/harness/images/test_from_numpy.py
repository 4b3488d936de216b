"""NumPy files: axes, memory, and what must not be read."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from harness.images import count_pages, read_picture
from srmetrics.errors import FileError


def drawn(*shape: int, dtype: str = "float32") -> np.ndarray:
    return (np.random.default_rng(0).random(shape) * 200).astype(dtype)


@pytest.mark.parametrize(
    ("shape", "pages", "page_shape"),
    [
        ((9, 8), 1, (9, 8)),
        ((9, 8, 1), 1, (9, 8)),
        ((9, 8, 3), 1, (9, 8, 3)),
        ((9, 8, 4), 1, (9, 8, 4)),
        ((1, 9, 8), 1, (9, 8)),
        ((2, 9, 8), 2, (9, 8)),
        ((7, 9, 8), 7, (9, 8)),
        ((7, 9, 8, 3), 7, (9, 8, 3)),
        ((3, 9, 8, 1), 3, (9, 8)),
    ],
)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_axes_are_read_as_documented(tmp_path, shape, pages, page_shape, suffix, order):
    path = tmp_path / f"image{suffix}"
    array = np.asarray(drawn(*shape), order=order)
    np.save(path, array) if suffix == ".npy" else np.savez_compressed(path, array)
    assert pages == count_pages(path)
    for page in range(pages):
        expected = (array[page] if pages > 1 else array).reshape(page_shape)
        np.testing.assert_array_equal(expected, read_picture(path, page).pixels)


@pytest.mark.parametrize("shape", [(3, 9, 8), (4, 9, 8), (9,), (2, 3, 9, 8), ()])
def test_axes_that_could_be_channels_or_slices_are_refused(tmp_path, shape):
    np.save(tmp_path / "image.npy", drawn(*shape))
    with pytest.raises(FileError, match=r"axes of the array are not clear.*N x H x W x 1"):
        read_picture(tmp_path / "image.npy")


@pytest.mark.parametrize(
    ("dtype", "data_range"), [("uint8", 255.0), ("uint16", None), ("int16", None), ("float32", None), (">f8", None)]
)
def test_only_bytes_state_a_range(tmp_path, dtype, data_range):
    np.save(tmp_path / "image.npy", drawn(9, 8, dtype=dtype))
    picture = read_picture(tmp_path / "image.npy")
    assert data_range == picture.data_range
    assert picture.pixels.dtype.isnative
    np.testing.assert_array_equal(drawn(9, 8, dtype=dtype), picture.pixels)


def test_booleans_become_0_and_255(tmp_path):
    np.save(tmp_path / "mask.npy", drawn(9, 8) > 100)
    picture = read_picture(tmp_path / "mask.npy")
    np.testing.assert_array_equal(np.where(drawn(9, 8) > 100, 255, 0), picture.pixels)
    assert (np.uint8, ("1-bit expanded to 0/255",)) == (picture.pixels.dtype, picture.notes)


@pytest.mark.parametrize("order", ["C", "F"])
def test_one_slice_of_a_large_volume_takes_the_memory_of_one_slice(tmp_path, order):
    path = tmp_path / "volume.npy"
    np.save(path, np.asarray(np.zeros((64, 256, 256), np.float32), order=order))  # 16 MiB
    tracemalloc.start()
    read_picture(path, 40)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 256 * 256 * 4, "a few slices of 256 KiB, not 64 of them"


def test_one_slice_of_an_archive_takes_the_memory_of_a_few(tmp_path):
    path = tmp_path / "volume.npz"
    np.savez_compressed(path, np.zeros((64, 256, 256), np.float32))
    tracemalloc.start()
    read_picture(path, 40)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20, "the volume is 16 MiB; the stream is read in pieces of 1 MiB"


def test_the_array_of_an_archive_is_named_by_its_field(tmp_path):
    path = tmp_path / "both.npz"
    np.savez(path, image=drawn(9, 8), mask=drawn(9, 8) > 100, label=3)
    np.testing.assert_array_equal(drawn(9, 8), read_picture(path, field="image").pixels)
    with pytest.raises(FileError, match=r"not clear which array.*image 9x8, mask 9x8.*'both\.npz::NAME'"):
        read_picture(path)
    with pytest.raises(FileError, match="no array is called 'images'"):
        read_picture(path, field="images")


def test_the_only_matrix_of_an_archive_needs_no_name(tmp_path):
    np.savez(tmp_path / "one.npz", image=drawn(9, 8), label=3, names=np.array(["a"]))
    np.testing.assert_array_equal(drawn(9, 8), read_picture(tmp_path / "one.npz").pixels)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_pickled_objects_are_never_loaded(tmp_path, suffix):
    path = tmp_path / f"image{suffix}"
    array = np.array([[{"a": 1}, None], [None, None]], dtype=object)
    np.save(path, array, allow_pickle=True) if suffix == ".npy" else np.savez(path, image=array)
    with pytest.raises(FileError, match=r"image\.np[yz]"):
        read_picture(path, field="image" if suffix == ".npz" else None)


def test_complex_numbers_are_refused(tmp_path):
    np.save(tmp_path / "image.npy", drawn(9, 8).astype(complex))
    with pytest.raises(FileError, match="holds no real numbers; found complex128"):
        read_picture(tmp_path / "image.npy")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_file_cut_short_is_an_error(tmp_path, suffix):
    path = tmp_path / f"image{suffix}"
    np.save(path, drawn(40, 40)) if suffix == ".npy" else np.savez(path, drawn(40, 40))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(FileError, match=rf"image\{suffix}: .*damaged or cut short"):
        read_picture(path)
