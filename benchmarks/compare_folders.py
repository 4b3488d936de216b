"""How fast ``srmetrics compare`` is: side by side with loops over other tools and with decoding alone, in one run.

    python benchmarks/compare_folders.py [--pairs 100] [--megapixels 1.0] [--workers 2] [--rounds 3]

Photograph-like PNGs are generated in a temporary folder. The loops are what people write: read two files, call PSNR and
SSIM with the same settings as the preset ``native``, one process. Times are the least of the rounds, which are
interleaved so that whatever else the machine does falls on all alike. Tools that are not installed are left out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import harness
from harness.engine.one_thread import one_thread_each
from harness.images import read_picture

Loop = Callable[[list[tuple[Path, Path]]], float]


def photograph(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """Return an image whose spectrum falls as photographs' do (amplitude 1/f), with a little sensor noise."""
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    frequency[0, 0] = 1.0
    planes = []
    shared = rng.normal(size=(height, width))
    for _ in range(3):
        spectrum = np.fft.rfft2(0.9 * shared + 0.4 * rng.normal(size=(height, width))) / frequency**1.1
        plane = np.fft.irfft2(spectrum, (height, width))
        planes.append((plane - plane.mean()) / plane.std())
    image = 120 + 50 * np.stack(planes, axis=2) + rng.normal(0, 0.7, (height, width, 3))
    return np.clip(np.round(image), 0, 255).astype(np.uint8)


def make_folders(root: Path, pairs: int, megapixels: float) -> list[tuple[Path, Path]]:
    """Write references and softened, slightly noisy candidates, and return the pairs of paths."""
    height, width = int((megapixels * 1e6 * 3 / 4) ** 0.5), int((megapixels * 1e6 * 4 / 3) ** 0.5)
    rng = np.random.default_rng(0)
    paths = []
    for name in ("HR", "SR"):
        (root / name).mkdir()
    for index in range(pairs):
        reference = photograph(rng, height, width)
        soft = cv2.GaussianBlur(reference, (0, 0), 0.8).astype(np.int16) + rng.integers(-2, 3, reference.shape)
        candidate = np.clip(soft, 0, 255).astype(np.uint8)
        pair = (root / "HR" / f"{index:03d}.png", root / "SR" / f"{index:03d}.png")
        for path, image in zip(pair, (reference, candidate), strict=True):
            cv2.imwrite(str(path), image[:, :, ::-1])
        paths.append(pair)
    return paths


def read(path: Path) -> NDArray[np.uint8]:
    """Read a file as the loops do: OpenCV, then RGB."""
    return np.asarray(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), np.uint8)


def with_scikit_image(pairs: list[tuple[Path, Path]]) -> float:
    """Loop over scikit-image's two functions."""
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    total = 0.0
    for reference, candidate in pairs:
        first, second = read(reference), read(candidate)
        peak_signal_noise_ratio(first, second)
        total += structural_similarity(
            first, second, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, channel_axis=2
        )
    return total / len(pairs)


def with_basicsr(pairs: list[tuple[Path, Path]]) -> float:
    """Loop over BasicSR's two functions."""
    from basicsr.metrics import calculate_psnr, calculate_ssim

    total = 0.0
    for reference, candidate in pairs:
        first, second = read(reference), read(candidate)
        calculate_psnr(first, second, crop_border=0)
        total += calculate_ssim(first, second, crop_border=0)
    return total / len(pairs)


def with_piq(pairs: list[tuple[Path, Path]]) -> float:
    """Loop over piq, fed float64 as its parity asks for; its own average pooling is switched off."""
    import piq
    import torch

    total = 0.0
    for reference, candidate in pairs:
        first, second = (
            torch.from_numpy(read(path)).permute(2, 0, 1)[None].double() / 255 for path in (reference, candidate)
        )
        piq.psnr(second, first)
        total += float(piq.ssim(second, first, downsample=False))
    return total / len(pairs)


def with_torchmetrics(pairs: list[tuple[Path, Path]]) -> float:
    """Loop over torchmetrics' functional interface, fed float64."""
    import torch
    from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

    total = 0.0
    for reference, candidate in pairs:
        first, second = (
            torch.from_numpy(read(path)).permute(2, 0, 1)[None].double() for path in (reference, candidate)
        )
        peak_signal_noise_ratio(second, first, data_range=255.0)
        total += float(structural_similarity_index_measure(second, first, data_range=255.0))
    return total / len(pairs)


def with_pytorch_msssim(pairs: list[tuple[Path, Path]]) -> float:
    """Loop over pytorch-msssim's SSIM, fed float64, and a mean squared error."""
    import torch
    from pytorch_msssim import ssim

    total = 0.0
    for reference, candidate in pairs:
        first, second = (
            torch.from_numpy(read(path)).permute(2, 0, 1)[None].double() for path in (reference, candidate)
        )
        torch.mean((first - second) ** 2)
        total += float(ssim(second, first, data_range=255.0))
    return total / len(pairs)


def decoding_alone(workers: int) -> Loop:
    """Return a loop that reads every file with as many threads as srmetrics has."""

    def run(pairs: list[tuple[Path, Path]]) -> float:
        with one_thread_each(), ThreadPoolExecutor(workers) as pool:
            return float(sum(image.shape[0] for image in pool.map(read, [path for pair in pairs for path in pair])))

    return run


def reading_alone(workers: int) -> Loop:
    """Return a loop that reads every file as srmetrics does, with its checks."""

    def run(pairs: list[tuple[Path, Path]]) -> float:
        paths = [path for pair in pairs for path in pair]
        with one_thread_each(), ThreadPoolExecutor(workers) as pool:
            return float(sum(picture.pixels.shape[0] for picture in pool.map(read_picture, paths)))

    return run


def with_srmetrics(workers: int) -> Loop:
    """Return the job that is measured."""

    def run(pairs: list[tuple[Path, Path]]) -> float:
        board = harness.compare(pairs[0][0].parent, {"SR": pairs[0][1].parent}, workers=workers)
        return board.rows[0].cells["ssim"].summary.mean

    return run


def main() -> None:
    """Measure and print a table of ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--megapixels", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loop-pairs", type=int, default=12, help="pairs that the slower loops read; scaled up")
    parser.add_argument("--without-torch", action="store_true", help="leave out piq, torchmetrics, pytorch-msssim")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = make_folders(Path(folder), options.pairs, options.megapixels)
        few = pairs[: options.loop_pairs]
        measured: dict[str, tuple[Loop, list[tuple[Path, Path]]]] = {
            f"srmetrics, {options.workers} workers": (with_srmetrics(options.workers), pairs),
            f"decoding alone (cv2.imread), {options.workers} threads": (decoding_alone(options.workers), pairs),
            f"reading alone (srmetrics), {options.workers} threads": (reading_alone(options.workers), pairs),
            "BasicSR": (with_basicsr, few),
            "scikit-image": (with_scikit_image, few),
            "piq": (with_piq, few),
            "torchmetrics": (with_torchmetrics, few),
            "pytorch-msssim": (with_pytorch_msssim, few),
        }
        for name in ("piq", "torchmetrics", "pytorch-msssim") if options.without_torch else ():
            del measured[name]
        for name, (loop, some) in list(measured.items()):
            try:
                loop(some[:2])  # imports and first calls are not measured
            except ImportError as error:
                print(f"{name}: left out ({error})")
                del measured[name]
        seconds: dict[str, list[float]] = {name: [] for name in measured}
        results: dict[str, float] = {}
        for _ in range(options.rounds):
            for name, (loop, some) in measured.items():
                start = time.perf_counter()
                results[name] = loop(some)
                seconds[name].append((time.perf_counter() - start) / len(some))
        ours = min(next(iter(seconds.values())))
        print(f"{options.pairs} pairs of {options.megapixels:g} megapixel RGB PNG; least of {options.rounds} rounds")
        print(f"{'':44s} {'ms a pair':>9s} {'ratio to srmetrics':>19s}   mean SSIM")
        for name, times in seconds.items():
            shown = f"{results[name]:.6f}" if "alone" not in name else ""
            print(f"{name:44s} {min(times) * 1e3:9.1f} {min(times) / ours:19.2f}   {shown}")


if __name__ == "__main__":
    main()
