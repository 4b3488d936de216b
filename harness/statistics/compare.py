"""The families of comparisons: every method with the best, with the baseline, and with every other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from numpy.typing import ArrayLike

from harness.statistics.comparison import Comparison, compare_family
from harness.statistics.standing import Standing, means_and_ranks, verdict_of
from harness.statistics.units import Average
from srmetrics.errors import StatisticsError


def versus_best(
    values_by_method: Mapping[str, ArrayLike],
    groups: Sequence[str] | None = None,
    *,
    higher_is_better: bool,
    average: Average = "image",
    metric: str = "",
    region: str = "",
    seed: int = 0,
) -> dict[str, Standing]:
    """Rank the methods by their means, and say of each whether it is really behind the best.

    Every method whose mean is the best one's is ``best``. Of the others, ``worse`` differs from the best by
    an adjusted p value up to 0.05, ``tied`` does not, and ``undecided`` could not have on so few units. Where
    several are best, the others are compared with the one whose name sorts first.

    Parameters
    ----------
    values_by_method : mapping of str to array_like of float, shape (n_images,)
        One number per image, in the same order of images for all methods; NaN where a method has none.
    groups : sequence of str, optional
        The group of each image; without it every image is a unit.
    higher_is_better : bool
        Which end is best.
    average : {"image", "group"}, optional
        What the means weigh equally.
    metric, region : str, optional
        Written into the comparisons.
    seed : int, optional
        Of all draws.

    Returns
    -------
    dict of str to Standing
        In the order of `values_by_method`; a standing does not hang on that order.

    Raises
    ------
    StatisticsError
        When the shapes do not go together.

    Examples
    --------
    >>> scores = {"plain": [28.0, 30.0, 27.0], "sharp": [29.0, 30.5, 27.5]}
    >>> [standing.verdict for standing in versus_best(scores, higher_is_better=True).values()]
    ['undecided', 'best']
    """
    means, ranks = means_and_ranks(values_by_method, groups, average, higher_is_better)
    best = sorted(method for method, rank in ranks.items() if rank == 1)
    others = sorted(method for method, rank in ranks.items() if rank is not None and rank > 1)
    comparisons = compare_family(
        [(method, best[0]) for method in others],
        values_by_method,
        groups,
        family="best",
        metric=metric,
        region=region,
        average=average,
        seed=seed,
    )
    found = {comparison.method_a: comparison for comparison in comparisons}
    standings = {}
    for method in values_by_method:
        comparison = found.get(method)
        if comparison is not None:
            verdict = verdict_of(comparison, higher_is_better)
            # The best mean is over the best method's own images: on the common ones the order can be the
            # other way.
            verdict = "" if verdict == "better" else verdict
        else:
            verdict = "best" if ranks[method] == 1 else ""
        standings[method] = Standing(means[method], ranks[method], verdict, comparison)
    return standings


def versus_baseline(
    values_by_method: Mapping[str, ArrayLike],
    baseline: str,
    groups: Sequence[str] | None = None,
    *,
    higher_is_better: bool,
    average: Average = "image",
    metric: str = "",
    region: str = "",
    seed: int = 0,
) -> dict[str, Standing]:
    """Say of each method whether it is better or worse than the baseline.

    Parameters
    ----------
    values_by_method : mapping of str to array_like of float, shape (n_images,)
        As for `versus_best`.
    baseline : str
        One of the methods.
    groups, higher_is_better, average, metric, region, seed
        As for `versus_best`.

    Returns
    -------
    dict of str to Standing
        In the order of `values_by_method`.

    Raises
    ------
    StatisticsError
        When the baseline is none of the methods, or the shapes do not go together.
    """
    if baseline not in values_by_method:
        raise StatisticsError(
            "the baseline is none of the methods",
            found=repr(baseline),
            expected="one of " + ", ".join(repr(method) for method in values_by_method),
        )
    means, ranks = means_and_ranks(values_by_method, groups, average, higher_is_better)
    comparisons = compare_family(
        [(method, baseline) for method in sorted(values_by_method) if method != baseline],
        values_by_method,
        groups,
        family="baseline",
        metric=metric,
        region=region,
        average=average,
        seed=seed,
    )
    found = {comparison.method_a: comparison for comparison in comparisons}
    standings = {}
    for method in values_by_method:
        comparison = found.get(method)
        verdict = "baseline" if comparison is None else verdict_of(comparison, higher_is_better)
        standings[method] = Standing(means[method], ranks[method], verdict, comparison)
    return standings


def all_pairs(
    values_by_method: Mapping[str, ArrayLike],
    groups: Sequence[str] | None = None,
    *,
    higher_is_better: bool,
    baseline: str | None = None,
    average: Average = "image",
    metric: str = "",
    region: str = "",
    seed: int = 0,
) -> list[Comparison]:
    """Return every comparison on one metric and region: the rows of ``comparisons.csv``.

    First those with the best, then those with the baseline, then every pair of methods once: three families,
    each adjusted by itself. So a pair can occur in more than one, with the same p value and its own adjusted
    one.

    Parameters
    ----------
    values_by_method : mapping of str to array_like of float, shape (n_images,)
        As for `versus_best`.
    baseline : str, optional
        One of the methods; without it there is no such family.
    groups, higher_is_better, average, metric, region, seed
        As for `versus_best`.

    Returns
    -------
    list of Comparison
        In an order that does not hang on that of `values_by_method`.

    Raises
    ------
    StatisticsError
        When the baseline is none of the methods, or the shapes do not go together.
    """
    standings = versus_best(
        values_by_method,
        groups,
        higher_is_better=higher_is_better,
        average=average,
        metric=metric,
        region=region,
        seed=seed,
    )
    rows = _rows(standings)
    if baseline is not None:
        standings = versus_baseline(
            values_by_method,
            baseline,
            groups,
            higher_is_better=higher_is_better,
            average=average,
            metric=metric,
            region=region,
            seed=seed,
        )
        rows += _rows(standings)
    pairs = list(combinations(sorted(values_by_method), 2))
    return rows + compare_family(
        pairs,
        values_by_method,
        groups,
        family="pairs",
        metric=metric,
        region=region,
        average=average,
        seed=seed,
    )


def _rows(standings: Mapping[str, Standing]) -> list[Comparison]:
    return [standing.comparison for _, standing in sorted(standings.items()) if standing.comparison is not None]
