"""What a bench gives: the quality leaderboard, the classification tables, the costs, and all of them joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.jobs.arms import HR, LR
from harness.jobs.classification_tables import ArmResult, ClassificationTables
from harness.jobs.costs import cost_table
from harness.leaderboard.cells import rounded
from harness.leaderboard.decimals import decimals_for
from harness.leaderboard.leaderboard import Leaderboard
from harness.leaderboard.plain_table import (
    PlainTable,
    Shown,
    Value,
    latex_table,
    markdown_table,
    percent,
    share_between,
)
from harness.leaderboard.to_files import write_files
from harness.models import Cost
from harness.statistics import Interval
from srmetrics.metrics import column_name

HEADER = ("arm", "accuracy", "95 %", "sd of repeats", "balanced", "macro F1", "AUROC", "flips", "recovered")
LEGEND = (
    "Accuracy, balanced accuracy, macro F1 and recovered fraction in percent. Bold: best accuracy; †: not told apart "
    "from it; ‡: too few units to tell. Flips: predictions that differ from HR's, a mean over repeats."
)
CUT = "An interval that few units let reach past 0 or 100 is cut there; classification.csv has it as computed."


@dataclass(frozen=True)
class BenchResult:
    """The outcome of a study; ``print`` shows its leaderboards."""

    leaderboard: Leaderboard
    classification: ClassificationTables | None
    costs: Mapping[str, Cost]
    methods: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know."""
        return self.leaderboard.notes

    @property
    def exit_code(self) -> int:
        """0 when all was done, 3 when a part was not, 1 when nothing was."""
        return self.leaderboard.exit_code

    def write(self, folder: str | Path) -> list[Path]:
        """Write all files of the run, each whole or not at all, and return their paths."""
        return write_files(self.leaderboard, Path(folder), self.texts())

    def texts(self) -> dict[str, str]:
        """Return the text of every file that a bench has beside a comparison, by name."""
        extra = {"joined.csv": self.joined().to_csv()}
        if self.costs:
            extra["cost.csv"] = cost_table(
                [self.costs[method] for method in self.methods if method in self.costs]
            ).to_csv()
        found = self.classification
        if found is not None:
            extra |= {
                "classification.csv": found.classification.to_csv(),
                "per_class.csv": found.per_class.to_csv(),
                "confusion.csv": found.confusion.to_csv(),
                "arm_comparisons.csv": found.comparisons.to_csv(),
                "predictions.csv": found.predictions.to_csv(),
            }
        extra["joined.md"] = "\n".join(self._tables(latex=False))
        extra["joined.tex"] = "\n".join(self._tables(latex=True))
        return extra

    def joined(self) -> PlainTable:
        """Return quality, classification and cost side by side, an arm a row.

        Only costs that are the same on every machine are in it; seconds and memory are in ``cost.csv``.
        """
        metrics = self.leaderboard.heading.metrics
        families = self._families()
        header = ["dataset", "degradation", "protocol", "arm", *map(column_name, metrics)]
        for classifier, mode in families:
            header += [f"{classifier}_{mode}_{part}" for part in ("accuracy", "ci_low", "ci_high", "vs_best")]
        header += ["parameters", "macs", "macs_input"]
        heading = self.leaderboard.heading
        rows: list[tuple[Value, ...]] = []
        for arm in (HR, LR, *self.methods):
            quality = next((r for r in self.leaderboard.rows if r.method == arm and r.region == "image"), None)
            row: list[Value] = [heading.dataset, heading.degradation, heading.protocol, arm]
            row += [None if quality is None else quality.cells[metric].summary.mean for metric in metrics]
            for classifier, mode in families:
                found = self._arm(classifier, mode, arm)
                if found is None:
                    row += [None, None, None, ""]
                else:
                    accuracy = found.metrics["accuracy"]
                    row += [accuracy.value, accuracy.interval.low, accuracy.interval.high]
                    row.append(found.standings["accuracy"].verdict)
            cost = self.costs.get(arm)
            if cost is None:
                row += [None, None, ""]
            else:
                row += [cost.parameters, cost.macs, f"{cost.input_height}x{cost.input_width}x{cost.input_channels}"]
            rows.append(tuple(row))
        return PlainTable(tuple(header), tuple(rows))

    def classification_text(self, classifier: str, mode: str) -> list[list[str | Shown]]:
        """Return one family of arms as people read it, by `HEADER`."""
        lines: list[list[str | Shown]] = []
        for arm in (HR, LR, *self.methods):
            found = self._arm(classifier, mode, arm)
            if found is None:
                continue
            lines.append([arm, *_cells(found)])
        return lines

    def _tables(self, *, latex: bool) -> list[str]:
        render = latex_table if latex else markdown_table
        parts = []
        legend = self.legend
        for classifier, mode in self._families():
            lines = self.classification_text(classifier, mode)
            parts.append(render(f"Classification: {classifier}, {mode}", HEADER, lines))
        parts.append(render("Quality, classification and cost", *self.joined_text()))
        return [*parts, f"% {legend}\n" if latex else f"{legend}\n"]

    @property
    def legend(self) -> str:
        """What the marks and intervals of the classification tables mean."""
        intervals = [one.metrics["accuracy"].interval for one in self._arms()]
        methods = "; ".join(dict.fromkeys(each.method for each in intervals if each.method))
        parts = [LEGEND, f"95 %: {methods}." if methods else "", CUT if any(map(_reaches_past, intervals)) else ""]
        return " ".join(part for part in parts if part)

    def joined_text(self) -> tuple[list[str], list[list[str | Shown]]]:
        """Return the joined table as people read it: its header and its rows."""
        metrics = self.leaderboard.heading.metrics
        header = ["arm", *(f"{metric}" for metric in metrics), *(f"{c}, {mode}" for c, mode in self._families())]
        header += ["parameters", "GMACs", "s/Mpixel", "peak MB"] if self.costs else []
        whole = [row for row in self.leaderboard.rows if row.region == "image"]
        decimals = {
            metric: decimals_for(metric, (row.cells[metric].summary.mean for row in whole)) for metric in metrics
        }
        lines: list[list[str | Shown]] = []
        for arm in (HR, LR, *self.methods):
            quality = next((row for row in whole if row.method == arm), None)
            line: list[str | Shown] = [arm]
            for metric in metrics:
                cell = None if quality is None else quality.cells[metric]
                text = "-" if cell is None else rounded(cell.summary.mean, decimals[metric])
                line.append(
                    Shown(text, best=cell is not None and cell.rank == 1, mark=_mark(cell.vs_best if cell else ""))
                )
            for classifier, mode in self._families():
                found = self._arm(classifier, mode, arm)
                line.append("-" if found is None else _accuracy(found))
            cost = self.costs.get(arm)
            if self.costs:
                line += ["-"] * 4 if cost is None else _cost(cost)
            lines.append(line)
        return header, lines

    def families(self) -> list[tuple[str, str]]:
        """Return classifiers and modes, in the order of tables."""
        return self._families()

    def _arms(self) -> tuple[ArmResult, ...]:
        return () if self.classification is None else self.classification.arms

    def _families(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((one.classifier, one.mode) for one in self._arms()))

    def _arm(self, classifier: str, mode: str, arm: str) -> ArmResult | None:
        return next(
            (one for one in self._arms() if (one.classifier, one.mode, one.arm) == (classifier, mode, arm)), None
        )

    def __str__(self) -> str:
        from harness.jobs.bench_text import to_text

        return to_text(self)


def _cells(found: ArmResult) -> list[str | Shown]:
    metrics = found.metrics
    interval = metrics["accuracy"].interval
    between = share_between(interval.low, interval.high)
    auroc = rounded(metrics["auroc"].value, 3)
    flips = "-" if found.flips is None else f"{found.flips[0]:.1f}"
    recovered = "-"
    if found.recovered is not None:
        share = found.recovered.interval
        recovered = found.recovered.reason if found.recovered.fraction is None else percent(found.recovered.fraction)
        if found.recovered.fraction is not None and share.low is not None:
            recovered += f" [{percent(share.low)}, {percent(share.high)}]"
    return [
        _accuracy(found),
        between,
        percent(metrics["accuracy"].repeat_sd),
        percent(metrics["balanced_accuracy"].value),
        percent(metrics["f1_macro"].value),
        auroc,
        flips,
        recovered,
    ]


def _reaches_past(interval: Interval) -> bool:
    return (interval.low is not None and interval.low < 0) or (interval.high is not None and interval.high > 1)


def _accuracy(found: ArmResult) -> Shown:
    standing = found.standings["accuracy"]
    return Shown(percent(found.metrics["accuracy"].value), standing.rank == 1, _mark(standing.verdict))


def _mark(verdict: str) -> str:
    return {"tied": "†", "undecided": "‡"}.get(verdict, "")


def _cost(cost: Cost) -> list[str | Shown]:
    return [
        "-" if cost.parameters is None else f"{cost.parameters:,}",
        "-" if cost.macs is None else f"{cost.macs / 1e9:.2f}",
        f"{cost.seconds_per_megapixel:.3g}",
        "-" if cost.peak_memory is None else f"{cost.peak_memory / 2**20:.0f}",
    ]
