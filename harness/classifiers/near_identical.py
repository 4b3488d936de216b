"""Near-identical images: the distance of perceptual hashes, the smallest over the eight orientations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.orientations import orientations

NEAR_DISTANCE = 4
"""Of 64 bits. On 300 white blood cells it lists 5 pairs, three of them one cell cut out twice; 6 bits list 26."""

_SIDE = 32  # what the hash reads: imagehash shrinks to this
_HASH_BITS = 64
_BLOCK_PRODUCTS = 1 << 24  # of 64-bit dot products at a time: 64 MB


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two images that look alike."""

    first: str
    second: str
    distance: int
    """Bits of 64 that differ between the hashes, in the orientation where the fewest do."""


def near_identical_images(images: Mapping[str, NDArray[Any]], *, distance: int = NEAR_DISTANCE) -> tuple[NearPair, ...]:
    """Find the pairs of images whose perceptual hashes differ in few bits.

    The hash is imagehash's ``phash``: the signs of the 64 lowest frequencies of the image shrunk to 32 x 32,
    about their median. An image without any contrast there has no hash and is passed over.

    Parameters
    ----------
    images : mapping of str to ndarray, shape (H, W) or (H, W, C)
        By key; asked for one at a time.
    distance : int, optional
        The most bits that may differ, from 0 to 64.

    Returns
    -------
    tuple of NearPair
        Identical images among them, at a distance of 0; nearest first, then by key.

    References
    ----------
    J. Buchner, imagehash, https://github.com/JohannesBuchner/imagehash
    """
    keys, hashes = [], []
    for key in sorted(images):
        signs = _signs(images[key])
        if signs is not None:
            keys.append(key)
            hashes.append(signs)
    if not keys:
        return ()
    turned = np.stack(hashes)  # (n, 8, 64), +1 and -1
    upright, flat = turned[:, 0], turned.reshape(-1, _HASH_BITS)
    found = []
    rows = max(1, _BLOCK_PRODUCTS // len(flat))
    for start in range(0, len(keys), rows):
        # +1 and -1 multiply to the bits that agree less those that differ: whole numbers, exact in float32.
        products = upright[start : start + rows] @ flat[8 * start :].T
        differing = ((_HASH_BITS - products) / 2).reshape(len(products), -1, 8).min(axis=2)
        for row, column in np.argwhere(differing <= distance).tolist():
            if row < column:
                found.append(NearPair(keys[start + row], keys[start + column], int(differing[row, column])))
    return tuple(sorted(found, key=lambda pair: (pair.distance, pair.first, pair.second)))


def _signs(image: NDArray[Any]) -> NDArray[np.float32] | None:
    """Return the hashes of the eight orientations as +1 and -1, shape (8, 64)."""
    import imagehash
    from PIL import Image

    shrunk = np.asarray(Image.fromarray(_eight_bit_grey(image)).resize((_SIDE, _SIDE), Image.Resampling.LANCZOS))
    if shrunk.min() == shrunk.max():
        return None
    # The small image is turned rather than the large one: shrinking costs most.
    hashes = [imagehash.phash(Image.fromarray(np.ascontiguousarray(seen))).hash for seen in orientations(shrunk)]
    return np.where(np.stack(hashes).reshape(8, _HASH_BITS), np.float32(1), np.float32(-1))


def _eight_bit_grey(image: NDArray[Any]) -> NDArray[np.uint8]:
    grey = image.astype(np.float64)
    if grey.ndim == 3:
        grey = grey[:, :, :3] @ np.array([0.299, 0.587, 0.114]) if grey.shape[2] >= 3 else grey[:, :, 0]
    if image.dtype != np.uint8:  # by its own range, which the hash does not see
        low, high = float(grey.min()), float(grey.max())
        grey = (grey - low) * (255 / (high - low)) if high > low else np.zeros_like(grey)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)
