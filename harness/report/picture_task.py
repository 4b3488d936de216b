"""The pictures of one reference and of every method's output for it: the task that a worker does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import get_ident

import numpy as np
from numpy.typing import NDArray

from harness.images import ImageFile, Picture
from harness.jobs.as_written import ScoredPixels
from harness.jobs.run_pictures import RunPictures
from harness.report.display import DisplayWindow, display_window, shown_pixels
from harness.report.encoding import heat_png, heat_thumbnail, png_of, stored_png, thumbnail_of
from harness.report.maps import PlacedMap, differences, levels_on, similarity
from harness.report.reading import ImageReader
from srmetrics import EvaluationProtocol
from srmetrics.errors import SrmetricsError
from srmetrics.prepare.align import align
from srmetrics.prepare.pair import PreparedPair, prepare_pair

REFERENCE, CANDIDATE, ERROR, SIMILARITY = "reference", "candidate", "error", "ssim"

TOP_PERCENTILE = 99.5
"""The scale of error maps ends at this percentile of the largest method's errors, the same for all methods."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One image whose pictures are made."""

    key: str
    protocol: EvaluationProtocol
    """The resolved one that it was scored under."""
    with_maps: bool


@dataclass(frozen=True, slots=True)
class PictureTask:
    """The images of one file that are shown."""

    wanted: tuple[Wanted, ...]
    methods: tuple[str, ...]
    pictures: RunPictures
    folder: Path
    """Where whole pictures are written, under names made of their content."""
    scored: ScoredPixels
    """What the run recorded of the pixels, against which those that are read are held."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One picture: small for the page, whole beside it."""

    role: str
    method: str
    """Empty for the reference."""
    thumbnail: bytes
    thumbnail_size: tuple[int, int]
    file: str
    """The name of the whole picture in the folder."""
    bytes: int
    """Its length."""
    size: tuple[int, int]
    """Width and height in pixels of the reference that it covers."""


@dataclass(slots=True)
class ShownImage:
    """All pictures of one image."""

    key: str
    size: tuple[int, int] = (0, 0)
    """Width and height of the reference."""
    page_words: str = ""
    window_words: str = ""
    layers: list[Layer] = field(default_factory=list)
    error_top: float = 0.0
    """The value of the error maps' last colour."""
    counts: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    """Method to its histogram of absolute differences."""
    data_range: float = 0.0
    problems: list[str] = field(default_factory=list)
    """What could not be shown, in words without any path."""
    changed: list[str] = field(default_factory=list)
    """Whose file is not the one that was scored: ``reference``, or a method."""


def make_pictures(task: PictureTask) -> list[ShownImage]:
    """Read references and candidates, one image at a time, and make their pictures; failures are among them."""
    made = []
    with ImageReader(task.pictures) as reader:
        for wanted in task.wanted:
            shown = ShownImage(wanted.key)
            made.append(shown)
            with _problem_named(shown, "reference"):
                _make_image(task, wanted, shown, reader)
    return made


def _make_image(task: PictureTask, wanted: Wanted, shown: ShownImage, reader: ImageReader) -> None:
    reference, file, shown.page_words = reader.reference(wanted.key)
    key = reader.scored_key(file, wanted.key)
    if not task.scored.are_those("reference", key, reference.pixels):
        shown.changed.append("reference")
    window = display_window(reference.pixels, wanted.protocol)
    shown.window_words = window.words
    _add_picture(task, shown, (REFERENCE, ""), (file, reference, reference), window, wanted.protocol)
    errors: dict[str, PlacedMap] = {}
    for method in task.methods:
        with _problem_named(shown, method):
            candidate, file, _ = reader.candidate(method, wanted.key)
            if not task.scored.are_those("candidate", key, candidate.pixels, method):
                shown.changed.append(method)
            _add_picture(task, shown, (CANDIDATE, method), (file, candidate, reference), window, wanted.protocol)
            pair = prepare_pair(reference.pixels, candidate.pixels, wanted.protocol)
            shown.data_range = pair.data_range
            found = differences(pair, with_map=wanted.with_maps)
            shown.counts[method] = found.counts
            if found.map is not None:
                errors[method] = found.map
                _add_similarity(task, shown, method, pair)
    if errors:
        _add_errors(task, shown, errors)


def _add_picture(
    task: PictureTask,
    shown: ShownImage,
    place: tuple[str, str],
    what: tuple[ImageFile, Picture, Picture],
    window: DisplayWindow,
    protocol: EvaluationProtocol,
) -> None:
    file, picture, reference = what
    stored = picture.pixels
    if protocol.align != "none" and picture is not reference:
        _, stored, _ = align(reference.pixels, stored, protocol.align, 0)
    pixels = shown_pixels(stored, window, protocol.alpha)
    data = stored_png(file, picture, pixels) or png_of(pixels)
    size = (pixels.shape[1], pixels.shape[0])
    if picture is reference:
        shown.size = size
    thumbnail, *small = thumbnail_of(pixels)
    shown.layers.append(_layer(task, place, data, size, thumbnail, (small[0], small[1])))


def _add_similarity(task: PictureTask, shown: ShownImage, method: str, pair: PreparedPair) -> None:
    with _problem_named(shown, method):
        # Dark is 1 and bright is 0, so that bright is bad in both kinds of maps.
        placed = similarity(pair)
        _add_map(task, shown, (SIMILARITY, method), placed, levels_on(shown.size, placed, 1.0, 0.0))


def _add_errors(task: PictureTask, shown: ShownImage, errors: Mapping[str, PlacedMap]) -> None:
    top = max(float(np.percentile(one.values, TOP_PERCENTILE)) for one in errors.values())
    shown.error_top = _rounded_up(top) if top > 0 else shown.data_range / 255
    for method, placed in errors.items():
        _add_map(task, shown, (ERROR, method), placed, levels_on(shown.size, placed, 0.0, shown.error_top))


def _add_map(
    task: PictureTask, shown: ShownImage, place: tuple[str, str], placed: PlacedMap, levels: NDArray[np.uint8]
) -> None:
    size = (levels.shape[1] * placed.cell, levels.shape[0] * placed.cell)
    thumbnail, *small = heat_thumbnail(levels)
    shown.layers.append(_layer(task, place, heat_png(levels), size, thumbnail, (small[0], small[1])))


def _layer(
    task: PictureTask,
    place: tuple[str, str],
    data: bytes,
    size: tuple[int, int],
    thumbnail: bytes,
    thumbnail_size: tuple[int, int],
) -> Layer:
    # Named by its content: nothing of a user's name is ever part of a path, and a page never points to a half of it.
    name = hashlib.sha256(data).hexdigest()[:24] + ".png"
    _put(task.folder / name, data)
    return Layer(*place, thumbnail, thumbnail_size, name, len(data), size)


def _put(path: Path, data: bytes) -> None:
    """Write a picture whole or not at all; not waiting for the disk, as what it lost in a crash is seen by its length.

    Raises
    ------
    OSError
        When it cannot be written; not an error of this package, so that no image takes it for a fault of its own.
    """
    if path.is_file() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{get_ident()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _problem_named(shown: ShownImage, method: str) -> Iterator[None]:
    try:
        yield
    except SrmetricsError as error:
        shown.problems.append(f"{method}: {error.what}")


def _rounded_up(value: float) -> float:
    """Return the next number of two figures."""
    unit = 10.0 ** (np.floor(np.log10(value)) - 1)
    return float(f"{np.ceil(value / unit - 1e-9) * unit:.2g}")
