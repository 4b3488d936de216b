"""Masks of a reference: read from a file, or made by Otsu's threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.images import ImageFile, Picture
from srmetrics import otsu_mask
from srmetrics.errors import MaskError
from srmetrics.masks import grey_of, is_label_map, otsu_threshold

AUTO_OTSU = "auto:otsu"
"""The mask is made from the reference by Otsu's threshold."""


class MaskImage(NamedTuple):
    """The mask of one page."""

    pixels: NDArray[Any]
    from_file: bool


MaskReader = Callable[[int, Picture], MaskImage | None]
"""Gives the mask of a page of a reference."""


def mask_reader(mask: ImageFile | str | None, reference: ImageFile, pages: int) -> MaskReader:
    """Return what gives the mask of each page of a reference.

    Parameters
    ----------
    mask : ImageFile, "auto:otsu" or None
        A mask file has one page for all, or as many pages as the reference.
    reference : ImageFile
        For Otsu's threshold, which is one for a whole volume.
    pages : int
        How many pages the reference has.
    """
    if mask is None:
        return lambda page, picture: None
    if isinstance(mask, ImageFile):
        refuse_lossy(mask)
        mask_pages = len(mask.pages())
        if mask_pages not in (1, pages):
            raise MaskError(
                "the mask has another number of slices", found=mask_pages, expected=f"1 or {pages}", file=mask.path
            )
        return lambda page, picture: MaskImage(mask.read(page if mask_pages > 1 else 0).pixels, True)
    threshold = otsu_threshold(_Greys(reference, pages)) if pages > 1 else None
    return lambda page, picture: MaskImage(otsu_mask(picture.pixels, threshold), False)


def holds_label_map(mask: ImageFile) -> bool:
    """Return True when a mask file has more than one value besides zero on some page."""
    return any(is_label_map(mask.read(page).pixels) for _, page in mask.pages())


def refuse_lossy(mask: ImageFile) -> None:
    """Refuse JPEG and lossy WebP: their values are not those that were saved.

    Raises
    ------
    MaskError
        With the way out.
    """
    try:
        with mask.path.open("rb") as file:
            head = file.read(16)
    except OSError:
        return  # Reading it says what is wrong.
    kind = "JPEG" if head[:3] == b"\xff\xd8\xff" else "lossy WebP" if head[8:16] == b"WEBPVP8 " else None
    if kind is not None:
        raise MaskError(
            f"a mask in {kind} does not hold the values that were saved",
            expected="a format without loss: PNG, BMP, TIFF",
            way_out="Save the masks anew as PNG",
            file=mask.path,
        )


class _Greys(Sequence[NDArray[np.float64]]):
    """The slices of a volume in grey, read one at a time."""

    def __init__(self, reference: ImageFile, pages: int) -> None:
        self.reference = reference
        self.pages = pages

    def __len__(self) -> int:
        return self.pages

    def __getitem__(self, index: Any) -> Any:
        return grey_of(self.reference.read(int(index)).pixels)
