"""Read one page of any image file, by what the file is and not by what it is called."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from harness.images.picture import Picture
from harness.images.sniff import format_named_by, identify
from harness.images.source import PageSource
from srmetrics.errors import FileError, SrmetricsError

Opener = Callable[[Path, str | None], PageSource]

READERS: dict[str, str] = {
    "PNG": "harness.images.from_png:open_png",
    "JPEG": "harness.images.from_jpeg:open_jpeg",
    "BMP": "harness.images.from_bmp:open_bmp",
    "WebP": "harness.images.from_webp:open_webp",
    "TIFF": "harness.images.from_tiff:open_tiff",
    "NumPy .npy": "harness.images.from_numpy:open_npy",
    "NumPy .npz": "harness.images.from_numpy:open_npz",
    "DICOM": "harness.images.from_dicom:open_dicom",
    "NIfTI": "harness.images.from_nifti:open_nifti",
    "MATLAB": "harness.images.from_mat:open_mat",
}
"""Format -> the function that opens such files, loaded on first use."""

_WITH_FIELDS = ("NumPy .npz", "MATLAB")


def open_picture(path: str | Path, *, field: str | None = None) -> PageSource:
    """Open an image file, to read several of its pages without finding them anew each time.

    Parameters
    ----------
    path : str or path
        The file.
    field : str, optional
        Which array of a ``.mat`` or ``.npz`` file is meant, such as ``cjdata/image``.

    Returns
    -------
    PageSource
        With ``pages``, ``read(page)`` and ``close()``; a context manager, for one thread at a time.

    Raises
    ------
    FileError
        When the file is absent, empty, cut short, damaged, or not an image that can be read.
    DependencyError
        When its format needs an optional package.
    """
    path = Path(path)
    kind = identify(path)
    if field is not None and kind not in _WITH_FIELDS:
        raise FileError(f"a {kind} file has no fields", found=f"::{field}", way_out=f"Leave ::{field} out", file=path)
    module, _, name = READERS[kind].partition(":")
    opener = cast(Opener, getattr(importlib.import_module(module), name))
    with _damage_named(path, kind):
        source = opener(path, field)
    promised = format_named_by(path)
    notes = () if promised in (None, kind) else (f"{kind} inside, though the name says {promised}",)

    def read_page(page: int) -> Picture:
        with _damage_named(path, kind):
            picture = source.read_page(page)
        return replace(picture, notes=(*picture.notes, *notes)) if notes else picture

    return replace(source, read_page=read_page)


@contextmanager
def _damage_named(path: Path, kind: str) -> Iterator[None]:
    """Name the file in whatever a format's library raises: on damaged input that can be any exception."""
    try:
        yield
    except SrmetricsError:
        raise
    except MemoryError:
        raise FileError("the image does not fit into memory", file=path) from None
    except Exception as error:
        # What a DICOM library says may quote the header, and so the patient.
        found = None if kind == "DICOM" else f"{type(error).__name__}: {error}"
        raise FileError(
            f"the {kind} file is damaged or cut short, or of a variety that is not read",
            found=found,
            way_out="Copy or download it again, or save it in another format without loss",
            file=path,
        ) from (None if kind == "DICOM" else error)


def read_picture(path: str | Path, page: int = 0, *, field: str | None = None) -> Picture:
    """Read one page of an image file: only that page, where the format allows it.

    Parameters
    ----------
    path : str or path
        A PNG, JPEG, BMP, WebP, TIFF, NumPy, DICOM, NIfTI or MATLAB file.
    page : int
        Which slice of a volume, page of a TIFF or frame of a DICOM file, from 0; see the reader of the format for
        the order.
    field : str, optional
        Which array of a ``.mat`` or ``.npz`` file is meant.

    Returns
    -------
    Picture
        The pixels as stored and what the file says about them.

    Raises
    ------
    FileError
        When the file is absent, empty, cut short, damaged, not an image that can be read, or has no such page.
    DependencyError
        When its format needs an optional package.
    """
    with open_picture(path, field=field) as source:
        return source.read(page)


def count_pages(path: str | Path, *, field: str | None = None) -> int:
    """Count the slices of a volume, pages of a TIFF or frames of a DICOM file, from its header; 1 for a plain image."""
    with open_picture(path, field=field) as source:
        return source.pages
