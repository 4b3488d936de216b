"""Tell by its first bytes what a file is, and say so where it is not an image."""

from __future__ import annotations

import zlib
from pathlib import Path

from srmetrics.errors import FileError

_HEAD = 544  # enough for the last of the marks below: NIfTI's at 344, the HDF5 of a MATLAB 7.3 file at 512

_SUFFIX_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
    ".webp": "WebP",
    ".npy": "NumPy .npy",
    ".npz": "NumPy .npz",
    ".dcm": "DICOM",
    ".dicom": "DICOM",
    ".ima": "DICOM",
    ".nii": "NIfTI",
    ".nii.gz": "NIfTI",
    ".mat": "MATLAB",
}

IMAGE_SUFFIXES = frozenset(_SUFFIX_FORMATS)
"""Suffixes, in lower case, of files that are taken for images."""

# What people leave in folders of images, by how it begins, so that the message can say it.
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"v/1\x01", "OpenEXR"),
    (b"8BPS", "a Photoshop file"),
    (b"\x80\x02", "a Python pickle"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
    (b"<svg", "an SVG drawing"),
)


def suffix_of(name: str) -> str:
    """Return the suffix that marks ``name`` as an image, as it is written there, or '' where it has none."""
    lower = name.casefold()
    found = [suffix for suffix in IMAGE_SUFFIXES if lower.endswith(suffix) and len(lower) > len(suffix)]
    return name[-len(max(found, key=len)) :] if found else ""


def format_named_by(path: Path) -> str | None:
    """Return the format that the file's suffix promises."""
    return _SUFFIX_FORMATS.get(suffix_of(path.name).casefold())


def identify(path: Path) -> str:
    """Return the format of a file, a key of ``files.READERS``, by its content.

    Raises
    ------
    FileError
        When the file cannot be read, is empty, or is no image that can be read; it says what the file is.
    """
    head = read_head(path)
    if not head:
        raise FileError(
            "the file is empty", expected=f"a {format_named_by(path) or 'image'} file", way_out=_COPY_AGAIN, file=path
        )
    found = _by_content(head, path)
    if found is not None:
        return found
    promised = format_named_by(path)
    raise FileError(
        f"the file is {_describe(head)}" + (f", not {promised}" if promised else ", not an image that can be read"),
        expected="PNG, JPEG, TIFF, BMP, WebP, NumPy, DICOM, NIfTI or MATLAB .mat",
        way_out=_COPY_AGAIN if promised else "Convert it to one of these without loss, such as PNG or TIFF",
        file=path,
    )


_COPY_AGAIN = "Copy or download the file again, or take it out of the folder"


def read_head(path: Path) -> bytes:
    """Return the first bytes of a file; a FileError says why they cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD)
    except IsADirectoryError:
        raise FileError("this is a folder, not an image file", file=path) from None
    except FileNotFoundError:
        raise FileError("no such file", file=path) from None
    except PermissionError:
        raise FileError(
            "the file may not be read", way_out="Ask for permission to read it (chmod +r), or copy it", file=path
        ) from None
    except OSError as error:
        raise FileError(f"the file cannot be read ({error.strerror or error})", file=path) from error


def is_dicom(head: bytes) -> bool:
    """Whether the first bytes are those of a DICOM file."""
    return head[128:132] == b"DICM"


def _by_content(head: bytes, path: Path) -> str | None:
    """Return the format that the first bytes are of."""
    promised = format_named_by(path)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return "TIFF"
    if head.startswith(b"BM") and promised == "BMP":
        return "BMP"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head.startswith(b"\x93NUMPY"):
        return "NumPy .npy"
    if head.startswith(b"PK\x03\x04") and promised == "NumPy .npz":
        return "NumPy .npz"
    # Old DICOM files have no preamble: they begin with group 2 or 8, little endian.
    if is_dicom(head) or (promised == "DICOM" and head[:2] in (b"\x02\x00", b"\x08\x00")):
        return "DICOM"
    if head.startswith((b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file")):
        return "MATLAB"
    if promised == "MATLAB" and (
        head.startswith(b"\x89HDF\r\n\x1a\n") or head[124:128] in (b"\x00\x01IM", b"\x01\x00MI")
    ):
        return "MATLAB"
    if head.startswith(b"\x1f\x8b") and promised == "NIfTI":
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return None
    if head[344:348] in (b"n+1\x00", b"ni1\x00") or head[4:12] in (b"n+2\x00\r\n\x1a\n", b"ni2\x00\r\n\x1a\n"):
        return "NIfTI"
    return None


def _describe(head: bytes) -> str:
    for mark, words in _OTHERS:
        if head.startswith(mark):
            return words
    if head[4:8] == b"ftyp":
        return "HEIC, AVIF or a video"
    if not head.strip(b"\x00"):
        return "nothing but zero bytes"
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The cut after so many bytes may have split the last letter.
        if error.start < len(head) - 4:
            return "of no format that is known here"
        text = head[: error.start].decode("utf-8")
    if all(letter.isprintable() or letter in "\t\r\n\f" for letter in text):
        return "text"
    return "of no format that is known here"
