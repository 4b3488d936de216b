"""The job: find and pair the files, look at each, compare what was seen across the sets, and tell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.on_threads import run_on_threads
from harness.images import ImageFile, Pairing, find_images, open_picture, pair, parse_pair_rule
from harness.jobs.diagnose.detectors import KINDS, channels, depth, duplicates, mispaired
from harness.jobs.diagnose.explained import without_explained, without_inherited
from harness.jobs.diagnose.finding import SEVERITIES, Diagnosis, Finding, Observation, Role
from harness.jobs.diagnose.look import look_at_image, look_at_pair
from harness.jobs.diagnose.view import View
from harness.jobs.diagnose.words import Totals
from srmetrics.errors import SrmetricsError

Report = Callable[[int, int], None]
"""Told how many of how many references are done."""

MOST_PAGES = 5
"""Slices of a volume that are looked at, spread evenly."""

EXCUSED = ("orientation", "tone", "constant", "not-finite", "identical", "unused-depth", "cropped", "padded")
"""What explains why a candidate is unlike its own reference."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What is kept of an image after it was looked at."""

    blank: Observation
    depth: str
    channels: str
    thumb: NDArray[np.float32]
    fingerprint: tuple[Any, ...]
    read: Callable[[], NDArray[Any]]


@dataclass(slots=True)
class Seen:
    """What a task saw: one reference with its candidates."""

    observations: list[Observation] = field(default_factory=list)
    references: list[Glance] = field(default_factory=list)
    candidates: list[Glance] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """One reference with its candidates."""

    key: str
    reference: ImageFile
    candidates: Mapping[str, ImageFile]
    scale: int | None


def diagnose_inputs(
    reference: str,
    candidates: Mapping[str, str],
    *,
    scale: int | None = None,
    pair_by: str | None = None,
    workers: int = 1,
    report: Report = lambda done, total: None,
) -> Diagnosis:
    """Look for what makes numbers wrong; see :func:`harness.jobs.diagnose.diagnose`."""
    found = find_images(reference)
    sets = {method: find_images(location) for method, location in candidates.items()}
    pairing = pair(found, sets, None if pair_by is None else parse_pair_rule(pair_by))
    tasks = [
        Task(key, file, {method: mine[key] for method, mine in pairing.candidates.items() if key in mine}, scale)
        for key, file in pairing.references.items()
    ]
    seen: list[Seen] = []
    report(0, len(tasks))
    for one in run_on_threads(_look, tasks, workers):
        seen.append(one)
        report(len(seen), len(tasks))
    observations = [*_of_names(pairing, candidates), *(each for one in seen for each in one.observations)]
    observations = without_explained(without_inherited([*observations, *_of_sets(seen, observations)]))
    totals = Totals(
        max(len(found.files), sum(len(one.references) for one in seen)),
        {
            method: max(
                len(pairing.candidates[method]),
                sum(_is_of(glance, method) for one in seen for glance in one.candidates),
            )
            for method in candidates
        },
        scale,
    )
    return Diagnosis(
        findings=tuple(_told(observations, list(candidates), totals)),
        n_references=sum(len(one.references) for one in seen),
        n_pairs=sum(len(one.candidates) for one in seen),
        methods=tuple(candidates),
    )


def _is_of(glance: Glance, method: str) -> bool:
    return glance.blank.method == method


def _look(task: Task) -> Seen:
    """Look at a reference and its candidates; what cannot be read is an observation."""
    seen = Seen()
    ours, count = _views("reference", "", task.key, task.reference, seen)
    for page, reference in ours.items():
        seen.observations += look_at_image(reference)
        seen.references.append(_glance(reference, task.reference, page))
    for method, file in task.candidates.items():
        theirs, their_count = _views("candidate", method, task.key, file, seen)
        if ours and theirs and count != their_count:
            numbers = {"slices": their_count, "of_reference": count}
            blank = Observation("slices-differ", "candidate", method, task.key, str(file.path), "", numbers)
            seen.observations.append(blank)
        for page, candidate in theirs.items():
            seen.observations += look_at_image(candidate)
            seen.candidates.append(_glance(candidate, file, page))
            # Of volumes of two lengths it is not clear which slice belongs to which.
            if page in ours and count == their_count:
                seen.observations += look_at_pair(ours[page], candidate, task.scale)
    return seen


def _views(role: Role, method: str, key: str, file: ImageFile, seen: Seen) -> tuple[dict[int, View], int]:
    """Read the pages of a file that are looked at; return them by number, and how many the file has."""
    views: dict[int, View] = {}
    count = 0
    try:
        with open_picture(file.path, field=file.field) as source:
            count = source.pages
            pages = sorted({round(page) for page in np.linspace(0, count - 1, min(count, MOST_PAGES))})
            for page in pages:
                name = key if count == 1 else f"{key}#{page:04d}"
                views[page] = View(role, method, name, str(file.path), source.read(page))
    except SrmetricsError as error:
        seen.observations.append(Observation.of_error("unreadable", role, method, key, str(file.path), error))
    return views, count


def _glance(view: View, file: ImageFile, page: int) -> Glance:
    blank = Observation("", view.role, view.method, view.key, view.file)
    flat = not view.finite or view.constant
    known = not flat and min(view.shape) >= mispaired.SMALLEST
    return Glance(
        blank=blank,
        depth=str(view.colours.dtype),
        channels={1: "one channel", 3: "three channels"}.get(view.channels, f"{view.channels} channels"),
        thumb=view.thumb if known else np.zeros_like(view.thumb),
        # Flat images are told of by themselves; that they are alike is nothing new.
        fingerprint=("flat", view.role, view.key) if flat else duplicates.fingerprint(view.colours),
        read=partial(_colours, file, page),
    )


def _colours(file: ImageFile, page: int) -> NDArray[Any]:
    picture = file.read(page)
    return View("reference", "", "", "", picture).colours


def _of_names(pairing: Pairing, candidates: Mapping[str, str]) -> Iterator[Observation]:
    """See names without a partner."""
    for failure in pairing.failures:
        role: Role = "candidate" if failure.method else "reference"
        yield Observation.of_error("unclear", role, failure.method or "", failure.key, "", failure.error)
    for method, keys in pairing.missing.items():
        for key in keys:
            yield Observation("missing", "candidate", method, key, candidates[method])
    for method, files in pairing.extra.items():
        for file in files:
            yield Observation("extra", "candidate", method, file.key, str(file.path))


def _of_sets(seen: Sequence[Seen], observations: Sequence[Observation]) -> list[Observation]:
    """See what shows only in the whole set: copies, mixtures, names that were mixed up."""
    references = [glance for one in seen for glance in one.references]
    by_method: dict[str, list[Glance]] = {}
    for one in seen:
        for glance in one.candidates:
            by_method.setdefault(glance.blank.method, []).append(glance)
    found: list[Observation] = []
    for glances in (references, *by_method.values()):
        found += depth.observe_set([(glance.blank, glance.depth) for glance in glances])
        found += channels.observe_set([(glance.blank, glance.channels) for glance in glances])
    copies = _copies(references)
    found += copies
    doubled = {one.image for one in copies}
    for glances in by_method.values():
        # Outputs of equal references are equal too.
        found += _copies([glance for glance in glances if glance.blank.image not in doubled])
    thumbs = {glance.blank.image: glance.thumb for glance in references}
    for method, glances in by_method.items():
        excused = frozenset(one.image for one in observations if one.method == method and one.kind in EXCUSED)
        shown = {glance.blank.image: (glance.blank, glance.thumb) for glance in glances}
        found += mispaired.observe(thumbs, shown, excused)
    return found


def _copies(glances: Sequence[Glance]) -> list[Observation]:
    by_key = {glance.blank.image: glance for glance in glances}
    return list(
        duplicates.observe(
            {key: glance.blank for key, glance in by_key.items()},
            {key: glance.fingerprint for key, glance in by_key.items()},
            {key: glance.read for key, glance in by_key.items()},
        )
    )


def _told(observations: Sequence[Observation], methods: Sequence[str], totals: Totals) -> list[Finding]:
    """Tell observations together: gravest first, then in the order of the kinds, references before candidates."""
    sorted_out: dict[tuple[str, str, str], list[Observation]] = {}
    for one in observations:
        sorted_out.setdefault((one.kind, one.role, one.method), []).append(one)
    findings: list[Finding] = []
    for name, kind in KINDS.items():
        for role, method in (("reference", ""), *(("candidate", method) for method in methods)):
            mine = sorted_out.get((name, role, method), [])
            if mine:
                ordered = sorted(mine, key=lambda one: one.image)
                findings += [kind.tell(group, totals) for group in kind.gather(ordered)]
    return sorted(findings, key=lambda one: SEVERITIES.index(one.severity))
