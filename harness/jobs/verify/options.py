"""The options that a run was made with, read back from ``run.json``."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from harness.jobs.bench_plan import scoring_options
from harness.jobs.compare_options import CompareOptions
from harness.jobs.run_folder import RUN_JSON, RunFolder
from harness.jobs.study import Study
from srmetrics import EvaluationProtocol, find_protocol
from srmetrics.errors import FileError, ProtocolError, SrmetricsError


def options_of(run: RunFolder) -> CompareOptions:
    """Return the options of a comparison, or of a bench's scoring.

    Raises
    ------
    FileError
        When ``run.json`` does not say them, or says what does not go together.
    """
    try:
        if run.job == "bench":
            scale = run.facts["heading"]["scale"] if "heading" in run.facts else _scale_of_board(run)
            return scoring_options(study_of(run), scale)
        command = run.command
        return CompareOptions(
            protocol=_protocol(run),
            scale=command["scale"],
            data_range=command["data_range"],
            window=command["window"],
            metrics=run.metrics,
            masks=command["masks"],
            masking=command["masking"],
            labels={int(value): name for value, name in command["labels"].items()} or None,
            boundary=command["boundary"],
            align=command["align"],
            grey=command["grey"],
            alpha=command["alpha"],
            pair=command["pair"],
            group_by=command["group_by"],
            average=command["average"],
            facets=command["facets"],
            on_missing=command["on_missing"],
            baseline=command["baseline"],
            dataset=command["dataset"],
            keep_constant=command["keep_constant"],
            seed=run.seed,
        )
    except SrmetricsError as error:
        raise FileError(
            f"the recorded options cannot be used: {error.what}",
            found=error.found,
            expected=error.expected,
            file=run.path / RUN_JSON,
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(
            "the recorded options cannot be read", found=f"{type(error).__name__}: {error}", file=run.path / RUN_JSON
        ) from error


def study_of(run: RunFolder) -> Study:
    """Return the study of a bench.

    Raises
    ------
    FileError
        When ``run.json`` holds none.
    """
    try:
        # As JSON: there the values of labels are text.
        return Study.model_validate_json(json.dumps(run.command["study"]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise FileError(
            "the recorded study is none", found=f"{place}: {first['msg']}", file=run.path / RUN_JSON
        ) from error


def protocol_name(run: RunFolder) -> str | None:
    """Return what the tables call the protocol; None where the command does not say it."""
    if run.job == "leaderboard":
        return None
    name = run.command.get("protocol") if run.job == "compare" else None
    if isinstance(name, str) and not _is_named(name):
        return name  # of a protocol that was given as a value: its name with what was changed
    floats = " floats" if run.job == "bench" and run.command["keep_float"] else ""
    return options_of(run).protocol_name + floats


def _protocol(run: RunFolder) -> str | EvaluationProtocol:
    name: str = run.command["protocol"]
    if _is_named(name) or "protocol" not in run.facts:
        return name
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in run.facts["protocol"].items()}
    return EvaluationProtocol(**fields)


def _is_named(name: str) -> bool:
    try:
        find_protocol(name)
    except ProtocolError:
        return False
    return True


def _scale_of_board(run: RunFolder) -> int:
    return int(run.table("leaderboard.csv")[0]["scale"])
