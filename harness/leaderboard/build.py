"""From rows to a leaderboard: which images count, means, intervals, ranks and tests."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from harness.engine.row import Row
from harness.leaderboard.leaderboard import BlockComparison, LeaderboardRow, MetricCell, methods_of
from harness.statistics.compare import all_pairs, versus_best
from harness.statistics.summary import summarise
from harness.statistics.units import Average
from srmetrics.metrics import find_metric

OnMissing = Literal["common", "own", "error"]


def build_rows(
    rows: Sequence[Row],
    metrics: Sequence[str],
    *,
    methods: Sequence[str],
    average: Average = "image",
    on_missing: OnMissing = "common",
    baseline: str | None = None,
    seed: int = 0,
) -> tuple[tuple[LeaderboardRow, ...], tuple[BlockComparison, ...]]:
    """Return the leaderboard's rows and every pairwise test.

    Parameters
    ----------
    rows : sequence of Row
        All that was scored.
    metrics : sequence of str
        The columns, in their order.
    methods : sequence of str
        The methods asked for, in their order; one without a row makes ``common`` empty of images.
    average : {"image", "group"}
        Whether a mean weighs images or groups alike.
    on_missing : {"common", "own", "error"}
        ``own`` takes each method's own images; otherwise all methods are compared on those that all of them have.
    baseline : str, optional
        A method that all others are tested against, as a family of its own.
    seed : int
        Of the bootstrap and of the permutations.
    """
    board: list[LeaderboardRow] = []
    tests: list[BlockComparison] = []
    for (signature, region), block in _blocks(rows).items():
        present = _present(block, methods)
        kept = block if on_missing == "own" else _common(block, present)
        images = sorted({row.image for row in kept})
        group_of = {row.image: row.group for row in kept}
        groups = [group_of[image] or image for image in images] if any(group_of.values()) else None
        values = {method: _columns(kept, method, images, metrics) for method in present}
        if on_missing != "own":
            _blank_what_some_lack(values, metrics)
        standings = {
            metric: versus_best(
                {method: values[method][metric] for method in present},
                groups,
                higher_is_better=find_metric(metric).higher_is_better,
                average=average,
                metric=metric,
                region=region,
                seed=seed,
            )
            for metric in metrics
        }
        for method in present:
            own = [row for row in kept if row.method == method]
            if not own:
                continue
            cells = {}
            for metric in metrics:
                standing = standings[metric][method]
                summary = summarise(values[method][metric], groups, average=average, seed=seed)
                cells[metric] = MetricCell(summary, standing.rank, standing.verdict if len(present) > 1 else "")
            board.append(
                LeaderboardRow(
                    region=region,
                    method=method,
                    n_images=len(own),
                    n_groups=len({row.group or row.image for row in own}),
                    n_pixels=sum(row.n_pixels for row in own),
                    cells=cells,
                    signature=signature,
                )
            )
        if len(present) > 1:
            for metric in metrics:
                tests += [
                    BlockComparison(signature, comparison)
                    for comparison in all_pairs(
                        {method: values[method][metric] for method in present},
                        groups,
                        higher_is_better=find_metric(metric).higher_is_better,
                        baseline=baseline if baseline in present else None,
                        average=average,
                        metric=metric,
                        region=region,
                        seed=seed,
                    )
                ]
    return tuple(board), tuple(tests)


def images_counted(rows: Sequence[Row], methods: Sequence[str], on_missing: OnMissing = "common") -> set[str]:
    """Return the images that the means are over, in whichever of the blocks."""
    if on_missing == "own":
        return {row.image for row in rows}
    return {row.image for block in _blocks(rows).values() for row in _common(block, _present(block, methods))}


def _blocks(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    blocks: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        blocks[row.signature, row.region].append(row)
    return blocks


def _present(block: Sequence[Row], methods: Sequence[str]) -> list[str]:
    found = set(methods_of(block))
    return [method for method in methods if method in found]


def _blank_what_some_lack(values: dict[str, dict[str, list[float]]], metrics: Sequence[str]) -> None:
    """Take a metric of an image away from all methods where one has none: their means are over the same images."""
    for metric in metrics:
        columns = [mine[metric] for mine in values.values() if not all(map(math.isnan, mine[metric]))]
        for at, row in enumerate(zip(*columns, strict=True)):
            if any(map(math.isnan, row)):
                for column in columns:
                    column[at] = math.nan


def _common(block: Sequence[Row], methods: Sequence[str]) -> list[Row]:
    having: dict[str, set[str]] = defaultdict(set)
    for row in block:
        having[row.image].add(row.method)
    return [row for row in block if having[row.image] == set(methods)]


def _columns(rows: Sequence[Row], method: str, images: Sequence[str], metrics: Sequence[str]) -> dict[str, list[float]]:
    found = {row.image: row.values for row in rows if row.method == method}
    return {metric: [found[image][metric] if image in found else math.nan for image in images] for metric in metrics}
