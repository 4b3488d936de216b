"""The arms of a classifier in order of what they score: a table, and their accuracy with its interval as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.leaderboard.readable import readable
from harness.report.bench_measures import Measure, accuracies, measure
from harness.report.bench_rows import BenchRows, Family, TableRow, number
from harness.report.bench_words import MARKS, decimal_cell, decimals, percent, percent_cell
from harness.report.chart import ACCENT, INK, MUTED, draw_chart, label_of
from harness.report.section import Cell, Chart, Column, Table
from harness.report.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HR, LR = "hr", "lr"

LEGEND = (
    "In percent but for AUROC, AUPRC and loss. Bold: best accuracy or loss. †: not told apart from the best. ‡: too "
    "few units to tell. In brackets: 95 % intervals over units, for the classifiers as they were trained; one that few "
    "units let reach past 0 or 100 % is cut there, and classification.csv has it as computed. SD: over the repeats, of "
    "split and training together."
)

_LINES = "Lines: 95 % intervals; where few units let one reach past 0 or 100 %, it is drawn to there. "

_COLUMNS = (
    Column("Arm", numeric=False, hint="what the classifier saw"),
    Column("Accuracy", hint="share of test images that are classified rightly, in percent"),
    Column("SD of repeats", hint="standard deviation of the accuracy over repeats, in percentage points"),
    Column("Balanced", hint="balanced accuracy: the mean of the classes' recalls, in percent"),
    Column("Macro F1", hint="mean of the classes' F1, in percent"),
    Column("AUROC", hint="area under the ROC curve, mean over classes against the rest"),
    Column("AUPRC", hint="average precision, mean over classes against the rest"),
    Column("Loss", hint="cross-entropy in nats, lower is better"),
)


def standings_table(rows: BenchRows, family: Family) -> Table:
    """Return the leaderboard of one family, the best accuracy first."""
    mine = rows.of(family).classification
    ordered = sorted(mine, key=lambda row: -number(row, "accuracy") if row["accuracy"] else 1.0)
    several = len(mine) > 1
    return Table(
        f"Classification: {readable(str(family))}",
        _COLUMNS,
        tuple(_standing(row, several) for row in ordered),
        legend=LEGEND,
    )


def _standing(row: TableRow, several: bool) -> tuple[str | Cell, ...]:
    def tested(name: str) -> tuple[bool, str]:
        best = several and row.get(f"{name}_rank") == "1"
        return best, MARKS.get(row.get(f"{name}_vs_best", ""), "") if several else ""

    best, mark = tested("accuracy")
    least, loss_mark = tested("loss")
    loss = measure(row, "loss")
    between = f"[{decimals(loss.low, 3)}, {decimals(loss.high, 3)}]" if loss.has_interval else ""
    return (
        Cell(readable(row["arm"]), note=_note(row)),
        percent_cell(measure(row, "accuracy"), best=best, mark=mark),
        Cell(percent(number(row, "accuracy_repeat_sd")), number(row, "accuracy_repeat_sd")),
        percent_cell(measure(row, "balanced_accuracy")),
        percent_cell(measure(row, "f1_macro")),
        decimal_cell(number(row, "auroc"), 3),
        decimal_cell(number(row, "auprc"), 3),
        Cell(decimals(loss.value, 3), loss.value, least, f"{loss_mark} {between}"),
    )


def _note(row: TableRow) -> str:
    return "leaks: see the warnings" if row.get("leakage") else ""


def tested_words(rows: BenchRows, family: Family) -> str:
    """Return a sentence on what the numbers of a family are over."""
    mine = rows.of(family).classification
    n_images = max(int(row["n_images"]) for row in mine)
    n_groups = max(int(row["n_groups"]) for row in mine)
    n_classes = max(int(row["n_classes"]) for row in mine)
    repeats = max(int(row["n_repeats"]) for row in mine)
    units = f" from {counted(n_groups, 'group')}" if n_groups != n_images else ""
    over = f"{counted(n_images, 'test image')}{units}, {counted(n_classes, 'class', 'classes')}, "
    over += f"{counted(repeats, 'repeat')} of split and training."
    asks = {
        "retrain": "The classifier was trained anew on each arm's own training images.",
        "frozen": "The classifier was trained once, on the HR images, and tested on each arm.",
    }
    alone = " With one repeat nothing is known of what another split or training would give." if repeats == 1 else ""
    return f"{asks.get(family.mode, '')} {over}{alone}".strip()


def accuracy_chart(rows: BenchRows, family: Family, id: str) -> Chart | None:
    """Return the accuracy of each arm with its interval; None where no arm has one."""
    found = accuracies(rows, family)
    if not found:
        return None
    ordered = sorted(found.items(), key=lambda item: item[1].value)
    best = ordered[-1]
    said = f"Accuracy from {percent(ordered[0][1].value)} % ({readable(ordered[0][0])}) to "
    said += f"{percent(best[1].value)} % ({readable(best[0])})."
    if HR in found:
        above = [name for name, one in ordered if name not in (HR, LR) and one.value >= found[HR].value]
        said += f" HR has {percent(found[HR].value)} %; "
        said += f"{counted(len(above), 'method')} reach it." if len(above) != 1 else "1 method reaches it."
    return draw_chart(
        lambda figure: _draw(figure, ordered, found.get(HR)),
        id=id,
        title=f"Accuracy of each arm: {readable(str(family))}",
        description=said,
        size=(360, 62 + 22 * len(ordered)),
        caption=(_LINES if any(one.has_interval for one in found.values()) else "Too few units for intervals. ")
        + ("Dashed: the accuracy on HR." if HR in found else ""),
    )


def _draw(figure: Figure, ordered: Sequence[tuple[str, Measure]], hr: Measure | None) -> None:
    axes = figure.add_subplot()
    for at, (name, one) in enumerate(ordered):
        colour = INK if name in (HR, LR) else ACCENT
        if one.has_interval:
            axes.plot([100 * max(one.low, 0), 100 * min(one.high, 1)], [at, at], color=colour, linewidth=1.4)
        axes.plot([100 * one.value], [at], color=colour, marker="s" if name in (HR, LR) else "o", markersize=6)
    if hr is not None:
        axes.axvline(100 * hr.value, color=MUTED, linewidth=1, linestyle=(0, (3, 2)), zorder=0)
    axes.set_yticks(range(len(ordered)), [label_of(name) for name, _ in ordered])
    axes.set_ylim(-0.6, len(ordered) - 0.4)
    low = min(one.low if one.has_interval else one.value for _, one in ordered)
    high = max(one.high if one.has_interval else one.value for _, one in ordered)
    axes.set_xlim(max(-2.0, 100 * low - 4), min(102.0, 100 * high + 4))
    axes.set_xlabel("accuracy in percent")
    axes.grid(axis="y", visible=False)
