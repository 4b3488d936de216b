"""Scoring one reference against every method: the task that a worker does."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.row import Failure, InputDigest, Row
from harness.images import ImageFile, Picture
from harness.jobs.masks import MaskImage, MaskReader, mask_reader
from srmetrics import EvaluationProtocol, Scores, evaluate_regions, evaluate_volume, regions_of
from srmetrics.errors import FileError, MaskError, RangeError, SizeError, SrmetricsError
from srmetrics.prepare.gate import FULL_DEPTH


@dataclass(frozen=True, slots=True)
class ScoringTask:
    """One reference, its mask, and the same image by every method."""

    key: str
    group: str
    facets: Mapping[str, str]
    reference: ImageFile
    candidates: Mapping[str, ImageFile]
    mask: ImageFile | str | None = None


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """What all tasks of a comparison share."""

    protocol: EvaluationProtocol
    metrics: tuple[str, ...]
    scale: int | None
    data_range: float | None
    labels: Mapping[int, str] | None
    label_maps: bool | None
    boundary: int | None
    keep_constant: bool


@dataclass(slots=True)
class Scored:
    """What a task gives: rows, failures and the digests of what was read."""

    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    digests: list[InputDigest] = field(default_factory=list)


def score(task: ScoringTask, rules: ScoringRules) -> Scored:
    """Score one task; whatever is wrong with its files is returned as a failure."""
    scored = Scored()
    try:
        pages = len(task.reference.pages())
        masks = mask_reader(task.mask, task.reference, pages)
        if rules.protocol.pooling == "volume":
            _score_volume(task, rules, pages, masks, scored)
            return scored
        for page in range(pages):
            key = task.key if pages == 1 else f"{task.key}#{page:04d}"
            _score_page(task, rules, (key, page, pages), masks, scored)
    except SrmetricsError as error:
        error.in_file(task.reference.path)
        scored.failures.append(Failure(task.key, "", "unreadable", str(task.reference.path), str(error)))
    return scored


def _score_page(
    task: ScoringTask, rules: ScoringRules, place: tuple[str, int, int], masks: MaskReader, scored: Scored
) -> None:
    key, page, pages = place
    try:
        reference = task.reference.read(page)
    except SrmetricsError as error:
        scored.failures.append(_failure(key, "", "unreadable", task.reference.path, error))
        return
    if pages > 1 and not rules.keep_constant and _constant(reference.pixels):
        reason = "the slice's reference is constant, so that its PSNR says nothing; --keep-constant scores it"
        scored.failures.append(Failure(key, "", "left out", str(task.reference.path), reason))
        return
    scored.digests.append(_digest("reference", key, reference.pixels))
    try:
        regions = _regions(masks(page, reference), rules, key, scored)
    except SrmetricsError as error:
        path = task.mask.path if isinstance(task.mask, ImageFile) else task.reference.path
        scored.failures.append(_failure(key, "", "mask", path, error))
        return
    for method, source in task.candidates.items():
        try:
            _check_pages(source, pages)
            candidate = source.read(page)
            scored.digests.append(_digest(method, key, candidate.pixels))
            told = _told_range(reference, candidate, rules)
            results = evaluate_regions(
                reference.pixels,
                candidate.pixels,
                regions,
                rules.protocol,
                metrics=rules.metrics,
                scale=rules.scale,
                data_range=told,
            )
        except SrmetricsError as error:
            scored.failures.append(_failure(key, method, _kind(error), source.path, error))
            continue
        group = task.group or (task.key if pages > 1 else "")
        notes = reference.notes + candidate.notes
        _add_rows(results, task, (key, group, method, source.path), notes, scored)


def _score_volume(task: ScoringTask, rules: ScoringRules, pages: int, masks: MaskReader, scored: Scored) -> None:
    references = Slices(task.reference, pages, partial(_digest_slice, scored, "reference", task))
    for method, source in task.candidates.items():
        try:
            _check_pages(source, pages)
            candidates = Slices(source, pages, partial(_digest_slice, scored, method, task))
            told = _told_range(references.picture(0), candidates.picture(0), rules)
            results = evaluate_volume(
                references,
                candidates,
                rules.protocol,
                metrics=rules.metrics,
                scale=rules.scale,
                data_range=told,
                regions_at=lambda page: _regions(masks(page, references.picture(page)), rules, task.key, scored),
            )
        except SrmetricsError as error:
            scored.failures.append(_failure(task.key, method, _kind(error), source.path, error))
            continue
        _add_rows(results, task, (task.key, task.group, method, source.path), (), scored)


class Slices(Sequence[NDArray[Any]]):
    """The slices of a volume, read one at a time; the one read last is kept."""

    def __init__(self, source: ImageFile, pages: int, seen: Callable[[int, NDArray[Any]], None]) -> None:
        self.source = source
        self.pages = pages
        self.seen = seen
        self.kept: tuple[int, Picture] | None = None

    def picture(self, index: int) -> Picture:
        """Return one slice with what its file says of it."""
        if self.kept is None or self.kept[0] != index:
            self.kept = index, self.source.read(index)
            self.seen(index, self.kept[1].pixels)
        return self.kept[1]

    def __len__(self) -> int:
        return self.pages

    def __getitem__(self, index: Any) -> Any:
        if not 0 <= index < self.pages:
            raise IndexError(index)
        return self.picture(int(index)).pixels

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[index] for index in range(self.pages))


def _regions(
    mask: MaskImage | None, rules: ScoringRules, key: str, scored: Scored
) -> dict[str, NDArray[np.bool_] | None]:
    regions: dict[str, NDArray[np.bool_] | None] = {"image": None}
    if mask is None:
        return regions
    if mask.from_file:
        scored.digests.append(_digest("mask", key, mask.pixels))
    made = regions_of(
        mask.pixels,
        labels=rules.labels if mask.from_file else None,
        boundary=rules.boundary,
        as_label_map=rules.label_maps if mask.from_file else False,
    )
    if "image" in made:
        raise MaskError("a label is called 'image', which is the name of the whole image")
    return regions | made


def _told_range(reference: Picture, candidate: Picture, rules: ScoringRules) -> float | None:
    """Return the range that the user told, or the one that the reference's file says where its dtype does not."""
    if rules.data_range is not None or rules.protocol.range != "dtype":
        return rules.data_range
    if reference.data_range is None or reference.data_range == FULL_DEPTH.get(reference.pixels.dtype):
        return None
    if candidate.data_range != reference.data_range:
        raise RangeError(
            "the two files say different data ranges",
            found=f"reference {reference.range_source}, candidate {candidate.range_source}",
            way_out=f"Give the range of both: --data-range {reference.data_range:g}",
        )
    return reference.data_range


def _check_pages(source: ImageFile, expected: int) -> None:
    pages = len(source.pages())
    if pages != expected:
        raise SizeError("the file has another number of slices than its reference", found=pages, expected=str(expected))


def _add_rows(
    results: Sequence[Scores],
    task: ScoringTask,
    place: tuple[str, str, str, Path],
    notes: tuple[str, ...],
    scored: Scored,
) -> None:
    key, group, method, path = place
    for scores in results:
        where = "" if scores.region == "image" else f"region {scores.region}: "
        if scores.errors and len(scores.errors) == len(scores):
            error = next(iter(scores.errors.values()))
            reason = f"{where}{error}" if error.file else f"{path}: {where}{error}"
            scored.failures.append(Failure(key, method, "unscorable", str(path), reason))
            continue
        for name, error in scores.errors.items():
            scored.failures.append(Failure(key, method, f"metric:{name}", str(path), f"{path}: {where}{error}"))
        scored.rows.append(
            Row(
                image=key,
                group=group,
                method=method,
                region=scores.region,
                n_pixels=scores.n_pixels,
                values=dict(scores),
                signature=scores.signature,
                facets=task.facets,
                channels=dict(scores.channels),
                n_sampled=scores.n_sampled,
                mask_support=scores.mask_support,
                notes=notes + scores.notes,
            )
        )


def _failure(key: str, method: str, what: str, path: Path, error: SrmetricsError) -> Failure:
    error.in_file(path)
    return Failure(key, method, what, str(path), str(error))


def _kind(error: SrmetricsError) -> str:
    return "unreadable" if isinstance(error, FileError) else "unscorable"


def _constant(pixels: NDArray[Any]) -> bool:
    first = pixels.reshape(-1)[0]
    return bool((pixels == first).all()) or (pixels.dtype.kind == "f" and math.isnan(float(first)))


def _digest(role: str, key: str, pixels: NDArray[Any]) -> InputDigest:
    array = np.ascontiguousarray(pixels)
    # The bytes are read as little-endian, so that a digest is the same on every machine.
    little = array if array.dtype.byteorder in ("<", "|", "=") else array.astype(array.dtype.newbyteorder("<"))
    digest = hashlib.sha256(little.data).hexdigest()
    return InputDigest(role, key, array.shape, array.dtype.name, digest)


def _digest_slice(scored: Scored, role: str, task: ScoringTask, page: int, pixels: NDArray[Any]) -> None:
    digest = _digest(role, f"{task.key}#{page:04d}", pixels)
    if digest not in scored.digests:
        scored.digests.append(digest)
