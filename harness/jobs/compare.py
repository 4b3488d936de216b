"""The main job: methods' outputs against references, from folders to a leaderboard."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial

from harness.engine.on_threads import run_on_threads
from harness.engine.row import Failure, InputDigest, Row
from harness.jobs.compare_inputs import ComparisonInputs, gather_inputs
from harness.jobs.compare_options import CompareOptions
from harness.jobs.run_facts import decoded_facts, machine_facts, versions_of
from harness.jobs.scoring import score
from harness.jobs.scoring_task import Scored, ScoringRules
from harness.leaderboard.build import build_rows, images_counted
from harness.leaderboard.leaderboard import Heading, Leaderboard
from srmetrics.errors import PairingError, UsageError
from srmetrics.version import VERSION

Report = Callable[[int, int], None]
"""Told how many of how many references are done."""

NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?")

MOST_NOTES = 8
"""Notes of single images that are listed; there may be one for every image."""


def compare_inputs(
    reference: str,
    candidates: Mapping[str, str],
    options: CompareOptions,
    report: Report = lambda done, total: None,
) -> Leaderboard:
    """Score every method on every reference and return the leaderboard.

    Parameters
    ----------
    reference : str
        A folder, a pattern or a file.
    candidates : mapping of str to str
        Method names to folders, patterns or files.
    options : CompareOptions
        Everything else.
    report : callable, optional
        Called after each reference.

    Raises
    ------
    SrmetricsError
        When nothing can be done: no references, options that do not go together, ``on_missing="error"``.
    """
    started = time.time()
    if options.baseline is not None and options.baseline not in candidates:
        raise UsageError(
            "the baseline is not one of the methods", found=repr(options.baseline), expected=", ".join(candidates)
        )
    inputs = gather_inputs(reference, candidates, options)
    if options.on_missing == "error" and inputs.missing:
        first = inputs.missing[0]
        raise PairingError(
            "images are missing, and --on-missing is error",
            found=f"{len(inputs.missing)}, such as {first.image!r} of {first.method!r}",
            way_out="Add them, or compare on the common ones: --on-missing common",
        )
    scored = _score_all(inputs, options, report)
    rows = [row for one in scored for row in one.rows]
    failures = [*inputs.missing, *(failure for one in scored for failure in one.failures)]
    digests = sorted(
        {digest for one in scored for digest in one.digests},
        key=lambda one: (one.role, one.method, one.image, one.sha256),
    )
    board, comparisons = build_rows(
        rows,
        options.metrics,
        methods=list(candidates),
        average=options.average,
        on_missing=options.on_missing,
        baseline=options.baseline,
        seed=options.seed,
    )
    return Leaderboard(
        heading=Heading(
            dataset=options.dataset or inputs.dataset,
            dataset_digest=dataset_digest(digests, images_counted(rows, list(candidates), options.on_missing)),
            scale=options.scale,
            degradation="",
            protocol=options.protocol_name,
            average=options.average,
            metrics=options.metrics,
            version=VERSION,
        ),
        rows=board,
        comparisons=comparisons,
        per_image=tuple(rows),
        failures=tuple(failures),
        facets=tuple(options.facets),
        masked=options.masks is not None,
        notes=(
            *inputs.notes,
            *_notes_of(rows),
            *_notes_of_slices(scored, failures, options),
            *_left_out(rows, list(candidates), options),
        ),
        run=_run_facts(reference, candidates, options, inputs, digests, started),
    )


def dataset_digest(digests: Iterable[InputDigest], counted: Container[str]) -> str:
    """Return SHA-256 over the sorted (key, role, shape, dtype, digest) of the references and masks that count.

    Parameters
    ----------
    digests : iterable of InputDigest
        Of all that was read.
    counted : container of str
        The images that the leaderboard's means are over; the slices of a volume that is one of them count too.
    """
    lines = sorted(
        f"{one.image}\0{one.role}\0{'x'.join(map(str, one.shape))}\0{one.dtype}\0{one.sha256}\n"
        for one in digests
        if one.role in ("reference", "mask") and (one.image in counted or one.image.rpartition("#")[0] in counted)
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _score_all(inputs: ComparisonInputs, options: CompareOptions, report: Report) -> list[Scored]:
    rules = ScoringRules(
        protocol=options.resolved_early,
        metrics=options.metrics,
        scale=options.scale,
        data_range=options.data_range,
        labels=options.labels,
        label_maps=inputs.label_maps,
        boundary=options.boundary,
        keep_constant=options.keep_constant,
        facets=options.facets,
    )
    scored: list[Scored] = []
    report(0, len(inputs.tasks))
    for one in run_on_threads(partial(score, rules=rules), inputs.tasks, options.workers):
        scored.append(one)
        report(len(scored), len(inputs.tasks))
    return scored


def _notes_of(rows: Sequence[Row]) -> list[str]:
    # Notes that differ in their numbers alone say one thing of several images.
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        for note in row.notes:
            found.setdefault(NUMBER.sub("", note), {}).setdefault(row.image, note)
    notes = []
    for by_image in found.values():
        image, note = next(iter(by_image.items()))
        alike = len(set(by_image.values())) == 1
        which = f"{len(by_image)} images" + ("" if alike else f", such as {image}")
        notes.append(f"{image}: {note}" if len(by_image) == 1 else f"{which}: {note}")
    more = len(notes) - MOST_NOTES
    return notes[:MOST_NOTES] + ([f"and {more} more notes of single images"] if more > 0 else [])


def _notes_of_slices(scored: Sequence[Scored], failures: Sequence[Failure], options: CompareOptions) -> list[str]:
    notes = []
    constant = sum(failure.what == "left out" for failure in failures)
    if constant:
        notes.append(f"{constant} slices whose reference is constant are left out (--keep-constant scores them)")
    alone = sum(one.pages == 1 for one in scored)
    if alone and options.resolved_early.pooling == "volume":
        notes.append(
            f"{alone} files hold one slice, and each is scored as a volume of its own: this protocol pools the slices "
            "of one file (a multi-page TIFF, a NumPy stack, NIfTI), and --group-by does not change that"
        )
    return notes


def _left_out(rows: Sequence[Row], methods: Sequence[str], options: CompareOptions) -> list[str]:
    if options.on_missing == "own" or len(methods) < 2:
        return []
    having: dict[str, set[str]] = {}
    for row in rows:
        having.setdefault(row.image, set()).add(row.method)
    present = set().union(*having.values()) if having else set()
    notes = [f"{method} has no image that could be scored" for method in methods if method not in present]
    partial_images = [image for image, mine in having.items() if mine != present]
    if partial_images:
        notes.append(
            f"{len(partial_images)} of {len(having)} images are not scored for every method and are left out of the "
            f"means, such as {partial_images[0]!r} (--on-missing own keeps them)"
        )
    return notes


def _run_facts(
    reference: str,
    candidates: Mapping[str, str],
    options: CompareOptions,
    inputs: ComparisonInputs,
    digests: Sequence[InputDigest],
    started: float,
) -> dict[str, object]:
    read: dict[str, dict[str, str]] = {"reference": {}, "mask": {}}
    read_of_methods: dict[str, dict[str, str]] = {method: {} for method in candidates}
    for one in digests:
        (read_of_methods[one.method] if one.role == "candidate" else read[one.role])[one.image] = one.sha256
    return {
        "command": {
            "job": "compare",
            "reference": reference,
            "candidates": dict(candidates),
            "protocol": options.protocol if isinstance(options.protocol, str) else options.protocol_name,
            "scale": options.scale,
            "data_range": options.data_range,
            "window": options.window,
            "metrics": list(options.metrics),
            "align": options.align,
            "grey": options.grey,
            "alpha": options.alpha,
            "masks": options.masks,
            "masking": options.masking,
            "labels": {str(value): name for value, name in (options.labels or {}).items()},
            "boundary": options.boundary,
            "pair": options.pair,
            "group_by": options.group_by,
            "average": options.average,
            "facets": dict(options.facets),
            "on_missing": options.on_missing,
            "baseline": options.baseline,
            "dataset": options.dataset,
            "keep_constant": options.keep_constant,
            "workers": options.workers,
        },
        "pairing": dict(inputs.rules),
        "seed": options.seed,
        "inputs": {**read, "candidates": read_of_methods},
        "protocol": asdict(options.resolved_early),
        "label_maps": inputs.label_maps,
        "decoded": decoded_facts(digests),
        "files": inputs.files,
        "versions": versions_of(options.metrics),
        "machine": machine_facts(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started, 3),
    }
