"""Scoring the images of a comparison again, by the code that scored them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from harness.engine.on_threads import run_on_threads
from harness.engine.row import Row
from harness.images import ImageFile
from harness.jobs.compare_inputs import patient_of, several_labels
from harness.jobs.compare_options import AUTO_OTSU, PATIENT, CompareOptions
from harness.jobs.grouping import groups_of
from harness.jobs.recorded_files import MASK, METHOD, REFERENCE
from harness.jobs.run_pictures import RunPictures
from harness.jobs.scoring import score
from harness.jobs.scoring_task import ScoringRules, ScoringTask
from harness.jobs.verify.rescored import Rescored
from srmetrics.errors import SrmetricsError

Report = Callable[[int, int], None]


def rescore_compare(
    pictures: RunPictures, options: CompareOptions, recorded: Sequence[Row], workers: int, report: Report
) -> Rescored:
    """Score all images of a comparison that are there.

    Parameters
    ----------
    pictures : RunPictures
    options : CompareOptions
        What the run was asked.
    recorded : sequence of Row
        Whose groups are taken where they cannot be found again.
    workers : int
    report : callable
        Told how many of how many references are done.
    """
    found = Rescored()
    groups = _groups(pictures, options, found)
    tasks = list(_tasks(pictures, options, groups or {}, found))
    rules = ScoringRules(
        protocol=options.resolved_early,
        metrics=options.metrics,
        scale=options.scale,
        data_range=options.data_range,
        labels=options.labels,
        label_maps=_label_maps(pictures, options, workers),
        boundary=options.boundary,
        keep_constant=options.keep_constant,
        facets=options.facets,
    )
    report(0, len(tasks))
    for done, one in enumerate(run_on_threads(partial(score, rules=rules), tasks, workers), start=1):
        found.rows += one.rows
        found.failures += one.failures
        found.digests += one.digests
        report(done, len(tasks))
    if groups is None:
        known = {row.image: row.group for row in recorded}
        found.rows = [replace(row, group=known.get(row.image, row.group)) for row in found.rows]
    return found


def _tasks(
    pictures: RunPictures, options: CompareOptions, groups: dict[str, str], found: Rescored
) -> Sequence[ScoringTask]:
    tasks = []
    for key in pictures.keys:
        reference = pictures.reference(key)
        if reference is None:
            found.absent[key, ""] = pictures.absence(REFERENCE, key)
            continue
        mask: ImageFile | str | None = None
        if options.masks == AUTO_OTSU:
            mask = AUTO_OTSU
        elif options.masks is not None:
            mask = pictures.mask(key)
            if mask is None:
                found.absent[key, ""] = pictures.absence(MASK, key)
                continue
        candidates = {}
        for method in pictures.run.methods:
            role = pictures.recorded.get(f"{METHOD}{method}")
            if role is None or key not in role.names:
                continue
            file = pictures.candidate(method, key)
            if file is None:
                found.absent[key, method] = pictures.absence(f"{METHOD}{method}", key)
            else:
                candidates[method] = file
        if candidates:
            tasks.append(ScoringTask(key, groups.get(key, ""), reference, candidates, mask))
    return tasks


def _groups(pictures: RunPictures, options: CompareOptions, found: Rescored) -> dict[str, str] | None:
    """Return the group of every image; None where the CSV that says it, or the salt, is not at hand."""
    try:
        if options.group_by != PATIENT:
            return groups_of(pictures.keys, options.group_by)
        files = {key: pictures.reference(key) for key in pictures.keys}
        return {key: patient_of(file) for key, file in files.items() if file is not None}
    except SrmetricsError as error:
        found.groups = str(error)
        return None


def _label_maps(pictures: RunPictures, options: CompareOptions, workers: int) -> bool | None:
    if options.labels is not None or options.masks in (None, AUTO_OTSU):
        return None
    recorded = pictures.run.facts.get("label_maps")
    if isinstance(recorded, bool):
        return recorded
    masks = [mask for key in pictures.keys if (mask := pictures.mask(key)) is not None]
    return any(run_on_threads(several_labels, masks, workers))
