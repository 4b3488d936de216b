"""Good pairs of real pictures, into which tests plant faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize
from harness.jobs.diagnose import Diagnosis, diagnose

Image8 = NDArray[np.uint8]
SCALE = 2
SIDES = (208, 224)


@dataclass
class Pairs:
    """References and candidates by name, and a place to write them."""

    root: Path
    references: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    candidates: dict[str, NDArray[np.generic]] = field(default_factory=dict)

    def change_candidates(self, change: Callable[[Image8], NDArray[np.generic]]) -> Pairs:
        """Return the pairs with every candidate changed."""
        changed = {key: change(image) for key, image in self.candidates.items()}  # type: ignore[arg-type]
        return Pairs(self.root, dict(self.references), changed)

    def change_references(self, change: Callable[[Image8], NDArray[np.generic]]) -> Pairs:
        """Return the pairs with every reference changed."""
        changed = {key: change(image) for key, image in self.references.items()}  # type: ignore[arg-type]
        return Pairs(self.root, changed, dict(self.candidates))

    def write(self) -> tuple[Path, Path]:
        """Write both folders."""
        folders = self.root / "HR", self.root / "ours"
        for folder, images in zip(folders, (self.references, self.candidates), strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.iterdir():
                old.unlink()
            for key, image in images.items():
                if image.dtype.kind == "f":
                    np.save(folder / f"{key}.npy", image)
                else:
                    Image.fromarray(np.ascontiguousarray(image)).save(folder / f"{key}.png")
        return folders

    def diagnose(self, scale: int | None = SCALE) -> Diagnosis:
        """Write both folders and diagnose them."""
        reference, candidate = self.write()
        return diagnose(reference, candidate, scale=scale, workers=2)


@pytest.fixture(scope="session")
def pictures() -> dict[str, Image8]:
    """Three photographs that never were JPEGs, of 208 x 224 pixels."""
    from skimage import data

    height, width = SIDES
    return {
        "astronaut": np.ascontiguousarray(data.astronaut()[:height, 100 : 100 + width]),
        "coffee": np.ascontiguousarray(data.coffee()[60 : 60 + height, 130 : 130 + width]),
        "scarf": np.ascontiguousarray(data.astronaut()[280 : 280 + height, 40 : 40 + width]),
    }


@pytest.fixture
def clean(pictures: dict[str, Image8], tmp_path: Path) -> Pairs:
    """The photographs with what bicubic interpolation makes of them at x2."""
    outputs = {key: imresize(imresize(image, 1 / SCALE), SCALE) for key, image in pictures.items()}
    return Pairs(tmp_path, dict(pictures), dict(outputs))
