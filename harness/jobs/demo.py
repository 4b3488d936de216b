"""The main job on images that ship with scikit-image: a first look, and a check of an installation."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from degradations import imresize
from degradations.imresize import KernelName
from harness.engine.atomic import write_atomically
from harness.front import compare
from harness.leaderboard.leaderboard import Leaderboard

KERNELS: dict[str, KernelName] = {
    "nearest": "nearest",
    "bilinear": "bilinear",
    "bicubic": "bicubic",
    "lanczos": "lanczos3",
}
SCALES = (2, 4)
PROTOCOL = "sr-y8"


def demo_images() -> dict[str, NDArray[np.uint8]]:
    """Return photographs that lie in scikit-image's own wheel, none of which is downloaded."""
    from skimage import data

    loaders: dict[str, Callable[[], Any]] = {
        "astronaut": data.astronaut,
        "camera": data.camera,
        "chelsea": data.chelsea,
        "coffee": data.coffee,
        "coins": data.coins,
        "hubble": data.hubble_deep_field,
        "page": data.page,
        "rocket": data.rocket,
    }
    return {name: np.asarray(load(), np.uint8) for name, load in loaders.items()}


def run_demo(out: str | Path, report: Callable[[int, int], None] = lambda done, total: None) -> list[Leaderboard]:
    """Make LR images, upscale them by four kernels, compare, write everything, and return a leaderboard a scale.

    Parameters
    ----------
    out : str or path
        The folder for images and tables.
    report : callable, optional
        Told how many references are done.
    """
    folder = Path(out)
    images = demo_images()
    boards: list[Leaderboard] = []
    for turn, scale in enumerate(SCALES):
        here = folder / f"x{scale}"
        for name, image in images.items():
            height, width = (side - side % scale for side in image.shape[:2])
            reference = image[:height, :width]
            small = imresize(reference, 1 / scale)
            _save(here / "HR" / f"{name}.png", reference)
            _save(here / "LR" / f"{name}.png", small)
            for method, kernel in KERNELS.items():
                _save(here / method / f"{name}.png", imresize(small, scale, kernel=kernel))
        board = compare(
            here / "HR",
            {method: here / method for method in KERNELS},
            protocol=PROTOCOL,
            scale=scale,
            dataset="skimage-photographs",
            baseline="bicubic",
            progress=partial(_report_turn, report, turn),
        )
        board.write(here / "run")
        boards.append(board)
    return boards


def _report_turn(report: Callable[[int, int], None], turn: int, done: int, total: int) -> None:
    report(done + turn * total, total * len(SCALES))


def _save(path: Path, image: NDArray[Any]) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "png")
    write_atomically(path, buffer.getvalue())
