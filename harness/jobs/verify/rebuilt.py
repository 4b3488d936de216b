"""The tables of a run, made again from its rows by the code that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from harness.engine.row import Row
from harness.jobs.arms import HR, LR
from harness.jobs.bench_result import BenchResult
from harness.jobs.classification_tables import ClassificationTables, classification_tables
from harness.jobs.run_folder import RunFolder
from harness.jobs.run_predictions import PREDICTIONS, predictions_of
from harness.jobs.verify.tested import Tested
from harness.leaderboard.build import build_rows
from harness.leaderboard.leaderboard import Heading, Leaderboard
from harness.leaderboard.to_files import run_texts
from harness.models import Cost
from srmetrics.errors import FileError


def rebuilt_board(run: RunFolder, heading: Heading, rows: Sequence[Row], *, masked: bool) -> Leaderboard:
    """Return the leaderboard that follows from rows."""
    command = run.command
    board, tests = build_rows(
        rows,
        run.metrics,
        methods=list(run.methods),
        average=run.scoring["average"],
        on_missing=command["on_missing"] if run.job == "compare" else "common",
        baseline=run.scoring.get("baseline"),
        seed=run.seed,
    )
    return Leaderboard(
        heading=heading,
        rows=board,
        comparisons=tests,
        per_image=tuple(rows),
        failures=(),
        facets=tuple(command.get("facets") or ()),
        masked=masked,
    )


def rebuilt_texts(run: RunFolder, board: Leaderboard, tested: Tested | None) -> dict[str, str]:
    """Return the texts of the files that follow from rows, predictions and costs, by name.

    Predictions that a bench's splits do not ask for (``tested``) are left out, so that nothing follows from them.
    """
    extra: Mapping[str, str] = {}
    if run.job == "bench" or PREDICTIONS in run.recorded_digests():
        extra = BenchResult(board, _classification(run, board.heading, tested), _costs(run), run.methods).texts()
    texts = run_texts(board, extra)
    # What fails is compared with what fails now; costs were measured, and are not what follows from anything.
    return {name: text for name, text in texts.items() if name not in ("failures.csv", "cost.csv")}


def _classification(run: RunFolder, heading: Heading, tested: Tested | None) -> ClassificationTables | None:
    try:
        inputs = run.facts.get("inputs", {}) if run.job == "bench" else {}
        known = {key: (str(facts[2]), str(facts[3])) for key, facts in inputs.items()}
        rows = predictions_of(run, known)
        if rows is None:
            return None
        if tested is not None:
            rows = tuple(asked for row in rows if (asked := tested.as_asked(row)) is not None)
        return classification_tables(
            rows,
            run.facts.get("unsplittable", {}),
            (list(run.facts["classifiers"]), [HR, LR, *run.methods]),
            (heading.dataset, heading.degradation),
            baseline=run.scoring.get("baseline"),
            average=run.scoring["average"],
            seed=run.seed,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(
            "the predictions cannot be read", found=f"{type(error).__name__}: {error}", file=run.path / PREDICTIONS
        ) from error


def _costs(run: RunFolder) -> dict[str, Cost]:
    if "cost.csv" not in run.recorded_digests():
        return {}
    costs = {}
    texts = {field.name for field in fields(Cost) if "str" in str(field.type)}
    for line in run.table("cost.csv"):
        try:
            values: Any = {
                field.name: line[field.name] if field.name in texts else _number(line[field.name], str(field.type))
                for field in fields(Cost)
            }
        except (KeyError, ValueError) as error:
            raise FileError(
                "the costs cannot be read", found=f"{type(error).__name__}: {error}", file=run.path / "cost.csv"
            ) from error
        costs[line["method"]] = Cost(**values)
    return costs


def _number(text: str, kind: str) -> float | int | None:
    if not text and "None" in kind:
        return None
    return int(text) if "int" in kind else float(text)
