"""Which images have a file now that had none when the run was made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.images import find_images, pair, parse_pair_rule
from harness.jobs.recorded_files import METHOD, REFERENCE, RecordedFiles
from harness.jobs.run_pictures import RunPictures
from srmetrics.errors import SrmetricsError

WILD = "*?["


def files_that_came(pictures: RunPictures) -> dict[tuple[str, str], Path]:
    """Return (image, method) to the file that the run did not have, by pairing the names anew.

    Nothing where the folders are not there, or cannot be paired any more.
    """
    command = pictures.run.command
    if pictures.run.job != "compare" or REFERENCE not in pictures.roots:
        return {}
    try:
        references = find_images(_location(pictures, REFERENCE, command["reference"]))
        sets = {
            method: find_images(_location(pictures, f"{METHOD}{method}", location))
            for method, location in command["candidates"].items()
            if f"{METHOD}{method}" in pictures.roots
        }
        pairing = pair(references, sets, None if command["pair"] is None else parse_pair_rule(command["pair"]))
    except (SrmetricsError, OSError):
        return {}
    return {
        (key, method): file.path
        for method, files in pairing.candidates.items()
        for key, file in files.items()
        if key in pictures.keys and key not in _names(pictures.recorded, method)
    }


def _names(recorded: Mapping[str, RecordedFiles], method: str) -> Mapping[str, str]:
    return recorded[f"{METHOD}{method}"].names


def _location(pictures: RunPictures, role: str, location: str) -> str:
    """Return the folder, pattern or file that the command named, where it is now."""
    root, recorded = pictures.roots[role], pictures.recorded[role]
    parts = Path(location.rpartition("::")[0] or location).parts
    wild = next((at for at, part in enumerate(parts) if any(sign in part for sign in WILD)), None)
    if wild is not None and not Path(location).exists():
        return str(root.joinpath(*parts[wild:]))
    if parts and [parts[-1]] == list(recorded.names.values()) and parts[-1] != Path(recorded.root).name:
        return str(root / parts[-1])
    return str(root)
