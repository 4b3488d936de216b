"""How good the predictions of one block are: a value per metric, per class, and the confusion matrix.

Where a class or the whole part leaves a metric without meaning the value is NaN, and a note says why; where a
mean is over fewer classes than there are, or counts a class as 0, a note says so too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.predictions import Block

LOSS = "loss"
ACCURACY = "accuracy"
METRICS: tuple[str, ...] = (
    LOSS,
    ACCURACY,
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
"""Every metric, in the order of the tables."""


def higher_is_better(metric: str) -> bool:
    """Return which end of a metric is best: the loss's is low."""
    return metric != LOSS


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class against all others."""

    label: str
    n_images: int
    """Images that are of the class."""
    n_units: int
    """Groups, or images without one, that hold them."""
    n_predicted: int
    """Images that were said to be."""
    precision: float
    recall: float
    f1: float
    auroc: float
    """Of this class's probability against all others."""
    auprc: float
    """Average precision, likewise."""
    note: str
    """Why a value is NaN; empty where none is."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockScores:
    """What one block scored."""

    values: Mapping[str, float]
    """One per metric of ``METRICS``."""
    notes: Mapping[str, str]
    """By metric: why it is NaN, or what its mean leaves out."""
    classes: tuple[str, ...]
    per_class: tuple[ClassScore, ...]
    confusion: NDArray[np.int64]
    """Shape (n_classes, n_classes): rows are the true classes, columns the predicted ones."""


def score_block(block: Block) -> BlockScores:
    """Score one block by scikit-learn's definitions.

    Means over classes ("macro") are over the classes that the part holds. AUROC and AUPRC are the means of each
    class against all others, also where there are two.

    Parameters
    ----------
    block : Block

    Returns
    -------
    BlockScores
        Computed once for each block: several tables ask for it.
    """
    if block not in _SCORED:
        _SCORED[block] = _scored(block)
    return _SCORED[block]


_SCORED: WeakKeyDictionary[Block, BlockScores] = WeakKeyDictionary()


def _scored(block: Block) -> BlockScores:
    from sklearn.metrics import confusion_matrix

    classes = block.classes
    if not block.keys:
        blank = dict.fromkeys(METRICS, "no test image")
        nothing = np.zeros((len(classes), len(classes)), dtype=np.int64)
        scores = tuple(_class_score(block, column) for column in range(len(classes)))
        return BlockScores(dict.fromkeys(METRICS, math.nan), blank, classes, scores, nothing)
    scores = tuple(_class_score(block, column) for column in range(len(classes)))
    held = [score for score in scores if score.n_images]
    support = np.array([score.n_images for score in held], dtype=np.float64)
    # A class that is never predicted has no precision of its own; in means it counts as 0, as in scikit-learn.
    columns = {
        "precision": np.array([0.0 if math.isnan(score.precision) else score.precision for score in held]),
        "recall": np.array([score.recall for score in held]),
        "f1": np.array([score.f1 for score in held]),
    }
    values = {LOSS: _mean(block.losses), ACCURACY: _mean(block.correct), "balanced_accuracy": _mean(columns["recall"])}
    values |= {f"{name}_macro": _mean(column) for name, column in columns.items()}
    values |= {f"{name}_weighted": float(np.average(column, weights=support)) for name, column in columns.items()}
    values |= {name: _mean(np.array([getattr(score, name) for score in held])) for name in ("auroc", "auprc")}
    return BlockScores(
        {name: values[name] for name in METRICS},
        _notes(scores),
        classes,
        scores,
        confusion_matrix(block.labels, block.predicted, labels=list(classes)).astype(np.int64),
    )


def _class_score(block: Block, column: int) -> ClassScore:
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score

    name = block.classes[column]
    true = np.array([label == name for label in block.labels], dtype=np.bool_)
    said = np.array([label == name for label in block.predicted], dtype=np.bool_)
    n_true, n_said = int(true.sum()), int(said.sum())
    precision = recall = f1 = auroc = auprc = math.nan
    if n_true or n_said:
        report = precision_recall_fscore_support(true, said, labels=[True], average="macro", zero_division=np.nan)
        precision, recall, f1 = (float(value) for value in report[:3])
    if 0 < n_true < true.size:
        auroc = float(roc_auc_score(true, block.probabilities[:, column]))
        auprc = float(average_precision_score(true, block.probabilities[:, column]))
    why = []
    if n_true == 0:
        why.append("no test image of this class: no recall, AUROC or AUPRC")
        f1 = math.nan
    elif n_true == true.size:
        why.append("every test image is of this class: no AUROC or AUPRC")
    if n_said == 0:
        why.append("never predicted: no precision")
    units = {
        group or f"image {key}" for key, group, is_true in zip(block.keys, block.groups, true, strict=True) if is_true
    }
    return ClassScore(name, n_true, len(units), n_said, precision, recall, f1, auroc, auprc, "; ".join(why))


def _notes(scores: tuple[ClassScore, ...]) -> dict[str, str]:
    held = [score for score in scores if score.n_images]
    absent = [repr(score.label) for score in scores if not score.n_images]
    unsaid = [repr(score.label) for score in held if not score.n_predicted]
    over_fewer = f"over {len(held)} of {len(scores)} classes: no test image of {', '.join(absent)}" if absent else ""
    counted_as_0 = f"never predicted, counted as 0: {', '.join(unsaid)}" if unsaid else ""
    notes = dict.fromkeys(("balanced_accuracy", "recall_macro", "f1_macro", "auroc", "auprc"), over_fewer)
    notes["precision_macro"] = "; ".join(part for part in (over_fewer, counted_as_0) if part)
    notes["precision_weighted"] = counted_as_0
    if len(held) == 1:
        notes["auroc"] = notes["auprc"] = f"every test image is of one class, {held[0].label!r}"
    return {name: note for name, note in notes.items() if note}


def _mean(values: NDArray[np.float64]) -> float:
    return math.fsum(values.tolist()) / values.size
