"""What a run recorded of the files that it read: where each role's lay, and the name of each image's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from harness.images import find_images, pair, parse_pair_rule
from harness.jobs.compare_options import AUTO_OTSU
from harness.jobs.run_facts import FilesRead
from harness.jobs.run_folder import RUN_JSON, RunFolder
from srmetrics.errors import FileError, SrmetricsError

REFERENCE, MASK, METHOD = "reference", "mask", "method:"
"""Roles; a method's files have its name after ``method:``."""


@dataclass(frozen=True, slots=True)
class RecordedFiles:
    """The files of one role."""

    root: str
    """The folder that names are relative to."""
    field: str | None
    """Which array of ``.mat`` or ``.npz`` files is meant."""
    names: Mapping[str, str]
    """Key of the reference to the file's path below the root, with ``/``."""


def recorded_files(run: RunFolder) -> dict[str, RecordedFiles]:
    """Return the files of every role of a run; those of an older run are found and paired again.

    Raises
    ------
    FileError
        When ``run.json`` holds something else.
    """
    facts = run.facts.get("files")
    if facts is None:
        return {REFERENCE: RecordedFiles("", None, {})} | _paired_again(run)
    try:
        found = {REFERENCE: _read(facts[REFERENCE])}
        if facts[MASK] is not None:
            found[MASK] = _read(facts[MASK])
        return found | {f"{METHOD}{method}": _read(one) for method, one in facts["candidates"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FileError(
            "the recorded places of files cannot be read",
            found=f"{type(error).__name__}: {error}",
            file=run.path / RUN_JSON,
        ) from error


def _read(facts: Any) -> RecordedFiles:
    root, inside, names = facts["root"], facts["field"], dict(facts["names"])
    if not isinstance(root, str) or not isinstance(inside, str | None):
        raise TypeError(f"{root!r} with the field {inside!r} is no place")
    for name in names.values():
        # Names from a file are data: none leads out of the folder that it is said to lie in.
        if not isinstance(name, str) or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError(f"{name!r} is no file below {root!r}")
    return RecordedFiles(root, inside, names)


def _paired_again(run: RunFolder) -> dict[str, RecordedFiles]:
    """Return the files of a run that did not record them, where its folders are still where its command says."""
    command = run.command
    try:
        if run.job == "bench":
            smoke = find_images(Path(run.path, "smoke", "images") / command["study"]["images"]["pattern"])
            return {REFERENCE: _found(FilesRead(smoke.root, {file.key: file for file in smoke.files}))}
        if run.job != "compare":
            return {}
        references = find_images(command["reference"])
        sets = {method: find_images(place) for method, place in command["candidates"].items()}
        rule = None if command["pair"] is None else parse_pair_rule(command["pair"])
        pairing = pair(references, sets, rule)
        found = {REFERENCE: _found(FilesRead(references.root, pairing.references))}
        if command["masks"] not in (None, AUTO_OTSU):
            masks = find_images(command["masks"])
            paired = pair(references, {MASK: masks})
            found[MASK] = _found(FilesRead(masks.root, paired.candidates[MASK]))
        return found | {
            f"{METHOD}{method}": _found(FilesRead(sets[method].root, files))
            for method, files in pairing.candidates.items()
        }
    except (SrmetricsError, KeyError, TypeError):
        return {}


def _found(files: FilesRead) -> RecordedFiles:
    return _read(files.facts())
