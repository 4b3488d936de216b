"""Which classes are taken for which: counts of one arm, all repeats together, and shares of each true class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.report.bench_rows import TableRow, repeats_of


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """One arm's confusion matrix."""

    arm: str
    classes: tuple[str, ...]
    counts: NDArray[np.int64]
    """Shape (n_classes, n_classes): rows are the true classes, columns the predicted ones; repeats are summed."""
    n_repeats: int

    @property
    def shares(self) -> NDArray[np.float64]:
        """Each row as shares of its true class; NaN where no test image is of the class."""
        of_class = self.counts.sum(axis=1, keepdims=True)
        empty = np.full(self.counts.shape, np.nan)
        shares: NDArray[np.float64] = np.divide(self.counts, of_class, out=empty, where=of_class > 0)
        return shares

    @property
    def without_support(self) -> tuple[str, ...]:
        """The classes that no test image is of."""
        return tuple(name for name, row in zip(self.classes, self.counts, strict=True) if not row.sum())

    def most_confused(self) -> tuple[str, str, int] | None:
        """Return the true class, the wrong one and the count of the commonest mistake; None for no mistake."""
        wrong = self.counts * (1 - np.eye(len(self.classes), dtype=np.int64))
        if not wrong.any():
            return None
        row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
        return self.classes[row], self.classes[column], int(wrong[row, column])


def confusions(rows: Iterable[TableRow]) -> list[Confusion]:
    """Return the matrix of each arm, in the order of the lines.

    Parameters
    ----------
    rows : iterable of mapping
        Lines of ``confusion.csv``, of one family.
    """
    by_arm: dict[str, list[TableRow]] = {}
    for row in rows:
        by_arm.setdefault(row["arm"], []).append(row)
    found = []
    for arm, lines in by_arm.items():
        classes = tuple(dict.fromkeys(row["label"] for row in lines))
        place = {name: at for at, name in enumerate(classes)}
        counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
        for row in lines:
            counts[place[row["label"]], place[row["predicted"]]] += int(row["n_images"])
        found.append(Confusion(arm, classes, counts, repeats_of(lines)))
    return found
