"""How long a report takes, and how much memory: 100 references of half a megapixel to one, four methods.

Run: python benchmarks/report.py [--images 100] [--workers 2]
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from harness.engine.cores import available_cores
from harness.front import compare
from harness.report import write_report

SIZES = ((576, 864), (720, 960), (768, 1152), (832, 1248))
"""Heights and widths in turn: 0.5 to 1.04 megapixels."""
METHODS = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC, "lanczos": 4}


def write_run(folder: Path, images: int) -> Path:
    """Write references and four methods' outputs, and compare them."""
    rng = np.random.default_rng(0)
    for number in range(images):
        height, width = SIZES[number % len(SIZES)]
        coarse = rng.integers(0, 256, (height // 12, width // 12, 3), dtype=np.uint8)
        detail = rng.normal(0, 7, (height, width, 3))
        shape = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        reference = np.clip(shape + detail, 0, 255).astype(np.uint8)
        small = cv2.resize(reference, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
        save(folder / "HR" / f"{number:03d}.png", reference)
        for method, rule in METHODS.items():
            save(folder / method / f"{number:03d}.png", cv2.resize(small, (width, height), interpolation=rule))
    board = compare(folder / "HR", {method: folder / method for method in METHODS}, protocol="sr-y", scale=4)
    board.write(folder / "run")
    return folder / "run"


def save(path: Path, image: np.ndarray) -> None:
    """Write a PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def main() -> None:
    """Make the run in a process of its own time, and time its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--workers", type=int, default=available_cores())
    parser.add_argument("--run", type=Path, help="a run that was made before")
    parser.add_argument("--keep", type=Path, help="make the run here and keep it")
    given = parser.parse_args()
    if given.run is None and given.keep is None:
        with tempfile.TemporaryDirectory() as folder:
            measure(write_run(Path(folder), given.images), given.workers)
        return
    measure(given.run or write_run(given.keep, given.images), given.workers)


def measure(run: Path, workers: int) -> None:
    """Print seconds, the page's size, what lies beside it, and the largest memory held."""
    before = peak()
    started = time.perf_counter()
    page = write_report(run, workers=workers)
    seconds = time.perf_counter() - started
    beside = list((page.parent / "images").glob("*")) if (page.parent / "images").is_dir() else []
    print(f"workers            {workers}")
    print(f"seconds            {seconds:.1f}")
    print(f"page               {page.stat().st_size / 1e6:.1f} MB")
    print(f"beside             {len(beside)} files, {sum(file.stat().st_size for file in beside) / 1e6:.0f} MB")
    print(f"peak memory        {peak() / 1e6:.0f} MB (before: {before / 1e6:.0f} MB)")


def peak() -> int:
    """Return the largest resident memory so far, in bytes."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


if __name__ == "__main__":
    main()
