"""Finding images: which files, by which keys, in which order, and what is passed over."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from harness.images import ImageFile, find_images
from srmetrics.errors import FileError


def made(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def keys(location: object) -> list[str]:
    return [file.key for file in find_images(str(location)).files]


def test_a_folder_is_read_with_its_subfolders_in_the_order_of_keys(tmp_path):
    made(tmp_path, "b.png", "a.JPG", "sub/c.tif", "sub/deep/d.nii.gz", "e.dcm", "a/z.npy")
    assert ["a", "a/z", "b", "e", "sub/c", "sub/deep/d"] == keys(tmp_path)


def test_only_the_suffix_of_an_image_is_cut_off(tmp_path):
    made(tmp_path, "scan.v2.png", "1.2.840.png", "x.y.nii.gz", "noise=0.5.webp")
    assert ["1.2.840", "noise=0.5", "scan.v2", "x.y"] == keys(tmp_path)


def test_keys_are_in_composed_unicode_however_the_file_system_spells_them(tmp_path):
    made(tmp_path, unicodedata.normalize("NFD", "é") + ".png")
    assert ["é"] == keys(tmp_path)


def test_names_that_are_no_unicode_are_spelt_out(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png")).write_bytes(b"x")
    assert [r"caf\xe9"] == keys(tmp_path)
    "".join(keys(tmp_path)).encode("utf-8")


def test_what_is_no_image_is_listed_with_the_reason(tmp_path):
    made(tmp_path, "a.png", "notes.txt", ".hidden.png", ".git/b.png", "README", "sub/Thumbs.db")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing.png")
    os.mkfifo(tmp_path / "pipe.png")
    found = find_images(tmp_path)
    assert ["a"] == [file.key for file in found.files]
    assert {
        ".git": "hidden",
        ".hidden.png": "hidden",
        "README": "not an image (no suffix)",
        "gone.png": "a link that leads nowhere",
        "notes.txt": "not an image (.txt)",
        "pipe.png": "not a regular file",
        "sub/Thumbs.db": "not an image (.db)",
    } == {path.relative_to(tmp_path).as_posix(): why for path, why in found.ignored}


def test_dicom_files_are_known_without_a_suffix(tmp_path):
    for name in ("IM0001", "1.2.840.113.7", "DICOMDIR"):
        (tmp_path / name).write_bytes(bytes(128) + b"DICM")
    assert ["1.2.840.113.7", "IM0001"] == keys(tmp_path)


def test_links_are_followed_and_loops_of_them_end(tmp_path):
    made(tmp_path, "real/a.png")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = find_images(tmp_path)
    assert ["link/a", "real/a"] == [file.key for file in found.files]
    assert {"a link to a folder that it lies in"} == {why for _, why in found.ignored}
    assert {"link/a", "real/a"} <= set(keys(tmp_path / "**" / "*.png"))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.png", ["a", "b_HR"]),
        ("*.bmp", ["a"]),
        ("*_HR.*", ["b_HR"]),
        ("?.png", ["a"]),
        ("[b-z]*.png", ["b_HR"]),
        ("*/*.png", ["x4/c", "y/d"]),
        ("*/x4/*", ["y/x4/e"]),
        ("**/*.png", ["a", "b_HR", "x4/c", "y/d", "y/x4/e"]),
        ("**", ["a", "a", "b_HR", "x4/c", "y/d", "y/x4/e"]),
        ("**/x4/*.png", ["x4/c", "y/x4/e"]),
        ("x*/*.png", ["x4/c"]),
    ],
)
def test_patterns_select_files_by_every_part_of_their_path(tmp_path, pattern, expected):
    made(tmp_path, "a.png", "a.bmp", "b_HR.png", ".hidden.png", "x4/c.png", "y/d.png", "y/x4/e.png")
    assert expected == keys(tmp_path / pattern)


def test_keys_of_a_pattern_are_below_its_fixed_part(tmp_path):
    made(tmp_path, "x4/HR/a.png", "x4/LR/a.png")
    found = find_images(tmp_path / "x4" / "*" / "a.png")
    assert ["HR/a", "LR/a"] == [file.key for file in found.files]
    assert (tmp_path / "x4", "x4") == (found.root, found.name)


def test_a_folder_whose_name_holds_signs_of_a_pattern_is_that_folder(tmp_path):
    made(tmp_path, "[set] *5/a.png", "s/b.png")
    assert ["a"] == keys(tmp_path / "[set] *5")


def test_one_file_is_a_set_of_its_own(tmp_path):
    made(tmp_path, "photo.out.png")
    found = find_images(tmp_path / "photo.out.png")
    assert (True, "photo.out", ["photo.out"]) == (found.single, found.name, [file.key for file in found.files])


def test_a_field_is_cut_from_the_end_unless_a_file_is_called_so(tmp_path):
    made(tmp_path, "a.mat", "odd::name.png")
    assert "cjdata/image" == find_images(f"{tmp_path}/*.mat::cjdata/image").files[0].field
    assert "image" == find_images(f"{tmp_path}/a.mat::image").files[0].field
    assert None is find_images(f"{tmp_path}/odd::name.png").files[0].field


@pytest.mark.parametrize("location", ["", "*.png", "sub"])
def test_a_place_without_images_is_an_error_that_says_what_is_there(tmp_path, location):
    made(tmp_path, "notes.txt", "sub/notes.txt")
    with pytest.raises(FileError, match=r"no image is here; found .*Name the folder that holds the images"):
        find_images(tmp_path / location)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(FileError, match="no image is here; found nothing"):
        find_images(tmp_path)


def test_a_place_that_is_not_there_is_an_error_that_says_where_to_look(tmp_path):
    with pytest.raises(FileError, match=f"no such file or folder. Look at what lies in {tmp_path}"):
        find_images(tmp_path / "sup" / "images")


def test_pages_have_keys_of_their_own(tmp_path):
    frames = [Image.new("L", (4, 4), value) for value in range(3)]
    frames[0].save(tmp_path / "many.tif", save_all=True, append_images=frames[1:])
    frames[0].save(tmp_path / "one.tif")
    many, one = find_images(tmp_path).files
    assert (("many#0000", 0), ("many#0001", 1), ("many#0002", 2)) == many.pages()
    assert (("one", 0),) == one.pages()
    assert 2 == many.read(2).pixels[0, 0]
    with many.open() as source:
        assert [0, 1, 2] == [source.read(page).pixels[0, 0] for page in range(source.pages)]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), unique=True, min_size=2))
def test_names_for_output_are_one_file_each_and_never_the_same(names):
    outputs = [ImageFile(Path("x"), name).name_for_output for name in names]
    assert len(set(outputs)) == len(outputs)
    for output in outputs:
        assert not set(output) & set('/\\:*?"<>|\0')
        assert not output.startswith(".")


@pytest.mark.data
def test_the_white_blood_cells_lie_beside_their_masks(data_folder):
    images = find_images(data_folder / "wbc/images_and_masks/*.bmp")
    masks = find_images(data_folder / "wbc/images_and_masks/*.png")
    assert 300 == len(images.files) == len(masks.files)
    assert [file.key for file in images.files] == [file.key for file in masks.files]
    assert {0, 128, 255} >= set(masks.files[0].read().pixels.ravel().tolist())
