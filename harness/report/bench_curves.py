"""ROC and precision-recall curves of one arm: one class against the rest, their mean, and bands over repeats.

Curves are averaged at equal false-positive rate, and at equal recall, with every jump kept: the area under a mean
of ROC curves is the mean of their AUROC, and under a mean of precision-recall curves that of their average precision.

References
----------
T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006), section 8, averages vertically.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.predictions import TEST
from harness.report.bench_rows import TableRow

Kind: TypeAlias = Literal["roc", "precision-recall"]
Floats: TypeAlias = NDArray[np.float64]
_Points: TypeAlias = tuple[Floats, Floats]

PROBABILITY = "p_"
"""What the names of the columns with a class's probability begin with."""

MOST_STEPS = 400
"""Places at which a curve is looked at: where there are more, evenly spread ones of them."""


@dataclass(frozen=True, slots=True, eq=False)
class ArmPart:
    """The test images of one arm in one repeat."""

    labels: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: Floats
    """Shape (n_images, n_classes)."""


@dataclass(frozen=True, slots=True, eq=False)
class BandedCurve:
    """The mean of the repeats' curves, and the lowest and highest of them at each place."""

    x: Floats
    """False-positive rate, or recall, from 0 to 1; each place stands twice, before and after its jump."""
    mean: Floats
    low: Floats
    high: Floats
    n_repeats: int

    @property
    def area(self) -> float:
        """The area under the mean."""
        return float(np.sum(np.diff(self.x) * (self.mean[1:] + self.mean[:-1])) / 2)


def parts_by_arm(rows: Iterable[TableRow]) -> dict[str, list[ArmPart]]:
    """Gather the test lines of ``predictions.csv``, of one family, by arm; repeats without probabilities are left out.

    Parameters
    ----------
    rows : iterable of mapping
        Lines with the columns ``arm``, ``repeat``, ``split``, ``label`` and a ``p_CLASS`` for each class.

    Returns
    -------
    dict of str to list of ArmPart
        By arm, in the order of the lines; a list entry per repeat.
    """
    gathered: dict[str, dict[str, list[TableRow]]] = {}
    for row in rows:
        if row["split"] == TEST:
            gathered.setdefault(row["arm"], {}).setdefault(row["repeat"], []).append(row)
    return {
        arm: [part for lines in repeats.values() if (part := _part(lines)) is not None]
        for arm, repeats in gathered.items()
    }


def _part(rows: Sequence[TableRow]) -> ArmPart | None:
    columns = [name for name in rows[0] if name.startswith(PROBABILITY)]
    # A class that this classifier does not know has an empty cell in all of its lines.
    columns = [name for name in columns if all(row[name] for row in rows)]
    if not columns:
        return None
    return ArmPart(
        tuple(row["label"] for row in rows),
        tuple(name.removeprefix(PROBABILITY) for name in columns),
        np.array([[float(row[name]) for name in columns] for row in rows]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ArmCurves:
    """The curves of one kind of one arm."""

    kind: Kind
    corners: tuple[Mapping[str, _Points], ...]
    """Of each repeat, by class; a class that no or every test image is of has none."""

    def of_class(self, name: str) -> BandedCurve | None:
        """Return the curve of one class against the rest; None where no repeat holds both kinds of image."""
        return _banded([[of_repeat[name]] for of_repeat in self.corners if name in of_repeat], self.kind)

    def macro(self) -> BandedCurve | None:
        """Return the mean of the classes' curves, each class with the same weight; None where there is none."""
        return _banded([list(of_repeat.values()) for of_repeat in self.corners if of_repeat], self.kind)


def arm_curves(parts: Sequence[ArmPart], kind: Kind) -> ArmCurves:
    """Return the curves of an arm's repeats."""
    return ArmCurves(
        kind,
        tuple(
            {name: points for name in part.classes if (points := _points(part, name, kind)) is not None}
            for part in parts
        ),
    )


def value_at(curve: BandedCurve, places: Sequence[float]) -> list[tuple[float, float, float]]:
    """Return mean, low and high at some places: what a table beside the chart shows. Of a jump, its far end."""
    last = np.searchsorted(curve.x, np.asarray(places, np.float64) + 1e-12, side="right") - 1
    following = np.minimum(last + 1, curve.x.size - 1)
    width = curve.x[following] - curve.x[last]
    share = np.divide(np.asarray(places) - curve.x[last], width, out=np.zeros(len(places)), where=width > 0)
    columns = [line[last] + share * (line[following] - line[last]) for line in (curve.mean, curve.low, curve.high)]
    return [(float(mean), float(low), float(high)) for mean, low, high in zip(*columns, strict=True)]


def _points(part: ArmPart, name: str, kind: Kind) -> _Points | None:
    """Return the corners of one curve with x ascending; None where the part cannot have one."""
    from sklearn.metrics import precision_recall_curve, roc_curve

    true = np.array([label == name for label in part.labels])
    if not 0 < true.sum() < true.size:
        return None
    given = part.probabilities[:, part.classes.index(name)]
    if kind == "roc":
        false_positive, true_positive, _ = roc_curve(true, given)
        return false_positive, true_positive
    precision, recall, _ = precision_recall_curve(true, given)
    # The last corner, precision 1 at recall 0, is a convention and no threshold's.
    return recall[-2::-1], precision[-2::-1]


def _banded(repeats: Sequence[Sequence[_Points]], kind: Kind) -> BandedCurve | None:
    if not repeats:
        return None
    sides: Mapping[Kind, Callable[[_Points, Floats], Floats]] = {"roc": _linear, "precision-recall": _steps}
    places = np.unique(np.concatenate([[0.0, 1.0], *(x for points in repeats for x, _ in points)]))
    if places.size > MOST_STEPS:
        places = places[np.unique(np.linspace(0, places.size - 1, MOST_STEPS).round().astype(int))]
    lines = np.stack([np.mean([sides[kind](points, places) for points in repeat], axis=0) for repeat in repeats])
    return BandedCurve(np.repeat(places, 2), lines.mean(axis=0), lines.min(axis=0), lines.max(axis=0), len(repeats))


def _linear(points: _Points, places: Floats) -> Floats:
    """Return a ROC curve at places, before and after the jump that it may make there, in turns."""
    x, y = points
    corners, first = np.unique(x, return_index=True)
    last = np.append(first[1:], x.size) - 1
    after = np.searchsorted(corners, places, side="right") - 1
    before = np.searchsorted(corners, places, side="left")
    at_corner = corners[after] == places
    following = np.minimum(after + 1, corners.size - 1)
    width = corners[following] - corners[after]
    share = np.divide(places - corners[after], width, out=np.zeros(places.size), where=width > 0)
    between = y[last[after]] + share * (y[first[following]] - y[last[after]])
    low = np.where(at_corner, y[first[before]], between)
    high = np.where(at_corner, y[last[after]], between)
    return np.stack([low, high], axis=1).ravel()


def _steps(points: _Points, places: Floats) -> Floats:
    """Return a precision-recall curve likewise: the precision at which each recall is first reached."""
    recall, precision = points
    up_to = np.searchsorted(recall, places, side="left")
    beyond = np.minimum(np.searchsorted(recall, places, side="right"), recall.size - 1)
    low = np.where(places == 0, precision[beyond], precision[up_to])
    high = np.where(places == 1, precision[up_to], precision[beyond])
    return np.stack([low, high], axis=1).ravel()
