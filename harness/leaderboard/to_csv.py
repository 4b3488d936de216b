"""The CSV files of a run, with file names kept as data."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from harness.engine.row import Failure
from harness.leaderboard.leaderboard import Leaderboard
from srmetrics.metrics import column_name

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet may take for a formula; the quote itself, so that the mark can be taken off again."""


def neutralised(text: str) -> str:
    """Return text that no spreadsheet runs: a quote is put before a leading ``= + - @``, a tab or a quote."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def restored(text: str) -> str:
    """Return what ``neutralised`` was given."""
    return text[1:] if text.startswith("'") else text


def number(value: float | int | None) -> str:
    """Return a number at full precision; ``inf`` for infinity, nothing for NaN and None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, int):
        return str(value)
    return repr(float(value))


def leaderboard_csv(board: Leaderboard) -> str:
    """Return ``leaderboard.csv``."""
    heading = board.heading
    header = [
        *("dataset", "dataset_digest", "scale", "degradation", "protocol", "region", "method"),
        *("average", "n_images", "n_groups", "n_pixels"),
    ]
    for metric in heading.metrics:
        name = column_name(metric)
        header += [name, *(f"{name}_{part}" for part in ("n", "n_infinite", "ci_low", "ci_high", "rank", "vs_best"))]
    header += ["signature", "srmetrics_version"]
    lines: list[list[str]] = []
    for row in board.rows:
        line = [
            neutralised(heading.dataset),
            heading.dataset_digest,
            number(heading.scale),
            neutralised(heading.degradation),
            neutralised(heading.protocol),
            neutralised(row.region),
            neutralised(row.method),
            heading.average,
            *(number(count) for count in (row.n_images, row.n_groups, row.n_pixels)),
        ]
        for metric in heading.metrics:
            cell = row.cells[metric]
            summary = cell.summary
            line += [
                *(number(part) for part in (summary.mean, summary.n, summary.n_infinite)),
                *(number(part) for part in (summary.interval.low, summary.interval.high, cell.rank)),
                cell.vs_best,
            ]
        lines.append([*line, row.signature, heading.version])
    return _table(header, lines)


def per_image_csv(board: Leaderboard) -> str:
    """Return ``per_image.csv``: every row that was scored."""
    metrics = [*board.heading.metrics]
    channels = list(dict.fromkeys(name for row in board.per_image for name in row.channels))
    header = ["image", "group", *map(neutralised, board.facets), "method", "region", "n_pixels"]
    header += [*map(column_name, metrics), *channels]
    header += ["n_sampled", "mask_support"] if board.masked else []
    header += ["signature"]
    lines = []
    for row in board.per_image:
        line = [
            neutralised(row.image),
            neutralised(row.group),
            *(neutralised(row.facets[facet]) for facet in board.facets),
            neutralised(row.method),
            neutralised(row.region),
            number(row.n_pixels),
            *(number(row.values[metric]) for metric in metrics),
            *(number(row.channels.get(name)) for name in channels),
        ]
        line += [number(row.n_sampled), number(row.mask_support)] if board.masked else []
        lines.append([*line, row.signature])
    return _table(header, lines)


def comparisons_csv(board: Leaderboard) -> str:
    """Return ``comparisons.csv``: every pairwise test."""
    header = [
        *("region", "metric", "family", "method_a", "method_b", "difference", "ci_low", "ci_high", "interval"),
        *("test", "p", "p_holm", "p_wilcoxon", "units", "left_out", "reason", "signature"),
    ]
    lines = []
    for block in board.comparisons:
        test = block.comparison
        lines.append(
            [
                neutralised(test.region),
                column_name(test.metric),
                test.family,
                neutralised(test.method_a),
                neutralised(test.method_b),
                *(number(part) for part in (test.difference, test.ci_low, test.ci_high)),
                neutralised(test.interval_method),
                neutralised(test.test),
                *(number(part) for part in (test.p, test.p_holm, test.p_wilcoxon, test.n_units, test.n_left_out)),
                neutralised(test.reason),
                block.signature,
            ]
        )
    return _table(header, lines)


def failures_csv(failures: Sequence[Failure]) -> str:
    """Return ``failures.csv``: what could not be scored, and why."""
    return _table(
        ["image", "method", "what", "file", "reason"],
        ([neutralised(part) for part in (one.image, one.method, one.what, one.file, one.reason)] for one in failures),
    )


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue()
