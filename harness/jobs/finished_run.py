"""A finished run as others are put beside it: what it scored, what it classified, and what it may be compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.engine.row import Row
from harness.jobs.arms import LR
from harness.jobs.merge_predictions import Told, TrainedRun, difference, read_trained
from harness.jobs.run_folder import RunFolder, open_run
from harness.jobs.run_predictions import PREDICTIONS
from harness.jobs.run_rows import rows_of
from harness.leaderboard.leaderboard import Heading
from harness.statistics.units import Average
from srmetrics.errors import FileError
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
    small: Mapping[str, str]
    """Image to the digest of its low-resolution pixels, in a bench."""
    versions: Mapping[str, str | None]
    trained: TrainedRun | None
    """None without classifiers."""

    @property
    def signatures(self) -> tuple[str, ...]:
        """Under which its images were scored, sorted."""
        return tuple(sorted({row.signature for row in self.rows}))

    def told(self, what: str) -> object:
        """Return one of the things that runs must have alike."""
        found: object = self.signatures if what == "signatures" else getattr(self.heading, what)
        return found


def read_finished(folder: Path) -> FinishedRun:
    """Read a finished run of ``srmetrics compare`` or ``srmetrics bench``.

    Raises
    ------
    FileError
        When it is none, or ``per_image.csv`` or ``leaderboard.csv`` is not the file that the run wrote.
    """
    run = open_run(folder)
    kept = [name for name in (PREDICTIONS,) if name in run.recorded_digests()]
    for name in ("leaderboard.csv", "per_image.csv", *kept):
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
        small=(run.facts.get("pixels") or {}).get("arms", {}).get(LR, {}),
        versions=run.facts.get("versions", {}),
        trained=_trained(run),
    )


def _trained(run: RunFolder) -> TrainedRun | None:
    try:
        return read_trained(run)
    except (KeyError, TypeError, AttributeError) as error:
        found = f"{type(error).__name__}: {error}"
        raise FileError("the run does not say how it classified", found=found, file=run.path / "run.json") from error


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


def difference_between(first: FinishedRun, second: FinishedRun) -> Told | None:
    """Return what keeps two runs from being compared, and what it is in each."""
    for what in _WHAT_AGREES:
        if first.told(what) != second.told(what):
            return what.replace("_", " "), first.told(what), second.told(what)
    for image in sorted(first.small.keys() & second.small.keys()):
        if first.small[image] != second.small[image]:
            # Made by one recipe, but from another seed.
            return f"the low-resolution image {image}", first.small[image], second.small[image]
    return None if first.trained is None or second.trained is None else difference(first.trained, second.trained)
