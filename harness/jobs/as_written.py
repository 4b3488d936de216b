"""Whether what a finished run is read from is what it wrote and scored: its tables, and the pixels of its images."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from harness.jobs.run_folder import RUN_JSON, RunFolder
from harness.jobs.run_pictures import RunPictures
from harness.jobs.scoring_task import digest_of
from harness.jobs.verify.rescored import recorded_pixels
from srmetrics.errors import FileError


def check_table(run: RunFolder, name: str, so_that: str) -> None:
    """Refuse a table that is not the one that the run wrote; ``so_that`` says what cannot be done with it.

    Raises
    ------
    FileError
        When it is not there, was altered, or ``run.json`` has no digest of it.
    """
    path, digest = run.path / name, run.recorded_digests().get(name)
    if digest is None:
        raise FileError(f"run.json has no digest of {name}", file=run.path / RUN_JSON)
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise FileError("a table of the run is not there", found=error.strerror, file=path) from error
    if found != digest:
        raise FileError(
            f"the table is not the one that the run wrote, so that {so_that}",
            found=f"SHA-256 {found[:16]}...",
            expected=f"{digest[:16]}..., as run.json has it",
            way_out=f"See what was changed: srmetrics verify {run.path}; or score again",
            file=path,
        )


def altered_tables(run: RunFolder) -> list[str]:
    """Return the names of the tables that are not those that the run wrote, or are not there."""
    altered = []
    for name in run.recorded_digests():
        try:
            check_table(run, name, "")
        except FileError:
            altered.append(name)
    return altered


@dataclass(frozen=True, slots=True)
class ScoredPixels:
    """What a run recorded of the pixels of its images."""

    digests: Mapping[tuple[str, str, str], str]
    """(Role, method, image) to SHA-256; older benches have none of their outputs."""

    def are_those(self, role: str, key: str, pixels: NDArray[Any], method: str = "") -> bool:
        """Return whether pixels are those that were scored; also where the run recorded nothing of them."""
        recorded = self.digests.get((role, method, key))
        return recorded is None or digest_of(role, key, pixels, method).sha256 == recorded


def scored_pixels(pictures: RunPictures) -> ScoredPixels:
    """Return what ``run.json`` has of the pixels of a run's images."""
    return ScoredPixels(recorded_pixels(pictures).digests)
