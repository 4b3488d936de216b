"""``figure``: the picture of a paper in which a crop of every method's output is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path

import numpy as np

from harness.engine.atomic import write_atomically
from harness.figures.crop import Crop, parse_crop
from harness.figures.options import FigureOptions
from harness.figures.propose import propose_crops, proposed_side
from harness.figures.score_labels import metric_labels
from harness.figures.subject import Subject, read_subject
from harness.figures.width import parse_width
from harness.jobs.as_written import check_table
from harness.jobs.run_folder import RunFolder, open_run
from harness.jobs.run_pictures import find_pictures
from harness.report.display import DisplayWindow, display_window
from srmetrics import EvaluationProtocol
from srmetrics.errors import SrmetricsError, UsageError

Location = str | PathLike[str]

FORMATS = ("pdf", "svg", "png")


@dataclass(frozen=True, slots=True)
class MadeFigure:
    """A figure that was written, and what its caption has to say."""

    path: Path
    crops: tuple[Crop, ...]
    proposals: tuple[Crop, ...]
    """Other crops worth a look, the best first; none where crops were given."""
    caption: str
    undrawn: str = ""
    """Letters of names that the figure's font lacks, each once; a sign stands for them."""


def figure(
    run: Location,
    *,
    image: str,
    out: Location,
    crop: str | Sequence[str] = (),
    methods: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    columns: int | None = None,
    width: str | float = "double",
    font_size: float = 7.0,
    dpi: int = 300,
    window: str | None = None,
    reference_name: str = "Reference",
    title: str | None = None,
    outline_mask: bool = False,
    crop_scores: bool = False,
    images: Location | None = None,
) -> Path:
    """Draw a crop of an image of a run side by side for all methods: ``srmetrics figure`` in Python.

    Parameters
    ----------
    run : str or path
        The folder of a finished run of ``compare`` or ``bench``.
    image : str
        Its key as in the column ``image``, or its file's name; ``KEY#0003`` is a slice.
    out : str or path
        The file, ``.pdf``, ``.svg`` or ``.png``.
    crop : str or sequence of str, optional
        ``x,y,width,height`` in pixels of the reference; by default the crop where the methods differ most.
    methods, metrics : sequence of str, optional
        Which, in which order; all by default.
    columns : int, optional
        Panels in a row.
    width : str or float
        ``single``, ``double``, ``88mm``, or inches.
    font_size : float
        Points.
    dpi : int
        Of a PNG, at least.
    window : str, optional
        ``CENTRE,WIDTH``: what to show of values of more than 8 bits; by default what was scored.
    reference_name : str
        What stands under the reference's crop.
    title : str, optional
        What stands under the whole image; data set, image and scale by default.
    outline_mask : bool
        Whether the edges of the image's mask are drawn.
    crop_scores : bool
        Whether the scores are those of the crop, computed now, and not those of the whole image.
    images : str or path, optional
        Where the image files are, if they were moved since the run.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        When there is no such image, method or metric, or a crop leaves the image.
    FileError
        When the run or its images cannot be read, or are not what the run wrote and scored.
    """
    options = FigureOptions(
        methods=None if methods is None else tuple(methods),
        metrics=None if metrics is None else tuple(metrics),
        columns=columns,
        width=width,
        font_size=font_size,
        dpi=dpi,
        window=window,
        reference_name=reference_name,
        title=title,
        outline_mask=outline_mask,
        crop_scores=crop_scores,
    )
    crops = [parse_crop(crop)] if isinstance(crop, str) else [parse_crop(one) for one in crop]
    return make_figure(run, image, out, crops, options, images=images).path


def make_figure(
    run: Location,
    image: str,
    out: Location,
    crops: Sequence[Crop],
    options: FigureOptions,
    *,
    images: Location | None = None,
) -> MadeFigure:
    """Draw a figure and return what was drawn; the parameters are those of `figure`."""
    path = Path(out)
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise UsageError("the suffix says no format", found=repr(path.name), expected="a name in .pdf, .svg or .png")
    width = parse_width(options.width)
    opened = open_run(fspath(run))
    if opened.job not in ("compare", "bench"):
        raise UsageError(
            "a leaderboard made of several runs has no images",
            found=str(opened.path),
            way_out=f"Draw from one of its runs: {', '.join(map(str, opened.facts.get('runs') or ()))}",
        )
    metrics = _metrics(options.metrics, opened)
    for name in ("per_image.csv", "leaderboard.csv"):
        check_table(opened, name, "its numbers cannot be drawn")
    pictures = find_pictures(opened, images)
    if path.exists() and pictures.holds(path):
        raise UsageError("the figure would be written over an image of the run", file=path, way_out="Name another file")
    subject = read_subject(pictures, image, options.methods, _told_window(options.window), mask=options.outline_mask)
    proposals = () if crops else _proposals(subject)
    chosen = tuple(crops) or proposals[:1]
    for crop in chosen:
        crop.check_inside(subject.reference.shape)
    cut = subject.border if options.crop_scores else 0
    reaching = [crop.reaches_border(subject.reference.shape, cut) for crop in chosen]  # each is looked at
    # With matplotlib, which takes its time.
    from harness.figures.compose import compose
    from harness.figures.label_text import undrawn

    title = _title(opened, subject) if options.title is None else options.title
    content = compose(subject, chosen, metrics, replace(options, width=width), form, title)
    write_atomically(path, content)
    names = (title, options.reference_name, *(output.method for output in subject.outputs))
    return MadeFigure(
        path,
        chosen,
        proposals,
        _caption(subject, chosen, metrics, options, bordered=any(reaching)),
        undrawn("".join(names)),
    )


def _metrics(asked: Sequence[str] | None, run: RunFolder) -> tuple[str, ...]:
    for metric in asked or ():
        if metric not in run.metrics:
            raise UsageError("the run has no such metric", found=repr(metric), expected=", ".join(run.metrics))
    return tuple(dict.fromkeys(asked)) if asked else run.metrics


def _told_window(text: str | None) -> DisplayWindow | None:
    if text is None:
        return None
    try:
        protocol = EvaluationProtocol(value_window=text.replace(",", "/"))
    except SrmetricsError as error:
        raise UsageError("this is no value window", found=repr(text), expected="CENTRE,WIDTH such as 40,400") from error
    found = display_window(np.zeros((1, 1)), protocol)
    return replace(found, words=f"value window {text}")


def _proposals(subject: Subject) -> tuple[Crop, ...]:
    height, width = subject.shown.shape[:2]
    same = [output.shown for output in subject.outputs if output.factor == 1]
    multiple = max(output.factor for output in subject.outputs)
    side = proposed_side(height, width, multiple)
    found = propose_crops(subject.shown, same, side, border=subject.border, multiple=multiple)
    if not found:
        raise UsageError(
            "no crop can be proposed for this image",
            found=f"{width} x {height} pixels" if same else "no method whose output is as large as the reference",
            way_out="Give one: --crop x,y,width,height",
        )
    return tuple(found)


def _title(run: RunFolder, subject: Subject) -> str:
    line = run.table("leaderboard.csv")[:1]
    dataset = line[0]["dataset"] if line else ""
    scale = f" (×{line[0]['scale']})" if line and line[0].get("scale") else ""
    return f"{dataset}: {subject.key}{scale}" if dataset else subject.key


def _caption(
    subject: Subject, crops: Sequence[Crop], metrics: Sequence[str], options: FigureOptions, *, bordered: bool
) -> str:
    names = " / ".join(metric_labels(metrics))
    of = "the crop" if options.crop_scores else "the whole volume" if subject.of_volume else "the whole image"
    of += f" without the image's border of {subject.border} pixels, which is not scored" if bordered else ""
    best = " Best in bold." if sum(output.factor == 1 for output in subject.outputs) > 1 else ""
    places = "; ".join(str(crop) for crop in crops)
    shown = "" if subject.window.words.startswith("as stored") else f" Shown: {subject.window.words}."
    return (
        f"{subject.key}, crop {places} (x,y,width,height), nearest-neighbour enlargement. {names} of {of}.{best}{shown}"
        f" Signature: {subject.signature}"
    )
