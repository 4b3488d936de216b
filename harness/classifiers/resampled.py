"""Metrics of a whole test part under weights: what a bootstrap or a jackknife over units needs.

Weights are whole numbers (how often a unit was drawn), so that every sum here is exact in double precision and
does not hang on its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.predictions import Block

Floats = NDArray[np.float64]

SET_METRICS: tuple[str, ...] = (
    "balanced_accuracy",
    "precision_macro",
    "recall_macro",
    "f1_macro",
    "precision_weighted",
    "recall_weighted",
    "f1_weighted",
    "auroc",
    "auprc",
)
"""The metrics that are no means over images."""


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The images of a block by the probability of one class."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    """Where each run of equal probabilities begins, in that order."""
    is_true: NDArray[np.bool_]
    """In that order."""


class WeightedBlock:
    """One block, prepared for many weightings of its images.

    Parameters
    ----------
    block : Block
    unit_of : mapping of str to int
        The column of the weights that each image's key has.
    """

    def __init__(self, block: Block, unit_of: Mapping[str, int]) -> None:
        self._columns = np.array([unit_of[key] for key in block.keys], dtype=np.intp)
        at = {name: column for column, name in enumerate(block.classes)}
        true = np.array([at[label] for label in block.labels], dtype=np.intp)
        said = np.argmax(block.probabilities, axis=1)
        self._n_classes = len(block.classes)
        self._cells = np.zeros((true.size, self._n_classes**2))
        self._cells[np.arange(true.size), true * self._n_classes + said] = 1.0
        self._rankings = [_ranking(block.probabilities[:, name], true == name) for name in range(self._n_classes)]

    def metrics(self, weights: NDArray[np.uint8]) -> dict[str, Floats]:
        """Return every metric of ``SET_METRICS`` for each row of weights, shape (n_rows, n_units).

        NaN where the weights leave it without meaning.
        """
        of_images = weights[:, self._columns].astype(np.float64)
        confusion = (of_images @ self._cells).reshape(-1, self._n_classes, self._n_classes)
        hits = np.einsum("dcc->dc", confusion)
        support, said = confusion.sum(axis=2), confusion.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            precision = np.where(said > 0, hits / said, 0.0)
            columns = {"precision": precision, "recall": hits / support, "f1": 2 * hits / (support + said)}
        held = support > 0
        macro = {name: _mean_where(column, held) for name, column in columns.items()}
        found = {"balanced_accuracy": macro["recall"]}
        found |= {f"{name}_macro": column for name, column in macro.items()}
        found |= {f"{name}_weighted": _weighted(column, support) for name, column in columns.items()}
        curves = [_areas(of_images, ranking) for ranking in self._rankings]
        for at, name in enumerate(("auroc", "auprc")):
            stacked = np.stack([areas[at] for areas in curves], axis=1)
            found[name] = _mean_where(stacked, ~np.isnan(stacked))
        return {name: found[name] for name in SET_METRICS}


def _ranking(probabilities: Floats, is_true: NDArray[np.bool_]) -> _Ranking:
    order = np.argsort(probabilities, kind="stable")
    ranked = probabilities[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return _Ranking(order, starts, is_true[order])


def _areas(of_images: Floats, ranking: _Ranking) -> tuple[Floats, Floats]:
    """Return the areas under the ROC curve and the precision-recall curve (as average precision)."""
    ranked = of_images[:, ranking.order]
    true = np.add.reduceat(ranked * ranking.is_true, ranking.starts, axis=1)
    false = np.add.reduceat(ranked * ~ranking.is_true, ranking.starts, axis=1)
    n_true, n_false = true.sum(axis=1), false.sum(axis=1)
    false_up_to = np.cumsum(false, axis=1)
    true_from = n_true[:, None] - np.cumsum(true, axis=1) + true
    false_from = n_false[:, None] - false_up_to + false
    with np.errstate(divide="ignore", invalid="ignore"):
        auroc = np.sum(true * (false_up_to - false / 2), axis=1) / (n_true * n_false)
        precision = np.where(true > 0, true_from / (true_from + false_from), 0.0)
        auprc = np.sum(true * precision, axis=1) / n_true
    meaningless = (n_true == 0) | (n_false == 0)
    return np.where(meaningless, np.nan, auroc), np.where(meaningless, np.nan, auprc)


def _mean_where(values: Floats, where: NDArray[np.bool_]) -> Floats:
    with np.errstate(invalid="ignore"):
        means: Floats = np.sum(np.where(where, values, 0.0), axis=1) / where.sum(axis=1)
    return means


def _weighted(values: Floats, support: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        means: Floats = np.sum(np.where(support > 0, values * support, 0.0), axis=1) / support.sum(axis=1)
    return means
