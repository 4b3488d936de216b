"""The leaderboard as Markdown, for a README or an issue."""

from __future__ import annotations

from harness.leaderboard.cells import LEGEND, blocks_of, cell_of, interval_sentence, metric_title
from harness.leaderboard.leaderboard import Leaderboard
from harness.statistics.holm import ACROSS_METRICS


def to_markdown(board: Leaderboard) -> str:
    """Return the leaderboard as Markdown tables, one for each signature and region."""
    parts = []
    metrics = board.heading.metrics
    for block in blocks_of(board):
        lines = [f"**{escaped(board.heading.dataset)}**, region `{escaped(block.region)}`", ""]
        lines.append("| method | n | " + " | ".join(metric_title(metric) for metric in metrics) + " |")
        lines.append("|---|---:|" + "---:|" * len(metrics))
        for row in block.rows:
            texts = []
            for metric in metrics:
                cell = cell_of(block, row, metric)
                mean = f"**{cell.mean}**" if cell.best else cell.mean + cell.mark
                texts.append(f"{mean} {cell.interval}".strip())
            lines.append(f"| {escaped(row.method)} | {row.n_images} | " + " | ".join(texts) + " |")
        lines += ["", f"`{block.signature}`"]
        parts.append("\n".join(lines))
    legend = f"{LEGEND} [ ]: {interval_sentence(board)}. {ACROSS_METRICS}"
    return "\n\n".join([*parts, legend]) + "\n"


def escaped(text: str) -> str:
    """Return text that Markdown and HTML show as it is."""
    for character in "\\`*_{}[]|#~":
        text = text.replace(character, "\\" + character)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ").replace("\r", " ")
