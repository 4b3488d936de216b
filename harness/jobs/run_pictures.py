"""Where the image files of a finished run lie now: at the recorded places, or in a folder that they were moved to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.images import ImageFile, Picture, open_picture
from harness.jobs.arms import ARMS, HR, reference_of
from harness.jobs.layouts import BenchImage
from harness.jobs.recorded_files import MASK, METHOD, REFERENCE, RecordedFiles, recorded_files
from harness.jobs.run_folder import RunFolder
from srmetrics.errors import FileError, UsageError


@dataclass(frozen=True, slots=True)
class RunPictures:
    """The image files of a run that are there; keys are those of the column ``image``.

    ``KEY#0003`` is the page with index 3 of a file, which `page` says.
    """

    run: RunFolder
    recorded: Mapping[str, RecordedFiles]
    """Role to what the run recorded: ``reference``, ``mask``, and ``method:NAME``."""
    roots: Mapping[str, Path]
    """Role to the folder where its files were found; a role of which nothing is there is absent."""
    images: Path | None = None
    """The only folder that was looked in, where one was named."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all files of references that the run recorded, there or not."""
        return tuple(self.recorded[REFERENCE].names)

    def reference(self, key: str) -> ImageFile | None:
        """Return the file of a reference, or None where it is not there."""
        return self._file(REFERENCE, key)

    def mask(self, key: str) -> ImageFile | None:
        """Return the mask file of an image, or None where there is none, or the mask is made from the reference."""
        return self._file(MASK, key)

    def candidate(self, method: str, key: str) -> ImageFile | None:
        """Return the file of a method's output; in a bench also of ``lr``, and for ``hr`` the reference's file.

        The outputs of a bench are single images in the run's folder, also for a page of a volume.
        """
        if self.run.job != "bench":
            return self._file(f"{METHOD}{method}", key)
        if method == HR:
            return self.reference(key)
        stem = ImageFile(Path(key), key).name_for_output
        folder = self.run.path / ARMS / _plain(method)
        found = (path for path in (folder / f"{stem}.png", folder / f"{stem}.tif") if path.is_file())
        path = next(found, None)
        return None if path is None else ImageFile(path, key)

    def read_reference(self, key: str) -> Picture | None:
        """Return the pixels that candidates are scored against, or None where the file is not there.

        The references of a bench are converted, and cut to a multiple of the scale, as its study says.

        Raises
        ------
        SrmetricsError
            When the file cannot be read.
        """
        file = self.reference(key)
        if file is None:
            return None
        picture = file.read(self.page(key))
        if self.run.job != "bench":
            return picture
        image = BenchImage(key, file, self.page(key), "", None, "")
        pixels = reference_of(image, self.scale, self.run.command["study"]["images"]["convert"])
        return Picture(pixels, picture.data_range, picture.range_source, picture.notes, picture.lossy)

    def read_candidate(self, method: str, key: str) -> Picture | None:
        """Return a method's output, or None where the file is not there.

        Raises
        ------
        SrmetricsError
            When the file cannot be read.
        """
        if self.run.job == "bench" and method == HR:
            return self.read_reference(key)
        file = self.candidate(method, key)
        return None if file is None else file.read(0 if self.run.job == "bench" else self.page(key))

    def read_mask(self, key: str) -> Picture | None:
        """Return the mask of an image, of the page where it has as many pages as the reference; None without a file.

        Raises
        ------
        SrmetricsError
            When the file cannot be read.
        """
        file = self.mask(key)
        if file is None:
            return None
        with open_picture(file.path, field=file.field) as source:
            return source.read(self.page(key) if source.pages > 1 else 0)

    def file_key(self, key: str) -> str:
        """Return the key of the file that holds an image: ``KEY`` for its page ``KEY#0003``."""
        start, mark, page = key.rpartition("#")
        names = self.recorded[REFERENCE].names
        return start if mark and page.isdecimal() and key not in names and start in names else key

    def page(self, key: str) -> int:
        """Return the index of the page that a key names: 3 for ``KEY#0003``, and 0 where it names a file."""
        return int(key.rpartition("#")[2]) if self.file_key(key) != key else 0

    @property
    def scale(self) -> int:
        """The factor of super-resolution of a bench, from its leaderboard; 1 where it has none."""
        board = self.run.table("leaderboard.csv")
        text = board[0].get("scale", "") if board else ""
        return int(text) if text.isdecimal() else 1

    def holds(self, path: Path) -> bool:
        """Return whether a file or folder is one of the run's image files, or holds one: nothing is written there."""
        place = path.resolve()
        files = (root / name for role, root in self.roots.items() for name in self.recorded[role].names.values())
        return any(place in (file.resolve(), file.parent.resolve()) for file in files)

    def absence(self, role: str, key: str) -> str:
        """Return in words why the file of an image is not there."""
        known, root = self.recorded.get(role), self.roots.get(role)
        if known is None:
            return f"the run recorded no place of the {role}"
        name = known.names.get(self.file_key(key))
        if name is None:
            return f"the run recorded no file of the {role}"
        if root is None and self.images is not None:
            return f"{Path(known.root).name}/{name} is not found below {self.images}"
        return f"{(Path(known.root) if root is None else root) / name} is not there"

    def _file(self, role: str, key: str) -> ImageFile | None:
        known, root = self.recorded.get(role), self.roots.get(role)
        if known is None or root is None:
            return None
        name = known.names.get(self.file_key(key))
        if name is None:
            return None
        path = root / name
        return ImageFile(path, self.file_key(key), known.field) if path.is_file() else None


def find_pictures(run: RunFolder, images: str | os.PathLike[str] | None = None) -> RunPictures:
    """Find the image files of a run.

    Parameters
    ----------
    run : RunFolder
    images : path, optional
        A folder to look in for what was moved: it, or a folder above it, stands for where the images lay. Of
        ``/old/x4/HR`` and ``/old/x4/RCAN``, the first is looked for as ``IMAGES/old/x4/HR``, ``IMAGES/x4/HR`` and
        ``IMAGES/HR``; the references also in ``IMAGES`` itself. Where it is given nothing else is looked in: what was
        moved and is not found in it is never taken from the old place.

    Returns
    -------
    RunPictures
        Files that are not there are None in it.

    Raises
    ------
    UsageError
        When ``images`` is no folder.
    FileError
        When ``run.json`` does not say where the images lay: it is malformed, or of a run that was merged.
    """
    if images is not None and not Path(images).is_dir():
        raise UsageError("the folder of images is not there", found=os.fspath(images), expected="a folder for --images")
    recorded = recorded_files(run)
    roots: dict[str, Path] = {}
    taken: dict[Path, str] = {}
    for role, files in recorded.items():
        recorded_root = Path(files.root)
        for root in _beside(recorded_root, run.path) if images is None else _below(recorded_root, role, Path(images)):
            if not any((root / name).is_file() for name in files.names.values()):
                continue
            # Two folders that were apart are not one now: names alike in both would be taken for each other.
            if taken.setdefault(root, files.root) == files.root:
                roots[role] = root
                break
    return RunPictures(run, recorded, roots, None if images is None else Path(images))


def _below(recorded: Path, role: str, images: Path) -> Iterator[Path]:
    """Yield where the folder of a role may lie in the folder that was named, the likeliest first."""
    parts = _parts(recorded)
    for start in range(len(parts)):
        if ".." not in parts[start:]:
            yield images.joinpath(*parts[start:])
    if role == REFERENCE:
        yield images


def _beside(recorded: Path, run: Path) -> Iterator[Path]:
    """Yield where the folder of a role may lie when none was named, the likeliest first."""
    parts = _parts(recorded)
    yield recorded
    # A run that was moved together with its images: they lie beside it, or above.
    here = Path(os.path.abspath(run))  # noqa: PTH100 - links stay as they were named
    for above in (here, *here.parents[:3]):
        for start in range(max(0, len(parts) - 3), len(parts)):
            yield above.joinpath(*parts[start:])


def _parts(recorded: Path) -> tuple[str, ...]:
    return recorded.parts[1:] if recorded.is_absolute() else recorded.parts


def _plain(method: str) -> str:
    if PurePosixPath(method).name != method:
        raise FileError("the name of a method is no name of a folder", found=repr(method))
    return method
