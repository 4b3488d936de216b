"""The folder of a finished run: what ``run.json`` says of it, and its tables as text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.jobs.run_schema import check_facts
from harness.leaderboard.to_csv import restored
from harness.leaderboard.to_files import RUN_SCHEMA
from srmetrics.errors import FileError, SrmetricsError
from srmetrics.metrics import find_metric

RUN_JSON = "run.json"

REQUIRED: Mapping[str, frozenset[str]] = {
    "per_image.csv": frozenset({"image", "group", "method", "region", "n_pixels", "signature"}),
    "leaderboard.csv": frozenset({"dataset", "dataset_digest", "region", "method", "average", "signature"}),
    "comparisons.csv": frozenset({"region", "metric", "family", "method_a", "method_b", "signature"}),
    "failures.csv": frozenset({"image", "method", "what", "file", "reason"}),
}
"""Columns without which a file of this name is no table of a run."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run of ``srmetrics compare``, ``bench`` or ``leaderboard`` that has finished.

    ``facts`` is checked where the properties below read it; the rest of it is as the file has it.
    """

    path: Path
    facts: Mapping[str, Any]

    @property
    def job(self) -> str:
        """``compare``, ``bench``, or ``leaderboard`` for runs made one."""
        return str(self.command["job"])

    @property
    def command(self) -> Mapping[str, Any]:
        """Every option of the command."""
        command: Mapping[str, Any] = self.facts["command"]
        return command

    @property
    def scoring(self) -> Mapping[str, Any]:
        """The part of the command that says how images are scored: protocol, metrics, average, baseline."""
        scoring: Mapping[str, Any] = self.command["study"]["scoring"] if self.job == "bench" else self.command
        return scoring

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods asked for, in their order."""
        if self.job == "compare":
            return tuple(self.command["candidates"])
        if self.job == "bench":
            return tuple(self.facts["upscalers"])
        return tuple(dict.fromkeys(line["method"] for line in self.table("per_image.csv")))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics as they were asked for, such as ``piq:lpips``."""
        return tuple(self.scoring["metrics"])

    @property
    def signatures(self) -> tuple[str, ...]:
        """The signatures of the leaderboard's rows, each once."""
        return tuple(self.facts["signatures"])

    @property
    def version(self) -> str:
        """The version of srmetrics that made it."""
        return str(self.facts["srmetrics_version"])

    @property
    def seed(self) -> int:
        """The seed of intervals and tests."""
        if self.job == "bench":
            asked = self.command["study"]["classification"]
            return 0 if asked is None else int(asked["seed"])
        return int(self.command.get("seed") or self.facts.get("seed") or 0)

    def table(self, name: str) -> list[dict[str, str]]:
        """Return the rows of one of the run's CSV files by their columns, as text.

        Text stands as it was before it was made harmless for spreadsheets.

        Raises
        ------
        FileError
            When the file is not there, or is no CSV with the columns that its name promises.
        """
        return read_table(self.path / name)

    def recorded_digests(self) -> dict[str, str]:
        """Return the SHA-256 that was recorded of each CSV, by the file's name."""
        return dict(self.facts["sha256"])


def open_run(folder: str | Path) -> RunFolder:
    """Open the folder of a finished run.

    Parameters
    ----------
    folder : str or path
        What ``--out`` named; also its ``run.json``.

    Raises
    ------
    FileError
        When there is no ``run.json``, or it is torn, of a later schema, or not what a run writes.
    """
    path = Path(folder)
    if path.name == RUN_JSON and path.is_file():
        path = path.parent
    file = path / RUN_JSON
    try:
        text = file.read_bytes()
        facts = json.loads(text)
    except OSError as error:
        raise FileError(
            "the folder holds no finished run" if path.is_dir() else "there is no such run",
            found=f"{RUN_JSON}: {error.strerror or error}",
            expected="what srmetrics compare --out or srmetrics bench --out wrote",
            file=path,
        ) from error
    except (ValueError, RecursionError) as error:
        raise FileError(
            "the file is torn or is no JSON", found=str(error), expected=f"a run's {RUN_JSON}", file=file
        ) from error
    try:
        schema = facts["schema"]
        if schema != RUN_SCHEMA:
            newer = isinstance(schema, int) and schema > RUN_SCHEMA
            raise FileError(
                "the run was written by a newer srmetrics" if newer else "the run's schema is unknown",
                found=f"schema {schema!r}",
                expected=f"schema {RUN_SCHEMA}",
                way_out="Install the version that wrote it, or a later one" if newer else None,
                file=file,
            )
        run = RunFolder(path, facts)
        _check(run, text)
    except SrmetricsError as error:
        raise (error if isinstance(error, FileError) else FileError(str(error))).in_file(file) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(
            f"this is not what a run's {RUN_JSON} holds", found=f"{type(error).__name__}: {error}", file=file
        ) from error
    return run


def read_table(path: str | Path) -> list[dict[str, str]]:
    """Read a CSV that a run wrote: its rows by their columns, as text before it was made harmless for spreadsheets.

    Raises
    ------
    FileError
        When the file is not there, or is no CSV with the columns that its name promises.
    """
    path = Path(path)
    try:
        # Spreadsheets put a mark before the first letter when they save.
        return parse_table(path.read_bytes().decode("utf-8-sig"), path)
    except OSError as error:
        raise FileError("the table cannot be read", found=error.strerror or str(error), file=path) from error
    except UnicodeDecodeError as error:
        raise FileError("the table is not in UTF-8", found=str(error), file=path) from error


def parse_table(text: str, path: Path) -> list[dict[str, str]]:
    """Return the rows of a table's text; ``path`` says which columns there must be, and is named in errors.

    Raises
    ------
    FileError
        When it is no CSV with the columns that its name promises.
    """
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise FileError("the table is no CSV", found=str(error), file=path) from error
    header = [restored(name) for name in lines[0]] if lines else []
    required = REQUIRED.get(path.name, frozenset())
    if not header or len(set(header)) < len(header) or not required <= set(header):
        raise FileError(
            "the table has other columns",
            found=repr(",".join(header)[:80]) if header else "an empty file",
            expected=f"commas between columns, among them {', '.join(sorted(required)) or 'no name twice'}",
            file=path,
        )
    for at, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise FileError(
                f"row {at} of the table has another number of cells",
                found=len(line),
                expected=str(len(header)),
                file=path,
            )
    return [dict(zip(header, map(restored, line), strict=True)) for line in lines[1:]]


def _check(run: RunFolder, text: bytes) -> None:
    """Look once at everything that is read later, so that none of it fails then."""
    check_facts(text, run.facts["command"]["job"], run.path / RUN_JSON)
    for metric in run.metrics:
        find_metric(metric)
    for name in run.recorded_digests():
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no file of the run's folder")
