"""MATLAB files of both versions; those of version 7.3 are laid out as MATLAB lays them out."""

from __future__ import annotations

import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io

from harness.images import count_pages, find_images, read_picture
from srmetrics.errors import FileError

VERSIONS = ["5", "7.3"]


def written(folder: Path, version: str, variables: dict[str, object], name: str = "data.mat") -> Path:
    path = folder / name
    if version == "5":
        scipy.io.savemat(path, variables, do_compression=True)
        return path
    with h5py.File(path, "w", userblock_size=512) as file:
        for key, value in variables.items():
            put(file, key, value)
    data = bytearray(path.read_bytes())
    data[:512] = (b"MATLAB 7.3 MAT-file, Platform: GLNXA64" + b" " * 86 + b"\x00\x02IM").ljust(512, b"\x00")
    path.write_bytes(data)
    return path


def put(group: h5py.Group, name: str, value: object) -> None:
    """Store as MATLAB does: axes in reverse, the class as an attribute, a struct as a group."""
    if isinstance(value, dict):
        member = group.create_group(name)
        member.attrs["MATLAB_class"] = np.bytes_("struct")
        for field, inner in value.items():
            put(member, field, inner)
        return
    array = np.atleast_2d(np.asarray(value))
    kind = {"bool": "logical", "float64": "double", "float32": "single", "str": "char"}.get(
        array.dtype.name if array.dtype.kind != "U" else "str", array.dtype.name
    )
    if kind == "char":
        array = np.array([[ord(letter) for letter in str(value)]], np.uint16)
    stored = array.astype(np.uint8) if kind == "logical" else array
    dataset = group.create_dataset(name, data=stored.T)
    dataset.attrs["MATLAB_class"] = np.bytes_(kind)


def drawn(*shape: int, dtype: str = "int16") -> np.ndarray:
    return np.random.default_rng(0).integers(0, 250, shape).astype(dtype)


def tumour() -> dict[str, object]:
    """Make what one file of the brain-tumour set holds."""
    image = drawn(20, 24)
    border = np.random.default_rng(1).random((1, 40))
    return {
        "cjdata": {
            "label": 2.0,
            "PID": "100360",
            "image": image,
            "tumorBorder": border,
            "tumorMask": image > 100,
        }
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_the_brain_tumour_set_is_read_without_naming_a_field(tmp_path, version):
    path = written(tmp_path, version, tumour())
    picture = read_picture(path)
    np.testing.assert_array_equal(drawn(20, 24), picture.pixels)
    assert (np.int16, None) == (picture.pixels.dtype, picture.data_range)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("field", ["cjdata/tumorMask", "cjdata.tumorMask"])
def test_its_mask_is_a_field_and_logical_is_0_and_255(tmp_path, version, field):
    path = written(tmp_path, version, tumour())
    picture = read_picture(path, field=field)
    np.testing.assert_array_equal(np.where(drawn(20, 24) > 100, 255, 0), picture.pixels)
    assert (np.uint8, ("1-bit expanded to 0/255",)) == (picture.pixels.dtype, picture.notes)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_pattern_with_a_field_reads_the_masks_of_a_folder(tmp_path, version):
    for number in (1, 2):
        written(tmp_path, version, tumour(), f"{number}.mat")
    found = find_images(f"{tmp_path}/*.mat::cjdata/tumorMask")
    assert ["1", "2"] == [file.key for file in found.files]
    assert {0, 255} == set(np.unique(found.files[0].read().pixels))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("shape", "pages", "page_of"),
    [
        ((20, 24), 1, lambda a, k: a),
        ((20, 24, 3), 1, lambda a, k: a),
        ((20, 24, 7), 7, lambda a, k: a[:, :, k]),
        ((20, 24, 3, 2), 2, lambda a, k: a[:, :, :, k]),
        ((20, 24, 1, 2), 2, lambda a, k: a[:, :, 0, k]),
    ],
)
def test_axes_are_matlabs(tmp_path, version, shape, pages, page_of):
    path = written(tmp_path, version, {"volume": drawn(*shape), "scale": 4.0, "note": "text"})
    assert pages == count_pages(path)
    for page in range(pages):
        np.testing.assert_array_equal(page_of(drawn(*shape), page), read_picture(path, page).pixels)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64"])
def test_classes_are_kept_and_only_bytes_state_a_range(tmp_path, version, dtype):
    picture = read_picture(written(tmp_path, version, {"image": drawn(20, 24, dtype=dtype)}))
    assert np.dtype(dtype) == picture.pixels.dtype, "version 5 stores a double of whole numbers as bytes"
    assert (255.0 if dtype == "uint8" else None) == picture.data_range


@pytest.mark.parametrize("version", VERSIONS)
def test_several_arrays_are_listed_with_the_way_to_name_one(tmp_path, version):
    path = written(tmp_path, version, {"hr": drawn(20, 24), "lr": drawn(10, 12, dtype="float64"), "scale": 2.0})
    with pytest.raises(
        FileError, match=r"not clear which array.*hr \(20x24 int16\), lr \(10x12 double\).*data\.mat::FIELD"
    ):
        read_picture(path)
    np.testing.assert_array_equal(drawn(10, 12), read_picture(path, field="lr").pixels)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_field_that_is_not_there_is_named_with_those_that_are(tmp_path, version):
    path = written(tmp_path, version, tumour())
    for field in ("cjdata/mask", "nothing", "cjdata/image/deeper", "cjdata", "cjdata/PID"):
        with pytest.raises(FileError, match=rf"no numeric array '{field}'.*cjdata/tumorMask \(20x24 logical\)"):
            read_picture(path, field=field)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_only_matrix_inside_a_struct_is_found(tmp_path, version):
    path = written(tmp_path, version, {"result": {"scan": {"pixels": drawn(20, 24)}, "psnr": 31.5}})
    np.testing.assert_array_equal(drawn(20, 24), read_picture(path).pixels)


def test_links_and_data_outside_the_file_are_refused(tmp_path):
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["secret"] = drawn(20, 24)
    raw = tmp_path / "raw.bin"
    raw.write_bytes(drawn(20, 24).tobytes())
    layout = h5py.VirtualLayout((20, 24), np.int16)
    layout[:] = h5py.VirtualSource(other, "secret", (20, 24))
    for kind, make in {
        "a link": lambda file: file.__setitem__("image", h5py.ExternalLink(str(other), "secret")),
        "a virtual dataset": lambda file: file.create_virtual_dataset("image", layout),
        "data stored in other files": lambda file: file.create_dataset(
            "image", (20, 24), np.int16, external=[(str(raw), 0, h5py.h5f.UNLIMITED)]
        ),
    }.items():
        path = tmp_path / "evil.mat"
        path.unlink(missing_ok=True)
        with h5py.File(path, "w") as file:
            make(file)
        for field in (None, "image"):
            with pytest.raises(
                FileError, match=f"evil.mat: the .mat file holds {kind}, which could lead to other files"
            ):
                read_picture(path, field=field)


def test_a_variable_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = written(tmp_path, "5", {"image": drawn(20, 24)})
    head = path.read_bytes()[:128]
    inner = np.array([14, 3 << 30], "<u4").tobytes() + bytes(4000)
    packed = zlib.compress(inner)
    path.write_bytes(head + np.array([15, len(packed)], "<u4").tobytes() + packed)
    with pytest.raises(FileError, match=r"too large to be unpacked; found 3221225472 bytes.*-v7\.3"):
        read_picture(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_cut_short_is_an_error(tmp_path, version):
    path = written(tmp_path, version, {"image": drawn(60, 60)})
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(FileError, match="MATLAB file is damaged or cut short"):
        read_picture(path)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "field"), [("testfile1.mat", "data/arr_two_three"), ("testfile12.mat", "rec_img/info/error")]
)
def test_real_files_of_version_7_3_list_their_fields_and_give_them(data_folder, name, field):
    path = data_folder / "formats/mat" / name
    array = read_picture(path, field=field).pixels
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file[field][()].T, array)
    with pytest.raises(FileError, match="no numeric array 'nothing'"):
        read_picture(path, field="nothing")
