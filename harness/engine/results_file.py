"""The file of a run's results: lines of JSON, each with its own checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.engine.plain import Plain, from_json, to_json
from srmetrics.errors import FileError

RESULTS_NAME = "results.jsonl"
SCHEMA = 1

_BEFORE, _BETWEEN, _AFTER = b'{"sha256":"', b'","record":', b"}\n"
_DIGITS = 16
"""Hexadecimal digits of a line's checksum: against accidents, not against forgery."""


@dataclass(frozen=True, slots=True)
class Record:
    """A finished task."""

    key: str
    fingerprint: str
    """Of what the task was made from."""
    value: Plain


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it was read."""

    fingerprint: Mapping[str, Plain]
    records: Mapping[str, Record]
    """By key, in the order in which the tasks were finished."""


def first_line(fingerprint: Plain) -> bytes:
    """Return the line that says what the run was asked for."""
    return _line({"schema": SCHEMA, "fingerprint": fingerprint})


def record_line(record: Record) -> bytes:
    """Return the line of a finished task."""
    return _line({"key": record.key, "fingerprint": record.fingerprint, "value": record.value})


def read_results(path: Path) -> tuple[StoredRun | None, int]:
    """Return the run and the length in bytes of its whole lines; None where not even the first line is whole.

    Raises
    ------
    FileError
        If a line is damaged, naming it; a last line without an end is none.
    """
    run: StoredRun | None = None
    records: dict[str, Record] = {}
    whole = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n") and (run is not None or _BEFORE.startswith(line[: len(_BEFORE)])):
                    # The process was killed while it wrote: nobody was told that this task had finished.
                    break
                content = _content(line, number, path)
                if run is None:
                    run = StoredRun(_fingerprint(content, path), records)
                else:
                    record = _record(content, number, path)
                    if record.key in records:
                        raise _damaged(path, number, f"a second result for {record.key!r}")
                    records[record.key] = record
                whole += len(line)
    except OSError as error:
        raise FileError(f"the results cannot be read: {error.strerror or error}", file=path) from error
    return run, whole


def _line(content: Plain) -> bytes:
    record = to_json(content).encode("ascii")
    return _BEFORE + _checksum(record) + _BETWEEN + record + _AFTER


def _checksum(record: bytes) -> bytes:
    return hashlib.sha256(record).hexdigest()[:_DIGITS].encode("ascii")


def _content(line: bytes, number: int, path: Path) -> dict[str, Plain]:
    checksum, between, record = line[len(_BEFORE) : -len(_AFTER)].partition(_BETWEEN)
    if not (line.startswith(_BEFORE) and between and line.endswith(_AFTER)):
        raise _damaged(path, number, "it is not a line of results")
    if checksum != _checksum(record):
        raise _damaged(path, number, "its checksum does not fit")
    content = from_json(record)
    if not isinstance(content, dict):
        raise _damaged(path, number, "it is not a line of results")
    return content


def _fingerprint(content: dict[str, Plain], path: Path) -> Mapping[str, Plain]:
    fingerprint = content.get("fingerprint")
    if content.get("schema") != SCHEMA or not isinstance(fingerprint, dict):
        raise FileError(
            "the results were written by another version of srmetrics",
            found=f"schema {content.get('schema')}",
            expected=f"schema {SCHEMA}",
            way_out="Use the version that wrote them, or choose another folder with --out",
            file=path,
        )
    return fingerprint


def _record(content: dict[str, Plain], number: int, path: Path) -> Record:
    key, fingerprint = content.get("key"), content.get("fingerprint")
    if not isinstance(key, str) or not isinstance(fingerprint, str) or "value" not in content:
        raise _damaged(path, number, "it is not the line of a task")
    return Record(key, fingerprint, content["value"])


def _damaged(path: Path, number: int, why: str) -> FileError:
    return FileError(
        f"the results are damaged at line {number}: {why}",
        way_out="Put a sound copy in its place, or run again with another --out",
        file=path,
    )
