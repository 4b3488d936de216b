"""Folders that a test fills with arrays, and what comparing them gives."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

import harness
from harness.leaderboard.leaderboard import Leaderboard
from harness.leaderboard.to_csv import leaderboard_csv, per_image_csv


@dataclass(frozen=True)
class Shelf:
    """A place for folders of images, each written from an array."""

    root: Path

    def put(self, place: str, array: NDArray[np.generic]) -> Path:
        """Write an array: PNG by Pillow, TIFF by tifffile (a stack as pages), NumPy by NumPy."""
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".npy":
            np.save(path, array)
        elif path.suffix == ".tif":
            photometric = "rgb" if array.shape[-1] == 3 else "minisblack"
            tifffile.imwrite(path, array, photometric=photometric)
        else:
            Image.fromarray(array).save(path)
        return path

    def compare(self, *candidates: str, reference: str = "HR", **options: object) -> Leaderboard:
        """Compare folders by their names."""
        named = [f"{name}={self.root / name}" for name in candidates or ("ours",)]
        options.setdefault("workers", 1)
        return harness.compare(self.root / reference, named, **options)  # type: ignore[arg-type]


def smooth(seed: int, shape: Sequence[int] = (24, 30, 3)) -> NDArray[np.float64]:
    """Return smooth values from 20 to 235."""
    rng = np.random.default_rng(seed)
    values = ndimage.gaussian_filter(rng.random(tuple(shape)), (2, 2, 0)[: len(shape)])
    values = (values - values.min()) / np.ptp(values)
    return np.asarray(20 + 215 * values)


def pair_of(seed: int, shape: Sequence[int] = (24, 30, 3)) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a smooth image and a noisy one of it, 8 bits."""
    reference = smooth(seed, shape)
    noise = np.random.default_rng(seed + 100).normal(0, 6, tuple(shape))
    return np.rint(reference).astype(np.uint8), np.rint(np.clip(reference + noise, 0, 255)).astype(np.uint8)


def psnr(reference: NDArray[np.generic], candidate: NDArray[np.generic], data_range: float = 255) -> float:
    """Return PSNR by its definition."""
    mse = np.mean((reference.astype(np.float64) - candidate.astype(np.float64)) ** 2)
    return float(10 * np.log10(data_range**2 / mse))


def values(board: Leaderboard, metric: str = "psnr", region: str = "image") -> dict[str, float]:
    """Return image -> value of a metric, of the only method."""
    return {row.image: row.values[metric] for row in board.per_image if row.region == region}


def table(board: Leaderboard) -> list[dict[str, str]]:
    """Return the rows of ``leaderboard.csv``."""
    return list(csv.DictReader(io.StringIO(leaderboard_csv(board))))


def per_image(board: Leaderboard) -> list[dict[str, str]]:
    """Return the rows of ``per_image.csv``."""
    return list(csv.DictReader(io.StringIO(per_image_csv(board))))
