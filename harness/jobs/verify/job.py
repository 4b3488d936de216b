"""The job of ``srmetrics verify``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path

from harness.engine.cores import available_cores
from harness.engine.row import Row
from harness.jobs.recorded_files import METHOD
from harness.jobs.run_folder import RUN_JSON, RunFolder, open_run
from harness.jobs.run_pictures import RunPictures, find_pictures
from harness.jobs.run_rows import rows_of
from harness.jobs.verify.bare import check_bare
from harness.jobs.verify.conditions import Conditions, conditions_of
from harness.jobs.verify.failures import check_failures
from harness.jobs.verify.files import check_files
from harness.jobs.verify.follow import check_tables
from harness.jobs.verify.heading import heading_of
from harness.jobs.verify.images import check_pixels, check_rows, signed_by
from harness.jobs.verify.layout import check_layout
from harness.jobs.verify.options import options_of
from harness.jobs.verify.predictions import NOT_TRAINED, check_predictions
from harness.jobs.verify.rebuilt import rebuilt_board
from harness.jobs.verify.rescore_bench import rescore_bench
from harness.jobs.verify.rescore_compare import rescore_compare
from harness.jobs.verify.rescored import Rescored
from harness.jobs.verify.signatures import check_signatures
from harness.jobs.verify.tested import draw_again
from harness.jobs.verify.verdict import DIFFERENT, UNCHECKED, Verdict
from harness.jobs.verify.verification import Verification
from srmetrics.errors import FileError

Report = Callable[[int, int], None]
"""Told how many of how many references are done."""

ROWS, BOARD = "per_image.csv", "leaderboard.csv"

MERGED = "the run was made of other runs, and does not know their images: verify those"
"""Why the scores of such a run cannot be checked."""


def verify(
    run: str | PathLike[str],
    *,
    images: str | PathLike[str] | None = None,
    digests_only: bool = False,
    workers: int | None = None,
    progress: Report | None = None,
) -> Verification:
    """Check a finished run: ``srmetrics verify`` in Python.

    The CSVs' digests are computed again, all tables are made again from ``per_image.csv``, and the images, where they
    are there, are read and scored again by the code that scored them.

    Parameters
    ----------
    run : str or path
        The folder of a run of ``compare``, ``bench`` or ``leaderboard``, one of its files, or a bare
        ``per_image.csv`` or ``leaderboard.csv``.
    images : str or path, optional
        A folder that the images were moved to: nothing else is looked in, and what it lacks is not checkable.
        Otherwise they are looked for where they lay, and beside the run. For a bare table, the folder that holds
        those of the references and of each method: they are scored under the table's own signatures.
    digests_only : bool
        Leave the images alone: check the digests and the tables, for runs that are kept without their images.
    workers : int, optional
        How many images are scored at once; the number of cores by default.
    progress : callable, optional
        Called as ``progress(done, total)`` after each reference.

    Returns
    -------
    Verification
        A verdict on every row, digest and failure; ``exit_code`` is 0 when all holds, 1 when something differs, 3 when
        nothing differs and something could not be checked.

    Raises
    ------
    FileError
        When there is no run, or its ``run.json`` cannot be read.
    UsageError
        When ``images`` is no folder.
    """
    path = Path(run)
    if path.is_file() and path.name != RUN_JSON:
        if not (path.parent / RUN_JSON).is_file():
            where = None if images is None or digests_only else Path(images)
            verdicts = check_bare(path, where, workers or available_cores(), progress or (lambda done, total: None))
            return Verification(fspath(run), Conditions(), tuple(verdicts), of_a_run=False)
        path = path.parent
    found = open_run(path)
    check = _Check(found, conditions_of(found))
    pictures = None if digests_only else check.pictures(images)
    return check.all(
        pictures, available_cores() if workers is None else workers, progress or (lambda done, total: None)
    )


class _Check:
    """One run, checked step by step; what cannot be read is a finding, and the rest goes on."""

    def __init__(self, run: RunFolder, conditions: Conditions) -> None:
        self.run, self.conditions = run, conditions
        self.verdicts: list[Verdict] = list(check_files(run))
        self.notes: list[str] = []

    def pictures(self, images: str | PathLike[str] | None) -> RunPictures | None:
        if self.run.job == "leaderboard":
            self.verdicts.append(Verdict(ROWS, "all rows", UNCHECKED, reason=MERGED))
            return None
        return find_pictures(self.run, images)

    def all(self, pictures: RunPictures | None, workers: int, report: Report) -> Verification:
        rows = self._rows()
        rescored = None if pictures is None else self._rescore(pictures, rows or [], workers, report)
        if rows is not None:
            board = self._table(BOARD)
            heading, verdicts = heading_of(self.run, board or [])
            self.verdicts += verdicts
            masked = self._masked()
            options = None if self.run.job == "leaderboard" else options_of(self.run)
            follows = rebuilt_board(self.run, heading, rows, masked=masked)
            self.verdicts += check_signatures(self.run, rows, follows, options)
            now = None
            if pictures is not None and rescored is not None:
                lines = self.run.table(ROWS)
                self.verdicts += check_rows(
                    pictures, rescored, lines, heading, self.conditions.tolerance, masked=masked
                )
                if not rescored.absent and not self.conditions.differences:
                    now = rescored.rows
            tested, verdicts = draw_again(self.run, pictures)
            self.verdicts += verdicts
            self.verdicts += check_tables(self.run, heading, rows, now, self.conditions, tested, masked=masked)
            if tested is not None:
                self.verdicts += check_predictions(self.run, tested)
                self.notes.append(NOT_TRAINED)
        return Verification(str(self.run.path), self.conditions, tuple(self.verdicts), notes=tuple(self.notes))

    def _rows(self) -> Sequence[Row] | None:
        try:
            return rows_of(self.run)
        except FileError as error:
            self._fault(ROWS, error)
            return None

    def _table(self, name: str) -> list[dict[str, str]] | None:
        try:
            return self.run.table(name)
        except FileError:
            return None  # said where its rows are compared

    def _masked(self) -> bool:
        if self.run.job == "bench":
            return self.run.command["study"]["images"]["masks"] is not None
        if self.run.job == "compare":
            return self.run.command["masks"] is not None
        lines = self.run.table(ROWS)
        return bool(lines) and "mask_support" in lines[0]

    def _rescore(self, pictures: RunPictures, rows: Sequence[Row], workers: int, report: Report) -> Rescored:
        options = options_of(self.run)
        if self.run.job == "bench":
            found = rescore_bench(pictures, options, workers, report)
            self.verdicts += check_layout(pictures)
        else:
            found = rescore_compare(pictures, options, rows, workers, report)
        if found.groups:
            self.verdicts.append(Verdict(ROWS, "the column group", UNCHECKED, reason=found.groups))
        found.rows = signed_by(self.run, found.rows)
        self.verdicts += check_pixels(pictures, found)
        try:
            self.verdicts += check_failures(pictures, found)
        except FileError as error:
            self._fault("failures.csv", error)
        self.notes += _moved(pictures)
        return found

    def _fault(self, name: str, error: FileError) -> None:
        self.verdicts.append(Verdict(name, "the table", DIFFERENT, reason=str(error)))


def _moved(pictures: RunPictures) -> Iterator[str]:
    """Yield every folder of images that lies elsewhere than it did."""
    for role, root in pictures.roots.items():
        recorded = pictures.recorded[role].root
        if str(root) != recorded:
            yield f"{role.removeprefix(METHOD)}: looked at in {root}, recorded in {recorded}"
