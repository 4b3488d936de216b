"""``srmetrics report``."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  srmetrics report run/
  srmetrics report run/ --images /data/moved --out page/
  srmetrics report run/ --max-mb 5

\b
Exit codes: 0 done; 1 the run or its tables cannot be read, or the page cannot be written; 2 wrong usage;
3 written, with a warning: a table or a picture is not what the run wrote and scored.
"""


@click.command("report", epilog=EXAMPLES)
@click.argument("run", type=click.Path())
@click.option("--images", type=click.Path(), metavar="DIR", help="The only folder to look for images in.")
@click.option(
    "--out", type=click.Path(file_okay=False), metavar="DIR", help="The page's folder; RUN/report by default."
)
@click.option(
    "--max-mb", type=click.FloatRange(min=0, min_open=True), default=30, show_default=True, metavar="MB",
    help="How large the page may be; whole pictures that have no room lie beside it.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), help="Images read at once; the number of cores by default.")
def command(run: str, images: str | None, out: str | None, max_mb: float, workers: int | None) -> int:
    """Write a finished run as one HTML page, to look at without a network.

    RUN is the folder that compare --out or bench --out wrote. The page has the leaderboard with its signatures, paired
    differences, pictures under a slider with synchronous zoom, maps of errors and SSIM, and scores by image, slice and
    group; of a bench also confusions, curves and costs.
    """
    return write_page(run, images=images, out=out, max_mb=max_mb, workers=workers)


def write_page(
    run: str, *, images: str | None = None, out: str | None = None, max_mb: float = 30, workers: int | None = None
) -> int:
    """Write the page of a run, showing progress; say where it is and what is not as it was scored; 3 for the latter."""
    from harness.cli.screen import progress, shown
    from harness.report import write_report

    warnings: list[str] = []
    with progress("Making pictures") as report:
        page = write_report(
            run, out=out, images=images, max_megabytes=max_mb, workers=workers, progress=report, warn=warnings.append
        )
    for line in warnings:
        click.echo(shown(f"Warning: {line}"), err=True)
    click.echo(shown(f"Wrote {page} ({page.stat().st_size / 1e6:.1f} MB)"), err=True)
    return 3 if warnings else 0
