"""The state of a degradation run on disk: what was asked for, what is done, and how it is finished."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from degradations.manifest import Entry, entry_line, parse_line, read_manifest
from harness.engine.atomic import write_atomically
from srmetrics.errors import FileError, ManifestError, UsageError

MANIFEST_NAME = "manifest.jsonl"
REQUEST_NAME = "degrade.json"
_JOURNAL_NAME = ".manifest.part.jsonl"


@dataclass(frozen=True, slots=True)
class DegradeRun:
    """An output folder in which images are being made."""

    out: Path

    @property
    def manifest(self) -> Path:
        """The finished manifest."""
        return self.out / MANIFEST_NAME

    @property
    def journal(self) -> Path:
        """The lines of a run that has not finished."""
        return self.out / _JOURNAL_NAME

    def begin(self, request: Mapping[str, Any], planned: list[Path]) -> dict[str, dict[str, Any]]:
        """Start or take up a run; returns the finished entries by file name.

        Parameters
        ----------
        request : mapping
            What the command asks for, in plain values: an earlier run must have asked for the same.
        planned : list of path
            Every file that may be written.

        Raises
        ------
        UsageError
            If the folder holds another run, or files of the names that this one would write.
        ManifestError
            If the earlier manifest is damaged.
        """
        path = self.out / REQUEST_NAME
        self._remove_leftovers(planned)
        if not path.exists():
            taken = next((each for each in (*planned, self.manifest) if each.exists()), None)
            if taken is not None:
                raise UsageError(
                    "the output folder already holds a file of this name",
                    way_out="Choose another output folder, or take the file away",
                    file=taken,
                )
            write_atomically(path, json.dumps(request, indent=2) + "\n")
            return {}
        self._check_request(path, request)
        done = [each.model_dump(by_alias=True, exclude_none=True) for each in self._read()]
        return {each["file"]: each for each in done if (self.out / each["file"]).exists()}

    def record(self, entry: Mapping[str, Any]) -> None:
        """Add a line for an image that is written; a run that is killed later takes up after it."""
        try:
            with self.journal.open("a", encoding="utf-8") as file:
                file.write(entry_line(entry))
        except OSError as error:
            raise FileError(f"the manifest cannot be written: {error.strerror or error}", file=self.journal) from error

    def finish(self, entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Write the manifest, in the order of sources, pages and draws, and take the journal away."""
        ordered = sorted(entries, key=lambda entry: (entry["source"], entry["page"], entry["draw"]))
        if ordered:
            write_atomically(self.manifest, "".join(entry_line(entry) for entry in ordered))
        self.journal.unlink(missing_ok=True)
        return ordered

    def _check_request(self, path: Path, request: Mapping[str, Any]) -> None:
        try:
            earlier = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise FileError("the record of the earlier run cannot be read", found=error, file=path) from error
        for name in [*request, *(name for name in earlier if name not in request)]:
            if name == "recipe_yaml":
                continue  # for readers: its words may have been mended since, and the digest says what it does
            if earlier.get(name) != request.get(name):
                raise UsageError(
                    f"this folder was begun with another {name.replace('_', ' ')}",
                    found=f"{request.get(name)!r} now",
                    expected=f"{earlier.get(name)!r}, as in {REQUEST_NAME}",
                    way_out="Repeat the same command to go on with it, or choose another output folder",
                    file=path,
                )

    def _read(self) -> list[Entry]:
        entries = read_manifest(self.manifest) if self.manifest.exists() else []
        if not self.journal.exists():
            return entries
        lines = self.journal.read_text(encoding="utf-8").split("\n")
        # A process that is killed while it writes leaves a line without an end: that image is made again.
        whole = lines[:-1]
        entries += [parse_line(line, number, self.journal) for number, line in enumerate(whole, start=1)]
        if lines[-1]:
            write_atomically(self.journal, "".join(f"{line}\n" for line in whole))
        for entry in entries:
            if entry.file is None or entry.source is None or entry.page is None:
                raise ManifestError("an entry names no file", found=entry.key, file=self.manifest)
        return entries

    def _remove_leftovers(self, planned: list[Path]) -> None:
        """Take away the half-written files that a killed run left: those of names that this one writes."""
        names: dict[Path, set[str]] = {}
        for each in (*planned, self.manifest, self.journal, self.out / REQUEST_NAME):
            names.setdefault(each.parent, set()).add(each.name[:64])
        for folder, expected in names.items():
            for leftover in folder.glob(".*.part"):
                if leftover.name[1:].rsplit(".", 2)[0] in expected:
                    leftover.unlink(missing_ok=True)
