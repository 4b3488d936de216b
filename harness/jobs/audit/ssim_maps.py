"""SSIM of one pair under many conventions at once: windows are laid once, and everything else is made of their means.

The means of the sum and of the difference of two images, and of their squares, give SSIM for any covariance, range
and K. A crop under ``valid`` edges is a part of the whole map; under other edges it differs from that part only in a
band as wide as the window's radius, which is laid anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from srmetrics.metrics.windows import BORDERS, Kernel, filter_strip, window_kernel

Array = NDArray[np.float64]

STRIP_ROWS = 48


class Variant(NamedTuple):
    """What is done with the windows' means."""

    sample: bool
    c1: float
    c2: float


class Layer(NamedTuple):
    """Two images as their sum and their difference, rows x width x channels, the sum less twice a central value."""

    total: Array
    difference: Array
    centre: float

    def part(self, rows: slice, columns: slice) -> Layer:
        """Return a rectangle of both."""
        return Layer(self.total[rows, columns], self.difference[rows, columns], self.centre)

    def padded(self, top: int, bottom: int, left: int, right: int, edges: str) -> Layer:
        """Return both with a border."""
        sides = top, bottom, left, right
        return Layer(_padded(self.total, sides, edges), _padded(self.difference, sides, edges), self.centre)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        height, width, channels = self.total.shape
        return height, width, channels


def layer_of(reference: Array, candidate: Array, centre: float) -> Layer:
    """Return the layer of two images, height x width x channels of float64."""
    return Layer(reference + candidate - 2.0 * centre, reference - candidate, centre)


class ValidSums:
    """SSIM of one layer and window under valid edges: for each variant and crop, the sum over the map's rows."""

    def __init__(self, layer: Layer, window: str, variants: Sequence[Variant], crops: Sequence[int]) -> None:
        self.layer, self.kernel = layer, window_kernel(window)
        self.radius = len(self.kernel) // 2
        self.variants, self.crops = tuple(variants), tuple(crops)
        parts: list[dict[int, list[Array]]] = [{crop: [] for crop in self.crops} for _ in self.variants]
        for place, strip in _strips(layer, self.kernel, self.variants):
            for crop, sums in _row_sums(strip, self.crops):
                parts[place][crop].append(sums)
        self.rows = [
            {crop: np.concatenate(sums) if sums else np.zeros(0) for crop, sums in found.items()} for found in parts
        ]

    def inside(self, variant: int, crop: int) -> float:
        """Return the sum of the map over the windows inside the cropped image, 0 where there is none."""
        if min(self._left(crop)) - 2 * self.radius < 1:
            return 0.0
        sums = self.rows[variant][crop]
        return float(sums[crop : len(sums) - crop].sum())

    def means(self, edges: str, crops: Sequence[int]) -> list[dict[int, float]]:
        """Return, for each variant, SSIM by crop; NaN where the window does not fit."""
        return [dict(found) for found in zip(*self._by_crop(edges, crops), strict=True)]

    def _by_crop(self, edges: str, crops: Sequence[int]) -> Iterator[list[tuple[int, float]]]:
        channels = self.layer.shape[2]
        for crop in crops:
            height, width = self._left(crop)
            margin = self.radius if edges == "valid" else 0
            least = {"valid": 2 * self.radius + 1, "reflect": self.radius + 1, "replicate": 1}[edges]
            if min(height, width) < least:
                yield [(crop, math.nan) for _ in self.variants]
                continue
            n = (height - 2 * margin) * (width - 2 * margin) * channels
            around = [0.0] * len(self.variants) if edges == "valid" else self._around(crop, edges)
            yield [(crop, (self.inside(place, crop) + around[place]) / n) for place in range(len(self.variants))]

    def _left(self, crop: int) -> tuple[int, int]:
        height, width, _ = self.layer.shape
        return height - 2 * crop, width - 2 * crop

    def _around(self, crop: int, edges: str) -> list[float]:
        """Return the sums over the windows that reach beyond the cropped image."""
        height, width, _ = self.layer.shape
        image = self.layer.part(slice(crop, height - crop), slice(crop, width - crop))
        r, whole = self.radius, slice(None)
        high, wide = self._left(crop)
        if min(high, wide) < 2 * r + 1:
            parts = [image.padded(r, r, r, r, edges)]
        else:
            parts = [
                image.part(slice(0, 2 * r), whole).padded(r, 0, r, r, edges),
                image.part(slice(high - 2 * r, high), whole).padded(0, r, r, r, edges),
                image.part(whole, slice(0, 2 * r)).padded(0, 0, r, 0, edges),
                image.part(whole, slice(wide - 2 * r, wide)).padded(0, 0, 0, r, edges),
            ]
        sums: list[list[float]] = [[] for _ in self.variants]
        for part in parts:
            for place, strip in _strips(part, self.kernel, self.variants):
                sums[place].append(float(strip.sum()))
        return [math.fsum(some) for some in sums]


def _padded(image: Array, sides: tuple[int, int, int, int], edges: str) -> Array:
    made = cv2.copyMakeBorder(image, *sides, BORDERS[edges])
    return np.asarray(made, np.float64).reshape(*made.shape[:2], image.shape[2])


def _strips(layer: Layer, kernel: Kernel, variants: Sequence[Variant]) -> Iterator[tuple[int, Array]]:
    """Yield strips of each variant's map, at the pixels whose window lies inside the layer, from top to bottom."""
    r = len(kernel) // 2
    height = layer.shape[0]
    if min(layer.shape[:2]) < len(kernel):
        return
    factor = float(len(kernel) ** 2)
    factor = factor / (factor - 1.0)
    for start in range(0, height - 2 * r, STRIP_ROWS):
        stop = min(start + STRIP_ROWS, height - 2 * r) + 2 * r
        total, difference = (np.ascontiguousarray(image[start:stop]) for image in layer[:2])
        mean_total, mean_difference = _means(total, kernel), _means(difference, kernel)
        spread_total, spread_difference = _means(np.square(total), kernel), _means(np.square(difference), kernel)
        spread_total -= np.square(mean_total)
        spread_difference -= np.square(mean_difference)
        mean_total += 2.0 * layer.centre
        np.square(mean_total, out=mean_total)
        np.square(mean_difference, out=mean_difference)
        # Twice 2 mu_x mu_y, twice mu_x^2 + mu_y^2, and the same of covariance and variances.
        product, squares = mean_total - mean_difference, mean_total + mean_difference
        covariance, variances = spread_total - spread_difference, spread_total + spread_difference
        luminance: dict[float, Array] = {}
        with np.errstate(invalid="ignore", divide="ignore"):
            for place, (sample, c1, c2) in enumerate(variants):
                if c1 not in luminance:
                    luminance[c1] = (product + 2.0 * c1) / (squares + 2.0 * c1)
                times = factor if sample else 1.0
                constant = 2.0 * c2 / times
                made = covariance + constant
                made /= variances + constant
                made *= luminance[c1]
                yield place, made


def _means(image: Array, kernel: Kernel) -> Array:
    r = len(kernel) // 2
    return filter_strip(image, kernel, BORDERS["valid"])[:, r : image.shape[1] - r].copy()


def _row_sums(strip: Array, crops: Sequence[int]) -> Iterator[tuple[int, Array]]:
    """Yield, for each crop, the sum of each row of the map over the columns that the crop leaves."""
    most = min(max(crops), strip.shape[1] // 2)
    whole = strip.reshape(len(strip), -1).sum(axis=1)
    sides = strip[:, :most].sum(axis=2) + strip[:, ::-1][:, :most].sum(axis=2)
    outside = np.concatenate([np.zeros((len(strip), 1)), np.cumsum(sides, axis=1)], axis=1)
    for crop in crops:
        yield crop, whole - outside[:, min(crop, most)]
