"""All pictures of a run that are shown: which, read by whom, and what is said of those that are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from harness.engine.on_threads import run_on_threads
from harness.jobs.as_written import scored_pixels
from harness.jobs.run_folder import RunFolder
from harness.jobs.run_pictures import find_pictures
from harness.report.embedding import Embedding
from harness.report.picks import Pick, shown_images
from harness.report.picture_task import PictureTask, ShownImage, Wanted, make_pictures
from harness.report.scores import Block
from harness.report.words import counted
from srmetrics import parse_signature
from srmetrics.errors import FileError, SrmetricsError, UsageError

MOST_SHOWN = 300
"""Images whose pictures are shown; the scores of all are."""
MAPS_FOR_ALL = 24
"""Up to so many images all get heat maps; of more, those that are picked."""

CHOSEN = "those picked as worst, median and best, and others spread evenly over the scores"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The pictures of a run."""

    shown: Mapping[str, ShownImage]
    """Key to its pictures; without any layer where they could not be made."""
    total: int
    """Images that the run scored."""
    with_maps: int
    """Images that were asked for heat maps."""
    nothing: str = ""
    """Why there are no pictures at all; empty where there are some."""

    def words(self, embedding: Embedding, megabytes: float) -> list[str]:
        """Return what of the pictures is shown, and where it lies."""
        here = [image for image in self.shown.values() if image.layers]
        if not here:
            return [self.nothing] if self.nothing else []
        lines = []
        if len(here) < self.total:
            asked = f": {CHOSEN}" if len(self.shown) < self.total else ""
            lines.append(f"Pictures of {len(here):,} of {counted(self.total, 'image')}{asked}.")
        if self.with_maps < len(self.shown):
            lines.append("Maps of errors and SSIM are made of the images that are picked.")
        beside = len(here) - len(embedding.whole)
        if not beside:
            return [*lines, "All pictures lie in this page, without loss."]
        text = f"The page may hold {megabytes:g} MB. It holds thumbnails of {counted(len(embedding.small), 'image')}"
        text += f" and the whole pictures of {len(embedding.whole):,} of them" if embedding.whole else ""
        text += f"; the whole pictures of {counted(beside, 'image')} are in the folder images beside it."
        return [*lines, text]

    def problems(self) -> list[str]:
        """Return a line for each thing that is wrong, with the images that it is wrong of."""
        found: dict[str, list[str]] = {}
        for image in self.shown.values():
            for problem in image.problems:
                found.setdefault(problem, []).append(image.key)
            for whose in image.changed:
                found.setdefault(f"{whose}: not the file that was scored", []).append(image.key)
        return [f"{_of_images(keys)}: {problem}" for problem, keys in found.items()]

    def changed_words(self) -> list[str]:
        """Return a line for each method, or the reference, of which a picture is not what was scored."""
        found: dict[str, list[str]] = {}
        for image in self.shown.values():
            for whose in image.changed:
                found.setdefault(whose, []).append(image.key)
        return [
            f"{_of_images(keys)}: the picture of {whose} is not the one that was scored: its file was changed since "
            "(srmetrics verify says which)"
            for whose, keys in found.items()
        ]


def _of_images(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{len(keys):,} images, such as {keys[0]}"


def gather_pictures(
    run: RunFolder,
    blocks: Sequence[Block],
    picks: Sequence[Pick],
    methods: Sequence[str],
    images: str | PathLike[str] | None,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None],
) -> Gathered:
    """Make the pictures of a run, the whole ones as files in ``folder``.

    Parameters
    ----------
    run : RunFolder
        The run.
    blocks : sequence of Block
        All scores; pictures are chosen among the first one's region.
    picks : sequence of Pick
        These get heat maps, and are shown first.
    methods : sequence of str
        In the run's order.
    images : path, optional
        A folder to look in for what was moved.
    folder : path
        Where whole pictures are written.
    workers : int
        Files that are read at once.
    progress : callable
        Told how many files of how many are done.

    Raises
    ------
    FileError
        When a picture cannot be written.
    UsageError
        When the page would lie among the run's images.
    """
    total = len({row.image for block in blocks for row in block.rows})
    try:
        pictures = find_pictures(run, images)
    except FileError as error:
        return Gathered({}, total, 0, f"There are no pictures: {error.what}.")
    if pictures.holds(folder.parent):
        raise UsageError(
            "the page would lie among the run's images",
            found=folder.parent,
            way_out="Choose another folder with --out: the next run would take its pictures for images",
        )
    first = [block for block in blocks if block.region == blocks[0].region]
    per_block = max(1, MOST_SHOWN // len(first))
    keys = list(
        dict.fromkeys(
            key
            for block in first
            for key in shown_images(block, picks, block.methods(methods), run.metrics[0], per_block)
        )
    )
    keys = [key for key in keys if pictures.reference(key) is not None]
    if not keys:
        return Gathered({}, total, 0, NOT_FOUND)
    protocols = {row.image: row.signature for block in first for row in block.rows}
    picked = {pick.image for pick in picks}
    mapped = set(keys) if len(keys) <= MAPS_FOR_ALL else picked & set(keys)
    by_file: dict[str, list[Wanted]] = {}
    for key in keys:
        try:
            protocol = parse_signature(protocols[key]).protocol
        except SrmetricsError:
            continue  # another version's signature says nothing here
        by_file.setdefault(pictures.file_key(key), []).append(Wanted(key, protocol, key in mapped))
    scored = scored_pixels(pictures)
    tasks = [PictureTask(tuple(wanted), tuple(methods), pictures, folder, scored) for wanted in by_file.values()]
    shown: dict[str, ShownImage] = {}
    progress(0, len(tasks))
    try:
        for done, made in enumerate(run_on_threads(make_pictures, tasks, workers), start=1):
            shown.update((image.key, image) for image in made)
            progress(done, len(tasks))
    except OSError as error:
        raise FileError(
            f"the page's pictures cannot be written: {error.strerror or error}",
            way_out="Free some space, or choose another folder with --out",
            file=folder,
        ) from error
    return Gathered(shown, total, len(mapped))


NOT_FOUND = (
    "The image files are not where the run found them, so that there are no pictures and no heat maps. "
    "srmetrics report RUN --images DIR looks for them in another folder."
)
