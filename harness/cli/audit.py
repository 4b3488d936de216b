"""``srmetrics audit``."""

from __future__ import annotations

from typing import Any

import click

MOST_LINES = 10
"""Failures that are printed."""

EXAMPLES = """\b
Examples:
  srmetrics audit HR/ RCAN/ --claimed 32.63/0.9002 --scale 4
  srmetrics audit HR/ outputs/ --claimed 28.42 --scale 4
  srmetrics audit HR/ outputs/ --claimed 'ssim=0.8104' --format markdown
  srmetrics audit HR/ outputs/ --claimed-images per_image.csv --scale 4
  srmetrics audit data/HR results/ --claimed-csv table2.csv --out audit.json --format json

\b
A table (--claimed-csv) has the columns psnr and ssim (one of them does), and those of method, candidate,
reference, dataset and scale that are wanted. A line's images lie in CANDIDATE/candidate, or CANDIDATE/method/dataset,
CANDIDATE/dataset/method or CANDIDATE/method, whichever is there; its references in REFERENCE/reference or
REFERENCE/dataset; else in CANDIDATE and REFERENCE themselves. Of several methods, one without a folder fails.

\b
Exit codes: 0 a preset, a known practice or one next to them gives the claim; 3 none does, or only an unusual
convention that may agree by accident, and suspects are named (of a table: some line has no usual one); 1 nothing could
be scored; 2 wrong usage.
"""


@click.command("audit", epilog=EXAMPLES)
@click.argument("reference")
@click.argument("candidate")
@click.option("--claimed", metavar="PSNR/SSIM", help="Such as 28.42/0.8104, 28.42, /0.8104, psnr=28.42,ssim=0.8104.")
@click.option(
    "--claimed-csv", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="Audit a whole table."
)
@click.option(
    "--claimed-images",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Claims of single images: a CSV image,psnr,ssim.",
)
@click.option("--scale", type=click.IntRange(min=1), help="The factor of super-resolution; common ones are tried else.")
@click.option("--data-range", type=float, help="What full white stands for, for files that do not say it.")
@click.option("--pair", metavar="REGEX|CSV", help="How names pair: one group that is the key, or a CSV.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; the number of cores by default.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table",
    show_default=True, help="What is printed or written.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write it there instead of printing it.")
def command(
    reference: str,
    candidate: str,
    claimed: str | None,
    claimed_csv: str | None,
    claimed_images: str | None,
    form: str,
    out: str | None,
    **settings: Any,
) -> int:
    """Find the conventions under which CANDIDATE scores what is claimed of it.

    REFERENCE and CANDIDATE are a folder, a pattern such as 'DIR/*.bmp', or one file; files pair by name. Presets and
    every sensible combination of colour, rounding, crop, grey, window, edges, covariance, downsampling and range are
    tried; when none gives the claim, the usual suspects are tested.
    """
    from harness.cli.screen import progress, shown
    from harness.jobs.audit import audit, audit_table
    from srmetrics.errors import UsageError

    if claimed_csv is not None and (claimed is not None or claimed_images is not None):
        raise UsageError("--claimed-csv stands by itself", way_out="Leave --claimed and --claimed-images out")
    with progress("Scoring") as report:
        if claimed_csv is not None:
            table = audit_table(reference, candidate, claimed_csv, **settings, progress=report)
            failures = [one for line in table.lines if line.audit is not None for one in line.audit.failures]
            _give(table, form, out)
            code = table.exit_code
        else:
            found = audit(reference, candidate, claimed, claimed_images=claimed_images, **settings, progress=report)
            failures, code = list(found.failures), found.exit_code
            _give(found, form, out)
            for note in found.notes:
                click.echo(shown(f"Note: {note}"), err=True)
    for failure in failures[:MOST_LINES]:
        click.echo(shown(f"Not scored: {failure.image}: {failure.reason}"), err=True)
    if len(failures) > MOST_LINES:
        click.echo(f"Not scored: {len(failures) - MOST_LINES} more", err=True)
    return code


def _give(found: Any, form: str, out: str | None) -> None:
    """Print an audit or a table of them, or write it to a file."""
    import io
    from pathlib import Path

    from rich.console import Console

    from harness.cli.screen import PIPE_WIDTH, say, screen, shown
    from harness.engine.atomic import write_atomically
    from harness.jobs.audit import AuditTable
    from harness.jobs.audit.to_json import audit_json, table_json
    from harness.jobs.audit.to_markdown import audit_markdown, table_markdown
    from harness.jobs.audit.to_table import audit_table_of, table_of_lines

    several = isinstance(found, AuditTable)
    if form == "table":
        view = table_of_lines(found, shown) if several else audit_table_of(found, shown)
        if out is None:
            screen().print(view)
            return
        console = Console(file=io.StringIO(), width=PIPE_WIDTH, color_system=None)
        console.print(view)
        text = console.file.getvalue()  # type: ignore[attr-defined]
    elif form == "json":
        text = table_json(found) if several else audit_json(found)
    else:
        text = table_markdown(found) if several else audit_markdown(found)
    if out is None:
        say("".join(f"{shown(line)}\n" for line in text.splitlines()))
        return
    write_atomically(Path(out), text)
    click.echo(shown(f"Wrote {out}"), err=True)
