"""A run as a citation tells of it: read, and refused where its tables are not those that it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.jobs.as_written import check_table
from harness.jobs.run_folder import RunFolder, open_run
from srmetrics.errors import FileError

Line = Mapping[str, str]


@dataclass(frozen=True)
class CitedRun:
    """A finished run whose tables are as it wrote them."""

    run: RunFolder
    board: tuple[Line, ...]
    """The lines of ``leaderboard.csv``."""

    @property
    def first(self) -> Line:
        """A line of the leaderboard, for what all have alike."""
        return self.board[0]

    @property
    def dataset(self) -> str:
        """The data set's name."""
        return self.first["dataset"]

    @property
    def protocol(self) -> str:
        """The preset's name, with what was changed of it."""
        return self.first["protocol"]

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that have a line, in their order."""
        return tuple(dict.fromkeys(line["method"] for line in self.board))

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that were scored, in their order."""
        return tuple(dict.fromkeys(line["region"] for line in self.board))

    @property
    def signatures(self) -> tuple[str, ...]:
        """The signatures of the leaderboard's lines, each once."""
        return tuple(dict.fromkeys(line["signature"] for line in self.board))

    @property
    def date(self) -> str:
        """The day on which the run started, such as ``2026-11-21``; nothing where it is not recorded."""
        return str(self.run.facts.get("started") or "")[:10]

    @property
    def key(self) -> str:
        """The BibTeX key of the run: the same for the same leaderboard."""
        return f"srmetrics-run-{self.run.recorded_digests()['leaderboard.csv'][:8]}"

    @cached_property
    def comparisons(self) -> tuple[Line, ...]:
        """The lines of ``comparisons.csv``."""
        return tuple(self.run.table("comparisons.csv"))

    @cached_property
    def classification(self) -> tuple[Line, ...]:
        """The lines of ``classification.csv``; none where nothing was classified."""
        name = "classification.csv"
        return tuple(self.run.table(name)) if name in self.run.recorded_digests() else ()

    @cached_property
    def arm_comparisons(self) -> tuple[Line, ...]:
        """The lines of ``arm_comparisons.csv``; none where nothing was classified."""
        name = "arm_comparisons.csv"
        return tuple(self.run.table(name)) if name in self.run.recorded_digests() else ()

    @property
    def study(self) -> Mapping[str, Any]:
        """The study of a bench, or what the benches have in common that a run was made of; empty for other runs."""
        if self.run.job == "bench":
            study: Mapping[str, Any] = self.run.command["study"]
            return study
        return {name: self.run.command[name] for name in ("classification",) if name in self.run.command}


def read_cited(folder: str | Path) -> CitedRun:
    """Read a run to cite it.

    Raises
    ------
    FileError
        When the folder holds no finished run, the run scored nothing, or a table is not the one that it wrote.
    """
    run = open_run(folder)
    for name in run.recorded_digests():
        check_table(run, name, "its numbers cannot be cited")
    if "leaderboard.csv" not in run.recorded_digests():
        raise FileError("run.json has no digest of leaderboard.csv", file=run.path / "run.json")
    board = run.table("leaderboard.csv")
    if not board:
        raise FileError("the run scored nothing, so that there is nothing to cite", file=run.path / "leaderboard.csv")
    return CitedRun(run, tuple(board))
