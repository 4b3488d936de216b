"""Reading what was recorded: a folder's SOURCE.toml and values.csv. Needs none of the tools."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class RecordedValue:
    """What a tool gave for a pair, and what of srmetrics is held to it."""

    folder: str
    call: str
    pair: str
    value: float
    metric: str
    preset: str
    scale: int | None
    tolerance: float

    def __str__(self) -> str:
        return f"{self.folder}:{self.call}:{self.pair}"


def folders(kind: str) -> list[Path]:
    """Return the folders whose SOURCE.toml says that they are of a kind: ``tool``, ``matlab`` or ``paper``."""
    return [path.parent for path in sorted(HERE.glob("*/SOURCE.toml")) if read_source(path.parent).get("kind") == kind]


def read_source(folder: Path) -> dict[str, Any]:
    """Return a folder's SOURCE.toml."""
    return tomllib.loads((folder / "SOURCE.toml").read_text(encoding="utf-8"))


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by their columns' names."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def recorded_values() -> Iterator[RecordedValue]:
    """Yield every value that was recorded from a tool."""
    for folder in folders("tool"):
        calls = {call["name"]: call for call in read_source(folder)["call"]}
        for row in read_rows(folder / "values.csv"):
            call = calls[row["call"]]
            yield RecordedValue(
                folder=folder.name,
                call=row["call"],
                pair=row["pair"],
                value=float(row["value"]),
                metric=call["metric"],
                preset=call["preset"],
                scale=call.get("scale"),
                tolerance=call["tolerance"],
            )
