"""Where classes, masks and groups come from, in every layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_study import save

from harness.jobs.layouts import read_labels, read_layout
from harness.jobs.study import Images
from srmetrics.errors import FileError, PairingError, UsageError

GREY = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.fixture
def numbered(tmp_path: Path) -> Path:
    for name in ("001", "002", "010"):
        save(tmp_path / "images" / f"{name}.bmp", GREY)
        save(tmp_path / "images" / f"{name}.png", np.where(GREY > 99, np.uint8(255), np.uint8(0)))
    (tmp_path / "labels.csv").write_text("image ID,class label\n1,2\n2,1\n10,2\n")
    return tmp_path / "images"


def test_a_csv_of_two_columns_labels_by_number(numbered: Path) -> None:
    asked = Images(pattern="*.bmp", classes="../labels.csv", class_names={"2": "lymphocyte"}, masks="*.png")
    found = read_layout(str(numbered), asked)
    assert [("001", "lymphocyte"), ("002", "1"), ("010", "lymphocyte")] == [
        (one.key, one.label) for one in found.images
    ]
    assert [f"{one.key}.png" for one in found.images] == [one.mask.path.name for one in found.images]
    assert found.label_maps is False


def test_an_image_without_label_or_mask_is_left_out_and_listed(numbered: Path) -> None:
    save(numbered / "099.bmp", GREY)
    (numbered / "002.png").unlink()
    found = read_layout(str(numbered), Images(pattern="*.bmp", classes="../labels.csv", masks="*.png"))
    assert ["001", "010"] == [one.key for one in found.images]
    assert {"002", "099"} == {failure.image for failure in found.failures}


def test_two_labels_of_one_image_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("image,label\na,1\nb,1\na,2\n")
    with pytest.raises(FileError, match="two labels"):
        read_labels(tmp_path / "labels.csv")


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,kind,size\na,1,2\n")
    with pytest.raises(FileError, match="image,label"):
        read_labels(tmp_path / "labels.csv")


def test_folders_are_classes_and_an_image_outside_of_them_is_listed(tmp_path: Path) -> None:
    for name in ("cat/x.png", "dog/deep/x.png", "stray.png"):
        save(tmp_path / name, GREY)
    found = read_layout(str(tmp_path), Images(classes="folders"))
    assert [("cat/x", "cat"), ("dog/deep/x", "dog")] == [(one.key, one.label) for one in found.images]
    assert ["stray"] == [failure.image for failure in found.failures]


def test_images_that_have_no_class_at_all_are_an_error(tmp_path: Path) -> None:
    save(tmp_path / "a.png", GREY)
    with pytest.raises(PairingError, match=r"no image has a class.*DIR/benign/a\.png.*--classes labels\.csv"):
        read_layout(str(tmp_path), Images(classes="folders"))


def test_pages_of_one_file_are_one_group(tmp_path: Path) -> None:
    np.save(tmp_path / "volume.npy", np.stack([GREY] * 5))
    found = read_layout(str(tmp_path), Images())
    assert ["volume#0000", "volume#0001"] == [one.key for one in found.images][:2]
    assert {"volume"} == {one.group for one in found.images}


@pytest.mark.parametrize("version", ["5", "7.3"])
def test_brain_tumour_files_tell_class_patient_and_mask(version: str, tmp_path: Path) -> None:
    for number, patient in enumerate(("MR2", "MR1", "MR2")):
        fields = {"label": float(number + 1), "PID": patient, "image": GREY.astype(np.int16), "tumorMask": GREY > 9}
        if version == "5":
            import scipy.io

            scipy.io.savemat(tmp_path / f"{number}.mat", {"cjdata": fields})
            continue
        h5py = pytest.importorskip("h5py")
        with h5py.File(tmp_path / f"{number}.mat", "w") as file:
            group = file.create_group("cjdata")
            group["label"] = np.array([[float(number + 1)]])
            group["PID"] = np.array([[ord(letter)] for letter in patient], np.uint16)
            group["image"] = fields["image"].T
            group["tumorMask"] = (GREY > 9).T.astype(np.uint8)
            for name, kind in (("label", "double"), ("PID", "char"), ("image", "int16"), ("tumorMask", "uint8")):
                group[name].attrs["MATLAB_class"] = np.bytes_(kind)
    found = read_layout(str(tmp_path), Images(classes="brain-tumour-mat", masks="::cjdata/tumorMask"))
    assert ["meningioma", "glioma", "pituitary tumour"] == [one.label for one in found.images]
    # Numbers in place of what the files call patients.
    assert ["patient 0001", "patient 0000", "patient 0001"] == [one.group for one in found.images]
    assert np.array_equal(GREY > 9, found.images[0].mask.read().pixels > 0)


def test_a_misspelt_place_of_classes_is_refused_with_the_near_one(tmp_path: Path) -> None:
    save(tmp_path / "cat/x.png", GREY)
    with pytest.raises(UsageError, match=r"found 'folder'; expected folders, .* Did you mean 'folders'\?"):
        read_layout(str(tmp_path), Images(classes="folder"))


def test_a_table_of_labels_may_have_any_name(numbered: Path) -> None:
    (numbered.parent / "labels.csv").rename(numbered.parent / "labels.txt")
    assert 3 == len(read_layout(str(numbered), Images(pattern="*.bmp", classes="../labels.txt")).images)


def test_a_csv_of_labels_that_is_not_there_is_named_with_a_way_out(tmp_path: Path) -> None:
    save(tmp_path / "x.png", GREY)
    with pytest.raises(FileError, match=r"found No such file or directory; expected .*image and label.*--classes"):
        read_layout(str(tmp_path), Images(classes="gone.csv"))


def test_a_folder_without_the_files_of_the_studys_pattern_is_told_of_the_pattern(tmp_path: Path) -> None:
    save(tmp_path / "x.png", GREY)
    with pytest.raises(FileError, match=r"no image \*\.bmp is here, and the study asks for those.*images\.pattern"):
        read_layout(str(tmp_path), Images(pattern="*.bmp"))
    with pytest.raises(FileError, match="no such file or folder") as refused:
        read_layout(str(tmp_path / "gone"), Images(pattern="*.bmp"))
    assert str(tmp_path / "gone") == refused.value.file
