"""From a subject and its crops to the file of a figure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.figures.crop import Crop
from harness.figures.draw import Drawing, render
from harness.figures.layout import Panel, lay_out
from harness.figures.options import FigureOptions
from harness.figures.score_labels import ScoreLabel, metric_labels, score_labels
from harness.figures.subject import Pixels, Subject


def compose(
    subject: Subject, crops: Sequence[Crop], metrics: Sequence[str], options: FigureOptions, form: str, title: str
) -> bytes:
    """Return the figure's file.

    Parameters
    ----------
    subject : Subject
    crops : sequence of Crop
        At least one, inside the image.
    metrics : sequence of str
        Whose scores stand under the panels.
    options : FigureOptions
        With the width in inches.
    form : {"pdf", "svg", "png"}
    title : str
        What stands under the whole image.
    """
    panels: list[Panel] = []
    pixels: list[Pixels] = []
    masks = []
    header = tuple(ScoreLabel(name) for name in metric_labels(metrics))
    compared = [output.method for output in subject.outputs if output.factor == 1]
    for number, crop in enumerate(crops):
        scores = subject.crop_scores(crop, metrics) if options.crop_scores else subject.scores
        labels = score_labels(scores, metrics, compared)
        rows, columns = slice(crop.y, crop.y + crop.height), slice(crop.x, crop.x + crop.width)
        cut = [(options.reference_name, header, subject.shown[rows, columns])]
        for output in subject.outputs:
            # What is smaller than the reference was not scored against it.
            cut.append((output.method, labels[output.method] if output.factor == 1 else (), output.cut(crop)))
        repeated = number < len(crops) - 1 and not options.crop_scores
        for name, own, shown in cut:
            panels.append(Panel(name, own, (crop.height, crop.width), number, repeated))
            pixels.append(shown)
            masks.append(None if subject.mask is None else subject.mask[rows, columns])
    height, width = subject.shown.shape[:2]
    layout = lay_out(
        panels,
        (height, width),
        title,
        width=float(options.width),
        size=options.font_size,
        columns=options.columns,
    )
    said = "; ".join(f"crop {crop}" for crop in crops)
    drawing = Drawing(
        whole=subject.shown,
        crops=tuple(crops),
        pixels=tuple(pixels),
        masks=tuple(masks),
        whole_mask=subject.mask,
        title=_printable(f"{subject.key}, {said}"),
        subject=_printable(f"Scores under {subject.signature}"),
    )
    return render(drawing, layout, form, options.dpi)


def _printable(text: str) -> str:
    # XML and PDF take no control characters; half a surrogate pair is no text at all.
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
