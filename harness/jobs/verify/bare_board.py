"""A leaderboard without ``run.json``: whether its means, counts and ranks follow from rows, or from images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from harness.engine.row import Row
from harness.jobs.run_folder import RUN_JSON, parse_table
from harness.jobs.verify.bare_images import IMAGE, Again, Scorer, metric_of
from harness.jobs.verify.conditions import TOLERANCE
from harness.jobs.verify.tables import Line, compare_tables, row_name
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from harness.leaderboard.build import OnMissing, build_rows
from harness.leaderboard.leaderboard import Heading, Leaderboard, methods_of
from harness.leaderboard.to_csv import leaderboard_csv
from harness.statistics.units import Average
from srmetrics.metrics import column_name

TABLE = "leaderboard.csv"
AVERAGES: tuple[Average, Average] = ("image", "group")
MISSING: tuple[OnMissing, OnMissing] = ("common", "own")
"""What may have been done about missing images: only ``run.json`` says which."""

SEEDED = ("_ci_low", "_ci_high", "_vs_best")
"""Ends of columns that hang on a seed and a baseline, which only ``run.json`` has."""

GONE = ("missing", "unclear")
"""Failures by which means are over other images than they were."""

OF_THE_RUN = ("dataset", "dataset_digest", "scale", "degradation", "protocol", "srmetrics_version")


def check_board(lines: Sequence[Line], scorer: Scorer) -> Iterator[Verdict]:
    """Yield a verdict on every line, and on the data set's digest, from the images scored again."""
    metrics = metrics_of_header(list(lines[0]))
    blocks: dict[str, list[Line]] = {}
    partial = set()
    # Images of 8 and 16 bits in one folder, for instance, are scored under two signatures.
    several = len({line["signature"] for line in lines if line["region"] == IMAGE}) > 1
    for line in lines:
        unknown = ""
        if line["average"] != "image" and not (line["average"] == "group" and scorer.groups):
            unknown = "means over groups need the groups, which per_image.csv has"
        elif several and not scorer.signed:
            unknown = "which images are under which of the signatures is in per_image.csv alone"
        reason = scorer.lacks(line) or unknown or scorer.under(line["signature"], metrics).fault
        if reason:
            yield Verdict(TABLE, row_name(TABLE, line), UNCHECKED, reason=reason)
            partial.add(line["signature"])
        else:
            blocks.setdefault(line["signature"], []).append(line)
    for signature, block in blocks.items():
        again = scorer.under(signature, metrics)
        ranks = [f"{column_name(metric)}_rank" for metric in metrics]  # among some methods they are others
        partly = signature in partial or any(failure.what in GONE for failure in again.failures)
        left_out = [*([] if scorer.groups else ["n_groups"]), *(ranks if signature in partial else [])]
        rows = [
            replace(row, group=scorer.groups.get(row.image, ""))
            for row in again.rows
            if not several or scorer.signed.get((row.image, row.method)) == signature
        ]
        for average in AVERAGES:
            mine = [line for line in block if line["average"] == average]
            if mine:
                yield from _from_images(mine, rows, average, left_out, partly=partly)
        yield from _digest(block, lines, again, partly=partly)


def _from_images(
    block: Sequence[Line], rows: Sequence[Row], average: Average, hanging: Sequence[str], *, partly: bool
) -> Iterator[Verdict]:
    """Compare with what images give; what hangs on ``run.json``, or on images that are gone, is not checkable."""
    firm = compare_means(block, rows, average, TOLERANCE, [*hanging, *_seeded(block)])
    whole = {one.row: one for one in compare_means(block, rows, average, TOLERANCE)}
    for verdict in firm:
        other = whole.get(verdict.row, verdict)
        if other.status == DIFFERENT and verdict.status != DIFFERENT:
            reason = f"it hangs on what only {RUN_JSON} has (seed, baseline, groups), or on methods without a folder"
            other = replace(other, status=UNCHECKED, reason=reason)
        elif other.status == DIFFERENT and partly and any(cell.column == "n_images" for cell in other.cells):
            reason = "the means are over other images than these: images or methods are missing here"
            other = replace(other, status=UNCHECKED, reason=reason)
        yield other


def compare_means(
    board: Sequence[Line], rows: Sequence[Row], average: Average, tolerance: float, left_out: Sequence[str] = ()
) -> list[Verdict]:
    """Compare the lines of a leaderboard with what follows from rows, as far as that needs no seed.

    Parameters
    ----------
    board : sequence of mappings
    rows : sequence of Row
    average : {"image", "group"}
    tolerance : float
        How far means may be off.
    left_out : sequence of str
        Columns that are not compared, beside those that only name the run.
    """
    metrics = metrics_of_header(list(board[0]) if board else [])
    best: list[Verdict] = []
    for on_missing in MISSING:
        built, _ = build_rows(rows, metrics, methods=methods_of(rows), average=average, on_missing=on_missing)
        text = leaderboard_csv(Leaderboard(Heading("", "", None, "", "", average, metrics, ""), built, (), (), ()))
        parsed = parse_table(text, Path(TABLE))
        verdicts = compare_tables(TABLE, _compared(board, left_out), _compared(parsed, left_out), tolerance)
        if not best or _differing(verdicts) < _differing(best):
            best = verdicts
    return best


def metrics_of_header(header: Sequence[str]) -> tuple[str, ...]:
    """Return the metrics that the columns of a leaderboard are of."""
    return tuple(metric_of(name) or name for name in header if f"{name}_n_infinite" in header)


def _digest(block: Sequence[Line], lines: Sequence[Line], again: Again, *, partly: bool) -> Iterator[Verdict]:
    """Compare the data set's digest where it is of the references alone: not of masks, nor of a bench's classes."""
    digests = {line["dataset_digest"] for line in block}
    if any(line["degradation"] for line in block) or any(line["region"] != IMAGE for line in lines):
        return
    for digest in digests:
        if digest == again.dataset_digest:
            yield Verdict(TABLE, "dataset_digest", IDENTICAL)
        else:
            what = "these references have another digest: images were changed, added or taken away"
            if partly:
                what = "it is of the images that all methods have, and images or methods are missing here"
            yield Verdict(TABLE, "dataset_digest", UNCHECKED if partly else DIFFERENT, reason=what)


def _seeded(lines: Sequence[Line]) -> list[str]:
    return [name for name in lines[0] if name.endswith(SEEDED)]


def _compared(lines: Sequence[Line], left_out: Sequence[str]) -> list[Line]:
    return [{name: text for name, text in line.items() if name not in (*OF_THE_RUN, *left_out)} for line in lines]


def _differing(verdicts: Sequence[Verdict]) -> int:
    return sum(one.status == DIFFERENT for one in verdicts)
