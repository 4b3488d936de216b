"""Whether a run may be written into a folder: never over another job's run, nor among the images that it read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from harness.images import lies_among
from srmetrics.errors import UsageError

MARKS = {
    "results.jsonl": ("bench", "a bench"),
    "degrade.json": ("degrade", "low-resolution images of srmetrics degrade"),
}
"""Files by which a folder is known to belong to another job before, or without, a ``run.json``."""

ELSEWHERE = "Choose another folder with --out, or take the earlier one away"


def check_place(folder: str | Path, job: str | None, locations: Mapping[str, str]) -> None:
    """Refuse a folder that holds the run of another job, or images that this run reads.

    Parameters
    ----------
    folder : str or path
        Where a run is to be written.
    job : str or None
        ``compare``, ``bench``, ``leaderboard`` or ``degrade``; an earlier run of the same job may be written over.
    locations : mapping of str to str
        What the run reads: role (``the references``) to folder, pattern or file.

    Raises
    ------
    UsageError
        Naming what is there.
    """
    folder = Path(folder)
    there = job_in(folder)
    if there is not None and there != (job or ""):
        raise UsageError(
            "the output folder holds another run, which would be overwritten",
            found=f"run.json of {f'srmetrics {there}' if there else 'something else'}",
            expected="a folder of its own" + (f", or one of an earlier srmetrics {job}" if job else ""),
            way_out=ELSEWHERE,
            file=folder,
        )
    for name, (owner, what) in MARKS.items():
        if job != owner and (folder / name).is_file():
            raise UsageError(
                f"the output folder holds {what}", found=name, expected="a folder of its own", way_out=ELSEWHERE,
                file=folder,
            )  # fmt: skip
    for role, location in locations.items():
        if lies_among(folder, location):
            raise UsageError(
                f"the output folder lies among {role}",
                found=folder,
                expected=f"a folder outside {location}",
                way_out="Write beside it: the next run would find the results among the images",
            )


def check_nothing_stays(folder: Path, tables: Collection[str]) -> None:
    """Refuse to write over an earlier run that has tables of other names: these would stay beside the new ones.

    Raises
    ------
    UsageError
        Naming them.
    """
    recorded = _facts(folder).get("sha256")
    stay = sorted(
        name for name in (recorded if isinstance(recorded, dict) else ()) if name not in tables and _is_in(folder, name)
    )
    if stay:
        raise UsageError(
            "the output folder holds an earlier run with more tables than this one has, which would stay beside it",
            found=", ".join(stay),
            way_out=ELSEWHERE,
            file=folder,
        )


def job_in(folder: Path) -> str | None:
    """Return the job whose ``run.json`` lies in a folder: None without one, empty for what no job wrote."""
    if not (folder / "run.json").exists():
        return None
    command = _facts(folder).get("command")
    job = command.get("job") if isinstance(command, dict) else None
    return job if isinstance(job, str) else ""


def _facts(folder: Path) -> dict[str, object]:
    try:
        facts = json.loads((folder / "run.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _is_in(folder: Path, name: str) -> bool:
    return Path(name).name == name and (folder / name).is_file()
