"""The tasks of a bench: an image by one method, and one training of a classifier. A worker does them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from degradations import Recipe, degrade
from degradations.step import PEAKS
from harness.classifiers.modes import Task, run_task
from harness.classifiers.plan import Plan
from harness.engine.atomic import write_atomically
from harness.engine.news import tell
from harness.images import open_picture
from harness.jobs.arms import ARMS, LR, reference_of
from harness.jobs.bench_models import Classifiers, Upscalers
from harness.jobs.degrade_image import encode
from harness.jobs.layouts import BenchImage
from harness.jobs.masks import is_no_label_map, mask_reader
from harness.jobs.scoring_task import Scored, ScoringRules, digest_of
from harness.models import ImageFacts, Upscaler, restore, to_reference_dtype
from srmetrics import evaluate_regions, regions_of
from srmetrics.errors import FileError, MaskError, SrmetricsError


@dataclass(frozen=True, slots=True)
class ImageTask:
    """One image in one arm: made low-resolution, and upscaled and scored where the arm is a method's."""

    image: BenchImage
    arm: str
    """``lr`` or a method."""
    fingerprint: str = ""

    @property
    def key(self) -> str:
        """What tells it from all other tasks of a run."""
        return f"image/{self.arm}/{self.image.key}"


@dataclass(frozen=True, slots=True)
class ImageRules:
    """What all image tasks of a run share."""

    recipe: Recipe
    seed: int
    convert: str
    upscalers: Upscalers
    scoring: ScoringRules
    keep_float: bool
    out: Path
    run: str
    """A digest of all that the run depends on: what an upscaler that is kept in memory belongs to."""


@dataclass(frozen=True, slots=True)
class ImageDone:
    """What came of an image task."""

    scored: Scored
    file: str = ""
    """The image that was made, relative to the run's folder; empty where there is none."""


def do_image(task: ImageTask, rules: ImageRules) -> ImageDone:
    """Make one image of one arm, and score it; whatever is wrong with it is returned as a failure."""
    image, scored = task.image, Scored()
    try:
        reference = reference_of(image, rules.recipe.scale, rules.convert)
        low, _ = degrade(reference, rules.recipe, seed=rules.seed, key=image.key)
    except SrmetricsError as error:
        kind = "unreadable" if isinstance(error, FileError) else "not degradable"
        scored.fail(image.key, "", kind, image.file.path, error)
        return ImageDone(scored)
    if task.arm == LR:
        scored.digests.append(digest_of("reference", image.key, reference))
        scored.digests.append(digest_of("candidate", image.key, low, LR))
        return ImageDone(scored, _save(rules.out, LR, image, low))
    try:
        upscaler = _upscaler(task.arm, rules)
        white = PEAKS[reference.dtype.name]
        facts = ImageFacts(image.key, data_range=PEAKS[low.dtype.name], reference_range=white)
        floats = restore(upscaler, low, facts)
        output = to_reference_dtype(floats, reference.dtype)
    except SrmetricsError as error:
        scored.fail(image.key, task.arm, "not upscaled", image.file.path, error)
        return ImageDone(scored)
    scored.digests.append(digest_of("candidate", image.key, output, task.arm))
    file = _save(rules.out, task.arm, image, output)
    score_output(image, task.arm, (reference, floats if rules.keep_float else output), rules.scoring, scored)
    return ImageDone(scored, file)


def score_output(
    image: BenchImage,
    method: str,
    pair: tuple[NDArray[Any], NDArray[Any]],
    scoring: ScoringRules,
    scored: Scored,
) -> None:
    """Score what a method made of an image; whatever is wrong with the pair is a failure in ``scored``."""
    reference, candidate = pair
    white = PEAKS[reference.dtype.name]
    if candidate.dtype != reference.dtype:
        reference = reference.astype(np.float64)
    try:
        regions = _regions(image, scoring, reference.shape[:2], scored)
        results = evaluate_regions(
            reference,
            candidate,
            regions,
            scoring.protocol,
            metrics=scoring.metrics,
            scale=scoring.scale,
            data_range=white if reference.dtype.kind == "f" else scoring.data_range,
        )
    except MaskError as error:
        scored.fail(image.key, method, "mask", image.file.path, error)
    except SrmetricsError as error:
        scored.fail(image.key, method, "unscorable", image.file.path, error)
    else:
        scored.add(results, (image.key, image.group, method, image.file.path), (), scoring)


def _regions(
    image: BenchImage, scoring: ScoringRules, size: tuple[int, ...], scored: Scored
) -> dict[str, NDArray[np.bool_] | None]:
    regions: dict[str, NDArray[np.bool_] | None] = {"image": None}
    if image.mask is None:
        return regions
    with ExitStack() as files:
        source = files.enter_context(open_picture(image.file.path, field=image.file.field))
        mask = mask_reader(image.mask, source, files)(image.page, source.read(image.page))
    if mask is None:
        return regions
    height, width = size
    pixels = mask.pixels[:height, :width]  # as the reference was cut
    if not mask.from_file:
        return regions | regions_of(pixels, boundary=scoring.boundary, as_label_map=False)
    scored.digests.append(digest_of("mask", image.key, pixels))
    return regions | regions_of(
        pixels,
        labels=scoring.labels,
        boundary=scoring.boundary,
        as_label_map=scoring.label_maps or is_no_label_map(pixels),
    )


def _save(out: Path, arm: str, image: BenchImage, pixels: NDArray[Any]) -> str:
    suffix = "tif" if pixels.dtype.kind == "f" else "png"
    name = f"{ARMS}/{arm}/{image.name}.{suffix}"
    write_atomically(out / name, encode(pixels))
    return name


_KEPT = threading.local()


def _upscaler(method: str, rules: ImageRules) -> Upscaler:
    """Load a method's upscaler once for each thread: they are called from one thread at a time."""
    kept: dict[tuple[str, str], Upscaler] | None = getattr(_KEPT, "upscalers", None)
    if kept is None or (kept and next(iter(kept))[0] != rules.run):
        kept = _KEPT.upscalers = {}
    if (rules.run, method) not in kept:
        kept[rules.run, method] = rules.upscalers.load(method)
    return kept[rules.run, method]


@dataclass(frozen=True, slots=True)
class TrainingTask:
    """One classifier in one mode and repeat, on one arm or (``frozen``) on all."""

    task: Task
    arms: tuple[str, ...]
    fingerprint: str = ""

    @property
    def key(self) -> str:
        """What tells it from all other tasks of a run."""
        what = f"classify/{self.task.mode}/{self.task.repeat:03d}/{self.task.classifier}"
        return what if self.task.mode == "frozen" else f"{what}/{self.arms[0]}"


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """What all trainings of a run share."""

    plan: Plan
    arms: Mapping[str, Mapping[str, NDArray[Any]]]
    classifiers: Classifiers


@dataclass(frozen=True, slots=True)
class TrainingDone:
    """What came of a training."""

    rows: tuple[Any, ...] = ()
    """Of type PredictionRow."""
    error: str = ""


def do_training(task: TrainingTask, rules: TrainingRules) -> TrainingDone:
    """Train and test; a classifier that cannot is an error in the result, and costs no other one."""
    name = task.task.classifier
    tell(None)  # that it begins
    try:
        classifier = rules.classifiers.build(name)
        return TrainingDone(run_task(task.task, classifier, rules.plan, {arm: rules.arms[arm] for arm in task.arms}))
    except SrmetricsError as error:
        return TrainingDone(error=str(error))
    except Exception as error:
        if not rules.classifiers.is_foreign(name):
            raise
        # As of upscalers: foreign code that fails must not end a run.
        return TrainingDone(error=f"the classifier {name!r} failed: {type(error).__name__}: {error}")
