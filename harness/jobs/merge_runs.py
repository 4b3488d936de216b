"""Runs side by side: the leaderboards of several runs made one, where they may be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.classifiers.predictions import PredictionRow
from harness.engine.row import Row
from harness.jobs.arms import LR
from harness.jobs.bench_result import BenchResult
from harness.jobs.finished_run import FinishedRun, difference_between, read_finished
from harness.jobs.merge_predictions import (
    Place,
    TrainedRun,
    differing_prediction,
    merged_tables,
    preprocessing_of,
    united,
)
from harness.leaderboard.build import build_rows
from harness.leaderboard.leaderboard import Leaderboard, methods_of
from srmetrics.errors import UsageError


def merge_runs(folders: Sequence[str | Path], *, mixed: bool = False) -> list[BenchResult]:
    """Return the leaderboards of all runs, or with ``mixed`` those of each set of runs that may be compared.

    Means, intervals, ranks and tests are made anew over the images that all methods have, and those of classifiers
    from the predictions. A method that several runs hold with equal values and predictions is listed once; with
    different ones, by the names of its runs too. Costs, which are of one machine, are left to their runs.

    Raises
    ------
    FileError
        When a folder holds no finished run, or its rows were altered since.
    UsageError
        When data sets, signatures, degradations, scales, averages or metrics differ; or, of benches, the
        low-resolution pixels, splits, classifiers of one name, or what these say of HR and LR; and ``mixed`` was not
        asked for.
    """
    runs = [read_finished(Path(folder)) for folder in folders]
    blocks: list[list[FinishedRun]] = []
    for run in runs:
        block = next((each for each in blocks if not any(difference_between(other, run) for other in each)), None)
        if block is not None:
            block.append(run)
        elif blocks and not mixed:
            raise _incomparable(blocks[0], run)
        else:
            blocks.append([run])
    return [_merged(block) for block in blocks]


def _incomparable(block: Sequence[FinishedRun], run: FinishedRun) -> UsageError:
    other, (what, first, second) = next(
        (other, told) for other in block if (told := difference_between(other, run)) is not None
    )
    return UsageError(
        f"these runs cannot be compared: they differ in {what}",
        found=f"{_short(first)} in {other.folder}, {_short(second)} in {run.folder}",
        way_out="Compare runs of one data set and protocol, or keep them apart in one output: --mixed",
    )


@dataclass(frozen=True, slots=True)
class _Method:
    """A method of the merged tables."""

    own_name: str
    rows: Mapping[tuple[str, str], Row]
    predictions: Mapping[Place, PredictionRow]

    def is_the_same_as(self, other: _Method) -> bool:
        alike = _values(self.rows) == _values(other.rows)
        return alike and differing_prediction(self.predictions, other.predictions) is None


def _methods(block: Sequence[FinishedRun]) -> dict[str, _Method]:
    """Return the methods of all runs by the names of the merged tables."""
    kept: dict[str, _Method] = {}
    for run in block:
        for method in methods_of(run.rows):
            mine = _Method(
                method,
                {(row.image, row.region): row for row in run.rows if row.method == method},
                {} if run.trained is None else run.trained.arms.get(method, {}),
            )
            for name in (method, f"{method} ({run.folder.name})", f"{method} ({run.folder})"):
                if name not in kept:
                    kept[name] = mine
                    break
                if kept[name].is_the_same_as(mine):
                    both = united([kept[name].predictions, mine.predictions])
                    kept[name] = replace(kept[name], predictions=both)
                    break
    return kept


def _merged(block: Sequence[FinishedRun]) -> BenchResult:
    methods = _methods(block)
    rows = tuple(replace(row, method=name) for name, each in methods.items() for row in each.rows.values())
    first, seed = block[0], _seed(block)
    built, tests = build_rows(rows, first.heading.metrics, methods=list(methods), average=first.average, seed=seed)
    trained = [run.trained for run in block if run.trained is not None]
    tables = None
    if trained:
        predicted = {name: each.predictions for name, each in methods.items()}
        heading = (first.heading.dataset, first.heading.degradation)
        tables = merged_tables(trained, predicted, heading, first.average, seed)
    board = Leaderboard(
        heading=first.heading,
        rows=built,
        comparisons=tests,
        per_image=rows,
        failures=(),
        masked=any(run.masked for run in block),
        notes=_notes(block),
        run=_facts(block, trained),
    )
    return BenchResult(board, tables, {}, tuple(methods))


def _notes(block: Sequence[FinishedRun]) -> tuple[str, ...]:
    notes = [f"from {run.folder}: {', '.join(methods_of(run.rows))}" for run in block]
    for run in block[1:]:
        both = block[0].versions.keys() & run.versions.keys()
        others = sorted(name for name in both if block[0].versions[name] != run.versions[name])
        if others:
            notes.append(f"{block[0].folder} and {run.folder} were made by other versions of {', '.join(others)}")
    return tuple(notes)


def _seed(block: Sequence[FinishedRun]) -> int:
    return next((run.seed for run in block if run.trained is not None), block[0].seed)


def _facts(block: Sequence[FinishedRun], trained: Sequence[TrainedRun]) -> dict[str, object]:
    first = block[0]
    command: dict[str, object] = {
        "job": "leaderboard",
        "metrics": list(first.heading.metrics),
        "average": first.average,
        "seed": _seed(block),
    }
    facts: dict[str, object] = {"command": command, "runs": [str(run.folder) for run in block]}
    # What computed the scores, as far as the runs agree on it; where they do not, a note says so.
    facts["versions"] = {
        name: version
        for name, version in first.versions.items()
        if all(run.versions.get(name) == version for run in block)
    }
    small = {image: digest for run in block for image, digest in run.small.items()}
    if small:
        facts["pixels"] = {"mask": {}, "arms": {LR: dict(sorted(small.items()))}}
    if trained:
        texts = [text for run in trained for text in run.asked["classifiers"]]
        command["classification"] = {**trained[0].asked, "classifiers": list(dict.fromkeys(texts))}
        command["objects"] = {"classifiers": {name: said for run in trained for name, said in run.objects.items()}}
        facts["classifiers"] = preprocessing_of(trained)
        facts["splits"] = trained[0].splits
        facts["unsplittable"] = trained[0].unsplittable
        facts["dropped"] = trained[0].dropped
    return facts


def _values(rows: Mapping[tuple[str, str], Row]) -> dict[tuple[str, str], list[str]]:
    # As text, in which NaN is equal to itself.
    return {place: [repr(value) for value in row.values.values()] for place, row in rows.items()}


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
