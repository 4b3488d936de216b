"""ROC and precision-recall curves as charts: the mean over classes of each arm, and each class in all arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.leaderboard.readable import readable
from harness.report.bench_curves import ArmCurves, ArmPart, BandedCurve, Kind, arm_curves, value_at
from harness.report.bench_rows import Family
from harness.report.bench_standings import HR, LR
from harness.report.bench_words import NOTHING, decimal_cell, listed
from harness.report.chart import (
    ACCENT,
    INK,
    MUTED,
    SERIES_COLOURS,
    colour_of,
    dash_of,
    draw_chart,
)
from harness.report.section import Cell, Chart, Column, LegendEntry, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS: tuple[Kind, Kind] = ("roc", "precision-recall")

MOST_CLASSES = 12
"""Classes that have charts of their own: of more, those with most test images."""

SIZE = (360.0, 196.0)
PLACES = tuple(place / 10 for place in range(11))

Curves = Mapping[Kind, BandedCurve]
Kinds = Mapping[Kind, ArmCurves]


def curves_by_arm(parts: Mapping[str, Sequence[ArmPart]]) -> dict[str, Kinds]:
    """Return the curves of both kinds of each arm."""
    return {arm: {kind: arm_curves(some, kind) for kind in KINDS} for arm, some in parts.items()}


def macro_charts(arms: Mapping[str, Kinds], family: Family, id: str) -> tuple[Chart, ...]:
    """Return a chart for each arm: the mean over classes, its band over repeats, and HR's for comparison."""
    curves = {arm: _present({kind: one.macro() for kind, one in mine.items()}) for arm, mine in arms.items()}
    return tuple(
        _macro_chart(arm, mine, curves.get(HR) if arm != HR else None, family, f"{id}-{at}")
        for at, (arm, mine) in enumerate(curves.items())
        if mine
    )


def _present(curves: Mapping[Kind, BandedCurve | None]) -> Curves:
    return {kind: curve for kind, curve in curves.items() if curve is not None}


def _macro_chart(arm: str, mine: Curves, hr: Curves | None, family: Family, id: str) -> Chart:
    roc, precision_recall = mine["roc"], mine["precision-recall"]
    repeats = roc.n_repeats
    said = (
        f"{readable(arm)}: area {roc.area:.3f} under the ROC curve and {precision_recall.area:.3f} under the "
        f"precision-recall curve, means over the classes against the rest"
    )
    if hr:
        said += f"; HR has {hr['roc'].area:.3f} and {hr['precision-recall'].area:.3f}"
    rows: list[tuple[str | Cell, ...]] = []
    columns = [value_at(mine[kind], PLACES) for kind in KINDS]
    for at, place in enumerate(PLACES):
        cells = [
            decimal_cell(mean, 3, f"{low:.3f} to {high:.3f}" if repeats > 1 else "")
            for mean, low, high in (column[at] for column in columns)
        ]
        rows.append((Cell(f"{place:.1f}", place), *cells))

    def paint(figure: Figure) -> None:
        for axes, kind in zip(_axes(figure), KINDS, strict=True):
            if hr:
                axes.plot(hr[kind].x, hr[kind].mean, color=MUTED, linewidth=1, linestyle=(0, (3, 2)))
            curve = mine[kind]
            if repeats > 1:
                axes.fill_between(curve.x, curve.low, curve.high, color=ACCENT, alpha=0.18, linewidth=0)
            axes.plot(curve.x, curve.mean, color=ACCENT if arm not in (HR, LR) else INK)

    return draw_chart(
        paint,
        id=id,
        title=f"{readable(arm)} ({readable(str(family))})",
        description=said + ".",
        size=SIZE,
        caption=f"AUROC {roc.area:.3f}, AUPRC {precision_recall.area:.3f}.",
        data=Table(
            f"Curves of {readable(arm)}",
            (
                Column("At", hint="false-positive rate of the ROC curve, recall of the precision-recall curve"),
                Column("True-positive rate"),
                Column("Precision"),
            ),
            tuple(rows),
        ),
    )


def curves_caption(n_repeats: int) -> str:
    """Return what lines and bands are."""
    band = (
        f"The band spans the lowest and the highest of the {n_repeats} repeats at each place: how much split and "
        "training matter, and no confidence interval."
        if n_repeats > 1
        else "There is one repeat, and so no band."
    )
    return (
        "Each class against the rest; the line is the mean over the classes that have test images, each with the same "
        "weight, at equal false-positive rate or equal recall, and then the mean over repeats. The area under it is "
        f"the AUROC or AUPRC of the table above. {band} Dashed: HR."
    )


def class_charts(
    arms: Mapping[str, Kinds], support: Mapping[str, int], family: Family, id: str
) -> tuple[tuple[Chart, ...], str]:
    """Return a chart for each class with all arms, and what is left out of them.

    Parameters
    ----------
    arms : mapping
        Of each arm, its curves of both kinds.
    support : mapping of str to int
        Test images of each class, by which classes are picked where there are too many.
    family : Family
    id : str
        What the charts' ids begin with.
    """
    classes = [name for name, count in support.items() if count]
    shown = sorted(classes, key=lambda name: -support[name])[:MOST_CLASSES]
    methods = [arm for arm in arms if arm not in (HR, LR)]
    drawn = [arm for arm in arms if arm in (HR, LR)] + methods[: len(SERIES_COLOURS)]
    charts = []
    for at, name in enumerate(one for one in classes if one in shown):
        curves = {arm: _present({kind: one.of_class(name) for kind, one in mine.items()}) for arm, mine in arms.items()}
        curves = {arm: mine for arm, mine in curves.items() if mine}
        if curves:
            charts.append(_class_chart(name, curves, drawn, methods, family, f"{id}-{at}"))
    left_out = []
    if len(classes) > len(shown):
        left_out.append(f"Of {len(classes)} classes, the {len(shown)} with most test images have charts.")
    if len(methods) > len(SERIES_COLOURS):
        left_out.append(
            f"Lines are drawn of the first {len(SERIES_COLOURS)} methods; the tables under the charts have all "
            f"({listed(methods[len(SERIES_COLOURS) :])} besides)."
        )
    return tuple(charts), " ".join(left_out)


def _class_chart(
    name: str, curves: Mapping[str, Curves], drawn: Sequence[str], methods: Sequence[str], family: Family, id: str
) -> Chart:
    best = max(curves, key=lambda arm: curves[arm]["roc"].area)
    worst = min(curves, key=lambda arm: curves[arm]["roc"].area)

    def paint(figure: Figure) -> None:
        for axes, kind in zip(_axes(figure), KINDS, strict=True):
            for arm in drawn:
                if arm in curves:
                    curve = curves[arm][kind]
                    axes.plot(curve.x, curve.mean, **_line(arm, methods))

    rows = tuple(
        (readable(arm), *(decimal_cell(mine[kind].area, 3) if kind in mine else NOTHING for kind in KINDS))
        for arm, mine in curves.items()
    )
    return draw_chart(
        paint,
        id=id,
        title=f"Class {readable(name)} ({readable(str(family))})",
        description=(
            f"{readable(name)} against the other classes: the area under the ROC curve is largest for {readable(best)} "
            f"({curves[best]['roc'].area:.3f}) and smallest for {readable(worst)} ({curves[worst]['roc'].area:.3f})."
        ),
        size=SIZE,
        legend=tuple(LegendEntry(arm, methods.index(arm)) for arm in drawn if arm in curves and arm in methods),
        data=Table(
            f"Areas for {readable(name)}", (Column("Arm", numeric=False), Column("AUROC"), Column("AUPRC")), rows
        ),
        caption=_caption(curves),
    )


def _caption(curves: Mapping[str, Curves]) -> str:
    said = {HR: "HR: the solid dark line.", LR: "LR: the dotted grey line."}
    words = [sentence for arm, sentence in said.items() if arm in curves]
    return " ".join(
        [*words, "Of lines in one place the last one drawn is seen; the areas under all are in the numbers."]
    )


def _line(arm: str, methods: Sequence[str]) -> dict[str, Any]:
    if arm == HR:
        return {"color": INK, "linewidth": 1.8}
    if arm == LR:
        return {"color": MUTED, "linewidth": 1.6, "linestyle": (0, (1, 1.5))}
    series = methods.index(arm)
    return {"color": colour_of(series), "linestyle": dash_of(series), "linewidth": 1.4}


def _axes(figure: Figure) -> list[Axes]:
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, linestyle=(0, (1, 3)))
    for axes, (x, y) in ((left, ("false-positive rate", "true-positive rate")), (right, ("recall", "precision"))):
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.04)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.set_xlabel(x)
        axes.set_ylabel(y)
    return [left, right]
