"""Scoring the images that the methods of a bench made again, by the code that scored them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from harness.engine.on_threads import run_on_threads
from harness.images import ImageFile
from harness.jobs.arms import LR, reference_of
from harness.jobs.bench_tasks import score_output
from harness.jobs.compare_options import AUTO_OTSU, CompareOptions
from harness.jobs.layouts import BenchImage
from harness.jobs.recorded_files import MASK, REFERENCE
from harness.jobs.run_pictures import RunPictures
from harness.jobs.scoring_task import Scored, ScoringRules, digest_of
from harness.jobs.verify.rescored import Rescored
from srmetrics.errors import SrmetricsError

Report = Callable[[int, int], None]


def rescore_bench(pictures: RunPictures, options: CompareOptions, workers: int, report: Report) -> Rescored:
    """Score all outputs of a bench whose files are there; the outputs are not made again.

    Parameters
    ----------
    pictures : RunPictures
    options : CompareOptions
        The scoring of its study.
    workers : int
    report : callable
        Told how many of how many references are done.
    """
    facts: Mapping[str, Any] = pictures.run.facts["inputs"]
    found = Rescored()
    label_maps = pictures.run.facts.get("label_maps")
    rules = ScoringRules(
        protocol=options.resolved_early,
        metrics=options.metrics,
        scale=options.scale,
        data_range=None,
        labels=options.labels,
        label_maps=label_maps if isinstance(label_maps, bool) else None,
        boundary=options.boundary,
        keep_constant=True,
        facets={},
    )
    images = [image for key in facts if (image := _image(pictures, options, key, facts[key], found)) is not None]
    report(0, len(images))
    work = partial(_score_image, pictures=pictures, rules=rules, found=found)
    for done, scored in enumerate(run_on_threads(work, images, workers), start=1):
        found.failures += scored.failures
        found.digests += scored.digests
        found.rows += scored.rows
        report(done, len(images))
    return found


def _image(pictures: RunPictures, options: CompareOptions, key: str, facts: Any, found: Rescored) -> BenchImage | None:
    file = pictures.reference(key)
    if file is None:
        found.absent[key, ""] = pictures.absence(REFERENCE, key)
        return None
    mask: ImageFile | str | None = AUTO_OTSU if options.masks == AUTO_OTSU else None
    if options.masks not in (None, AUTO_OTSU):
        mask = pictures.mask(key)
        if mask is None:
            found.absent[key, ""] = pictures.absence(MASK, key)
            return None
    return BenchImage(key, file, pictures.page(key), str(facts[2]), mask, str(facts[3]))


def _score_image(image: BenchImage, pictures: RunPictures, rules: ScoringRules, found: Rescored) -> Scored:
    """Score what all methods made of one image."""
    scored = Scored()
    run = pictures.run
    try:
        convert = run.command["study"]["images"]["convert"]
        reference = reference_of(image, rules.scale or 1, convert)
    except SrmetricsError as error:
        scored.fail(image.key, "", "unreadable", image.file.path, error)
        return scored
    scored.digests.append(digest_of("reference", image.key, reference))
    arms: Mapping[str, Any] = (run.facts.get("pixels") or {"arms": {}})["arms"]
    for method in (LR, *run.methods):
        file = pictures.candidate(method, image.key)
        if file is None:
            if image.key in arms.get(method, {image.key}):
                found.absent[image.key, method] = f"{run.path / 'arms' / method}: the image is not there"
            continue
        try:
            output = file.read().pixels
        except SrmetricsError as error:
            scored.fail(image.key, method, "unreadable", file.path, error)
            continue
        scored.digests.append(digest_of("candidate", image.key, output, method))
        if method == LR:
            continue
        if run.command["keep_float"]:
            found.absent[image.key, method] = "floats were scored (--keep-float), and the saved images are rounded"
            continue
        score_output(image, method, (reference, output), rules, scored)
    return scored
