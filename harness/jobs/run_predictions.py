"""The predictions of a finished run, read back from ``predictions.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from harness.classifiers.predictions import MODES, PredictionRow
from harness.jobs.run_folder import RunFolder
from srmetrics.errors import FileError

PREDICTIONS = "predictions.csv"
PROBABILITY = "p_"
"""What columns of probabilities begin with."""


def predictions_of(
    run: RunFolder, known: Mapping[str, tuple[str, str]] | None = None
) -> tuple[PredictionRow, ...] | None:
    """Return every prediction of a run as it was made, bit for bit; None of a run without classifiers.

    Parameters
    ----------
    run : RunFolder
    known : mapping of str to (str, str), optional
        Image to the group and the class that are taken in place of those in the file.

    Raises
    ------
    FileError
        When ``predictions.csv`` cannot be read.
    """
    if PREDICTIONS not in run.recorded_digests():
        return None
    lines = run.table(PREDICTIONS)
    try:
        return tuple(_prediction(line, known or {}) for line in lines)
    except (KeyError, ValueError) as error:
        raise FileError(
            "the predictions cannot be read", found=f"{type(error).__name__}: {error}", file=run.path / PREDICTIONS
        ) from error


def _prediction(line: Mapping[str, str], known: Mapping[str, tuple[str, str]]) -> PredictionRow:
    probabilities = {
        name.removeprefix(PROBABILITY): float(text)
        for name, text in line.items()
        if name.startswith(PROBABILITY) and text
    }
    kept = {field.name: line[field.name] for field in fields(PredictionRow) if field.name != "probabilities"}
    group, label = known.get(kept["image"], (kept["group"], kept["label"]))
    row: Any = {**kept, "group": group, "label": label, "repeat": int(kept["repeat"]), "probabilities": probabilities}
    if row["mode"] not in MODES:
        raise ValueError(f"{row['mode']!r} is no mode")
    return PredictionRow(**row)
