"""NIfTI files, plain and gzipped: one slice at a time, with the slope and intercept that the file states.

Axes: page k is ``volume[:, :, k]``, with the file's first axis down the rows and its second along the columns, as
nibabel and MATLAB's ``niftiread`` give them; nothing is turned to the patient's orientation. With more axes, pages run
through the slices of the first volume, then through those of the second, and so on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from harness.images.picture import Picture, check_size
from harness.images.source import PageSource
from srmetrics.errors import DependencyError, FileError

_RGB_NAMES = ("R", "G", "B", "A")


def open_nifti(path: Path, field: str | None = None) -> PageSource:
    """Open a NIfTI file; it stays open, so that the slices of a gzipped one are cheap to read in their order."""
    try:
        import nibabel
    except ImportError:
        raise DependencyError(
            "NIfTI files need nibabel", way_out="Run pip install 'srmetrics[medical]'", file=path
        ) from None
    opened: list[Any] = [nibabel.load(path, keep_file_open=True)]
    shape = tuple(int(length) for length in opened[0].shape)
    if len(shape) < 2:
        raise FileError("the NIfTI file holds no slices", found=f"shape {shape}", file=path)
    check_size(shape[0], shape[1], path)
    beyond = shape[2:] or (1,)

    def read(page: int) -> Picture:
        at = np.unravel_index(page, beyond, order="F") if len(shape) > 2 else ()
        volume = opened[0].dataobj
        pixels = np.asarray(volume[(slice(None), slice(None), *(int(index) for index in at))])
        if pixels.dtype.names:
            pixels = np.stack([pixels[name] for name in _RGB_NAMES if name in pixels.dtype.names], axis=-1)
        if pixels.dtype.kind not in "uif":
            raise FileError("the NIfTI file holds no real numbers", found=str(pixels.dtype), file=path)
        pixels = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("="))
        slope, intercept = volume.slope, volume.inter
        notes = () if (slope, intercept) == (1, 0) else (f"rescaled by {slope:g} x + {intercept:g}",)
        return Picture(pixels, None, "NIfTI files do not state the range of their values", notes)

    # nibabel closes the file when nothing refers to the image any more.
    return PageSource(path, int(np.prod(beyond)), read, opened.clear)
