"""Predictions: one row per image, as written to predictions.csv, and the blocks that metrics read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import ClassifierError

Mode: TypeAlias = Literal["retrain", "frozen"]
"""``retrain``: trained on each arm's own images. ``frozen``: trained once on HR, tested on each arm."""
MODES: tuple[Mode, ...] = ("retrain", "frozen")
TEST = "test"


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """What one classifier said of one image in one arm and repeat."""

    image: str
    group: str
    arm: str
    classifier: str
    mode: Mode
    repeat: int
    split: str
    """``test``, or ``validation``."""
    label: str
    predicted: str
    probabilities: Mapping[str, float]
    """By class, in sorted order."""
    leakage: str = ""
    """``allowed: ...`` where the split leaks and the user went on."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Block:
    """The predictions of one arm, classifier, mode, repeat and part, in the order of their keys."""

    arm: str
    classifier: str
    mode: Mode
    repeat: int
    split: str
    classes: tuple[str, ...]
    """In sorted order."""
    keys: tuple[str, ...]
    groups: tuple[str, ...]
    """Empty for an image that is a unit by itself."""
    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    """Shape (n_images, n_classes)."""
    leakage: str = ""

    @property
    def predicted(self) -> tuple[str, ...]:
        """The most probable class of each image; of equals the one that sorts first."""
        return tuple(self.classes[column] for column in np.argmax(self.probabilities, axis=1).tolist())

    @property
    def correct(self) -> NDArray[np.float64]:
        """1 for each image that is classified rightly, else 0."""
        return np.array([said == true for said, true in zip(self.predicted, self.labels, strict=True)], np.float64)

    @property
    def losses(self) -> NDArray[np.float64]:
        """Minus the natural logarithm of each true class's probability, raised to the smallest positive step."""
        column = {name: at for at, name in enumerate(self.classes)}
        at = [column[label] for label in self.labels]
        given = self.probabilities[np.arange(len(at)), at] / self.probabilities.sum(axis=1)
        smallest = np.finfo(np.float64).eps  # as scikit-learn's log_loss does, which keeps the mean finite
        losses: NDArray[np.float64] = -np.log(np.clip(given, smallest, 1 - smallest))
        return losses

    def rows(self) -> Iterator[PredictionRow]:
        """Yield a row per image."""
        columns = zip(self.keys, self.groups, self.labels, self.predicted, self.probabilities.tolist(), strict=True)
        for key, group, label, predicted, probabilities in columns:
            yield PredictionRow(
                image=key,
                group=group,
                arm=self.arm,
                classifier=self.classifier,
                mode=self.mode,
                repeat=self.repeat,
                split=self.split,
                label=label,
                predicted=predicted,
                probabilities=dict(zip(self.classes, probabilities, strict=True)),
                leakage=self.leakage,
            )


def blocks_of(rows: Iterable[PredictionRow]) -> list[Block]:
    """Gather rows, in any order, into blocks.

    Returns
    -------
    list of Block
        Sorted by classifier, mode, arm, repeat and part, so that the order of the rows says nothing.

    Raises
    ------
    ClassifierError
        When an image is there twice, or the classes of one block differ.
    """
    gathered: dict[tuple[str, Mode, str, int, str], list[PredictionRow]] = {}
    for row in rows:
        gathered.setdefault((row.classifier, row.mode, row.arm, row.repeat, row.split), []).append(row)
    return [_block(gathered[name]) for name in sorted(gathered)]


def _block(rows: list[PredictionRow]) -> Block:
    rows = sorted(rows, key=lambda row: row.image)
    first = rows[0]
    where = f"{first.classifier}, {first.mode}, {first.arm}, repeat {first.repeat}, {first.split}"
    keys = tuple(row.image for row in rows)
    if len(set(keys)) < len(keys):
        twice = next(key for key, following in pairwise(keys) if key == following)
        raise ClassifierError(f"an image is predicted twice ({where})", found=repr(twice), expected="one row per image")
    classes = tuple(sorted(first.probabilities))
    if any(set(row.probabilities) != set(classes) for row in rows):
        raise ClassifierError(f"rows of one block have other classes ({where})", expected=", ".join(classes))
    return Block(
        first.arm,
        first.classifier,
        first.mode,
        first.repeat,
        first.split,
        classes,
        keys,
        tuple(row.group for row in rows),
        tuple(row.label for row in rows),
        np.array([[row.probabilities[name] for name in classes] for row in rows], dtype=np.float64),
        first.leakage,
    )
