"""MATLAB ``.mat`` files: which array is the image, and its axes. Version 5 is read by SciPy, 7.3 as HDF5.

The image is the field that is asked for (``cjdata/tumorMask``); without one, ``cjdata/image`` (the brain-tumour set of
Cheng, 2017), or else the only numeric matrix or volume, among the variables first and inside structs after. Axes are
MATLAB's: H x W; H x W x 3 or 4 for colour; H x W x N for N pages; H x W x C x N for N pages of C channels.
"""

from __future__ import annotations

from pathlib import Path

from harness.images.mat_array import MatArray, MatFile
from harness.images.picture import Picture, check_size, picture_of
from harness.images.sniff import read_head
from harness.images.source import PageSource
from srmetrics.errors import FileError

_CONVENTIONAL = "cjdata/image"
_MOST_SHOWN = 12


def open_mat(path: Path, field: str | None = None) -> PageSource:
    """Open one array of a ``.mat`` file; pages are the slices along its last axis."""
    head = read_head(path)
    file: MatFile
    if head.startswith((b"MATLAB 7.3", b"\x89HDF")):
        from harness.images.from_mat_73 import Version73

        file = Version73(path)
    else:
        from harness.images.from_mat_5 import Version5

        file = Version5(path)
    try:
        array = _chosen(file, field, path)
        stacked = _is_stack(array, path)
    except BaseException:
        file.close()
        raise

    def read(page: int) -> Picture:
        check_size(array.shape[0], array.shape[1], path)
        return picture_of(array.take(page if stacked else None), full_depth=False)

    return PageSource(path, array.shape[-1] if stacked else 1, read, file.close)


def _chosen(file: MatFile, field: str | None, path: Path) -> MatArray:
    """Find the array that is meant, opening no more of the file than that needs."""
    if field is not None:
        wanted = field.replace(".", "/").strip("/")
        found = file.array(wanted)
        if found is not None:
            return found
        raise FileError(
            f"the .mat file has no numeric array {field!r}", found=_listed(file), way_out=_way_out(path), file=path
        )
    conventional = file.array(_CONVENTIONAL)
    if conventional is not None:
        return conventional
    for arrays in (file.variables(), file.fields()):
        images = [array for array in arrays if array.looks_like_an_image]
        if len(images) == 1:
            return images[0]
        if images:
            break
    raise FileError(
        "it is not clear which array of the .mat file is the image",
        found=_listed(file),
        way_out=_way_out(path),
        file=path,
    )


def _listed(file: MatFile) -> str:
    arrays = [
        f"{array.name} ({'x'.join(map(str, array.shape))} {array.kind})"
        for array in (*file.variables(), *file.fields())
    ]
    more = f" and {len(arrays) - _MOST_SHOWN} more" if len(arrays) > _MOST_SHOWN else ""
    return ", ".join(arrays[:_MOST_SHOWN]) + more if arrays else "no numeric array"


def _way_out(path: Path) -> str:
    return f"Name the array after two colons: '{path.name}::FIELD', or for a folder '*.mat::FIELD'"


def _is_stack(array: MatArray, path: Path) -> bool:
    """Whether the last axis counts pages."""
    axes = len(array.shape)
    if axes == 2 or (axes == 3 and array.shape[2] in (3, 4)):
        return False
    if axes == 3 or (axes == 4 and array.shape[2] <= 4):
        return True
    raise FileError(
        f"the axes of {array.name!r} are not clear",
        found="x".join(map(str, array.shape)),
        expected="H x W, H x W x C, H x W x N or H x W x C x N",
        file=path,
    )
