"""DICOM files: made here with pydicom, and real ones of a scanner."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1, RLELossless

from harness.images import count_pages, patient_group, read_picture
from srmetrics.errors import DependencyError, FileError

SECRET = "DOE^JANE"


def dicom(folder: Path, frames: np.ndarray, *, name: str = "image.dcm", **elements: object) -> Path:
    """Write H x W, N x H x W, H x W x 3 (with SamplesPerPixel=3) as a file with the given elements."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    dataset.PatientName, dataset.PatientID = SECRET, "MRN 12345"
    colour = elements.get("SamplesPerPixel") == 3
    many = frames.ndim == (4 if colour else 3)
    dataset.Rows, dataset.Columns = frames.shape[1:3] if many else frames.shape[:2]
    if many:
        dataset.NumberOfFrames = len(frames)
    bits = frames.dtype.itemsize * 8
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(frames.dtype.kind == "i")
    if colour:
        dataset.PlanarConfiguration = 0
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    if "BitsStored" in elements:
        dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelData = frames.tobytes()
    path = folder / name
    dataset.save_as(path, enforce_file_format=True)
    return path


def drawn(low: int, high: int, *shape: int, dtype: str = "uint16") -> np.ndarray:
    return np.random.default_rng(0).integers(low, high, shape or (12, 14)).astype(dtype)


def test_the_range_is_that_of_the_bits_stored_not_of_the_dtype(tmp_path):
    stored = drawn(0, 4096)
    picture = read_picture(dicom(tmp_path, stored, BitsStored=12))
    np.testing.assert_array_equal(stored, picture.pixels)
    assert (4095.0, "DICOM BitsStored 12 x slope 1") == (picture.data_range, picture.range_source)


def test_slope_and_intercept_are_applied_in_integers_and_widen_the_range(tmp_path):
    stored = drawn(0, 4096)
    picture = read_picture(dicom(tmp_path, stored, BitsStored=12, RescaleSlope=2, RescaleIntercept=-1024))
    np.testing.assert_array_equal(stored.astype(int) * 2 - 1024, picture.pixels)
    assert (np.int16, 8190.0) == (picture.pixels.dtype, picture.data_range)
    assert picture.notes == ("rescaled by 2 x + -1024",)


def test_a_fractional_slope_gives_float64(tmp_path):
    stored = drawn(0, 65536)
    picture = read_picture(dicom(tmp_path, stored, RescaleSlope="0.5", RescaleIntercept="-10.25"))
    np.testing.assert_array_equal(stored * 0.5 - 10.25, picture.pixels)
    assert 32767.5 == picture.data_range


def test_signed_values_keep_their_sign(tmp_path):
    stored = drawn(-2048, 2048, dtype="int16")
    picture = read_picture(dicom(tmp_path, stored, BitsStored=12, RescaleSlope=1, RescaleIntercept=0))
    np.testing.assert_array_equal(stored, picture.pixels)
    assert 4095.0 == picture.data_range


@pytest.mark.parametrize(("dtype", "low"), [("uint16", 0), ("int16", -2048)])
def test_monochrome1_is_inverted_within_its_bits(tmp_path, dtype, low):
    stored = drawn(low, low + 4096, dtype=dtype)
    path = dicom(tmp_path, stored, BitsStored=12, PhotometricInterpretation="MONOCHROME1", RescaleIntercept=7)
    # DICOM PS3.3, C.7.6.3.1.2: the smallest value is to be shown as white. PS3.3, C.11.1: then the rescale applies.
    np.testing.assert_array_equal((2 * low + 4095) - stored.astype(int) + 7, read_picture(path).pixels)
    assert "MONOCHROME1 inverted" in read_picture(path).notes


def test_bits_above_those_stored_are_not_part_of_the_value(tmp_path):
    stored = drawn(0, 4096)
    path = dicom(tmp_path, stored | 0xF000, BitsStored=12)
    np.testing.assert_array_equal(stored, read_picture(path).pixels)


def test_sixteen_bit_colour_is_read_whole(tmp_path):
    stored = drawn(0, 65536, 12, 14, 3)
    picture = read_picture(dicom(tmp_path, stored, SamplesPerPixel=3))
    np.testing.assert_array_equal(stored, picture.pixels)
    assert 65535.0 == picture.data_range


def test_one_bit_frames_are_0_and_255(tmp_path):
    mask = drawn(0, 2, 16, 16, dtype="uint8")
    path = dicom(tmp_path, mask, BitsAllocated=1, BitsStored=1)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = np.packbits(mask.reshape(-1), bitorder="little").tobytes()
    dataset.save_as(path)
    np.testing.assert_array_equal(mask * 255, read_picture(path).pixels)


def test_each_frame_is_a_page(tmp_path):
    stored = drawn(0, 4096, 5, 12, 14)
    path = dicom(tmp_path, stored, BitsStored=12)
    assert count_pages(path) == 5
    for frame in range(5):
        np.testing.assert_array_equal(stored[frame], read_picture(path, frame).pixels)


def test_frames_may_have_slopes_of_their_own(tmp_path):
    def group(slope: float) -> Dataset:
        transformation, holder = Dataset(), Dataset()
        transformation.RescaleSlope, transformation.RescaleIntercept = slope, 1
        holder.PixelValueTransformationSequence = Sequence([transformation])
        return holder

    stored = drawn(0, 100, 2, 12, 14)
    path = dicom(tmp_path, stored, PerFrameFunctionalGroupsSequence=Sequence([group(2), group(3)]), RescaleSlope=9)
    for frame, slope in enumerate((2, 3)):
        picture = read_picture(path, frame)
        np.testing.assert_array_equal(stored[frame].astype(int) * slope + 1, picture.pixels)
        assert 65535.0 * slope == picture.data_range


def test_a_palette_is_expanded(tmp_path):
    tables = np.random.default_rng(1).integers(0, 65536, (3, 256)).astype(np.uint16)
    colours = {
        f"{name}PaletteColorLookupTable{part}": value
        for name, table in zip(("Red", "Green", "Blue"), tables, strict=True)
        for part, value in (("Descriptor", [256, 0, 16]), ("Data", table.tobytes()))
    }
    stored = drawn(0, 256, dtype="uint8")
    path = dicom(tmp_path, stored, PhotometricInterpretation="PALETTE COLOR", **colours)
    picture = read_picture(path)
    np.testing.assert_array_equal(tables.T[stored], picture.pixels)
    assert (65535.0, ("palette expanded to RGB",)) == (picture.data_range, picture.notes)


def test_run_length_coded_frames_are_read(tmp_path):
    path = dicom(tmp_path, drawn(0, 65536, 3, 12, 14))
    dataset = pydicom.dcmread(path)
    dataset.compress(RLELossless)
    dataset.save_as(path)
    np.testing.assert_array_equal(drawn(0, 65536, 3, 12, 14)[2], read_picture(path, 2).pixels)


def test_a_file_without_preamble_is_read_by_its_suffix(tmp_path):
    stored = drawn(0, 4096)
    path = dicom(tmp_path, stored, BitsStored=12)
    path.write_bytes(path.read_bytes()[132:])
    np.testing.assert_array_equal(stored, read_picture(path).pixels)


def test_a_compression_without_decoder_names_the_packages(tmp_path):
    path = dicom(tmp_path, drawn(0, 4096))
    data = path.read_bytes()
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    from pydicom.encaps import encapsulate

    dataset.PixelData = encapsulate([b"\xff\xd8\xff\xd9"])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path)
    assert data != path.read_bytes()
    with pytest.raises(DependencyError, match=r"JPEG Lossless.*pip install pylibjpeg"):
        read_picture(path)


@pytest.mark.parametrize("share", [0.6, 0.9])
def test_a_file_cut_short_is_an_error_that_quotes_nothing_of_the_header(tmp_path, share):
    path = dicom(tmp_path, drawn(0, 4096, 40, 40))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(FileError, match="DICOM file is damaged or cut short") as caught:
        read_picture(path)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None, "nor does the chain of causes"


def test_nothing_of_the_header_is_in_a_picture(tmp_path):
    picture = read_picture(dicom(tmp_path, drawn(0, 4096), RescaleSlope=2))
    text = repr(picture)
    assert "DOE" not in text
    assert "12345" not in text


def test_a_file_without_pixels_says_so(tmp_path):
    path = dicom(tmp_path, drawn(0, 4096))
    dataset = pydicom.dcmread(path)
    del dataset.Rows, dataset.PixelData
    dataset.save_as(path)
    with pytest.raises(FileError, match="holds no image"):
        read_picture(path)


def test_patients_are_told_apart_and_not_told(tmp_path):
    one = dicom(tmp_path, drawn(0, 9), name="a.dcm", PatientID="1")
    same = dicom(tmp_path, drawn(9, 99), name="b.dcm", PatientID="1 ")
    other = dicom(tmp_path, drawn(0, 9), name="c.dcm", PatientID="2")
    assert patient_group(one, "salt") == patient_group(same, "salt")
    assert patient_group(one, "salt") != patient_group(other, "salt")
    assert patient_group(one, "salt") != patient_group(one, "other salt")
    # HMAC-SHA-256 of "1" under the key "salt", by `printf 1 | openssl dgst -sha256 -hmac salt`.
    assert patient_group(one, "salt") == "7e1b4d6f2e446ca9"
    with pytest.raises(FileError, match="without a salt"):
        patient_group(one, "")


def test_a_file_without_patient_says_how_else_to_group(tmp_path):
    path = dicom(tmp_path, drawn(0, 9), PatientID="")
    with pytest.raises(FileError, match=r"states no PatientID.*Group by a CSV"):
        patient_group(path, "salt")


@pytest.mark.data
def test_a_real_ct_is_in_hounsfield_units(data_folder):
    path = data_folder / "formats/dicom/693_UNCI.dcm"
    picture = read_picture(path)
    # 14 bits stored, slope 1, intercept -1024, as its header states.
    expected = pydicom.dcmread(path)
    np.testing.assert_array_equal(expected.pixel_array.astype(int) - 1024, picture.pixels)
    assert (np.int16, 16383.0) == (picture.pixels.dtype, picture.data_range)


@pytest.mark.data
def test_a_real_enhanced_mr_has_ten_frames_of_twelve_bits(data_folder):
    path = data_folder / "formats/dicom/emri_small.dcm"
    assert count_pages(path) == 10
    frames = pydicom.dcmread(path).pixel_array
    for frame in (0, 9):
        picture = read_picture(path, frame)
        np.testing.assert_array_equal(frames[frame], picture.pixels)
        assert 4095.0 == picture.data_range


@pytest.mark.data
def test_real_colour_of_sixteen_bits_keeps_them(data_folder):
    picture = read_picture(data_folder / "formats/dicom/SC_rgb_16bit.dcm")
    assert ((100, 100, 3), np.uint16, 65535.0, 65535) == (
        picture.pixels.shape,
        picture.pixels.dtype,
        picture.data_range,
        picture.pixels.max(),
    )
