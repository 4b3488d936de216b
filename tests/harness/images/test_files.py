"""What happens to files that are no images, cannot be read, or bear the wrong name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.images import count_pages, read_picture
from harness.images.files import READERS
from harness.images.sniff import IMAGE_SUFFIXES
from srmetrics.errors import DependencyError, FileError

ROOT = Path(__file__).resolve().parents[3]


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    (tmp_path / "x.png").touch()
    with pytest.raises(FileError, match=r"x\.png: the file is empty; expected a PNG file\. Copy or download"):
        read_picture(tmp_path / "x.png")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.png", b"this is not an image\n", "the file is text, not PNG"),
        ("x.png", "äöü — 写真\n".encode() * 60, "the file is text, not PNG"),
        ("x.tif", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "a Git LFS pointer, not the file"),
        ("x.jpg", b"<!DOCTYPE html><html>404</html>", "the file is a web page, not JPEG"),
        ("x.png", b"GIF89a" + bytes(20), "the file is a GIF, not PNG"),
        ("x.png", b"%PDF-1.7\n", "the file is a PDF, not PNG"),
        ("x.png", b"PK\x03\x04" + bytes(40), "the file is a ZIP archive, not PNG"),
        ("x.png", bytes(600), "the file is nothing but zero bytes, not PNG"),
        ("x.png", bytes(range(128, 256)) * 5, "the file is of no format that is known here, not PNG"),
        ("x.mat", b"PK\x03\x04" + bytes(600), "the file is a ZIP archive, not MATLAB"),
        ("x.nii.gz", b"\x1f\x8b" + b"nonsense" * 40, "the file is a gzip archive, not NIfTI"),
        ("x", b"hello", "the file is text, not an image that can be read"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "the PNG file is cut short"),
        ("x.jpg", b"\xff\xd8\xff", "the JPEG file is cut short"),
        ("x.bmp", b"BM", "the BMP file is cut short"),
        ("x.webp", b"RIFF\x00\x00\x00\x00WEBP", "the WebP file lacks its pixels"),
        ("x.tif", b"II*\x00", "the TIFF file is damaged or cut short"),
        ("x.npy", b"\x93NUMPY\x01\x00", "the NumPy .npy file is damaged or cut short"),
    ],
)
def test_a_file_that_is_no_image_is_said_to_be_what_it_is(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError) as caught:
        read_picture(tmp_path / name)
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / name))


def test_a_folder_with_the_name_of_an_image_is_said_to_be_one(tmp_path):
    (tmp_path / "x.png").mkdir()
    with pytest.raises(FileError, match=r"x\.png: this is a folder"):
        read_picture(tmp_path / "x.png")


def test_a_file_that_is_not_there_is_said_to_be_absent(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        count_pages(tmp_path / "x.png")


def test_a_file_that_may_not_be_read_says_so(tmp_path):
    path = tmp_path / "x.png"
    Image.new("L", (4, 4)).save(path)
    path.chmod(0)
    # Root may read everything, so the reading is done by a process that gives root up once all is imported.
    code = (
        "import os\n"
        "import harness.images.from_png\n"
        "from harness.images import read_picture\n"
        "from srmetrics.errors import FileError\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try:\n    read_picture('x.png')\n"
        "except FileError as error:\n    print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert "x.png: the file may not be read. Ask for permission" in result.stdout


@pytest.mark.parametrize(
    "name", ["with space.png", "quo'te\".png", "=SUM(1).png", "写真 é.png", "a;b$(c).png", "-x.png"]
)
def test_names_of_every_kind_are_read(tmp_path, name):
    Image.new("RGB", (5, 4), (1, 2, 3)).save(tmp_path / name, "PNG")
    np.testing.assert_array_equal(np.full((4, 5, 3), (1, 2, 3)), read_picture(tmp_path / name).pixels)


def test_a_field_is_only_for_formats_that_have_them(tmp_path):
    Image.new("L", (4, 4)).save(tmp_path / "x.png")
    with pytest.raises(FileError, match=r"a PNG file has no fields; found ::mask\. Leave ::mask out"):
        read_picture(tmp_path / "x.png", field="mask")


def test_every_format_has_a_reader_and_a_suffix():
    import importlib

    from harness.images.sniff import format_named_by

    assert set(READERS) == {format_named_by(Path(f"x{suffix}")) for suffix in IMAGE_SUFFIXES}
    for target in READERS.values():
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize(
    ("package", "name", "content"),
    [
        ("pydicom", "x.dcm", bytes(128) + b"DICM" + bytes(20)),
        ("nibabel", "x.nii", bytes(344) + b"n+1\x00" + bytes(8)),
        ("h5py", "x.mat", b"MATLAB 7.3 MAT-file" + bytes(600)),
    ],
)
def test_an_absent_package_is_named_with_the_way_to_install_it(tmp_path, package, name, content):
    (tmp_path / name).write_bytes(content)
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from harness.images import read_picture\n"
        "from srmetrics.errors import DependencyError\n"
        f"try:\n    read_picture({str(tmp_path / name)!r})\n"
        "except DependencyError as error:\n    print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"need {package}" in result.stdout
    assert "pip install 'srmetrics[medical]'" in result.stdout


def test_reading_a_png_loads_no_library_of_another_format(tmp_path):
    Image.new("L", (4, 4)).save(tmp_path / "x.png")
    code = (
        "import sys\n"
        "from harness.images import read_picture\n"
        f"read_picture({str(tmp_path / 'x.png')!r})\n"
        "print({'torch', 'pandas', 'pydicom', 'nibabel', 'h5py', 'tifffile', 'PIL'} & set(sys.modules))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_errors_travel_between_processes(tmp_path):
    import pickle

    (tmp_path / "x.png").touch()
    with pytest.raises(FileError) as caught:
        read_picture(tmp_path / "x.png")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert issubclass(DependencyError, Exception)
