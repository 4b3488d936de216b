"""Record what the tools give on the pairs: ``python -m reference_outputs.record [TOOL ...]``.

For each tool that is installed, a folder ``TOOL-VERSION`` with ``values.csv`` and ``SOURCE.toml``; and ``pairs.csv``,
the digests of the pairs that all of them were computed on.
"""

from __future__ import annotations

import csv
import json
import platform
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from reference_outputs.call import Tool
from reference_outputs.pairs import PAIR_NAMES, make_pair
from reference_outputs.tools import TOOLS

HERE = Path(__file__).parent
BESIDE = ("numpy", "scipy", "torch", "opencv-python-headless")
"""Packages whose versions are written down beside the tool's."""


def record(tool: Tool) -> Path:
    """Write a tool's values and their source, and return the folder."""
    folder = HERE / f"{tool.distribution}-{version(tool.distribution)}"
    folder.mkdir(exist_ok=True)
    rows = [
        (name, call.name, repr(call.compute(make_pair(name))))
        for call in tool.calls
        for name in PAIR_NAMES
        if call.accepts(make_pair(name))
    ]
    _write_csv(folder / "values.csv", ("pair", "call", "value"), rows)
    (folder / "SOURCE.toml").write_text("\n".join(_source(tool)) + "\n", encoding="utf-8")
    return folder


def record_pairs() -> None:
    """Write the pairs' shapes, dtypes, data ranges and digests."""
    rows = []
    for name in PAIR_NAMES:
        pair = make_pair(name)
        shapes = ["x".join(map(str, image.shape)) for image in (pair.reference, pair.candidate)]
        rows.append((name, *shapes, pair.reference.dtype.name, f"{pair.data_range:g}", pair.digest))
    _write_csv(HERE / "pairs.csv", ("pair", "reference", "candidate", "dtype", "data_range", "sha256"), rows)


def _source(tool: Tool) -> Iterable[str]:
    yield 'kind = "tool"'
    yield f"tool = {json.dumps(tool.distribution)}"
    yield f"version = {json.dumps(version(tool.distribution))}"
    yield f"command = {json.dumps(f'python -m reference_outputs.record {tool.distribution}')}"
    yield f"date = {date.today().isoformat()}"
    yield f"licence = {json.dumps(tool.licence)}"
    yield f"homepage = {json.dumps(tool.homepage)}"
    yield 'inputs = "../pairs.csv, made by reference_outputs/pairs.py"'
    yield f"beside = {json.dumps([f'python {platform.python_version()}', *_versions(BESIDE)])}"
    yield 'tolerances = "|srmetrics - tool| <= tolerance"'
    for call in tool.calls:
        yield "\n[[call]]"
        yield f"name = {json.dumps(call.name)}"
        yield f"expression = {json.dumps(call.expression)}"
        yield f"metric = {json.dumps(call.metric)}"
        yield f"preset = {json.dumps(call.preset)}"
        if call.scale is not None:
            yield f"scale = {call.scale}"
        yield f"tolerance = {call.tolerance!r}"
        yield f"why = {json.dumps(call.why)}"


def _versions(names: Iterable[str]) -> list[str]:
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(names: list[str]) -> None:
    """Record the named tools, or all that are installed."""
    unknown = set(names) - {tool.distribution for tool in TOOLS}
    if unknown:
        raise SystemExit(f"no such tool: {', '.join(sorted(unknown))}")
    record_pairs()
    for tool in TOOLS:
        if names and tool.distribution not in names:
            continue
        try:
            version(tool.distribution)
        except PackageNotFoundError:
            print(f"{tool.distribution} is not installed: left as it was recorded")
            continue
        print(f"wrote {record(tool).relative_to(HERE)}")


if __name__ == "__main__":
    main(sys.argv[1:])
