"""Intervals of metrics that belong to a whole test part: balanced accuracy, F1, AUROC and their like.

A unit is drawn with all its images in all the repeats that tested it, every draw is scored anew, and the rule for
the number of units is the same as for means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from harness.classifiers.predictions import Block
from harness.classifiers.resampled import SET_METRICS, Floats, WeightedBlock
from harness.classifiers.splits import unit_name
from harness.statistics import Interval
from harness.statistics.bca import bca_levels, widened_quantile
from harness.statistics.draws import DRAWS, resampled_counts
from harness.statistics.interval import BOOTSTRAP_UNITS, FEWEST_UNITS

CONFIDENCE = 0.95
_CELLS = 1 << 21  # weights that are worked on at once: 16 MB of float64
_JACKKNIFED_UNITS = 4096  # beyond, BCa's acceleration is too small to matter and is taken for 0
_MOST_LOST = 0.05  # of the draws: an interval of what the others leave would flatter
_TIE = 1e-12  # sums of at most a few thousand products between 0 and 1


def set_intervals(blocks: Sequence[Block], *, seed: int = 0) -> dict[str, Interval]:
    """Return the 95 % interval of each metric of ``SET_METRICS``, averaged over the blocks.

    From 20 units on it is a BCa bootstrap with 10,000 draws of units; with 5 to 19 it is Student's t over the
    jackknife's pseudo-values; with fewer there is none.

    Parameters
    ----------
    blocks : sequence of Block
        Of one classifier, mode and arm, one per repeat.
    seed : int, optional
        Of the draws.

    References
    ----------
    B. Efron, "Better bootstrap confidence intervals", J. Amer. Statist. Assoc. 82 (1987). J. W. Tukey, "Bias and
    confidence in not-quite large samples" (abstract), Ann. Math. Statist. 29 (1958), has the pseudo-values.
    """
    names = {
        key: unit_name(key, {key: group})
        for block in blocks
        for key, group in zip(block.keys, block.groups, strict=True)
    }
    column = {name: at for at, name in enumerate(sorted(set(names.values())))}
    n_units = len(column)
    if n_units < FEWEST_UNITS:
        return dict.fromkeys(SET_METRICS, Interval(None, None, f"fewer than {FEWEST_UNITS} units"))
    weighted = [WeightedBlock(block, {key: column[names[key]] for key in block.keys}) for block in blocks if block.keys]
    observed = _over_repeats(weighted, [np.ones((1, n_units), dtype=np.uint8)])
    jackknifed = _over_repeats(weighted, _leave_one_out(n_units)) if n_units <= _JACKKNIFED_UNITS else {}
    if n_units < BOOTSTRAP_UNITS:
        return {name: _student(float(observed[name][0]), jackknifed[name]) for name in SET_METRICS}
    drawn = _over_repeats(weighted, _in_rows(resampled_counts(n_units, seed)))
    return {
        name: _bca(float(observed[name][0]), drawn[name], jackknifed.get(name), (n_units, seed)) for name in SET_METRICS
    }


def _over_repeats(weighted: Sequence[WeightedBlock], weights: Iterable[NDArray[np.uint8]]) -> dict[str, Floats]:
    """Return each metric's mean over the repeats in which it has a value, one number per row of weights."""
    gathered: dict[str, list[Floats]] = {name: [] for name in SET_METRICS}
    for rows in weights:
        found = [block.metrics(rows) for block in weighted]
        for name in SET_METRICS:
            values = np.stack([repeat[name] for repeat in found])
            valued = ~np.isnan(values)
            with np.errstate(invalid="ignore"):
                gathered[name].append(np.sum(np.where(valued, values, 0.0), axis=0) / valued.sum(axis=0))
    return {name: np.concatenate(parts) for name, parts in gathered.items()}


def _in_rows(blocks: Iterable[NDArray[np.uint8]]) -> Iterable[NDArray[np.uint8]]:
    for block in blocks:
        rows = max(1, _CELLS // block.shape[1])
        for start in range(0, len(block), rows):
            yield block[start : start + rows]


def _leave_one_out(n_units: int) -> Iterable[NDArray[np.uint8]]:
    rows = max(1, _CELLS // n_units)
    for start in range(0, n_units, rows):
        left_out = np.arange(start, min(start + rows, n_units))
        weights = np.ones((left_out.size, n_units), dtype=np.uint8)
        weights[np.arange(left_out.size), left_out] = 0
        yield weights


def _student(observed: float, jackknifed: Floats) -> Interval:
    n_units = jackknifed.size
    pseudo = n_units * observed - (n_units - 1) * jackknifed
    if not np.isfinite(pseudo).all():
        return Interval(None, None, "without one of the units the metric has no value")
    mean = math.fsum(pseudo.tolist()) / n_units
    variance = math.fsum(((pseudo - mean) ** 2).tolist()) / (n_units - 1)
    margin = float(stdtrit(n_units - 1, (1 + CONFIDENCE) / 2)) * math.sqrt(variance / n_units)
    # About the value itself: the jackknife's own estimate would differ from the one that is shown.
    low, high = max(0.0, observed - margin), min(1.0, observed + margin)
    return Interval(low, high, f"Student t over {n_units} jackknife pseudo-values")


def _bca(observed: float, drawn: Floats, jackknifed: Floats | None, drawing: tuple[int, int]) -> Interval:
    n_units, seed = drawing
    deviations = drawn[~np.isnan(drawn)] - observed
    if math.isnan(observed) or deviations.size < (1 - _MOST_LOST) * DRAWS:
        return Interval(None, None, "the metric has no value in too many draws")
    method = f"BCa bootstrap over {n_units} units, {DRAWS} draws, seed {seed}"
    if np.max(np.abs(deviations)) <= _TIE:
        return Interval(observed, observed, method)
    acceleration = 0.0 if jackknifed is None else _acceleration(jackknifed)
    levels = bca_levels(deviations, acceleration, widened_quantile(n_units, CONFIDENCE), tie=_TIE)
    low, high = np.quantile(deviations, levels)
    return Interval(observed + float(low), observed + float(high), method)


def _acceleration(jackknifed: Floats) -> float:
    valued = jackknifed[~np.isnan(jackknifed)]
    influence = valued.mean() - valued
    squares = float(np.sum(influence**2))
    return 0.0 if not squares > 0 else float(np.sum(influence**3) / (6 * squares**1.5))
