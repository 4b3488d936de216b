"""Small runs for the tests of pages, made by the real command from real pictures and from drawn ones."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from small_study import write_textures

Picture = NDArray[np.uint8]

HEIGHT, WIDTH, SLICES = 48, 64, 5
PATIENTS = ("p1", "p2", "p3")
METHODS = ("bicubic", "blurred", "noisy")

NASTY = (
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "</script><script>alert(2)<",  # its slashes part folders
    "{{7*7}}{%raw%}${alert(3)}",
    "quotes \"double\" 'single' `back` &amp;",
    "ünïcødé 細胞 \u202eflipped",
    "line\nbreak --><!--",
    r"$x_1^2$ 50% \input{secrets} #~&",
    "long " + "w" * 195,
)
"""Names of images that act where they are not taken for text."""

NASTY_METHODS = ("<script>alert(4)", "+SUM(1)", r"\textbf{x} & $y_1$ =" + "M" * 80)


@dataclass(frozen=True)
class Report:
    """A run and its page."""

    run: Path
    page: Path

    @property
    def beside(self) -> Path:
        """The folder of pictures that the page may read."""
        return self.page.parent / "images"

    def lines(self, table: str) -> list[dict[str, str]]:
        """Return a table of the run as a spreadsheet's user reads it."""
        with (self.run / table).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def srmetrics(*arguments: str | Path, exits: int = 0) -> str:
    """Run the command, and return what it printed."""
    command = [sys.executable, "-m", "harness", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == exits, done.stdout + done.stderr
    return done.stdout + done.stderr


def report_of(run: Path, *options: str) -> Path:
    """Write the page of a run."""
    srmetrics("report", run, *options)
    return run / "report" / "index.html"


def volume_run(folder: Path) -> Path:
    """Compare volumes of slices with regions and patients: two volumes each of three patients."""
    sources = (data.camera(), data.brick(), data.coins(), data.moon(), data.grass(), data.page())
    for number, source in enumerate(sources):
        name = f"{PATIENTS[number // 2]}_{'ab'[number % 2]}.tif"
        slices = [source[8 * at : 8 * at + HEIGHT, 40:][:, :WIDTH] for at in range(SLICES)]
        volume = np.ascontiguousarray(np.stack(slices).astype(np.uint8))
        _save_volume(folder / "hr" / name, volume)
        _save_volume(folder / "masks" / name, np.stack([_rings()] * SLICES))
        rng = np.random.RandomState(number)
        for method in METHODS:
            made = np.stack([_restored(one, method, rng, 2 + at) for at, one in enumerate(volume)])
            _save_volume(folder / method / name, made)
    srmetrics(
        "compare", folder / "hr", *(folder / method for method in METHODS), "--masks", folder / "masks",
        "--labels", "255=core,128=rim,0=background", "--group-by", "^(p[0-9])", "--baseline", "bicubic",
        "--dataset", "Slices of six", "--scale", "2", "--metric", "psnr", "--metric", "ssim", "--metric", "mae",
        "--out", folder / "run",
    )  # fmt: skip
    return folder / "run"


def nasty_run(folder: Path) -> Path:
    """Compare RGB pictures whose names, groups, methods and data set are hostile; one output equals its reference."""
    astronaut = data.astronaut()
    for number, name in enumerate(NASTY):
        picture = np.ascontiguousarray(astronaut[30 * number : 30 * number + 40, 100:160])
        _save_picture(folder / "hr" / f"{name}.png", picture)
        rng = np.random.RandomState(number)
        for place, method in enumerate(METHODS):
            made = picture if number == 0 and place == 0 else _restored(picture, method, rng, 6)
            _save_picture(folder / ("made" if place else "same") / NASTY_METHODS[place] / f"{name}.png", made)
    # The last is called by its folder: a name before "=" holds no backslash.
    first, second, third = NASTY_METHODS
    srmetrics(
        "compare", folder / "hr", f"{first}={folder / 'same' / first}", f"{second}={folder / 'made' / second}",
        folder / "made" / third,
        "--group-by", r"(?s)^(.*)$", "--dataset", '<title>"data" & \'set\'</title>', "--out", folder / "run",
    )  # fmt: skip
    return folder / "run"


def bench_run(folder: Path) -> Path:
    """Classify textures of three classes, one with a name that is markup."""
    images = write_textures(folder / "images", of_a_class=6)
    (images / "class_2").rename(images / "<i>class & 2")
    srmetrics(
        "bench", "--images", images, "--classes", "folders", "--recipe", "bicubic-matlab-x2", "--upscaler", "nearest",
        "--upscaler", "bicubic", "--upscaler", "lanczos", "--classifier", "default", "--repeats", "2",
        "--mode", "retrain", "--out", folder / "run",
    )  # fmt: skip
    return folder / "run"


def _restored(picture: Picture, method: str, rng: np.random.RandomState, strength: int) -> Picture:
    size = (picture.shape[1], picture.shape[0])
    if method == "noisy":
        noise = rng.normal(0, strength, picture.shape)
        return np.clip(picture + noise, 0, 255).round().astype(np.uint8)
    if method == "blurred":
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 + 0.2 * strength), np.uint8)
    small = cv2.resize(picture, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _rings() -> Picture:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    radius = np.hypot(rows - HEIGHT / 2, columns - WIDTH / 2)
    return np.where(radius < 12, 255, np.where(radius < 18, 128, 0)).astype(np.uint8)


def _save_volume(path: Path, volume: Picture) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, volume, photometric="minisblack")


def _save_picture(path: Path, picture: Picture) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
