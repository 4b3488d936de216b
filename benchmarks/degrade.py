"""Measure `realesrgan-x4plus@1` against BasicSR on the same images with the same parameters, in one run.

Run it as ``python benchmarks/degrade.py`` on Linux; it takes a few minutes. Every path is held to one thread, the
paths take turns on each image, processor time is taken, and the best of several rounds counts, so that other work on
the machine troubles all of them alike. Then folders are degraded by one and by two workers, by the clock on the wall,
and the peak memory is taken of processes that do so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np

RECIPE = "realesrgan-x4plus@1"
SIDE = 512


def photographs(count: int) -> list[np.ndarray]:
    """Cut 512x512 pieces out of photographs that ship with scikit-image, flipped and turned."""
    from skimage import data

    sources = [data.astronaut(), cv2.resize(data.coffee(), (768, 512)), cv2.resize(data.chelsea(), (768, 512))]
    made = []
    for number in range(count):
        source = sources[number % len(sources)]
        left = (number * 61) % (source.shape[1] - SIDE + 1)
        piece = np.rot90(source[:SIDE, left : left + SIDE], number // len(sources))
        made.append(np.ascontiguousarray(piece))
    return made


def compare_paths(count: int, rounds: int, recipe_name: str) -> dict[str, float]:
    """Time each path, in processor seconds per image: the best round of each image, averaged."""
    import torch
    from basicsr_paths import ByTorch, by_numpy

    from degradations import degrade, find_recipe
    from degradations.pipeline import apply_steps

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    recipe, by_torch = find_recipe(recipe_name), ByTorch()
    sharpened = any(step.kind == "sharpen" for step in recipe.steps)
    totals: dict[str, float] = {}
    for number, image in enumerate(photographs(count)):
        key = str(number)
        _, record = degrade(image, recipe, seed=0, key=key)
        records = [each["drew"] for each in record["draws"]]
        reverse = np.ascontiguousarray(image[..., ::-1])
        paths: dict[str, Callable[[], object]] = {
            "srmetrics, draws, digests and pixels": partial(degrade, image, recipe, seed=0, key=key),
            "srmetrics, pixels": partial(apply_steps, recipe.steps, image, records),
            "BasicSR, numpy": partial(by_numpy, reverse, records, sharpened),
            "BasicSR, torch": partial(by_torch, image, records, sharpened),
        }
        for name, best in best_times(paths, rounds).items():
            totals[name] = totals.get(name, 0.0) + best / count
    return totals


def best_times(paths: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Run the paths in turn, several rounds of them, and keep the shortest time of each."""
    best = dict.fromkeys(paths, float("inf"))
    for _ in range(rounds):
        for name, run in paths.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    return best


def compare_workers(folder: Path, rounds: int) -> dict[int, float]:
    """Time a whole folder, files and manifest included, in seconds by number of workers."""
    from harness import degrade

    best = {1: float("inf"), 2: float("inf")}
    for number in range(rounds):
        for workers in best:
            out = folder.parent / f"out_{workers}_{number}"
            start = time.perf_counter()
            degrade(folder, out, RECIPE, seed=0, workers=workers)
            best[workers] = min(best[workers], time.perf_counter() - start)
    return best


def peak_memory(folder: Path, workers: int) -> float:
    """Degrade a folder in a process of its own and return its peak memory in MiB."""
    program = (
        "import sys; from pathlib import Path; from harness import degrade; "
        f"degrade(sys.argv[1], sys.argv[2], {RECIPE!r}, seed=0, workers={workers}); "
        # Not ru_maxrss, which a process inherits from the one that started it.
        "status = Path('/proc/self/status').read_text(); "
        "print(int(status.split('VmHWM:')[1].split()[0]) / 1024)"
    )
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-c", program, str(folder), str(Path(out) / "lr")]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ).stdout
    return float(printed)


def write_folder(folder: Path, count: int, enlarge: int = 1) -> Path:
    """Write photographs as PNG, each side enlarged by repeating pixels."""
    folder.mkdir(parents=True)
    for number, image in enumerate(photographs(count)):
        large = np.kron(image, np.ones((enlarge, enlarge, 1), np.uint8))
        cv2.imwrite(str(folder / f"photograph_{number:03}.png"), large[..., ::-1])
    return folder


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=24, help="how many 512x512 images to compare the paths on")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    options = parser.parse_args()
    for recipe in (RECIPE, "realesrgan-x4plus-nousm@1"):
        times = compare_paths(options.images, options.rounds, recipe)
        ours = times["srmetrics, draws, digests and pixels"]
        print(f"\n{recipe}, {options.images} images of {SIDE}x{SIDE}, one core, best of {options.rounds}")
        print(f"{'path':38}{'ms per image':>14}{'images/s':>10}{'time of ours':>14}")
        for name, seconds in times.items():
            print(f"{name:38}{seconds * 1e3:14.1f}{1 / seconds:10.1f}{seconds / ours:14.2f}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_folder(Path(scratch) / "workers" / "hr", 2 * options.images)
        seconds = compare_workers(folder, options.rounds)
        print(f"\n{RECIPE}, a folder of {2 * options.images} PNG of {SIDE}x{SIDE}, files and manifest included")
        for workers, each in seconds.items():
            speed, gain = 2 * options.images / each, seconds[1] / each
            print(f"{workers} workers: {speed:6.1f} images/s, {gain:.2f} times one worker")
        print(f"\n{RECIPE}, peak memory of a process over folders of 1024x1024 PNG")
        few = write_folder(Path(scratch) / "few", 24, enlarge=2)
        many = write_folder(Path(scratch) / "many", 48, enlarge=2)
        for workers in (1, 2, 4):
            peaks = [peak_memory(each, workers) for each in (few, many)]
            print(f"{workers} workers: {peaks[0]:6.0f} MiB for 24 images, {peaks[1]:6.0f} MiB for 48")


if __name__ == "__main__":
    main()
