"""Scoring one reference against every method: the task that a worker does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.row import Failure
from harness.images import ImageFile, Picture, open_picture
from harness.images.source import Source
from harness.jobs.masks import MaskImage, MaskReader, is_no_label_map, mask_reader
from harness.jobs.scoring_task import Scored, ScoringRules, ScoringTask, digest_of
from harness.jobs.slices import Slices
from srmetrics import evaluate_regions, evaluate_volume, regions_of
from srmetrics.errors import FileError, MaskError, RangeError, SizeError, SrmetricsError
from srmetrics.prepare.gate import FULL_DEPTH

Reader = Callable[[int], Picture]
"""Reads one page of a method's file."""


def score(task: ScoringTask, rules: ScoringRules) -> Scored:
    """Score one task; whatever is wrong with its files is returned as a failure."""
    scored = Scored()
    with ExitStack() as files:
        try:
            reference = files.enter_context(open_picture(task.reference.path, field=task.reference.field))
        except SrmetricsError as error:
            scored.fail(task.key, "", "unreadable", task.reference.path, error)
            return scored
        scored.pages = pages = reference.pages
        try:
            masks = mask_reader(task.mask, reference, files)
        except SrmetricsError as error:
            scored.fail(task.key, "", "mask", _mask_path(task), error)
            return scored
        readers = _readers(task, pages, files, scored)
        if rules.protocol.pooling == "volume":
            _score_volume(task, rules, reference, readers, masks, scored)
            return scored
        for page in range(pages):
            _score_page(task, rules, (page, reference), readers, masks, scored)
    return scored


def _readers(task: ScoringTask, pages: int, files: ExitStack, scored: Scored) -> dict[str, Reader]:
    """Return what reads each method's pages; volumes stay open, so that no slice is looked for twice."""
    readers: dict[str, Reader] = {}
    for method, file in task.candidates.items():
        if pages == 1:
            readers[method] = partial(_read_alone, file)
            continue
        try:
            source = files.enter_context(open_picture(file.path, field=file.field))
            _check_pages(source, pages)
        except SrmetricsError as error:
            scored.fail(task.key, method, _kind(error), file.path, error)
        else:
            readers[method] = source.read
    return readers


def _read_alone(file: ImageFile, page: int) -> Picture:
    with open_picture(file.path, field=file.field) as source:
        _check_pages(source, 1)
        return source.read(page)


def _score_page(
    task: ScoringTask,
    rules: ScoringRules,
    place: tuple[int, Source],
    readers: Mapping[str, Reader],
    masks: MaskReader,
    scored: Scored,
) -> None:
    page, source = place
    pages = source.pages
    key = task.page_key(page, pages)
    try:
        reference = source.read(page)
    except SrmetricsError as error:
        scored.fail(key, "", "unreadable", task.reference.path, error)
        return
    if pages > 1 and not rules.keep_constant and is_constant(reference.pixels):
        reason = "the slice's reference is constant, so that its PSNR says nothing; --keep-constant scores it"
        scored.failures.append(Failure(key, "", "left out", str(task.reference.path), reason))
        return
    scored.digests.append(digest_of("reference", key, reference.pixels))
    try:
        regions = _regions(masks(page, reference), rules, key, scored)
    except SrmetricsError as error:
        scored.fail(key, "", "mask", _mask_path(task), error)
        return
    for method, read in readers.items():
        # In a function of its own, so that one candidate is let go before the next is read.
        _score_candidate(task, rules, (page, key, method), reference, (read, regions), scored)


def _score_candidate(
    task: ScoringTask,
    rules: ScoringRules,
    place: tuple[int, str, str],
    reference: Picture,
    what: tuple[Reader, Mapping[str, object]],
    scored: Scored,
) -> None:
    page, key, method = place
    read, regions = what
    path = task.candidates[method].path
    try:
        candidate = read(page)
        scored.digests.append(digest_of("candidate", key, candidate.pixels, method))
        results = evaluate_regions(
            reference.pixels,
            candidate.pixels,
            regions,
            rules.protocol,
            metrics=rules.metrics,
            scale=rules.scale,
            data_range=told_range(reference, candidate, rules),
        )
    except SrmetricsError as error:
        _fail_pair(task, (key, method), error, scored)
        return
    group = task.group or (task.key if key != task.key else "")
    scored.add(results, (key, group, method, path), reference.notes + candidate.notes, rules)


def _score_volume(
    task: ScoringTask,
    rules: ScoringRules,
    source: Source,
    readers: Mapping[str, Reader],
    masks: MaskReader,
    scored: Scored,
) -> None:
    pages = source.pages

    def digest(role: str, method: str, page: int, pixels: NDArray[Any]) -> None:
        scored.digests.append(digest_of(role, task.page_key(page, pages), pixels, method))

    def regions_at(page: int) -> dict[str, NDArray[np.bool_] | None]:
        return _regions(masks(page, references.picture(page)), rules, task.page_key(page, pages), scored)

    references = Slices(source.read, pages, partial(digest, "reference", ""), hold=True)
    for method, read in readers.items():
        candidates = Slices(read, pages, partial(digest, "candidate", method))
        try:
            results = evaluate_volume(
                references,
                candidates,
                rules.protocol,
                metrics=rules.metrics,
                scale=rules.scale,
                data_range=told_range(references.picture(0), candidates.picture(0), rules),
                regions_at=regions_at,
            )
        except SrmetricsError as error:
            _fail_pair(task, (task.key, method), error, scored)
            continue
        notes = tuple(dict.fromkeys((*references.notes, *candidates.notes)))
        scored.add(results, (task.key, task.group, method, task.candidates[method].path), notes, rules)


def _regions(
    mask: MaskImage | None, rules: ScoringRules, key: str, scored: Scored
) -> dict[str, NDArray[np.bool_] | None]:
    regions: dict[str, NDArray[np.bool_] | None] = {"image": None}
    if mask is None:
        return regions
    if not mask.from_file:
        return regions | regions_of(mask.pixels, boundary=rules.boundary, as_label_map=False)
    scored.digests.append(digest_of("mask", key, mask.pixels))
    return regions | regions_of(
        mask.pixels,
        labels=rules.labels,
        boundary=rules.boundary,
        # A mask of hundreds of values (drawn with soft edges, or saved with loss) fails; it is not taken for a shape.
        as_label_map=rules.label_maps or is_no_label_map(mask.pixels),
    )


def told_range(reference: Picture, candidate: Picture, rules: ScoringRules) -> float | None:
    """Return the range that the user told, or the one that the reference's file says where its dtype does not.

    Raises
    ------
    RangeError
        When the two files say different ranges.
    """
    if rules.data_range is not None or rules.protocol.range != "dtype" or rules.protocol.value_window != "none":
        return rules.data_range
    alike = reference.pixels.dtype == candidate.pixels.dtype
    if alike and candidate.data_range not in (None, reference.data_range):
        way_out = "Give the range of both: --data-range"
        raise RangeError(
            "the two files say different data ranges",
            found=f"reference {reference.range_source}, candidate {candidate.range_source}",
            way_out=way_out if reference.data_range is None else f"{way_out} {reference.data_range:g}",
        )
    if reference.data_range == FULL_DEPTH.get(reference.pixels.dtype):
        return None
    return reference.data_range


def is_constant(pixels: NDArray[Any]) -> bool:
    """Return True when every pixel is like the first; NaN is like nothing."""
    return bool((pixels == pixels[0, 0]).all())


def _check_pages(source: Source, expected: int) -> None:
    if source.pages != expected:
        raise SizeError(
            "the file has another number of slices than its reference", found=source.pages, expected=str(expected)
        )


def _fail_pair(task: ScoringTask, place: tuple[str, str], error: SrmetricsError, scored: Scored) -> None:
    key, method = place
    if isinstance(error, MaskError):
        scored.fail(key, method, "mask", _mask_path(task), error)
    else:
        scored.fail(key, method, _kind(error), task.candidates[method].path, error)


def _mask_path(task: ScoringTask) -> PathLike[str]:
    return task.mask.path if isinstance(task.mask, ImageFile) else task.reference.path


def _kind(error: SrmetricsError) -> str:
    return "unreadable" if isinstance(error, FileError) else "unscorable"
