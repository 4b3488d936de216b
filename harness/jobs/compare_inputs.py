"""From what the user named to tasks: images found, paired, grouped, with their masks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from harness.engine.on_threads import run_on_threads
from harness.engine.row import Failure
from harness.images import (
    ImageFile,
    ImageSet,
    PairByPattern,
    Pairing,
    PairRule,
    find_images,
    nothing_pairs,
    pair,
    parse_pair_rule,
    patient_group,
)
from harness.jobs.compare_options import AUTO_OTSU, PATIENT, CompareOptions
from harness.jobs.grouping import groups_of
from harness.jobs.masks import holds_label_map
from harness.jobs.run_facts import FilesRead, file_facts
from harness.jobs.scoring_task import ScoringTask
from srmetrics.errors import FileError, SrmetricsError, UsageError

SALT = "SRMETRICS_SALT"
"""The environment variable with the secret that patients' names are hashed with."""


@dataclass(frozen=True, slots=True)
class ComparisonInputs:
    """What a comparison reads."""

    dataset: str
    tasks: tuple[ScoringTask, ...]
    missing: tuple[Failure, ...]
    """Images that a method lacks, or whose partner is not clear."""
    rules: Mapping[str, str]
    """How each method was paired, in words."""
    label_maps: bool | None
    """Whether the mask files are label maps; None where the labels are named or there are no files."""
    notes: tuple[str, ...]
    files: Mapping[str, object]
    """Where the files lie and what they are called, as ``run.json`` records it."""


def gather_inputs(reference: str, candidates: Mapping[str, str], options: CompareOptions) -> ComparisonInputs:
    """Find, pair and group all files of a comparison.

    Raises
    ------
    SrmetricsError
        When a location holds no image, or no file of any method, or no mask, pairs with a reference.
    """
    references = find_images(reference)
    sets = {method: find_images(location) for method, location in candidates.items()}
    rule = None if options.pair is None else parse_pair_rule(options.pair)
    pairing = pair(references, sets, rule)
    strangers = {
        method: nothing_pairs(references, sets[method], candidates[method], rule) for method in _strangers(pairing)
    }
    if strangers and len(strangers) == len(sets):
        raise next(iter(strangers.values()))
    masks, failures, label_maps = _masks(references, options, rule)
    failures += [Failure(one.key, one.method or "", "unclear", "", str(one.error)) for one in pairing.failures]
    failures += [
        Failure(
            key,
            method,
            "missing",
            candidates[method],
            str(strangers.get(method, f"{candidates[method]}: no image for {key!r} is there")),
        )
        for method, keys in pairing.missing.items()
        for key in keys
    ]
    wanted = [
        key
        for key in pairing.keys
        if any(key in found for found in pairing.candidates.values()) and (masks is None or key in masks.files)
    ]
    groups, unreadable = _groups(wanted, pairing, options)
    failures += unreadable
    tasks = []
    for key in groups:
        mine = {method: found[key] for method, found in pairing.candidates.items() if key in found}
        mask = AUTO_OTSU if options.masks == AUTO_OTSU else (None if masks is None else masks.files[key])
        tasks.append(ScoringTask(key, groups[key], pairing.references[key], mine, mask))
    notes = [f"references: {len(references.ignored)} files that are no images were passed over"] * bool(
        references.ignored
    )
    return ComparisonInputs(
        dataset=options.dataset or references.name,
        tasks=tuple(tasks),
        missing=tuple(sorted(failures, key=lambda one: (one.image, one.method))),
        rules=dict(pairing.rule),
        label_maps=label_maps,
        notes=(*notes, *_extra(pairing)),
        files=_files(references, sets, masks, tasks),
    )


def _files(
    references: ImageSet,
    sets: Mapping[str, ImageSet],
    masks: FilesRead | None,
    tasks: list[ScoringTask],
) -> dict[str, object]:
    candidates = {
        method: FilesRead(
            found.root, {task.key: task.candidates[method] for task in tasks if method in task.candidates}
        )
        for method, found in sets.items()
    }
    return file_facts(FilesRead(references.root, {task.key: task.reference for task in tasks}), masks, candidates)


def _groups(keys: list[str], pairing: Pairing, options: CompareOptions) -> tuple[dict[str, str], list[Failure]]:
    """Return the group of every image that has one, and the files whose header does not say it."""
    if options.group_by != PATIENT:
        return groups_of(keys, options.group_by), []
    groups: dict[str, str] = {}
    failures = []
    for key in keys:
        file = pairing.references[key]
        try:
            groups[key] = patient_of(file)
        except FileError as error:
            error.in_file(file.path)
            failures.append(Failure(key, "", "unreadable", str(file.path), str(error)))
    return groups, failures


def _masks(
    references: ImageSet, options: CompareOptions, rule: PairRule | None
) -> tuple[FilesRead | None, list[Failure], bool | None]:
    """Return the mask of every reference, those without one, and whether the masks are label maps."""
    if options.masks is None or options.masks == AUTO_OTSU:
        return None, [], None
    images = {"masks": find_images(options.masks)}
    found = pair(references, images)
    if not found.candidates["masks"] and isinstance(rule, PairByPattern):
        # Names that do not tell the masks' partners either: the user's expression may.
        found = pair(references, images, rule)
    if "masks" in _strangers(found):
        tried = rule if isinstance(rule, PairByPattern) else None
        raise nothing_pairs(references, images["masks"], options.masks, tried, what="masks")
    masks = FilesRead(images["masks"].root, dict(found.candidates["masks"]))
    failures = [
        Failure(key, "", "missing", options.masks, f"{options.masks}: no mask for {key!r} is there")
        for key in found.missing["masks"]
    ]
    failures += [Failure(one.key, "", "unclear", "", str(one.error)) for one in found.failures if one.method == "masks"]
    if options.labels is not None:
        return masks, failures, None
    # One mask with several labels makes label maps of all: a region must mean the same in every image.
    return masks, failures, any(run_on_threads(several_labels, masks.files.values(), options.workers))


def several_labels(mask: ImageFile) -> bool:
    """Return True when a mask file is a label map; one that cannot be read is none."""
    try:
        return holds_label_map(mask)
    except SrmetricsError:
        return False  # It fails where it is scored, with its name.


def patient_of(file: ImageFile) -> str:
    """Return the group of a DICOM file: its patient's name as a salted hash.

    Raises
    ------
    UsageError
        When there is no salt.
    FileError
        When the header does not say it.
    """
    salt = os.environ.get(SALT, "")
    if not salt:
        raise UsageError(
            "patients' names are written as salted hashes, and there is no salt",
            way_out=f"Set the environment variable {SALT} to a secret text of your study",
        )
    return patient_group(file.path, salt)


def _strangers(pairing: Pairing) -> list[str]:
    """Return the methods that have files of which none pairs, nor fits several references alike."""
    unclear = {failure.method for failure in pairing.failures}
    return [
        method
        for method, found in pairing.candidates.items()
        if not found and pairing.references and method not in unclear
    ]


def _extra(pairing: Pairing) -> list[str]:
    return [
        f"{method}: {len(files)} files match no reference, such as {files[0].key!r}"
        for method, files in pairing.extra.items()
        if files
    ]
