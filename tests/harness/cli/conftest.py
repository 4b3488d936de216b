"""Running the real command, as a user does, on folders that a test fills."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Finished]


@pytest.fixture(scope="session")
def srmetrics() -> Command:
    """Run ``srmetrics ARGUMENTS`` in a process of its own."""

    def run(*arguments: object, before: tuple[str, ...] = ()) -> Finished:
        done = subprocess.run(
            [*before, sys.executable, "-W", "error", "-m", "harness", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


@dataclass(frozen=True)
class Folders:
    """A folder of references and one of outputs: three good pairs to begin with."""

    references: Path
    outputs: Path
    out: Path

    def image(self, seed: int, height: int = 24, width: int = 32, channels: int = 3) -> NDArray[np.uint8]:
        """Return some smooth image."""
        rng = np.random.default_rng(seed)
        small = rng.integers(0, 256, (6, 8, channels), dtype=np.uint8)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))

    def add(self, name: str, reference: NDArray[np.generic], output: NDArray[np.generic]) -> None:
        """Write a pair as PNG."""
        for folder, image in ((self.references, reference), (self.outputs, output)):
            write_png(folder / f"{name}.png", image)


def write_png(path: Path, image: NDArray[np.generic]) -> None:
    """Write an image whose name OpenCV may not be able to open."""
    stored = image[..., ::-1] if image.ndim == 3 and image.shape[2] == 3 else image
    good, data = cv2.imencode(".png", np.ascontiguousarray(stored))
    assert good
    path.write_bytes(data.tobytes())


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """Three good pairs named a, b and c."""
    made = Folders(tmp_path / "HR", tmp_path / "ours", tmp_path / "run")
    made.references.mkdir()
    made.outputs.mkdir()
    for seed, name in enumerate("abc"):
        image = made.image(seed)
        made.add(name, image, np.clip(image.astype(np.int16) + 3 + seed, 0, 255).astype(np.uint8))
    return made
