"""Runs side by side: the quality leaderboards of several runs made one, where they may be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.engine.row import Row
from harness.jobs.run_folder import open_run
from harness.jobs.run_rows import rows_of
from harness.leaderboard.build import build_rows
from harness.leaderboard.leaderboard import Heading, Leaderboard, methods_of
from harness.statistics.units import Average
from srmetrics.errors import FileError, UsageError
from srmetrics.version import VERSION

_WHAT_AGREES = ("dataset_digest", "signatures", "degradation", "scale", "average", "metrics")
"""What runs must have alike, or their numbers are of different things."""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """What a run's folder holds."""

    folder: Path
    heading: Heading
    rows: tuple[Row, ...]
    average: Average
    seed: int
    masked: bool

    @property
    def signatures(self) -> tuple[str, ...]:
        """Under which its images were scored, sorted."""
        return tuple(sorted({row.signature for row in self.rows}))

    def told(self, what: str) -> object:
        """Return one of the things that runs must have alike."""
        found: object = self.signatures if what == "signatures" else getattr(self.heading, what)
        return found


def merge_runs(folders: Sequence[str | Path], *, mixed: bool = False) -> list[Leaderboard]:
    """Return one leaderboard of all runs, or with ``mixed`` one for each set of runs that may be compared.

    Means, intervals, ranks and tests are made anew over the images that all methods have. A method that several runs
    hold with equal values is listed once; with different values, by the names of its runs too.

    Raises
    ------
    FileError
        When a folder holds no finished run, or its rows were altered since.
    UsageError
        When data sets, signatures, degradations, scales, averages or metrics differ, and ``mixed`` was not asked for.
    """
    runs = [read_finished(Path(folder)) for folder in folders]
    blocks: list[list[FinishedRun]] = []
    for run in runs:
        block = next((each for each in blocks if _difference(each[0], run) is None), None)
        if block is None:
            if blocks and not mixed:
                what = _difference(blocks[0][0], run) or ""
                first, second = _short(blocks[0][0].told(what)), _short(run.told(what))
                raise UsageError(
                    f"these runs cannot be compared: {what.replace('_', ' ')} differs",
                    found=f"{first} in {runs[0].folder}, {second} in {run.folder}",
                    way_out="Compare runs of one data set and protocol, or keep them apart in one output: --mixed",
                )
            blocks.append([run])
        else:
            block.append(run)
    return [_merged(block) for block in blocks]


def read_finished(folder: Path) -> FinishedRun:
    """Read a finished run of ``srmetrics compare`` or ``srmetrics bench``.

    Raises
    ------
    FileError
        When it is none, or ``per_image.csv`` or ``leaderboard.csv`` is not the file that the run wrote.
    """
    run = open_run(folder)
    for name in ("leaderboard.csv", "per_image.csv"):
        try:
            digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise FileError("the folder holds no finished run", found=error.strerror, file=folder / name) from error
        if digest != run.recorded_digests().get(name):
            raise FileError("the file was altered after the run wrote it", file=folder / name)
    board, rows = run.table("leaderboard.csv"), rows_of(run)
    if not board:
        raise FileError("the run scored nothing", file=folder)
    return FinishedRun(
        folder,
        _heading(board[0], run.metrics),
        rows,
        run.scoring["average"],
        run.seed,
        masked="mask_support" in run.table("per_image.csv")[0],
    )


def _heading(line: dict[str, str], metrics: tuple[str, ...]) -> Heading:
    return Heading(
        dataset=line["dataset"],
        dataset_digest=line["dataset_digest"],
        scale=int(line["scale"]) if line["scale"] else None,
        degradation=line["degradation"],
        protocol=line["protocol"],
        average=line["average"],
        metrics=metrics,
        version=VERSION,
    )


def _difference(first: FinishedRun, second: FinishedRun) -> str | None:
    return next((what for what in _WHAT_AGREES if first.told(what) != second.told(what)), None)


def _merged(block: Sequence[FinishedRun]) -> Leaderboard:
    kept: dict[str, tuple[str, dict[tuple[str, str], Row]]] = {}
    for run in block:
        for method in methods_of(run.rows):
            own = {(row.image, row.region): row for row in run.rows if row.method == method}
            names = [method, f"{method} ({run.folder.name})", f"{method} ({run.folder})"]
            for name in names:
                if name not in kept:
                    kept[name] = (method, {place: replace(row, method=name) for place, row in own.items()})
                    break
                if _values(kept[name][1]) == _values(own):
                    break
    rows = tuple(row for _, own in kept.values() for row in own.values())
    first = block[0]
    built, tests = build_rows(rows, first.heading.metrics, methods=list(kept), average=first.average, seed=first.seed)
    return Leaderboard(
        heading=first.heading,
        rows=built,
        comparisons=tests,
        per_image=rows,
        failures=(),
        masked=any(run.masked for run in block),
        notes=tuple(f"from {run.folder}: {', '.join(methods_of(run.rows))}" for run in block),
        run={
            "command": {
                "job": "leaderboard",
                "metrics": list(first.heading.metrics),
                "average": first.average,
                "seed": first.seed,
            },
            "runs": [str(run.folder) for run in block],
        },
    )


def _values(rows: dict[tuple[str, str], Row]) -> dict[tuple[str, str], list[str]]:
    # As text, in which NaN is equal to itself.
    return {place: [repr(value) for value in row.values.values()] for place, row in rows.items()}


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
