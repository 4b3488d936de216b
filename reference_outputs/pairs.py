"""The image pairs on which srmetrics is compared with other tools: generated, the same on every machine.

Only integer arithmetic and numpy's frozen ``RandomState`` stream make them, so that no mathematical library can move
a pixel; ``pairs.csv`` holds their digests. Three pairs are parts of photographs that ship with scikit-image.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """A reference and a candidate."""

    name: str
    reference: Image
    """H x W or H x W x 3 (RGB); slices x H x W for a volume."""
    candidate: Image
    data_range: float

    @property
    def colour(self) -> bool:
        """True for RGB images."""
        return bool(self.reference.shape[-1] == 3)

    @property
    def volume(self) -> bool:
        """True for slices x H x W."""
        return self.reference.ndim == 3 and not self.colour

    @property
    def equal_sizes(self) -> bool:
        """False where the candidate has to be resized first."""
        return self.reference.shape == self.candidate.shape

    @property
    def digest(self) -> str:
        """SHA-256 of both images' shapes, dtypes and little-endian bytes."""
        digest = hashlib.sha256()
        for image in (self.reference, self.candidate):
            digest.update(f"{image.shape} {image.dtype.name}".encode())
            digest.update(np.ascontiguousarray(image).astype(image.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()


def texture(seed: int, shape: tuple[int, ...], depth: int = 255) -> Integers:
    """Return a picture of smooth shades, fine texture and hard edges, from 0 to ``depth``."""
    random = np.random.RandomState(seed)
    height, width = shape[0], shape[1]
    layers = [
        _stretched(box_blur(random.randint(0, 4096, shape, dtype=np.int64), radius), 4096) for radius in (1, 3, 9)
    ]
    picture = layers[0] + 2 * layers[1] + 5 * layers[2]
    for _ in range(6):
        top, left, tall, wide = random.randint(
            (0, 0, 1, 1), (height, width, height // 2 + 2, width // 2 + 2), dtype=np.int64
        )
        picture[top : top + tall, left : left + wide] += random.randint(-9000, 9000, shape[2:], dtype=np.int64)
    return _stretched(picture, depth)


def box_blur(values: Integers, radius: int) -> Integers:
    """Return means over squares of 2 radius + 1 pixels, rounded down, borders repeated."""
    side = 2 * radius + 1
    for axis in (0, 1):
        padding = [(radius, radius) if each == axis else (0, 0) for each in range(values.ndim)]
        sums = np.cumsum(np.pad(values, padding, mode="edge"), axis=axis)
        sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis=axis)
        length = values.shape[axis]
        values = (sums.take(range(side, side + length), axis) - sums.take(range(length), axis)) // side
    return values


def noisy(seed: int, values: Integers, strength: int, depth: int = 255) -> Integers:
    """Return values with a bell-shaped noise, the sum of four uniform ones of +-strength, clipped."""
    noise = np.random.RandomState(seed).randint(-strength, strength + 1, (4, *values.shape), dtype=np.int64)
    return np.asarray(np.clip(values + noise.sum(axis=0), 0, depth), np.int64)


def pixelated(values: Integers, scale: int) -> Integers:
    """Return every ``scale``-th pixel, repeated: what nearest-neighbour upscaling gives."""
    small = values[::scale, ::scale]
    return small.repeat(scale, axis=0).repeat(scale, axis=1)[: values.shape[0], : values.shape[1]]


def _stretched(values: Integers, depth: int) -> Integers:
    low, high = values.min(), values.max()
    return np.asarray((values - low) * depth // max(high - low, 1), np.int64)


def _bytes(name: str, reference: Integers, candidate: Integers) -> Pair:
    return Pair(name, reference.astype(np.uint8), candidate.astype(np.uint8), 255.0)


def _blurred(name: str, seed: int, shape: tuple[int, ...]) -> Pair:
    picture = texture(seed, shape)
    return _bytes(name, picture, noisy(seed + 1, box_blur(picture, 1), 2))


def _photograph(name: str, of: str, rows: slice, columns: slice, scale: int) -> Pair:
    import skimage.data

    picture = getattr(skimage.data, of)()[rows, columns].astype(np.int64)
    return _bytes(name, picture, pixelated(picture, scale))


def _checkers(name: str) -> Pair:
    squares = np.indices((40, 50)).sum(axis=0) % 2 * 255
    return _bytes(name, squares, 255 - squares)


def _bright(name: str) -> Pair:
    picture = 236 + texture(31, (70, 66, 3), 19)
    return _bytes(name, picture, noisy(32, picture, 1))


def _words(name: str, seed: int, shape: tuple[int, ...], depth: int) -> Pair:
    picture = texture(seed, shape, depth)
    degraded = noisy(seed + 1, box_blur(picture, 1), depth // 200, depth)
    return Pair(name, picture.astype(np.uint16), degraded.astype(np.uint16), float(depth))


def _floats(name: str, seed: int, shape: tuple[int, ...]) -> Pair:
    pair = _words(name, seed, shape, 65536 - 1)
    # Multiples of 2^-16 are exact in float32 and float64 alike.
    return Pair(name, pair.reference / 65536, pair.candidate / 65536, 1.0)


def _signed(name: str) -> Pair:
    pair = _words(name, 47, (75, 84), 4095)
    return Pair(name, pair.reference - 1024.0, pair.candidate - 1024.0, 4096.0)


def _volume(name: str) -> Pair:
    slices = [_floats(name, seed, (60, 56)) for seed in range(60, 70, 2)]
    reference, candidate = (np.stack([getattr(one, role) for one in slices]) for role in ("reference", "candidate"))
    # Slices darken, so that the volume's maximum is not each slice's own.
    weights = np.array([16, 14, 12, 10, 8])[:, None, None] / 16
    return Pair(name, reference * weights, candidate * weights, 1.0)


def _small_candidate(name: str) -> Pair:
    picture = texture(71, (120, 116, 3))
    return _bytes(name, picture, box_blur(picture, 1)[1::4, 1::4])


def _constants(name: str, first: int, second: int) -> Pair:
    return _bytes(name, np.full((32, 36), first), np.full((32, 36), second))


_MAKERS: dict[str, Callable[[str], Pair]] = {
    "grey": lambda name: _blurred(name, 1, (96, 120)),
    "colour": lambda name: _blurred(name, 3, (100, 90, 3)),
    "odd": lambda name: _bytes(name, picture := texture(5, (61, 83, 3)), pixelated(picture, 4)),
    "tall": lambda name: _blurred(name, 7, (660, 640)),
    "middling": lambda name: _blurred(name, 9, (391, 385)),
    "sixteens": lambda name: _blurred(name, 17, (176, 192, 3)),
    "least": lambda name: _blurred(name, 11, (11, 11, 3)),
    "noise": lambda name: _bytes(
        name, noisy(13, np.full((64, 70, 3), 128), 60), noisy(14, np.full((64, 70, 3), 128), 60)
    ),
    "negative": lambda name: _bytes(name, picture := texture(15, (72, 80, 3)), 255 - picture),
    "checkers": _checkers,
    "flat": lambda name: _constants(name, 120, 123),
    "flat-bright": lambda name: _constants(name, 255, 250),
    "bright": _bright,
    "dark": lambda name: _bytes(name, picture := texture(33, (68, 71), 12), noisy(34, picture, 1)),
    "identical": lambda name: _bytes(name, picture := texture(35, (50, 54, 3)), picture),
    "sixteen-bit": lambda name: _words(name, 41, (80, 74, 3), 65535),
    "twelve-bit": lambda name: _words(name, 43, (82, 78), 4095),
    "float-grey": lambda name: _floats(name, 45, (77, 90)),
    "float-colour": lambda name: _floats(name, 46, (90, 85, 3)),
    "signed": _signed,
    "photograph": lambda name: _photograph(name, "chelsea", slice(60, 188), slice(100, 260), 2),
    "face": lambda name: _photograph(name, "astronaut", slice(20, 188), slice(150, 320), 4),
    "microscope": lambda name: _photograph(name, "coins", slice(0, 150), slice(0, 170), 3),
    "volume": _volume,
    "small-candidate": _small_candidate,
}

PAIR_NAMES = tuple(_MAKERS)


@cache
def make_pair(name: str) -> Pair:
    """Return a pair by its name."""
    return _MAKERS[name](name)
