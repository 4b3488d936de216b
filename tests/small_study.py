"""A study that takes a second: textures of three classes in folders, made small, restored and classified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from harness.jobs.bench import run_bench
from harness.jobs.bench_options import BenchOptions
from harness.jobs.bench_progress import BenchProgress, Report
from harness.jobs.bench_result import BenchResult
from harness.jobs.smoke import texture
from harness.jobs.study import Study, checked_study

SIDE = 24


def write_textures(folder: Path, of_a_class: int = 6) -> Path:
    """Write class folders ``class_0`` ... with ``of_a_class`` images each."""
    for label in range(3):
        for number in range(of_a_class):
            pixels, _ = texture(label, 10 * label + number, 3)
            save(folder / f"class_{label}" / f"{number:03d}.png", pixels[:SIDE, :SIDE])
    return folder


def save(path: Path, pixels: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def small_study(**changes: Any) -> Study:
    document: dict[str, Any] = {
        "images": {"classes": "folders"},
        "degradation": {"recipe": "bicubic-matlab-x2@1"},
        "upscalers": ["nearest", "bicubic"],
        "classification": {"classifiers": ["fake"], "repeats": 2},
    }
    return checked_study(document | changes)


def run(
    study: Study, images: Path, out: Path, progress: Report | BenchProgress | None = None, **options: Any
) -> BenchResult:
    settings: dict[str, Any] = {"images": str(images), "out": str(out), "measure_cost": False}
    return run_bench(study, BenchOptions(**(settings | options)), progress)


def tables(folder: Path) -> dict[str, bytes]:
    """Return every CSV of a run but its costs."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv")) if path.name != "cost.csv"}
