"""Replaying a manifest: the same pixels again, or the first file and field that differ."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import Any

from degradations import Entry, Recipe, read_manifest, replay
from degradations.degrade import as_pipeline_image, cut_to_multiple
from degradations.manifest import entry_line
from degradations.replay import check_recipe, check_versions
from harness.engine.atomic import write_atomically
from harness.engine.cores import available_cores
from harness.engine.lock import locked
from harness.engine.on_threads import run_on_threads
from harness.images import ImageFile, find_images
from harness.jobs.degrade import DegradeResult, Report
from harness.jobs.degrade_image import encode
from harness.jobs.degrade_run import MANIFEST_NAME
from harness.jobs.load_recipe import load_recipe
from srmetrics.errors import FileError, ManifestError, SrmetricsError


def replay_manifest(
    high_resolution: str | PathLike[str],
    out: str | PathLike[str],
    manifest: str | PathLike[str],
    *,
    recipe: str | Recipe | None = None,
    other_versions: bool = False,
    save_hr: str | PathLike[str] | None = None,
    workers: int | None = None,
    progress: Report | None = None,
) -> DegradeResult:
    """Make the images of a manifest again: ``srmetrics degrade --replay`` in Python.

    Parameters
    ----------
    high_resolution : str or path
        The folder that the manifest's ``source`` paths are relative to; or the pattern or file that was degraded.
    out : str or path
        Folder for the images, under the names that the manifest gives them, and for ``manifest.jsonl``.
    manifest : str or path
        The manifest.
    recipe : str or Recipe, optional
        The recipe, where it is not one of the named ones.
    other_versions : bool
        Whether to go on under other library versions than the manifest's; pixels are compared all the same.
    save_hr : str or path, optional
        Folder for the high-resolution images as they were cut.
    workers : int, optional
        How many threads; the number of cores if not given.
    progress : callable, optional
        Called as ``progress(done, total)`` after each image.

    Raises
    ------
    ManifestError
        Naming the first file, in the manifest's order, and its first field that differ.
    FileError
        If a file of the manifest is missing or cannot be read or written.
    """
    entries = read_manifest(manifest)
    chosen = None if recipe is None else load_recipe(recipe)
    (root, field), target = _place(high_resolution), Path(out)
    hr_target = None if save_hr is None else Path(save_hr)
    # What needs no pixels is compared for the whole manifest before any image is made.
    recipes = {}
    for entry in entries:
        _check_names(entry, manifest)
        recipes[entry.recipe] = check_recipe(entry, chosen)
        if not other_versions:
            check_versions(entry)

    def make(entry: Entry) -> dict[str, Any]:
        assert entry.source is not None  # checked above
        source = ImageFile(root / entry.source, entry.key, field)
        return _replay_one(entry, recipes[entry.recipe], source, target, hr_target, other_versions)

    report = progress or (lambda done, total: None)
    made = []
    with locked(target):
        for number, record in enumerate(run_on_threads(make, entries, workers or available_cores()), start=1):
            made.append(record)
            report(number, len(entries))
        write_atomically(target / MANIFEST_NAME, "".join(entry_line(record) for record in made))
    names = ", ".join(sorted({entry.recipe for entry in entries}))
    return DegradeResult(names, target / MANIFEST_NAME, tuple(made), (), 0)


def _place(high_resolution: str | PathLike[str]) -> tuple[Path, str | None]:
    """Return the folder that sources are relative to, and which array of ``.mat`` and ``.npz`` files is meant."""
    if Path(high_resolution).is_dir():
        return Path(high_resolution), None
    found = find_images(fspath(high_resolution))
    return found.root, found.files[0].field


def _replay_one(
    entry: Entry, recipe: Recipe, source: ImageFile, target: Path, hr_target: Path | None, other_versions: bool
) -> dict[str, Any]:
    assert entry.source is not None  # checked for all entries beforehand
    assert entry.file is not None
    if not source.path.exists():
        raise FileError(
            "the manifest names this image, and it is not there",
            found=f"source {entry.source!r}",
            way_out="Name the folder or pattern that was degraded: the manifest's sources are relative to its folder",
            file=source.path,
        )
    try:
        image = as_pipeline_image(source.read(entry.page or 0).pixels)
        made, record = replay(image, entry, recipe=recipe, other_versions=other_versions)
    except ManifestError:
        raise
    except SrmetricsError as error:
        raise error.in_file(source.path) from None
    write_atomically(target / entry.file, encode(made))
    if hr_target is not None:
        name = entry.hr or Path(entry.source).with_suffix(".tif" if image.dtype.kind == "f" else ".png").as_posix()
        write_atomically(hr_target / name, encode(cut_to_multiple(image, recipe.scale)))
    return record | {
        name: value
        for name, value in (
            ("source", entry.source), ("page", entry.page), ("file", entry.file), ("hr", entry.hr)
        )
        if value is not None
    }  # fmt: skip


def _check_names(entry: Entry, manifest: str | PathLike[str]) -> None:
    if entry.source is None or entry.file is None:
        raise ManifestError(
            f"the entry for {entry.key} names no files",
            expected="source and file",
            way_out="Replay it in Python: degradations.replay",
            file=manifest,
        )
    suffix = ".tif" if entry.output.dtype.startswith("float") else ".png"
    if not entry.file.endswith(suffix):
        raise FileError(
            "file differs from the manifest: the name does not fit the image",
            found=entry.file,
            expected=f"a name that ends with {suffix}",
            file=manifest,
        )
