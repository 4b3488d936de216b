"""The leaderboard of a page: its blocks, and what the buttons of a row copy."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.jobs.run_folder import RunFolder
from harness.leaderboard.cells import LEGEND, metric_title, rounded
from harness.leaderboard.decimals import decimals_for
from harness.leaderboard.to_csv import restored
from harness.leaderboard.to_latex import escaped
from harness.report.copied import Copied, Verbatim, citation_of
from harness.report.scores import number_in
from harness.report.section import Column
from harness.report.words import value_text
from harness.statistics import ACROSS_METRICS
from srmetrics.errors import FileError
from srmetrics.metrics import column_name

MARKS = {"tied": "†", "undecided": "‡"}


@dataclass(frozen=True, slots=True)
class BoardCell:
    """One cell as text, with what it is sorted by."""

    text: str
    sort: str = ""
    """A number at full precision, or the text itself; empty for what does not exist."""
    best: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One method in one block."""

    method: str
    cells: tuple[BoardCell, ...]
    copies: tuple[Copied, ...]


@dataclass(frozen=True, slots=True)
class BoardBlock:
    """Rows that may be compared."""

    title: str
    region: str
    signature: str
    columns: tuple[Column, ...]
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole leaderboard."""

    blocks: tuple[BoardBlock, ...]
    regions: tuple[str, ...]
    legend: str


def board_of(run: RunFolder, higher: Mapping[str, bool]) -> Board:
    """Return the leaderboard of a run as the page shows it.

    Parameters
    ----------
    run : RunFolder
        The run.
    higher : mapping of str to bool
        Metric to whether more is better.

    Raises
    ------
    FileError
        When ``leaderboard.csv`` cannot be read.
    """
    header, raw = _raw_rows(run.path / "leaderboard.csv")
    found: dict[tuple[str, ...], list[tuple[dict[str, str], list[str]]]] = {}
    for cells in raw:
        line = dict(zip(header, map(restored, cells), strict=True))
        key = tuple(line[name] for name in ("dataset", "degradation", "protocol", "signature", "region"))
        found.setdefault(key, []).append((line, cells))
    blocks = []
    places = {(key[0], key[1]) for key in found}
    for key, lines in found.items():
        dataset, degradation, _, signature, region = key
        where = f"{dataset} {degradation}".strip() + ", " if len(places) > 1 else ""
        alike = [other for other in found if (*other[:2], other[4]) == (dataset, degradation, region)]
        number = f", signature {alike.index(key) + 1}" if len(alike) > 1 else ""
        title = f"{where}{'Whole image' if region == 'image' else f'Region {region}'}{number}"
        blocks.append(_block(run, title, region, signature, lines, higher))
    legend = f"{LEGEND} 95 %: interval of the mean, empty under five units. {ACROSS_METRICS}"
    return Board(tuple(blocks), tuple(dict.fromkeys(block.region for block in blocks)), legend)


def _block(
    run: RunFolder,
    title: str,
    region: str,
    signature: str,
    lines: Sequence[tuple[dict[str, str], list[str]]],
    higher: Mapping[str, bool],
) -> BoardBlock:
    grouped = any(line["n_groups"] != line["n_images"] for line, _ in lines)
    columns = [Column("Method", numeric=False), Column("n", hint="images that the means are over")]
    columns += [Column("Groups", hint="patients, slides or volumes")] if grouped else []
    for metric in run.metrics:
        columns += [
            Column(metric_title(metric), hint="higher is better" if higher[metric] else "lower is better"),
            Column("95 %", hint=f"95 % interval of the mean of {metric}"),
        ]
    several = len(lines) > 1
    # As in the files for people.
    decimals = {
        metric: decimals_for(metric, [number_in(line, column_name(metric), "leaderboard.csv") for line, _ in lines])
        for metric in run.metrics
    }
    rows = []
    for line, cells in lines:
        shown = [BoardCell(line["method"], line["method"]), BoardCell(line["n_images"], line["n_images"])]
        shown += [BoardCell(line["n_groups"], line["n_groups"])] if grouped else []
        latex = [escaped(line["method"]), line["n_images"]]
        for metric in run.metrics:
            shown += [
                _metric_cell(line, metric, decimals[metric], several),
                _interval_cell(line, metric, decimals[metric]),
            ]
            latex.append(_in_latex(line, metric, decimals[metric], several))
        copies = (
            Copied("CSV", "CSV row", Verbatim(_csv_text([cells]))),
            Copied("LaTeX", "LaTeX row", Verbatim(" & ".join(latex) + " \\\\\n")),
            Copied("Cite", "citation", citation_of(run, line)),
        )
        rows.append(BoardRow(line["method"], tuple(shown), copies))
    return BoardBlock(title, region, signature, tuple(columns), tuple(rows))


def _metric_cell(line: Mapping[str, str], metric: str, decimals: int, several: bool) -> BoardCell:
    column = column_name(metric)
    value = number_in(line, column, "leaderboard.csv")
    best = several and line[f"{column}_rank"] == "1"
    mark = MARKS.get(line[f"{column}_vs_best"], "") if several else ""
    return BoardCell(value_text(metric, value, decimals) + mark + _counts(line, column), line[column], best)


def _counts(line: Mapping[str, str], column: str) -> str:
    """Return how many values are infinite, and how many there are where some are missing."""
    infinite, values = line[f"{column}_n_infinite"], line[f"{column}_n"]
    text = f" ({infinite} inf)" if infinite not in ("", "0") else ""
    return text + (f" (n={values})" if values != line["n_images"] else "")


def _interval_cell(line: Mapping[str, str], metric: str, decimals: int) -> BoardCell:
    column = column_name(metric)
    low, high = (number_in(line, f"{column}_ci_{end}", "leaderboard.csv") for end in ("low", "high"))
    if math.isnan(low) or math.isnan(high):
        return BoardCell("–")
    return BoardCell(f"[{value_text(metric, low, decimals)}, {value_text(metric, high, decimals)}]", repr(low))


def _in_latex(line: Mapping[str, str], metric: str, decimals: int, several: bool) -> str:
    column = column_name(metric)
    # As in leaderboard.tex.
    text = escaped(rounded(number_in(line, column, "leaderboard.csv"), decimals) + _counts(line, column))
    if several and line[f"{column}_rank"] == "1":
        return rf"\textbf{{{text}}}"
    mark = {"tied": r"$^{\dagger}$", "undecided": r"$^{\ddagger}$"}.get(line[f"{column}_vs_best"], "")
    return text + (mark if several else "")


def _raw_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the cells as they stand in the file, with what keeps spreadsheets from running them."""
    try:
        lines = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline=""), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError("the leaderboard cannot be read", found=str(error), file=path) from error
    if not lines or any(len(line) != len(lines[0]) for line in lines):
        raise FileError("the leaderboard is no table", file=path)
    return lines[0], lines[1:]


def _csv_text(lines: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
