"""The results of a run on disk: one line for each finished task, added and never changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from harness.engine.atomic import write_atomically
from harness.engine.fingerprint import first_difference
from harness.engine.lock import locked
from harness.engine.plain import Plain, to_plain
from harness.engine.results_file import RESULTS_NAME, Record, StoredRun, first_line, read_results, record_line
from srmetrics.errors import FileError, TaskError, UsageError


class Store:
    """The results of one run, open for more; ``open_run`` makes it.

    For one thread of one process: executors bring results to it, they do not write.
    """

    def __init__(self, path: Path, file: FileIO, run: StoredRun) -> None:
        self.path = path
        self.fingerprint = run.fingerprint
        self._file = file
        self._records = dict(run.records)

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, key: str) -> Record:
        return self._records[key]

    def append(self, key: str, fingerprint: str, value: object) -> Record:
        """Put a finished task on disk; when this returns, a killed process cannot undo it.

        Parameters
        ----------
        key : str
            The task's key.
        fingerprint : str
            Of what the task was made from.
        value : object
            Its result, in values that ``to_plain`` takes.

        Returns
        -------
        Record
            With the value as every later reader will get it.

        Raises
        ------
        TaskError
            If the key is there already, or the value has no like in JSON.
        FileError
            If it cannot be written (a full disk); the lines before it stay as they were.
        """
        if key in self._records:
            raise TaskError("two results for one task", found=repr(key), file=self.path)
        try:
            record = Record(key, fingerprint, to_plain(value))
        except TypeError as error:
            raise TaskError(f"the result of {key!r} cannot be stored: {error}", file=self.path) from error
        end = self._file.seek(0, os.SEEK_END)
        try:
            _write_whole(self._file, record_line(record))
        except BaseException as error:
            # Half a line in front of the next one would spoil both.
            self._file.truncate(end)
            if not isinstance(error, OSError):
                raise
            raise FileError(
                f"a result cannot be written: {error.strerror or error}",
                way_out="Free some space and run the same command again: it goes on from here",
                file=self.path,
            ) from error
        self._records[key] = record
        return record


@contextmanager
def open_run(folder: Path, fingerprint: Mapping[str, object]) -> Iterator[Store]:
    """Start a run in a folder, or take up the one that is there; holds the folder's lock meanwhile.

    Parameters
    ----------
    folder : path
        The run folder; it is made where it is not there.
    fingerprint : mapping
        All that the results depend on (command, versions, digests of inputs) in values that ``to_plain`` takes. A
        run is only taken up by an equal one.

    Raises
    ------
    UsageError
        If the folder holds a run with another fingerprint, naming the first field that differs.
    FileError
        If another process writes to it, or its results are damaged other than by a line cut short at the end.
    """
    asked = to_plain(fingerprint)
    with locked(folder):
        path = folder / RESULTS_NAME
        run, whole = read_results(path) if path.exists() else (None, 0)
        if run is None:
            write_atomically(path, first_line(asked))
            run, whole = read_results(path)
        assert run is not None, "the first line was written a moment ago"
        _refuse_another(run, asked, path)
        with _opened(path, whole) as file:
            yield Store(path, file, run)


def read_run(folder: Path) -> StoredRun:
    """Read a run's results without taking it up; a line cut short at the end is passed over.

    Raises
    ------
    FileError
        If the folder holds no run, or its results are damaged.
    """
    path = folder / RESULTS_NAME
    run, _ = read_results(path) if path.exists() else (None, 0)
    if run is None:
        raise FileError("the folder holds no run", expected=f"results in {RESULTS_NAME}", file=folder)
    return run


def _opened(path: Path, whole: int) -> FileIO:
    """Open the file for more, without the line cut short at its end."""
    try:
        file = path.open("ab", buffering=0)
        file.truncate(whole)
    except OSError as error:
        raise FileError(
            f"the results cannot be written: {error.strerror or error}",
            way_out="Choose another folder with --out",
            file=path,
        ) from error
    return file


def _write_whole(file: FileIO, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def _refuse_another(run: StoredRun, asked: Plain, path: Path) -> None:
    difference = first_difference(dict(run.fingerprint), asked)
    if difference is not None:
        raise UsageError(
            f"this folder holds a run that began otherwise: {difference.field} differs",
            found=f"{difference.now} now",
            expected=f"{difference.before}, as it began",
            way_out="Repeat the same command on the same files to go on with it, or choose another folder with --out",
            file=path,
        )
