"""Identical images: the same pixels, also when flipped or turned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.orientations import orientations
from srmetrics.errors import LeakageError

_SHOWN = 10  # pairs that a message names


def identical_images(images: Mapping[str, NDArray[Any]]) -> tuple[tuple[str, ...], ...]:
    """Find the images that have the same pixels in one of the eight orientations.

    Parameters
    ----------
    images : mapping of str to ndarray, shape (H, W) or (H, W, C)
        By key; may load an image when it is asked for, and is asked for one at a time. An RGB image of three
        equal channels counts as the one-channel image that it shows.

    Returns
    -------
    tuple of tuple of str
        One per set of images that are the same: their keys in sorted order.

    Examples
    --------
    >>> plain = np.arange(6, dtype=np.uint8).reshape(2, 3)
    >>> identical_images({"a": plain, "b": plain + 1, "c": np.rot90(plain)})
    (('a', 'c'),)
    """
    alike: dict[str, list[str]] = {}
    for key in sorted(images):
        alike.setdefault(_unordered_digest(images[key]), []).append(key)
    same: dict[str, list[str]] = {}
    for keys in alike.values():
        if len(keys) > 1:  # the costly look, at the few that have the same values in some order
            for key in keys:
                same.setdefault(_digest_of_any_orientation(images[key]), []).append(key)
    return tuple(sorted(tuple(keys) for keys in same.values() if len(keys) > 1))


def refuse_two_labels(identical: tuple[tuple[str, ...], ...], labels: Mapping[str, str]) -> None:
    """Stop where the same pixels have two labels: one of them is wrong, whatever the split.

    Raises
    ------
    LeakageError
        Naming the pairs.
    """
    pairs = [pair for keys in identical for pair in combinations(keys, 2) if labels[pair[0]] != labels[pair[1]]]
    if pairs:
        raise LeakageError(
            "the same pixels have two labels",
            found=shown([f"{a!r} ({labels[a]}) and {b!r} ({labels[b]})" for a, b in pairs]),
            expected="one label for one image, also when it is flipped or turned",
            way_out="Mend the labels, or leave these images out",
        )


def first_of_each(identical: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """Return, for each image to be dropped, the first of its set in sorted order, which is kept."""
    return {key: keys[0] for keys in identical for key in keys[1:]}


def shown(items: list[str]) -> str:
    """Join items for a message: the first few, and how many more there are."""
    more = f"; and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return "; ".join(items[:_SHOWN]) + more


def _unordered_digest(image: NDArray[Any]) -> str:
    """Return a digest that no flip or turn changes: of the sorted values and the sides in either order."""
    plain = _one_channel_if_grey(image)
    head = f"{sorted(plain.shape[:2])} {plain.shape[2:]} {plain.dtype}"
    values = np.bincount(plain.ravel(), minlength=256) if plain.dtype == np.uint8 else np.sort(plain, axis=None)
    return hashlib.sha256(head.encode() + np.ascontiguousarray(values).tobytes()).hexdigest()


def _digest_of_any_orientation(image: NDArray[Any]) -> str:
    plain = _one_channel_if_grey(image)
    return min(
        hashlib.sha256(f"{seen.shape} {seen.dtype}".encode() + np.ascontiguousarray(seen).tobytes()).hexdigest()
        for seen in orientations(plain)
    )


def _one_channel_if_grey(image: NDArray[Any]) -> NDArray[Any]:
    if image.ndim == 3 and (image == image[:, :, :1]).all():
        return image[:, :, 0]
    return image
