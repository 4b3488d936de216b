"""Where the images of a table without ``run.json`` lie: folders that are named as its methods, and its references."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from harness.images import find_images
from srmetrics.errors import FileError

DEEPEST = 3
"""Folders below the one that was named in which images are looked for: ``x4/RCAN/Set5`` is the deepest."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that were found; a method without one is absent."""

    reference: Path | None
    methods: Mapping[str, Path]
    reason: str = ""
    """Why there are no references."""


def find_places(images: Path, methods: Sequence[str], keys: Sequence[str], dataset: str) -> Places:
    """Find the folders of references and methods.

    Parameters
    ----------
    images : Path
        The folder that holds them all.
    methods : sequence of str
        As the table names them: a method's folder has its name, or lies in one that has.
    keys : sequence of str
        Of the references, where they are known; the folder is then the one that holds them all.
    dataset : str
        The data set's name, where it is known: the references' folder has it where no keys are known, or several
        folders hold them all.
    """
    folders = {folder: folder.relative_to(images).parts for folder in _folders(images)}
    others = [folder for folder, parts in folders.items() if not set(parts) & set(methods)]
    if keys:
        fitting = [folder for folder in others if _holds(folder, keys)]
    else:
        above = {parts[:deep] for parts in folders.values() if set(parts) & set(methods) for deep in range(len(parts))}
        fitting = _named([folder for folder in others if folders[folder] not in above], dataset)
    if len(fitting) > 1:
        # Masks are often called as their references are; the leaderboard knows what the references' folder is called.
        fitting = [folder for folder in fitting if folder.name == dataset] or fitting
    if len(fitting) != 1:
        what = f"all references (such as {keys[0]!r})" if keys else f"the references of {dataset!r}"
        found = ", ".join(str(folder) for folder in fitting[:3])
        return Places(
            None, {}, f"{found} may each hold {what}" if fitting else f"no folder below {images} holds {what}"
        )
    reference = fitting[0]
    own = folders[reference]
    found_methods = {}
    for method in methods:
        mine = [folder for folder, parts in folders.items() if method in parts]
        if mine:
            # Of RCAN, RCAN/x2 and RCAN/x4 the last belongs to HR/x4.
            found_methods[method] = max(mine, key=lambda folder: (_alike(folders[folder], own), -len(folders[folder])))
    return Places(reference, found_methods)


def _folders(images: Path) -> Iterator[Path]:
    """Yield the folder and those below it that are not hidden, as deep as is looked."""
    # Links are followed, as where images are found; a loop of them ends at the depth.
    for place, names, _ in os.walk(images, followlinks=True):
        folder = Path(place)
        yield folder
        deep = len(folder.relative_to(images).parts)
        names[:] = [] if deep == DEEPEST else sorted(name for name in names if not name.startswith("."))


def _holds(folder: Path, keys: Sequence[str]) -> bool:
    try:
        there = {file.key for file in find_images(folder).files}
    except FileError:
        return False
    return all(key in there or key.rpartition("#")[0] in there for key in keys)


def _named(folders: Sequence[Path], name: str) -> list[Path]:
    """Return the folders of this name that hold images; where none has the name, those that hold images themselves."""
    holding = [folder for folder in folders if _holds(folder, ())]
    named = [folder for folder in holding if folder.name == name]
    return named or [one for one in holding if not any(other.parent == one for other in holding)]


def _alike(parts: Sequence[str], others: Sequence[str]) -> int:
    """Return how many last parts of two paths are alike."""
    pairs = zip(reversed(parts), reversed(others), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
