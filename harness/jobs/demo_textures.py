"""The bench on patches of three textures that ship with scikit-image, told apart before and after restoration."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from harness.engine.atomic import write_atomically
from harness.engine.results_file import RESULTS_NAME
from harness.jobs.bench import run_bench
from harness.jobs.bench_options import BenchOptions
from harness.jobs.bench_result import BenchResult
from harness.jobs.study import checked_study

SIDE = 64
PATCHES = 20
"""Of each texture."""

STUDY = {
    "name": "skimage-textures",
    "images": {"classes": "folders"},
    "degradation": {"recipe": "bicubic-matlab-x4@1"},
    "upscalers": ["nearest", "bicubic", "lanczos"],
    "scoring": {"protocol": "native"},
    "classification": {"classifiers": ["default"], "repeats": 3},
}


def run_texture_demo(out: str | Path, report: Callable[[int, int], None] = lambda done, total: None) -> BenchResult:
    """Cut patches, make them four times smaller, restore and classify them; no download, no torch.

    Parameters
    ----------
    out : str or path
        The folder for patches and tables.
    report : callable, optional
        Told how many tasks are done.
    """
    folder = Path(out)
    write_patches(folder / "HR")
    # A demo starts anew each time: an installation that was upgraded in between must not be refused.
    (folder / "run" / RESULTS_NAME).unlink(missing_ok=True)
    options = BenchOptions(images=str(folder / "HR"), out=str(folder / "run"), measure_cost=False)
    return run_bench(checked_study(STUDY), options, report)


def write_patches(folder: Path) -> None:
    """Write patches of scikit-image's photographs of brick, grass and gravel, a folder each."""
    from PIL import Image
    from skimage import data

    loaders: dict[str, Callable[[], Any]] = {"brick": data.brick, "grass": data.grass, "gravel": data.gravel}
    for name, load in loaders.items():
        photograph = np.asarray(load(), np.uint8)
        across = photograph.shape[1] // SIDE
        # Every third cell of the grid, so that neighbours are seldom both taken.
        for number in range(PATCHES):
            row, column = divmod(3 * number, across)
            patch = photograph[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
            buffer = io.BytesIO()
            Image.fromarray(patch).save(buffer, "png")
            write_atomically(folder / name / f"{number:03d}.png", buffer.getvalue())
