"""A run's folder: the CSVs, the tables for papers, and ``run.json`` with the digests of them all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from harness.engine.atomic import write_together
from harness.leaderboard.leaderboard import Heading, Leaderboard
from harness.leaderboard.run_place import check_nothing_stays, check_place
from harness.leaderboard.to_csv import comparisons_csv, failures_csv, leaderboard_csv, per_image_csv
from harness.leaderboard.to_json import to_json_text
from harness.leaderboard.to_latex import to_latex
from harness.leaderboard.to_markdown import to_markdown

RUN_SCHEMA = 1
"""The version of ``run.json``'s layout."""


def write_files(board: Leaderboard, folder: Path, extra: Mapping[str, str] | None = None) -> list[Path]:
    """Write all files of a run, or none: ``run.json`` comes last, and a folder without it is unfinished.

    Parameters
    ----------
    board : Leaderboard
    folder : path
    extra : mapping of str to str, optional
        More files by name: what a bench has beside a comparison.

    Raises
    ------
    UsageError
        When the folder holds the run of another job, or images that this one read.
    FileError
        When a file cannot be written.
    """
    contents = run_texts(board, extra)
    command = board.run.get("command")
    asked: Mapping[str, object] = command if isinstance(command, Mapping) else {}
    job = asked.get("job")
    check_place(folder, job if isinstance(job, str) else None, read_by(asked))
    check_nothing_stays(folder, contents)
    digests = {
        name: hashlib.sha256(_encoded(text)).hexdigest() for name, text in contents.items() if name.endswith(".csv")
    }
    run = {
        "schema": RUN_SCHEMA,
        "srmetrics_version": board.heading.version,
        "signatures": list(board.signatures),
        "heading": heading_facts(board.heading),
        **board.run,
        "notes": list(board.notes),
        "sha256": digests,
    }
    contents["run.json"] = to_json_text(run)
    write_together({folder / name: _encoded(text) for name, text in contents.items()})
    return [folder / name for name in contents]


def read_by(command: Mapping[str, object]) -> dict[str, str]:
    """Return where a comparison reads images, by what it calls them; nothing for the command of another job."""
    candidates = command.get("candidates")
    places = {"the references": command.get("reference"), "the masks": command.get("masks")}
    if isinstance(candidates, Mapping):
        places |= {f"the images of {method!r}": location for method, location in candidates.items()}
    return {role: location for role, location in places.items() if isinstance(location, str)}


def run_texts(board: Leaderboard, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the text of every file of a run but ``run.json``, by name."""
    return {
        "leaderboard.csv": leaderboard_csv(board),
        "leaderboard.md": to_markdown(board),
        "leaderboard.tex": to_latex(board),
        "per_image.csv": per_image_csv(board),
        "comparisons.csv": comparisons_csv(board),
        "failures.csv": failures_csv(board.failures),
        **(extra or {}),
    }


def heading_facts(heading: Heading) -> dict[str, object]:
    """Return what all rows of a leaderboard have in common, but for the metrics and the version."""
    names = ("dataset", "dataset_digest", "scale", "degradation", "protocol", "average")
    return {name: getattr(heading, name) for name in names}


def _encoded(text: str) -> bytes:
    # Names of files need not be Unicode: what is none is spelt out, so that every file is valid UTF-8.
    return text.encode("utf-8", "backslashreplace")
