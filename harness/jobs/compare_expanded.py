"""Patterns that a shell has turned into lists of files: ``HR/*.png SR/*.png`` without quotes."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.images import ImageFile, ImageSet, find_images, pair
from harness.images.imageset import key_of
from harness.images.markers import numbers_disagree
from srmetrics.errors import PairingError, SrmetricsError, UsageError


def refuse_expanded(reference: str, unnamed: Sequence[str]) -> None:
    """Refuse candidates without names of their own that are the files of a pattern, and not a method each.

    They are known by this: several files of one folder pair by name with several references, or with several files of
    the reference's own folder; or they are numbered as the reference is. A reference beside one file of each method
    (``a/hr.png a/bicubic.png``, ``HR/baby.png RCAN/baby.png``) is none of these.

    Raises
    ------
    UsageError
        Saying how to quote patterns.
    """
    single = Path(reference).is_file()
    home = Path(reference).parent
    by_folder: dict[Path, list[Path]] = defaultdict(list)
    for location in unnamed:
        if Path(location).is_file():
            by_folder[Path(location).parent].append(Path(location))
    if not by_folder:
        return
    beside = by_folder.pop(home, []) if single else []
    try:
        ours = _set_of([Path(reference), *beside], home) if single else find_images(reference)
        theirs = [_set_of(files, folder) for folder, files in by_folder.items() if len(files) > 1]
        if beside:
            theirs += [find_images(location) for location in unnamed if not Path(location).is_file()]
    except SrmetricsError:
        return  # What is not there is said where it is read.
    folder = next((images.root for images in theirs if _pairs(ours, images) > 1), None)
    if folder is None and len(beside) == len(unnamed) > 1:
        stem = Path(reference).stem
        folder = home if all(numbers_disagree(stem, file.stem) for file in beside) else None
    if folder is not None:
        files = [Path(location) for location in (reference, *unnamed) if Path(location).is_file()]
        raise UsageError(
            "these are the files of a pattern that the shell has spelt out, not a reference and a file of each method",
            found=f"{len(files)} single files, such as {files[0]} and {files[-1]}",
            expected="one location for the references and one for each method",
            way_out=f"Put patterns in quotes: {_patterns(reference, unnamed)}; or name each method: NAME=FILE",
        )


def may_be_expanded(reference: str, candidates: Sequence[str]) -> str | None:
    """Return a hint where the reference and several candidates are files of one folder, which may have been a pattern.

    One figure's files lie so as well (``fig/hr.png fig/bicubic.png``), so that this is worth saying only where some of
    them could not be scored.
    """
    home = Path(reference).parent
    if len(candidates) < 2 or not all(
        Path(one).is_file() and Path(one).parent == home for one in (reference, *candidates)
    ):
        return None
    return (
        f"the reference and all {len(candidates)} candidates are files of one folder. If a pattern was meant, put it "
        f"in quotes, and name the methods' folders after it: {_patterns(reference, candidates)} OUTPUTS"
    )


def _set_of(files: Iterable[Path], folder: Path) -> ImageSet:
    found = sorted((ImageFile(path, key_of(path, folder)) for path in files), key=lambda file: (file.key, file.path))
    return ImageSet(folder, folder.name, tuple(found))


def _pairs(references: ImageSet, images: ImageSet) -> int:
    try:
        return len(pair(references, {"": images}).candidates[""])
    except PairingError:
        return 0


def _patterns(reference: str, unnamed: Sequence[str]) -> str:
    """Return the locations as they may have been meant, each once: a pattern in quotes for the files of a folder."""
    found = []
    for location in (reference, *unnamed):
        path = Path(location)
        found.append(shlex.quote(str(path.parent / f"*{path.suffix}") if path.is_file() else location))
    return " ".join(dict.fromkeys(found))
