"""Degrading a folder: low-resolution images, and the manifest from which anyone can make them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal

from degradations import Recipe, recipe_to_yaml
from harness.engine.atomic import write_atomically
from harness.engine.cores import available_cores
from harness.engine.lock import locked
from harness.engine.on_threads import run_on_threads
from harness.engine.row import Failure
from harness.images import ImageSet, find_images
from harness.jobs.degrade_image import DegradeRules, DegradeTask, degrade_image, output_names
from harness.jobs.degrade_run import DegradeRun
from harness.jobs.load_recipe import load_recipe
from harness.leaderboard.run_place import check_place
from harness.leaderboard.to_csv import failures_csv
from srmetrics.errors import FileError, SrmetricsError, UsageError

Report = Callable[[int, int], None]
"""Told how many of how many images are done."""


@dataclass(frozen=True, slots=True)
class DegradeResult:
    """What a run made."""

    recipe: str
    """The recipe's full name."""
    manifest: Path
    entries: tuple[Mapping[str, Any], ...]
    """The manifest's lines."""
    failures: tuple[Failure, ...]
    already_there: int
    """How many images an earlier run had made."""

    @property
    def exit_code(self) -> int:
        """0 if every image was made, 1 if none, 3 if some."""
        if not self.failures:
            return 0
        return 3 if self.entries else 1


def degrade(
    high_resolution: str | PathLike[str],
    out: str | PathLike[str],
    recipe: str | Recipe,
    *,
    seed: int = 0,
    draws: int = 1,
    key: Literal["path", "content"] = "path",
    save_hr: str | PathLike[str] | None = None,
    workers: int | None = None,
    progress: Report | None = None,
) -> DegradeResult:
    """Degrade every image of a folder: ``srmetrics degrade`` in Python.

    A run that was stopped goes on where it was when it is called again with the same arguments.

    Parameters
    ----------
    high_resolution : str or path
        A folder, a pattern such as ``DIR/*.png``, or a file.
    out : str or path
        Folder for the images and ``manifest.jsonl``; it must not lie inside that of the high-resolution
        images.
    recipe : str or Recipe
        ``name@version``, ``name``, a YAML file, or a recipe.
    seed : int
        The root seed of all draws.
    draws : int
        How many independent draws to make of each image; more than one go to ``draw_000/``, ``draw_001/``,
        ... Draw k is the same, however many are made.
    key : {"path", "content"}
        What an image's draws depend on: its relative path without suffix, or its pixels.
    save_hr : str or path, optional
        Folder for the high-resolution images as they were cut to a multiple of the scale.
    workers : int, optional
        How many threads; the number of cores if not given. The images do not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` after each image.

    Returns
    -------
    DegradeResult
        The manifest's entries, and what could not be degraded.

    Raises
    ------
    SrmetricsError
        When nothing can be done: an unknown recipe, no images, an output folder that cannot be used or was
        begun with other arguments. Single images that cannot be degraded are listed in ``failures``.
    """
    chosen = load_recipe(recipe)
    _check(seed, draws, key, workers)
    images = find_images(fspath(high_resolution))
    target, hr_target = Path(out), None if save_hr is None else Path(save_hr)
    for folder in (target, hr_target):
        if folder is not None:
            check_place(folder, "degrade", {})
            _check_apart(images, folder)
    rules = DegradeRules(chosen, seed, key == "content", target, hr_target, draws > 1)
    tasks, failures = _plan(images, range(draws))
    request = {
        "recipe": chosen.full_name,
        "recipe_digest": chosen.digest,
        "seed": seed,
        "draws": draws,
        "key": key,
        "save_hr": hr_target is not None,
        "recipe_yaml": recipe_to_yaml(chosen),
    }
    planned = _planned(tasks, rules)
    with locked(target):
        run = DegradeRun(target)
        done = run.begin(request, planned)
        entries = list(done.values())
        todo = [_remaining(task, done, rules) for task in tasks]
        report = progress or (lambda done, total: None)
        for number, result in enumerate(
            run_on_threads(lambda task: degrade_image(task, rules), todo, workers or available_cores()), start=1
        ):
            for entry in result.entries:
                run.record(entry)
            entries += result.entries
            failures += result.failures
            report(number, len(todo))
        ordered = run.finish(entries)
        _write_failures(target / "failures.csv", failures)
    return DegradeResult(chosen.full_name, run.manifest, tuple(ordered), tuple(failures), len(done))


def _check(seed: int, draws: int, key: str, workers: int | None) -> None:
    for name, value, least in (("seed", seed, 0), ("number of draws", draws, 1), ("number of workers", workers, 1)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
            raise UsageError(f"impossible {name}", found=repr(value), expected=f"a whole number from {least}")
    if key not in ("path", "content"):
        raise UsageError("unknown kind of key", found=repr(key), expected="path or content")


def _check_apart(images: ImageSet, folder: Path) -> None:
    """Refuse to write where the next run would find its own results among the images."""
    root = images.root.resolve()
    if not images.single and folder.resolve().is_relative_to(root):
        raise UsageError(
            "the output folder lies inside the folder of high-resolution images",
            found=folder,
            expected=f"a folder outside {images.root}",
            way_out="Write beside it: the next run would take the results for images",
        )


def _plan(images: ImageSet, draws: range) -> tuple[list[DegradeTask], list[Failure]]:
    tasks, failures = [], []
    counts = Counter(image.key for image in images.files)
    for image in images.files:
        source = image.path.relative_to(images.root).as_posix()
        try:
            if counts[image.key] > 1:
                raise FileError("several files have this name without suffix", found=repr(image.key), file=image.path)
            pages = image.pages()
        except SrmetricsError as error:
            failures.append(Failure(image.key, "", "unreadable", source, str(error)))
            continue
        tasks += [DegradeTask(key, image, source, page, tuple(draws), None) for key, page in pages]
    return tasks, failures


def _planned(tasks: list[DegradeTask], rules: DegradeRules) -> list[Path]:
    """List every file that may be written: PNG or TIFF, which only the image's type decides."""
    planned = [
        rules.out / name
        for task in tasks
        for draw in task.draws
        for name in output_names(task.key, draw, rules.several_draws)
    ]
    if rules.save_hr is not None:
        planned += [rules.save_hr / name for task in tasks for name in output_names(task.key, 0, several_draws=False)]
    twice = [path for path, count in Counter(path.resolve() for path in planned).items() if count > 1]
    if twice:
        raise UsageError(
            "two images would be written to one file",
            way_out="Give --save-hr a folder of its own",
            file=twice[0],
        )
    return planned


def _remaining(task: DegradeTask, done: dict[str, dict[str, Any]], rules: DegradeRules) -> DegradeTask:
    """Take off what an earlier run has made, and remember which pixels that began with."""
    finished = {
        draw: done[name]
        for draw in task.draws
        for name in output_names(task.key, draw, rules.several_draws)
        if name in done
    }
    if not finished:
        return task
    left = tuple(draw for draw in task.draws if draw not in finished)
    digest = next(iter(finished.values()))["input"]["sha256"]
    return replace(task, draws=left, known_digest=digest)


def _write_failures(path: Path, failures: list[Failure]) -> None:
    if not failures:
        path.unlink(missing_ok=True)
        return
    # Names of files need not be valid Unicode; their bytes are kept.
    write_atomically(path, failures_csv(failures).encode("utf-8", "surrogateescape"))
