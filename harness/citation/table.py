"""The tables of a run in LaTeX, made anew from its CSVs, whose digests are known to hold."""

from __future__ import annotations

import math
from collections.abc import Mapping

from harness.citation.cited_run import CitedRun, Line
from harness.citation.marked_text import to_latex_text
from harness.citation.metric_name import metric_name
from harness.citation.paragraph import listed
from harness.citation.reference import Reference
from harness.jobs.bench_result import HEADER
from harness.leaderboard.cells import rounded
from harness.leaderboard.leaderboard import Heading, Leaderboard, LeaderboardRow, MetricCell
from harness.leaderboard.plain_table import Shown, latex_table, percent, share_between
from harness.leaderboard.to_latex import to_latex
from harness.statistics.interval import Interval
from harness.statistics.summary import Summary
from srmetrics.metrics import column_name

MARKS = r" Bold: best; $^{\dagger}$: not told apart from the best; $^{\ddagger}$: too few units to tell."
"""What the marks in tables mean, at the end of a caption."""


def latex_of(cited: CitedRun, works: Mapping[str, Reference]) -> str:
    """Return every table of a run as a ``table`` with caption and label: quality first, then each classification."""
    marks = MARKS if len(cited.methods) > 1 else ""
    parts = [_floating(quality_table(cited), to_latex_text(_caption(cited), works) + marks, cited.key)]
    families = dict.fromkeys((line["classifier"], line["mode"]) for line in cited.classification)
    for classifier, mode in families:
        caption = (
            f"Classification of {cited.dataset} by {classifier} ({mode}): accuracy with its 95 % interval and its "
            "standard deviation over repeats, balanced accuracy and macro F1 in percent, AUROC, predictions that "
            "differ from those on the high-resolution images (flips), and how many percent of the accuracy that was "
            "lost by low resolution are recovered."
        )
        label = f"{cited.key}-{len(parts)}"
        table = classification_table(cited, classifier, mode)
        parts.append(_floating(table, to_latex_text(caption, works) + MARKS, label, wide=True))
    return "\n".join(parts)


def quality_table(cited: CitedRun) -> str:
    """Return the leaderboard as a LaTeX ``tabular``: what ``leaderboard.tex`` was when the run wrote it."""
    return to_latex(board_of(cited))


def board_of(cited: CitedRun) -> Leaderboard:
    """Return a run's leaderboard with all that ``leaderboard.csv`` holds of it."""
    metrics = cited.run.metrics
    scale = cited.first["scale"]
    heading = Heading(
        dataset=cited.dataset,
        dataset_digest=cited.first["dataset_digest"],
        scale=int(scale) if scale else None,
        degradation=cited.first["degradation"],
        protocol=cited.protocol,
        average=cited.first["average"],
        metrics=metrics,
        version=cited.run.version,
    )
    rows = tuple(
        LeaderboardRow(
            region=line["region"],
            method=line["method"],
            n_images=int(line["n_images"]),
            n_groups=int(line["n_groups"]),
            n_pixels=int(line["n_pixels"]),
            cells={metric: _cell(line, column_name(metric)) for metric in metrics},
            signature=line["signature"],
        )
        for line in cited.board
    )
    return Leaderboard(heading, rows, comparisons=(), per_image=(), failures=())


def classification_table(cited: CitedRun, classifier: str, mode: str) -> str:
    """Return one family of arms as a LaTeX ``tabular``: what ``joined.tex`` has of it."""
    lines = [_arm(line) for line in cited.classification if (line["classifier"], line["mode"]) == (classifier, mode)]
    return latex_table(f"Classification: {classifier}, {mode}", HEADER, lines)


def _cell(line: Line, name: str) -> MetricCell:
    low, high, rank = (line[f"{name}_{part}"] for part in ("ci_low", "ci_high", "rank"))
    interval = Interval(float(low) if low else None, float(high) if high else None, "")
    n = int(line[f"{name}_n"] or 0)
    summary = Summary(
        mean=_number(line[name]),
        n=n,
        n_infinite=int(line[f"{name}_n_infinite"] or 0),
        n_left_out=int(line["n_images"]) - n,
        n_units=int(line["n_groups"]),
        interval=interval,
    )
    return MetricCell(summary, int(rank) if rank else None, line[f"{name}_vs_best"])


def _arm(line: Line) -> list[str | Shown]:
    mark = {"tied": "†", "undecided": "‡"}.get(line["accuracy_vs_best"], "")
    low, high = line["accuracy_ci_low"], line["accuracy_ci_high"]
    recovered = line["recovered_note"] or "-"
    if line["recovered"]:
        recovered = percent(float(line["recovered"]))
        if line["recovered_ci_low"]:
            ends = (percent(float(line[f"recovered_ci_{end}"])) for end in ("low", "high"))
            recovered += f" [{', '.join(ends)}]"
    return [
        line["arm"],
        Shown(percent(_number(line["accuracy"])), line["accuracy_rank"] == "1", mark),
        share_between(float(low), float(high)) if low and high else "",
        percent(_number(line["accuracy_repeat_sd"])),
        percent(_number(line["balanced_accuracy"])),
        percent(_number(line["f1_macro"])),
        rounded(_number(line["auroc"]), 3),
        f"{float(line['flips']):.1f}" if line["flips"] else "-",
        recovered,
    ]


def _caption(cited: CitedRun) -> str:
    metrics = listed([metric_name(metric) for metric in cited.run.metrics])
    scale = f", scale {cited.first['scale']}" if cited.first["scale"] else ""
    made = f", degradation {cited.first['degradation']}" if cited.first["degradation"] else ""
    return (
        f"{metrics} on {cited.dataset}{scale}{made}, protocol {cited.protocol}, "
        f"srmetrics {cited.run.version} [@srmetrics]."
    )


def _floating(tabular: str, caption: str, label: str, *, wide: bool = False) -> str:
    """Return a table that floats; a wide one takes both columns of a page that has two."""
    needs, _, rest = tabular.partition("\n")
    name = "table*" if wide else "table"
    return "\n".join(
        [
            needs,
            rf"\begin{{{name}}}",
            r"\centering",
            rf"\caption{{{caption}}}",
            rf"\label{{tab:{label}}}",
            rest.rstrip("\n"),
            rf"\end{{{name}}}",
            "",
        ]
    )


def _number(text: str) -> float:
    return float(text) if text else math.nan
