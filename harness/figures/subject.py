"""What a figure shows: an image of a run, its methods' outputs as a screen shows them, and their scores."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.figures.crop import Crop
from harness.images import ImageFile, Picture, open_picture
from harness.jobs.as_written import ScoredPixels, scored_pixels
from harness.jobs.run_pictures import RunPictures
from harness.report.display import DisplayWindow, display_window, shown_pixels
from srmetrics import EvaluationProtocol, evaluate_regions, parse_signature
from srmetrics.errors import FileError, SizeError, UsageError
from srmetrics.metrics import column_name
from srmetrics.prepare.align import align

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Output:
    """One method's output."""

    method: str
    stored: NDArray[Any]
    shown: Pixels
    factor: int
    """How many times smaller than the reference it is: 1, but for the low-resolution images of a bench."""

    def cut(self, crop: Crop) -> Pixels:
        """Return the pixels of a crop that is given in pixels of the reference.

        Raises
        ------
        UsageError
            When the crop leaves this output, or its edges lie inside its pixels.
        """
        own = crop.divided(self.factor, self.method) if self.factor > 1 else crop
        own.check_inside(self.shown.shape)
        return self.shown[own.y : own.y + own.height, own.x : own.x + own.width]


@dataclass(frozen=True, slots=True)
class Subject:
    """One image of a run."""

    key: str
    reference: NDArray[Any]
    shown: Pixels
    """The reference as a screen shows it."""
    window: DisplayWindow
    outputs: tuple[Output, ...]
    scores: Mapping[str, Mapping[str, float]]
    """Method to metric to the value in ``per_image.csv``."""
    protocol: EvaluationProtocol
    """The resolved one that the image was scored under."""
    signature: str
    of_volume: bool
    """Whether the scores are of the whole volume that the image is a slice of."""
    mask: NDArray[Any] | None = None

    @property
    def border(self) -> int:
        """Pixels along each edge that the protocol cuts off before scoring."""
        return self.protocol.crop if isinstance(self.protocol.crop, int) else 0

    def crop_scores(self, crop: Crop, metrics: Sequence[str]) -> dict[str, dict[str, float]]:
        """Return the scores of a crop under the image's own protocol: the crop is a region, nothing outside counts.

        Metrics that no region has (MS-SSIM, those of piq) are NaN.
        """
        region = np.zeros(self.reference.shape[:2], bool)
        region[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width] = True
        found: dict[str, dict[str, float]] = {}
        for output in self.outputs:
            if output.factor > 1:
                found[output.method] = {}
                continue
            scores = evaluate_regions(self.reference, output.stored, {"crop": region}, self.protocol, metrics=metrics)[
                0
            ]
            found[output.method] = {metric: float(scores[metric]) for metric in metrics}
        return found


def read_subject(
    pictures: RunPictures, name: str, methods: Sequence[str] | None, window: DisplayWindow | None, *, mask: bool
) -> Subject:
    """Read an image of a run and the outputs of its methods.

    Parameters
    ----------
    pictures : RunPictures
    name : str
        A key as in the column ``image``, or the end of one: the file's name, with or without suffix.
    methods : sequence of str, optional
        In the order of the figure; all by default. In a bench also ``lr``.
    window : DisplayWindow, optional
        What to show as black and white, in place of what the scores were made with.
    mask : bool
        Whether the image's mask is read too.

    Raises
    ------
    UsageError
        When there is no such image or method; near names are suggested.
    FileError
        When a file is not where the run read it, cannot be read, or has other pixels than those that were scored.
    SizeError
        When an output cannot be laid over the reference.
    """
    run = pictures.run
    lines = [line for line in run.table("per_image.csv") if line["region"] == "image"]
    key = find_key(name, tuple(dict.fromkeys((*(line["image"] for line in lines), *pictures.keys))))
    _check_slice(pictures, key)
    chosen = _methods(run.methods if methods is None else methods, _known_methods(pictures))
    reference = pictures.read_reference(key)
    if reference is None:
        raise _not_found(pictures, "the reference", key)
    scored = scored_pixels(pictures)
    _check_scored(pictures, scored, ("reference", key, ""), pictures.reference(key), reference)
    own = {line["method"]: line for line in lines if line["image"] in (key, pictures.file_key(key))}
    signature = next((line["signature"] for line in own.values()), run.signatures[0] if run.signatures else "")
    protocol = parse_signature(signature).protocol
    shown_by = window or display_window(reference.pixels, protocol)
    outputs = []
    for method in chosen:
        picture = pictures.read_candidate(method, key)
        if picture is None:
            raise _not_found(pictures, f"the output of {method}", key)
        _check_scored(pictures, scored, ("candidate", key, method), pictures.candidate(method, key), picture)
        outputs.append(_output(method, reference.pixels, picture.pixels, protocol, shown_by))
    mask_picture = pictures.read_mask(key) if mask else None
    if mask and mask_picture is None:
        raise FileError(
            "there is no mask file of this image", found=repr(key), way_out="Leave --outline-mask out", file=run.path
        )
    # The masks of a bench are recorded as cut to the reference.
    if mask_picture is not None and run.job == "compare":
        _check_scored(pictures, scored, ("mask", key, ""), pictures.mask(key), mask_picture)
    return Subject(
        key=key,
        reference=reference.pixels,
        shown=shown_pixels(reference.pixels, shown_by, protocol.alpha),
        window=shown_by,
        outputs=tuple(outputs),
        scores={method: _values(own.get(method), run.metrics) for method in chosen},
        protocol=protocol,
        signature=signature,
        of_volume=protocol.pooling == "volume",
        mask=None if mask_picture is None else mask_picture.pixels,
    )


def find_key(name: str, keys: Sequence[str]) -> str:
    """Return the key that a name means: itself, or the only one whose file name is it or begins with it.

    Case and the suffix of a file do not matter.

    Raises
    ------
    UsageError
        When there is none, or several.
    """
    if name in keys:
        return name
    plain = name.casefold().replace("\\", "/")
    for meant in (
        [key for key in keys if key.casefold() == plain],
        [key for key in keys if key.casefold() == _without_suffix(plain)],
        [key for key in keys if key.casefold().endswith("/" + plain)],
        [key for key in keys if key.rpartition("/")[2].casefold() in (plain, PurePosixPath(plain).stem)],
        [key for key in keys if key.rpartition("/")[2].casefold().startswith(plain) and plain and "#" not in key],
    ):
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise UsageError("several images are called so", found=repr(name), expected=" or ".join(meant[:4]))
    start, mark, page = name.rpartition("#")
    if mark and page.isdecimal():
        # Where scores are those of volumes, slices have no key of their own.
        return f"{find_key(start, keys)}#{int(page):04d}"
    near = [key for key in keys if key.rpartition("#")[0] == name][:3]
    near = near or difflib.get_close_matches(name, keys, n=3, cutoff=0.5)
    raise UsageError(
        "the run has no such image",
        found=repr(name),
        expected="one of the column image of per_image.csv",
        way_out=f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else f"There are {len(keys)}, such as {', '.join(map(repr, keys[:3]))}",
    )


def _without_suffix(name: str) -> str:
    path = PurePosixPath(name)
    return path.with_suffix("").as_posix() if path.name else ""


def _check_slice(pictures: RunPictures, key: str) -> None:
    """Refuse a file of several slices of which none is named."""
    file = pictures.reference(key)
    if file is None or pictures.run.job == "bench" or key != pictures.file_key(key):
        return
    with open_picture(file.path, field=file.field) as source:
        if source.pages > 1:
            raise UsageError(
                "the image is a volume, and a figure shows one slice",
                found=f"{source.pages} slices",
                way_out=f"Name one: --image '{key}#0000' to '{key}#{source.pages - 1:04d}'",
                file=file.path,
            )


def _check_scored(
    pictures: RunPictures, scored: ScoredPixels, place: tuple[str, str, str], file: ImageFile | None, picture: Picture
) -> None:
    """Refuse pixels that are not those whose scores stand beside them; ``place`` is role, key and method."""
    role, key, method = place
    if key.endswith("#0000") and (role, method, key) not in scored.digests:
        key = pictures.file_key(key)  # the only page of a file is recorded under the file's own key
    if not scored.are_those(role, key, picture.pixels, method):
        raise FileError(
            f"the pixels of {f'the output of {method}' if method else f'the {role}'} are not those that were scored",
            found=f"another image in place of {key!r}",
            expected="the pixels whose SHA-256 run.json has",
            way_out=f"See what was changed: srmetrics verify {pictures.run.path}; or score again",
            file=pictures.run.path if file is None else file.path,
        )


def _known_methods(pictures: RunPictures) -> tuple[str, ...]:
    return (*pictures.run.methods, "lr") if pictures.run.job == "bench" else pictures.run.methods


def _methods(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    for method in asked:
        if method not in known:
            near = difflib.get_close_matches(method, known, n=1, cutoff=0.4)
            raise UsageError(
                "the run has no such method",
                found=repr(method),
                expected=", ".join(known),
                way_out=f"Did you mean {near[0]!r}?" if near else None,
            )
    chosen = list(dict.fromkeys(asked))
    if not chosen:
        raise UsageError("no method was asked for", expected=", ".join(known))
    return chosen


def _output(
    method: str, reference: NDArray[Any], stored: NDArray[Any], protocol: EvaluationProtocol, window: DisplayWindow
) -> Output:
    factor, rows, columns = 1, reference.shape[0], reference.shape[1]
    if stored.shape[:2] != (rows, columns):
        whole = rows % stored.shape[0] == 0 and columns % stored.shape[1] == 0
        if protocol.align.startswith("resize-"):
            stored = align(reference, stored, protocol.align, 0)[1]
        elif whole and rows // stored.shape[0] == columns // stored.shape[1]:
            factor = rows // stored.shape[0]
        elif not protocol.align.startswith(("modcrop", "crop")):
            raise SizeError(
                f"the output of {method} cannot be laid over the reference",
                found=f"{stored.shape[1]} x {stored.shape[0]} pixels",
                expected=f"{columns} x {rows}, or both divided by one whole number",
            )
    return Output(method, stored, shown_pixels(stored, window, protocol.alpha), factor)


def _values(line: Mapping[str, str] | None, metrics: Sequence[str]) -> dict[str, float]:
    texts = {metric: "" if line is None else line.get(column_name(metric), "") for metric in metrics}
    return {metric: float(text) if text else math.nan for metric, text in texts.items()}


def _not_found(pictures: RunPictures, what: str, key: str) -> FileError:
    return FileError(
        f"{what} is not where the run read it",
        found=f"no file for {key!r}",
        expected="the files that the run scored",
        way_out="Say where they are now: --images DIR, the folder that holds those of references and methods",
        file=pictures.run.path,
    )
