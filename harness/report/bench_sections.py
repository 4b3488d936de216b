"""The sections of a page that only a bench has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.jobs.run_folder import RunFolder
from harness.leaderboard.readable import readable
from harness.report.bench_class_table import class_table, classes_words
from harness.report.bench_classes import class_rows
from harness.report.bench_confusion import confusions
from harness.report.bench_confusion_charts import confusion_chart
from harness.report.bench_curve_charts import class_charts, curves_by_arm, curves_caption, macro_charts
from harness.report.bench_curves import parts_by_arm
from harness.report.bench_flips import flips_parts, recovered_parts
from harness.report.bench_rows import BenchRows, Family, read_rows, repeats_of
from harness.report.bench_standings import accuracy_chart, standings_table, tested_words
from harness.report.bench_trades import accuracy_charts, cost_charts
from harness.report.bench_warnings import warnings_of
from harness.report.captions import said_once
from harness.report.section import Chart, Section, Table
from srmetrics.errors import FileError

Part = str | Table | Chart | tuple[Chart, ...]


@dataclass(slots=True)
class _Sections:
    """Each section's parts, family after family."""

    warnings: list[Part] = field(default_factory=list)
    standings: list[Part] = field(default_factory=list)
    trades: list[Part] = field(default_factory=list)
    flips: list[Part] = field(default_factory=list)
    confusion: list[Part] = field(default_factory=list)
    classes: list[Part] = field(default_factory=list)
    curves: list[Part] = field(default_factory=list)
    class_curves: list[Part] = field(default_factory=list)
    cost: list[Part] = field(default_factory=list)


_COUNTED_TWICE = (
    "Rows are the true classes, columns the predicted ones; the stronger the colour, the larger the share of the true "
    "class. An image that several repeats tested counts as often, so that shares differ a little from the accuracy "
    "above, in which every image counts once."
)

_TITLES = {
    "warnings": "What limits these numbers",
    "standings": "Classification",
    "trades": "Accuracy against quality",
    "flips": "Flips and recovered accuracy",
    "confusion": "Confusion matrices",
    "classes": "Classes",
    "curves": "ROC and precision-recall curves",
    "class_curves": "Curves of each class",
    "cost": "Cost against quality",
}


def bench_sections(run: RunFolder) -> list[Section]:
    """Return the sections on classification and cost, in the order of the page; those without content are left out.

    Parameters
    ----------
    run : RunFolder
        Of a bench; classification, predictions and costs may be missing.

    Raises
    ------
    FileError
        When one of the run's tables lacks a column or holds something else than numbers.
    """
    rows = read_rows(run)
    try:
        found = _sections(rows, run.metrics, run.methods)
    except (KeyError, ValueError) as error:
        raise FileError(
            "the run's tables are not what a bench writes",
            found=f"{type(error).__name__}: {error}",
            way_out="Look with srmetrics verify, or run the bench again",
            file=run.path,
        ) from error
    return [
        Section(f"bench-{name.replace('_', '-')}", title, tuple(parts))
        for name, title in _TITLES.items()
        if (parts := getattr(found, name))
    ]


def _sections(rows: BenchRows, metrics: Sequence[str], methods: Sequence[str]) -> _Sections:
    found = _Sections(warnings=list(warnings_of(rows)))
    for at, family in enumerate(rows.families):
        _add_family(found, rows, family, (metrics, methods), at)
    costs = cost_charts(rows, metrics, methods, "cost")
    if costs:
        found.cost.append(
            "Measured once in the run, on its machine: cost.csv holds the size of the input, device and memory."
        )
        _side_by_side(found.cost, costs)
    elif rows.cost:
        found.cost.append("The methods cost the same by every count that was made: cost.csv holds the numbers.")
    return found


def _add_family(
    found: _Sections, rows: BenchRows, family: Family, names: tuple[Sequence[str], Sequence[str]], at: int
) -> None:
    metrics, methods = names
    mine = rows.of(family)
    accuracy = accuracy_chart(rows, family, f"accuracy-{at}")
    found.standings += [tested_words(rows, family), standings_table(rows, family), *([accuracy] if accuracy else [])]
    _side_by_side(found.trades, accuracy_charts(rows, family, metrics, methods, f"accuracy-against-{at}"))
    compared = flips_parts(rows, family, f"flips-{at}") + recovered_parts(rows, family, f"recovered-{at}")
    _side_by_side(found.flips, compared)
    matrices = tuple(
        confusion_chart(one, family, f"confusion-{at}-{n}") for n, one in enumerate(confusions(mine.confusion))
    )
    if matrices:
        found.confusion += [] if found.confusion else [_COUNTED_TWICE]
        _side_by_side(found.confusion, matrices)
    lines = class_rows(mine.per_class)
    if lines:
        said = classes_words(lines)
        _say(found.classes, said)
        found.classes.append(class_table(lines, family))
    _add_curves(found, mine, family, at)


def _side_by_side(section: list[Part], parts: Sequence[str | Chart | Table]) -> None:
    """Add charts together, so that they stand side by side, and then the paragraphs."""
    caption, charts = said_once([part for part in parts if isinstance(part, Chart)])
    _say(section, caption)
    section += [charts] if charts else []
    section += [part for part in parts if not isinstance(part, Chart)]


def _say(section: list[Part], sentence: str) -> None:
    """Add a paragraph, unless the section has it already of another family."""
    if sentence and sentence not in section:
        section.append(sentence)


def _add_curves(found: _Sections, mine: BenchRows, family: Family, at: int) -> None:
    parts = parts_by_arm(mine.predictions)
    if not any(parts.values()):
        if mine.predictions:
            found.curves.append(
                f"{readable(str(family))}: the predictions hold no probabilities, and so there are no curves."
            )
        return
    arms = curves_by_arm(parts)
    charts = macro_charts(arms, family, f"curves-{at}")
    if not charts:
        found.curves.append(f"{readable(str(family))}: every test image is of one class, and so there are no curves.")
        return
    _say(found.curves, curves_caption(repeats_of(mine.predictions)))
    found.curves.append(charts)
    support = {name: 0 for part in parts.values() for one in part for name in one.classes}
    for part in next(some for some in parts.values() if some):
        for label in part.labels:
            support[label] = support.get(label, 0) + 1
    of_classes, left_out = class_charts(arms, support, family, f"class-curves-{at}")
    _say(found.class_curves, left_out)
    _side_by_side(found.class_curves, of_classes)
