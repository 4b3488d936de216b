"""Predictions that differ from those on HR, and the share of the lost accuracy that each method gives back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.leaderboard.readable import readable
from harness.report.bench_measures import Measure
from harness.report.bench_rows import BenchRows, Family, TableRow, number, repeats_of
from harness.report.bench_standings import HR
from harness.report.bench_words import NOTHING, decimal_cell, listed, percent, percent_cell
from harness.report.chart import colour_of, dash_of, draw_chart, label_of
from harness.report.section import Cell, Chart, Column, LegendEntry, Table
from harness.report.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PER_REPEAT = "per repeat"
"""The family of ``arm_comparisons.csv`` that holds McNemar's tests."""

_KINDS = ("lost", "gained", "otherwise wrong")


def flips_parts(rows: BenchRows, family: Family, id: str) -> list[str | Chart | Table]:
    """Return the flips of a family as a chart and a table; a sentence where there is nothing to compare."""
    mine = rows.of(family)
    flipped = [row for row in mine.classification if row.get("flips")]
    if not flipped:
        return []
    table = _table(flipped, mine)
    most = max(flipped, key=lambda row: number(row, "flips"))
    least = min(flipped, key=lambda row: number(row, "flips"))
    said = (
        f"Predictions that differ from those on HR, means over repeats: most for {readable(most['arm'])} "
        f"({number(most, 'flips'):.1f}, of them {number(most, 'flips_lost'):.1f} lost and "
        f"{number(most, 'flips_gained'):.1f} gained), fewest for {readable(least['arm'])} "
        f"({number(least, 'flips'):.1f})."
    )
    chart = draw_chart(
        lambda figure: _draw(figure, flipped),
        id=id,
        title=f"Flips against HR: {readable(str(family))}",
        description=said,
        size=(360, 62 + 24 * len(flipped)),
        legend=tuple(LegendEntry(name, series, "bar") for series, name in enumerate(_KINDS)),
        data=table,
        caption=(
            "The numbers are in the order of the legend. Lost: right on HR, wrong here. Gained: the reverse. Otherwise "
            "wrong: wrong on both, differently."
        ),
    )
    return [chart]


def _counts(row: TableRow) -> tuple[float, float, float]:
    lost, gained = number(row, "flips_lost"), number(row, "flips_gained")
    return lost, gained, max(0.0, number(row, "flips") - lost - gained)


def _table(flipped: Sequence[TableRow], mine: BenchRows) -> Table:
    tested = sum(int(row["n_images"]) for row in mine.confusion if row["arm"] == flipped[0]["arm"])
    repeats = repeats_of(mine.confusion) or 1
    of = tested / repeats
    tests = _mcnemar(mine)
    lines: list[tuple[str | Cell, ...]] = []
    for row in flipped:
        share = number(row, "flips") / of if of else math.nan
        cells = [
            decimal_cell(number(row, "flips"), 1, f"{percent(share)} %"),
            *(decimal_cell(n, 1) for n in _counts(row)),
        ]
        lines.append((readable(row["arm"]), *cells, tests.get(row["arm"], NOTHING)))
    return Table(
        f"Flips against HR, means over {counted(repeats, 'repeat')} of {of:.0f} test images",
        (
            Column("Arm", numeric=False),
            Column("Flips", hint="images that are predicted otherwise than on HR"),
            Column("Lost"),
            Column("Gained"),
            Column("Otherwise wrong"),
            Column("McNemar's p of each repeat", numeric=False, hint="exact, HR against the arm; not adjusted"),
        ),
        tuple(lines),
        legend=(
            "McNemar's exact test is made in each repeat by itself, since repeats test the same images again; it is "
            "not adjusted for the number of arms, and is blank where images share a group."
        ),
    )


def _mcnemar(mine: BenchRows) -> Mapping[str, str]:
    found: dict[str, list[str]] = {}
    for row in mine.comparisons:
        if row["family"] == PER_REPEAT and row["metric"] == "accuracy" and HR in (row["arm_a"], row["arm_b"]):
            arm = row["arm_b"] if row["arm_a"] == HR else row["arm_a"]
            found.setdefault(arm, []).append(f"{float(row['p']):.3g}" if row["p"] else NOTHING)
    return {arm: ", ".join(values) for arm, values in found.items()}


def _draw(figure: Figure, flipped: Sequence[TableRow]) -> None:
    axes = figure.add_subplot()
    for at, row in enumerate(reversed(flipped)):
        left = 0.0
        for series, count in enumerate(_counts(row)):
            axes.barh(at, count, left=left, height=0.62, color=colour_of(series))
            left += count
        # In numbers too, since the bars are told apart by colour alone.
        text = " + ".join(f"{count:.1f}" for count in _counts(row))
        axes.annotate(text, (left, at), xytext=(4, 0), textcoords="offset points", va="center", fontsize=10)
    axes.set_yticks(range(len(flipped)), [label_of(row["arm"]) for row in reversed(flipped)])
    widest = max(sum(_counts(row)) for row in flipped)
    axes.set_xlim(0, 1.5 * widest if widest else 1)
    axes.set_xlabel("flipped predictions, mean over repeats")
    axes.grid(axis="y", visible=False)


def recovered_parts(rows: BenchRows, family: Family, id: str) -> list[str | Chart]:
    """Return what share of the accuracy lost from HR to LR each method gives back, or why that cannot be said."""
    mine = [row for row in rows.of(family).classification if row["recovered"] or row["recovered_note"]]
    shares = {
        row["arm"]: Measure(number(row, "recovered"), number(row, "recovered_ci_low"), number(row, "recovered_ci_high"))
        for row in mine
        if row["recovered"]
    }
    without = [row for row in mine if not row["recovered"]]
    why = "; ".join(dict.fromkeys(row["recovered_note"] for row in without))
    parts: list[str | Chart] = []
    if without:
        explained = (
            ": the gap in accuracy between HR and LR is not sure, and no share of it is given"
            if why == "no gap"
            else ""
        )
        parts.append(f"Recovered fraction of {listed([row['arm'] for row in without])}: {readable(why)}{explained}.")
    if not shares:
        return parts
    best = max(shares, key=lambda name: shares[name].value)
    table = Table(
        "Recovered fraction in percent",
        (Column("Method", numeric=False), Column("Recovered", hint="(accuracy - LR's) / (HR's - LR's)")),
        tuple((readable(name), percent_cell(one)) for name, one in shares.items()),
    )
    chart = draw_chart(
        lambda figure: _draw_shares(figure, shares),
        id=id,
        title=f"Recovered fraction: {readable(str(family))}",
        description=(
            f"Of the accuracy that is lost from HR to LR, {readable(best)} gives back most: "
            f"{percent(shares[best].value)} %."
        ),
        size=(360, 62 + 22 * len(shares)),
        data=table,
        caption="0 is LR's accuracy, 100 HR's. Lines: 95 % bootstrap intervals over units.",
    )
    return [chart, *parts]


def _draw_shares(figure: Figure, shares: Mapping[str, Measure]) -> None:
    axes = figure.add_subplot()
    names = list(shares)[::-1]
    for at, name in enumerate(names):
        one = shares[name]
        if one.has_interval:
            axes.plot([100 * one.low, 100 * one.high], [at, at], color=colour_of(0), linewidth=1.4)
        axes.plot([100 * one.value], [at], color=colour_of(0), marker="o", markersize=6)
    for share in (0, 100):
        axes.axvline(share, color=colour_of(0), linewidth=1, linestyle=dash_of(1), zorder=0, alpha=0.5)
    axes.set_yticks(range(len(names)), [label_of(name) for name in names])
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_xlabel("recovered fraction in percent")
    axes.grid(axis="y", visible=False)
