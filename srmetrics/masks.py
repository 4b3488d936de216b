"""Regions: which pixels a row of scores covers, and how they are made from mask images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from srmetrics.errors import MaskError
from srmetrics.prepare.colour import FULL_LUMA
from srmetrics.prepare.gate import Image, check_image
from srmetrics.prepare.pair import Mask

MOST_LABELS = 32
"""A label map with more values than this, unnamed, is taken for a grey image that is no label map."""


def is_label_map(mask_image: NDArray[Any]) -> bool:
    """Return True when a mask image has more than one value besides zero.

    Raises
    ------
    MaskError
        When the image cannot be a mask: not H x W, or values that are no whole numbers.
    """
    return len(_values(_as_integers(mask_image))) > 1


def regions_of(
    mask_image: NDArray[Any],
    *,
    labels: Mapping[int, str] | None = None,
    boundary: int | None = None,
    as_label_map: bool | None = None,
) -> dict[str, Mask]:
    """Return the regions that a mask image stands for, by name.

    One value besides zero is a mask: regions ``mask`` and ``background``. More values are a label map: a region for
    each (``label_128``, or the name given), and no complement.

    Parameters
    ----------
    mask_image : ndarray
        H x W, integers or truth values; zero is outside.
    labels : mapping of int to str, optional
        Names for the values; makes the image a label map. A value without a name belongs to no region, a name
        without a pixel is an empty region.
    boundary : int, optional
        Adds the region ``boundary``: the pixels nearer than or as near as this many pixels (Euclidean, between pixel
        centres) to a pixel of another value, on both sides.
    as_label_map : bool, optional
        Settles whether this is a label map, where a whole folder of masks has to be read one way.

    Raises
    ------
    MaskError
        When the image cannot be a mask: colour, floats that are no whole numbers, more than 32 unnamed values.

    Examples
    --------
    >>> regions = regions_of(np.array([[0, 255], [255, 255]], np.uint8))
    >>> {name: int(mask.sum()) for name, mask in regions.items()}
    {'mask': 3, 'background': 1}
    """
    label_map = _as_integers(mask_image)
    if labels is None and not (is_label_map(label_map) if as_label_map is None else as_label_map):
        inside = label_map != 0
        regions = {"mask": inside, "background": ~inside}
        edges_of = inside.astype(label_map.dtype)
    else:
        regions = _labelled(label_map, labels)
        edges_of = label_map
    if boundary is not None:
        if "boundary" in regions:
            raise MaskError("two regions would be called 'boundary'", way_out="Give the label another name")
        regions["boundary"] = boundary_band(edges_of, boundary)
    return regions


def boundary_band(label_map: NDArray[Any], pixels: int) -> Mask:
    """Return the pixels that have a pixel of another value within a distance, on both sides of every edge.

    Parameters
    ----------
    label_map : ndarray
        H x W of integers or truth values.
    pixels : int
        The Euclidean distance between pixel centres, at least 1; the border of the image is no edge.
    """
    if isinstance(pixels, bool) or not isinstance(pixels, int | np.integer) or pixels < 1:
        raise MaskError(
            "this cannot be a boundary's width", found=repr(pixels), expected="a whole number of at least 1"
        )
    band = np.zeros(label_map.shape, np.bool_)
    for value in np.unique(label_map):
        inside = label_map == value
        if inside.all():
            continue
        # Exact distance of each pixel of this value to the nearest pixel of another one.
        band |= inside & (ndimage.distance_transform_edt(inside) <= pixels)
    return band


def otsu_threshold(slices: Sequence[NDArray[Any]]) -> float:
    """Return Otsu's threshold of an image or of a whole volume: values above it are inside.

    Parameters
    ----------
    slices : sequence of ndarray
        H x W each, read twice and one at a time; an image is a sequence of one.

    Notes
    -----
    Whole numbers have a bin for each value, so that the threshold is one of them; other values have 256 bins, and the
    threshold is the centre of one.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Trans. Syst. Man Cybern. 9(1), 1979.
    """
    lows, highs, whole = [], [], True
    for index in range(len(slices)):
        finite = _finite(slices[index])
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
            whole = whole and np.array_equal(finite, np.round(finite))
    if not lows or min(lows) == max(highs):
        raise MaskError(
            "auto:otsu cannot part an image that has one value", way_out="Give a mask for this image, or leave it out"
        )
    span, bins = (min(lows), max(highs)), 256
    if whole and span[1] - span[0] < 65536:
        span, bins = (span[0] - 0.5, span[1] + 0.5), round(span[1] - span[0]) + 1
    counts = np.zeros(bins)
    for index in range(len(slices)):
        counts += np.histogram(_finite(slices[index]), bins=bins, range=span)[0]
    edges = np.linspace(*span, bins + 1)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = sums / below - (sums[-1] - sums) / above
        between = np.where((below > 0) & (above > 0), below * above * apart**2, -1.0)
    return float(centres[int(np.argmax(between))])


def otsu_mask(reference: object, threshold: float | None = None) -> Mask:
    """Return the pixels of a reference above Otsu's threshold, holes filled.

    Parameters
    ----------
    reference : array_like
        H x W, or H x W x C, of which the BT.601 luma is taken.
    threshold : float, optional
        That of the whole volume, where the image is one slice of it.
    """
    grey = grey_of(check_image(reference, "reference"))
    level = otsu_threshold([grey]) if threshold is None else threshold
    return np.asarray(ndimage.binary_fill_holes(grey > level), np.bool_)


def grey_of(image: Image) -> NDArray[np.float64]:
    """Return a grey version of an image: itself, or the BT.601 luma of its first three channels."""
    if image.ndim == 2 or image.shape[2] < 3:
        return np.asarray(image if image.ndim == 2 else image[:, :, 0], np.float64)
    weights = np.array([FULL_LUMA])
    return np.asarray(cv2.transform(image[:, :, :3].astype(np.float64), weights), np.float64)


def _labelled(label_map: NDArray[Any], labels: Mapping[int, str] | None) -> dict[str, Mask]:
    if labels is None:
        values = _values(label_map)
        if len(values) > MOST_LABELS:
            raise MaskError(
                "this does not look like a label map",
                found=f"{len(values)} values besides zero",
                expected=f"at most {MOST_LABELS}, each the label of a region",
                way_out="Save masks without interpolation or loss, or name the labels: --labels 255=lesion,0=rest",
            )
        return {f"label_{value}": label_map == value for value in values}
    if len(set(labels.values())) != len(labels):
        raise MaskError("two labels have one name", found=", ".join(labels.values()))
    return {name: label_map == value for value, name in labels.items()}


def _finite(values: NDArray[Any]) -> NDArray[np.float64]:
    flat = np.asarray(values, np.float64).ravel()
    return flat[np.isfinite(flat)]


def _values(label_map: NDArray[Any]) -> list[int]:
    return [int(value) for value in np.unique(label_map) if value != 0]


def _as_integers(mask_image: NDArray[Any]) -> NDArray[Any]:
    image = np.asarray(mask_image)
    if image.ndim == 3 and image.shape[2] in (2, 4):
        raise MaskError("the mask has an alpha channel", expected="one channel")
    if image.ndim == 3:
        first = image[:, :, 0]
        if not all(np.array_equal(first, image[:, :, channel]) for channel in range(1, image.shape[2])):
            raise MaskError("the mask is a colour image", expected="one channel, or three equal ones")
        image = first
    if image.ndim != 2:
        raise MaskError("the mask is not an image", found=f"shape {image.shape}", expected="H x W")
    if image.dtype == np.bool_:
        return image.astype(np.uint8)
    if image.dtype.kind == "f":
        if not np.isfinite(image).all() or not np.array_equal(image, np.round(image)):
            raise MaskError("the mask holds values that are no whole numbers", expected="0 and whole labels")
        return image.astype(np.int64)
    if image.dtype.kind not in "ui":
        raise MaskError("the mask holds no numbers", found=f"dtype {image.dtype}")
    return image
