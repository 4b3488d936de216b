"""Every class in every arm as one table that can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Sequence

from harness.leaderboard.readable import readable
from harness.report.bench_classes import ClassRow, Spread
from harness.report.bench_rows import Family
from harness.report.bench_words import known, listed, percent
from harness.report.section import Cell, Column, Table


def class_table(rows: Sequence[ClassRow], family: Family) -> Table:
    """Return precision, recall, F1 and support of each class in each arm."""
    return Table(
        f"Classes: {readable(str(family))}",
        (
            Column("Class", numeric=False),
            Column("Arm", numeric=False),
            Column("Precision", hint="of the images said to be of the class, the share that is, in percent"),
            Column("Recall", hint="of the class's images, the share that is found, in percent"),
            Column("F1", hint="harmonic mean of precision and recall, in percent"),
            Column("Support", hint="test images of the class, all repeats together"),
            Column("Predicted", hint="images said to be of the class, all repeats together"),
            Column("Note", numeric=False),
        ),
        tuple(
            (
                readable(row.name),
                readable(row.arm),
                _cell(row.precision),
                _cell(row.recall),
                _cell(row.f1),
                Cell(str(row.n_images), row.n_images),
                Cell(str(row.n_predicted), row.n_predicted),
                readable(row.note),
            )
            for row in rows
        ),
        legend=(
            "In percent, means over the repeats that have a value; in brackets the lowest and the highest of the "
            "repeats, which is no confidence interval. Each class is told from all others."
        ),
    )


def _cell(spread: Spread) -> Cell:
    between = f"[{percent(spread.low)}, {percent(spread.high)}]" if spread.n > 1 else ""
    return Cell(percent(spread.mean), known(spread.mean), note=between)


def classes_words(rows: Sequence[ClassRow]) -> str:
    """Return a sentence on the classes that carry no number; empty where all do."""
    without = list(dict.fromkeys(row.name for row in rows if not row.n_images and "unsplittable" not in row.note))
    unsplit = list(dict.fromkeys(row.name for row in rows if "unsplittable" in row.note))
    said = []
    if unsplit:
        said.append(f"Too few images or groups to split, and so left out of all of it: {listed(unsplit)}.")
    if without:
        said.append(f"No test image in any repeat, and so no recall or F1: {listed(without)}.")
    return " ".join(said)
