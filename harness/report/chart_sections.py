"""The sections of charts that are made of scores: differences, slices, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report.captions import said_once
from harness.report.differences import Against, difference_chart
from harness.report.groups import group_chart
from harness.report.scores import Block
from harness.report.section import Chart, Section
from harness.report.slices import slice_chart
from srmetrics.metrics import column_name

MOST_BLOCKS = 8
"""Blocks (regions, signatures) that get charts; the tables have all."""

Lines = Sequence[Mapping[str, str]]


def score_sections(
    blocks: Sequence[Block],
    methods: Sequence[str],
    higher: Mapping[str, bool],
    baseline: str | None,
    tables: tuple[Lines, Lines],
) -> tuple[list[Section], list[Section]]:
    """Return the sections that stand before the pictures, and those after them.

    Parameters
    ----------
    blocks : sequence of Block
        All of the run's.
    methods : sequence of str
        In the run's order.
    higher : mapping of str to bool
        Metric, in the order of columns, to whether more is better.
    baseline : str, optional
        The one that the run named.
    tables : tuple of sequences
        The lines of ``leaderboard.csv`` and of ``comparisons.csv``.
    """
    board, comparisons = tables
    differences: list[Chart | None] = []
    slices: list[Chart | None] = []
    groups: list[Chart | None] = []
    for place, block in enumerate(blocks[:MOST_BLOCKS]):
        where = _where(block, blocks)
        mine = [line for line in comparisons if (line["signature"], line["region"]) == (block.signature, block.region)]
        for metric, better in higher.items():
            suffix = f"{place}-{column_name(metric).replace('_', '-')}"
            against = _against(block, metric, better, methods, baseline, board, mine)
            if against is not None:
                differences.append(
                    difference_chart(block, metric, methods, against, f"difference-{suffix}", where=where)
                )
            slices.append(slice_chart(block, metric, methods, f"slices-{suffix}", where))
            groups.append(group_chart(block, metric, methods, f"groups-{suffix}", better=better, where=where))
    more = len(blocks) - MOST_BLOCKS
    left_out = (f"{more} more regions or signatures are in the tables alone.",) if more > 0 else ()
    before = _section("differences", "Paired differences", differences, left_out)
    after = _section("slices", "By slice", slices, left_out) + _section("groups", "By group", groups, left_out)
    return before, after


def _section(id: str, title: str, charts: Sequence[Chart | None], words: tuple[str, ...]) -> list[Section]:
    kept = [chart for chart in charts if chart is not None]
    if not kept:
        return []
    caption, drawn = said_once(kept)
    return [Section(id, title, (*([caption] if caption else []), drawn, *words))]


def _where(block: Block, blocks: Sequence[Block]) -> str:
    alike = [other.signature for other in blocks if other.region == block.region]
    number = f", signature {alike.index(block.signature) + 1}" if len(alike) > 1 else ""
    only_image = all(other.region == "image" for other in blocks)
    name = "whole image" if block.region == "image" else block.region
    return number if only_image else f", {name}{number}"


def _against(
    block: Block,
    metric: str,
    better: bool,
    methods: Sequence[str],
    baseline: str | None,
    board: Lines,
    comparisons: Lines,
) -> Against | None:
    own = block.methods(methods)
    column = column_name(metric)
    mine = [line for line in comparisons if line["metric"] == column]
    if len(own) < 2:
        return None
    if baseline in own and baseline is not None:
        return Against(baseline, True, better, mine)
    best = next(
        (
            line["method"]
            for line in board
            if (line["signature"], line["region"]) == (block.signature, block.region)
            and line.get(f"{column}_rank") == "1"
        ),
        None,
    )
    return None if best is None else Against(best, False, better, mine)
