"""The leaderboard: a row for each method, region and signature, and what is behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.engine.row import Failure, Row
from harness.statistics.comparison import Comparison
from harness.statistics.summary import Summary


@dataclass(frozen=True, slots=True)
class Heading:
    """What all rows of a leaderboard have in common."""

    dataset: str
    dataset_digest: str
    scale: int | None
    degradation: str
    protocol: str
    average: str
    metrics: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class MetricCell:
    """One metric of one leaderboard row."""

    summary: Summary
    rank: int | None
    vs_best: str


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One method in one region under one signature."""

    region: str
    method: str
    n_images: int
    n_groups: int
    n_pixels: int
    cells: Mapping[str, MetricCell]
    signature: str


@dataclass(frozen=True, slots=True)
class BlockComparison:
    """A pairwise test, with the signature of the block that it belongs to."""

    signature: str
    comparison: Comparison


@dataclass(frozen=True)
class Leaderboard:
    """Methods compared on the images that they share; ``print`` shows the table."""

    heading: Heading
    rows: tuple[LeaderboardRow, ...]
    comparisons: tuple[BlockComparison, ...]
    per_image: tuple[Row, ...]
    failures: tuple[Failure, ...]
    facets: tuple[str, ...] = ()
    masked: bool = False
    notes: tuple[str, ...] = ()
    """What a reader has to know: extra files, images left out, unlikely ranges."""
    run: Mapping[str, object] = field(default_factory=dict)
    """What goes into ``run.json`` beside the digests of the files."""

    @property
    def exit_code(self) -> int:
        """0 when all was scored, 3 when a part was not, 1 when nothing was."""
        if not self.per_image:
            return 1
        return 3 if any(failure.partial for failure in self.failures) else 0

    @property
    def signatures(self) -> tuple[str, ...]:
        """The signatures of the rows, each once."""
        return tuple(dict.fromkeys(row.signature for row in self.rows))

    def write(self, folder: str | Path) -> list[Path]:
        """Write the files of a run into a folder, each whole or not at all, and return their paths."""
        from harness.leaderboard.to_files import write_files

        return write_files(self, Path(folder))

    def __str__(self) -> str:
        from harness.leaderboard.to_table import to_text

        return to_text(self)


def methods_of(rows: Sequence[Row]) -> list[str]:
    """Return the methods of some rows, each once, in their order."""
    return list(dict.fromkeys(row.method for row in rows))
