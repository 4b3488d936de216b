"""An audit in a terminal."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.jobs.audit.claim import METRICS
from harness.jobs.audit.outcome import Audit
from harness.jobs.audit.search import Convention
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

MOST_GROUPS = 5
VERDICTS = {"explains": "explains it", "likely": "likely", "possible": "possible", "no": "tested: no"}

Cleaned = Callable[[str], str]
"""Takes what would act on a terminal out of a text that holds files' names."""


def audit_table_of(audit: Audit, clean: Cleaned) -> RenderableType:
    """Return what a rich console prints of an audit."""
    parts: list[RenderableType] = [Text(clean(headline(audit))), Text(clean(verdict(audit)), style="bold"), Text()]
    paragraph = methods(audit)
    if paragraph:
        parts += [Padding(Text(paragraph), (0, 0, 0, 2)), Text()]
    if audit.found:
        parts += [Padding(Text(text, style="dim", overflow="fold"), (0, 0, 0, 2)) for text in _signatures(audit)]
        parts += [Text(), _groups(audit), Text()]
    parts += [Text(clean(text)) for text in (*audit.remarks, *advice(audit), *alone_lines(audit))]
    if audit.suspects:
        parts += [Text(), _suspects(audit, clean)]
    if audit.keys and not audit.usual:
        parts += [Text(), _named(audit)]
    return Group(*parts)


def table_of_lines(table: AuditTable, clean: Cleaned) -> RenderableType:
    """Return what a rich console prints of a table's audits."""
    grid = Table(title=f"{len(table.lines)} claims", title_justify="left")
    for name in ("line", "claimed", "what came of it"):
        grid.add_column(name, overflow="fold")
    for line in table.lines:
        said = f"not audited: {line.error}" if line.audit is None else verdict(line.audit)
        grid.add_row(*(Text(clean(text)) for text in (line.name, str(line.claims), said)))
    parts: list[RenderableType] = [grid]
    if table.conventions:
        parts.append(Text("Conventions that give the most lines:"))
        parts += [
            Text(f"  {count} of {len(table.lines)}: {clean(name)}") for name, count in table.conventions[:MOST_GROUPS]
        ]
    return Group(*parts, *(Text(clean(text)) for text in table.remarks))


def _signatures(audit: Audit) -> list[str]:
    return signature_lines(audit, audit.classes[0].first)


def _groups(audit: Audit) -> Table:
    kept = likely_groups(audit)[:MOST_GROUPS]
    more = n_conventions(audit) - sum(len(group.conventions) for group in kept)
    title = "What gives it, the most likely first" + (f" ({more} more agree, less likely)" if more else "")
    grid = Table(title=title, title_justify="left")
    for name in ("", "convention", "scores", "agrees", "same digits on every image"):
        grid.add_column(name, overflow="fold", no_wrap=name == "scores")
    for at, group in enumerate(kept, 1):
        how = "rounded" if group.first.agreement == "rounded" else "cut off"
        grid.add_row(str(at), label(group.first), finer(audit, group.first), how, in_the_group(group, 2) or "none")
    return grid


def _suspects(audit: Audit, clean: Cleaned) -> Table:
    grid = Table(title="Suspicions, each tested on these images", title_justify="left")
    for name in ("suspicion", "verdict", ""):
        grid.add_column(name, overflow="fold")
    for one in audit.suspects:
        grid.add_row(one.name, VERDICTS[one.verdict], Text(clean(one.words)))
    return grid


def _named(audit: Audit) -> Table:
    grid = Table(title="What presets and known practices give", title_justify="left")
    grid.add_column("convention", overflow="fold")
    for metric in METRICS:
        if audit.claims.has(metric):
            grid.add_column(metric.upper(), justify="right")
    for one in audit.named:
        grid.add_row(label(one), *_cells(audit, one))
    return grid


def _cells(audit: Audit, one: Convention) -> list[Text]:
    cells = []
    for metric, value in zip(METRICS, (one.psnr, one.ssim), strict=True):
        if audit.claims.has(metric):
            number = audit.claims.number(metric)
            text = number.printed(float("nan") if value is None else value, 2)
            agrees = value is not None and number.agreement(value)
            cells.append(Text(text + (" =" if agrees else "  "), style="bold" if agrees else ""))
    return cells
