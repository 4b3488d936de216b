"""Masks of a reference: read from a file, or made by Otsu's threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.images import ImageFile, Picture, open_picture
from harness.images.source import Source
from srmetrics import otsu_mask
from srmetrics.errors import MaskError
from srmetrics.masks import MOST_LABELS, grey_of, otsu_threshold


class MaskImage(NamedTuple):
    """The mask of one page."""

    pixels: NDArray[Any]
    from_file: bool


MaskReader = Callable[[int, Picture], MaskImage | None]
"""Gives the mask of a page of a reference."""


def mask_reader(mask: ImageFile | str | None, reference: Source, files: ExitStack) -> MaskReader:
    """Return what gives the mask of each page of a reference.

    Parameters
    ----------
    mask : ImageFile, "auto:otsu" or None
        A mask file has one page for all, or as many pages as the reference.
    reference : Source
        For Otsu's threshold, which is one for a whole volume.
    files : ExitStack
        What closes the mask's file.

    Raises
    ------
    MaskError
        When the mask cannot be read, or has another number of slices.
    """
    if mask is None:
        return lambda page, picture: None
    if isinstance(mask, ImageFile):
        opened = files.enter_context(open_picture(mask.path, field=mask.field))
        if opened.pages not in (1, reference.pages):
            raise MaskError(
                "the mask has another number of slices",
                found=opened.pages,
                expected=f"1 or {reference.pages}",
                file=mask.path,
            )
        return lambda page, picture: MaskImage(read_mask(opened, page if opened.pages > 1 else 0), True)
    threshold = otsu_threshold(_Greys(reference)) if reference.pages > 1 else None
    return lambda page, picture: MaskImage(otsu_mask(picture.pixels, threshold), False)


def read_mask(source: Source, page: int) -> NDArray[Any]:
    """Read one page of a mask file.

    Raises
    ------
    MaskError
        When its compression (JPEG, lossy WebP) does not keep the values that were saved.
    """
    picture = source.read(page)
    if picture.lossy:
        raise MaskError(
            "the mask was saved with loss, and does not hold the values that were drawn",
            expected="a format without loss: PNG, BMP, TIFF",
            way_out="Save the masks anew as PNG",
        )
    return picture.pixels


def holds_label_map(mask: ImageFile) -> bool:
    """Return True when a mask file has several values besides zero on some page, few enough to be labels."""
    with open_picture(mask.path, field=mask.field) as source:
        return any(1 < _count_values(read_mask(source, page)) <= MOST_LABELS for page in range(source.pages))


def is_no_label_map(pixels: NDArray[Any]) -> bool:
    """Return True when an image has more values besides zero than labels can have."""
    return _count_values(pixels) > MOST_LABELS


def _count_values(pixels: NDArray[Any]) -> int:
    values = pixels if pixels.ndim == 2 else pixels[:, :, 0]
    colour = pixels.ndim == 3 and not (pixels == values[:, :, None]).all()
    if colour or not np.isfinite(values).all():
        return 0  # No mask at all, which is said where it is scored.
    return int(np.count_nonzero(np.unique(values)))


class _Greys(Sequence[NDArray[np.float64]]):
    """The slices of a volume in grey, read one at a time."""

    def __init__(self, reference: Source) -> None:
        self.reference = reference

    def __len__(self) -> int:
        return self.reference.pages

    def __getitem__(self, index: Any) -> Any:
        return grey_of(self.reference.read(int(index)).pixels)
