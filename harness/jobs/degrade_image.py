"""Degrading one image file, all of its draws: the task that a worker does."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from degradations import Recipe, degrade
from degradations.degrade import as_pipeline_image, cut_to_multiple
from degradations.manifest import describe_pixels
from degradations.step import Image
from harness.engine.atomic import write_atomically
from harness.engine.row import Failure
from harness.images import ImageFile
from srmetrics.errors import ManifestError, SrmetricsError


@dataclass(frozen=True, slots=True)
class DegradeTask:
    """One high-resolution image and the draws that are still to be made of it."""

    key: str
    image: ImageFile
    source: str
    """The file, relative to the folder of high-resolution images."""
    page: int
    draws: tuple[int, ...]
    known_digest: str | None
    """SHA-256 of its pixels in an earlier run, which they must still have."""


@dataclass(frozen=True, slots=True)
class DegradeRules:
    """What all tasks of a run share."""

    recipe: Recipe
    seed: int
    key_is_content: bool
    out: Path
    save_hr: Path | None
    several_draws: bool


@dataclass(slots=True)
class Degraded:
    """What came of a task."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def degrade_image(task: DegradeTask, rules: DegradeRules) -> Degraded:
    """Read an image, make its draws and write them; a bad image is a failure, never an exception.

    Raises
    ------
    ManifestError
        If the image is not the one that an earlier run began with.
    FileError
        If a result cannot be written: the next one could not be either.
    """
    result = Degraded()
    try:
        whole = as_pipeline_image(task.image.read(task.page).pixels)
    except SrmetricsError as error:
        result.failures.append(_failure(task, "unreadable", error))
        return result
    if task.known_digest is not None:
        found = describe_pixels(whole)["sha256"]
        if found != task.known_digest:
            raise ManifestError(
                "the image has changed since this run began",
                found=f"pixels with SHA-256 {found[:12]}...",
                expected=f"{task.known_digest[:12]}...",
                way_out="Restore it, or start again in an empty folder",
                file=task.image.path,
            )
    hr_name = None if rules.save_hr is None else output_name(task.key, 0, False, whole)
    for draw in task.draws:
        try:
            key = None if rules.key_is_content else task.key
            made, entry = degrade(whole, rules.recipe, seed=rules.seed, key=key, draw=draw)
        except SrmetricsError as error:
            result.failures.append(_failure(task, "not degradable", error))
            return result
        name = output_name(task.key, draw, rules.several_draws, made)
        write_atomically(rules.out / name, encode(made))
        entry |= {"source": task.source, "page": task.page, "file": name}
        if hr_name is not None:
            entry["hr"] = hr_name
        result.entries.append(entry)
    if rules.save_hr is not None and hr_name is not None and not (rules.save_hr / hr_name).exists():
        write_atomically(rules.save_hr / hr_name, encode(cut_to_multiple(whole, rules.recipe.scale)))
    return result


def output_names(key: str, draw: int, several_draws: bool) -> tuple[str, str]:
    """Name the file of a draw, as an image of whole numbers and as one of floats.

    It is the key, under a folder for each draw where there are several.
    """
    name = f"draw_{draw:03d}/{key}" if several_draws else key
    return f"{name}.png", f"{name}.tif"


def output_name(key: str, draw: int, several_draws: bool, image: Image) -> str:
    """Name the file of a draw, whose image is there."""
    return output_names(key, draw, several_draws)[image.dtype.kind == "f"]


def encode(image: Image) -> bytes:
    """Encode an image without loss: PNG for 8 and 16 bits, TIFF for floats."""
    if image.dtype.kind == "f":
        import tifffile

        buffer = io.BytesIO()
        photometric = "rgb" if image.ndim == 3 and image.shape[2] == 3 else "minisblack"
        # No date and no software tag: the same pixels are the same bytes.
        tifffile.imwrite(buffer, image, photometric=photometric, metadata=None, software=False)
        return buffer.getvalue()
    planes = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 and image.shape[2] == 3 else image
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(planes))
    return encoded.tobytes()


def _failure(task: DegradeTask, what: str, error: SrmetricsError) -> Failure:
    return Failure(image=task.key, method="", what=what, file=task.source, reason=str(error))
