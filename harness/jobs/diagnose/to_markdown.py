"""A diagnosis as Markdown, for an issue or a lab book."""

from __future__ import annotations

from harness.jobs.diagnose.finding import Diagnosis
from harness.leaderboard.to_markdown import escaped


def to_markdown(diagnosis: Diagnosis) -> str:
    """Return one table of all findings."""
    heading = f"{diagnosis.n_references} references, {diagnosis.n_pairs} pairs"
    if not diagnosis.findings:
        return f"Nothing found in {heading}.\n"
    lines = [heading, "", "| severity | what | evidence | effect on scores | way out |", "|---|---|---|---|---|"]
    for one in diagnosis.findings:
        who = f"{one.method}: " if one.method else ""
        cells = (one.severity, who + one.what, one.evidence, one.effect, one.way_out)
        lines.append("| " + " | ".join(map(escaped, cells)) + " |")
    return "\n".join(lines) + "\n"
