"""An audit as Markdown, for an issue or a rebuttal."""

from __future__ import annotations

from harness.jobs.audit.outcome import Audit
from harness.jobs.audit.sentences import (
    advice,
    alone_lines,
    finer,
    headline,
    in_the_group,
    likely_groups,
    methods,
    n_conventions,
    signature_lines,
    verdict,
)
from harness.jobs.audit.tables import AuditTable
from harness.jobs.audit.words import label
from harness.leaderboard.to_markdown import escaped

MOST_GROUPS = 5


def audit_markdown(audit: Audit) -> str:
    """Return an audit as Markdown."""
    lines = [escaped(headline(audit)), "", f"**{escaped(verdict(audit))}**", ""]
    lines += [
        f"{escaped(text)}\n" for text in (methods(audit), *audit.remarks, *advice(audit), *alone_lines(audit)) if text
    ]
    if audit.found:
        lines += [f"`{text}`\n" for text in signature_lines(audit, audit.classes[0].first)]
        lines += ["| | convention | scores | agrees | same digits on every image |", "|---|---|---|---|---|"]
        for at, group in enumerate(likely_groups(audit)[:MOST_GROUPS], 1):
            first = group.first
            cells = (label(first), finer(audit, first), first.agreement, in_the_group(group) or "none")
            lines.append(f"| {at} | " + " | ".join(map(escaped, cells)) + " |")
        more = n_conventions(audit) - sum(len(group.conventions) for group in likely_groups(audit)[:MOST_GROUPS])
        lines += ["", f"and {more} conventions more, less likely."] * (more > 0)
        lines.append("")
    if audit.suspects:
        lines += ["| suspicion | verdict | |", "|---|---|---|"]
        lines += [f"| {one.name} | {one.verdict} | {escaped(one.words)} |" for one in audit.suspects]
        lines.append("")
    lines += ["| named convention | PSNR / SSIM here |", "|---|---|"]
    lines += [f"| {escaped(label(one))} | {escaped(finer(audit, one))} |" for one in audit.named]
    lines += ["", *(f"Note: {escaped(note)}" for note in audit.notes)]
    lines += [f"Not scored: {escaped(one.reason)}" for one in audit.failures]
    return "\n".join(lines).rstrip() + "\n"


def table_markdown(table: AuditTable) -> str:
    """Return the audits of a table as Markdown."""
    lines = ["| line | claimed | verdict |", "|---|---|---|"]
    for line in table.lines:
        said = line.error if line.audit is None else verdict(line.audit)
        lines.append(f"| {escaped(line.name)} | {line.claims} | {escaped(said)} |")
    lines += ["", *(f"- {escaped(name)}: {count} of {len(table.lines)} lines" for name, count in table.conventions[:5])]
    lines += ["", *map(escaped, table.remarks)]
    return "\n".join(lines).rstrip() + "\n"
