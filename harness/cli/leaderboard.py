"""``srmetrics leaderboard``."""

from __future__ import annotations

import click

from harness.cli.screen import shown

EXAMPLES = """\b
Examples:
  srmetrics leaderboard monday/ tuesday/
  srmetrics leaderboard runs/* --mixed --out all/

\b
Exit codes: 0 done; 1 a folder holds no finished run, or one that was altered; 2 wrong usage, or runs that cannot be
compared.
"""


@click.command("leaderboard", epilog=EXAMPLES)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--mixed", is_flag=True, help="Take runs that cannot be compared too, each kind as a block of its own.")
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Write the CSVs and tables here.")
def command(runs: tuple[str, ...], mixed: bool, out: str | None) -> int:
    """Make one leaderboard of several runs of compare or bench, classification and all.

    Means, intervals and tests are made anew, from the scores of the images that all methods have and from the
    predictions. Runs of other data, protocols, scales, degradations, splits or classifiers are refused.
    """
    from pathlib import Path

    from harness.cli.screen import screen
    from harness.jobs.bench_text import bench_table
    from harness.jobs.merge_runs import merge_runs
    from harness.leaderboard.run_place import check_place

    if out is not None:
        check_place(out, "leaderboard", {})
    merged = merge_runs(runs, mixed=mixed)
    console = screen()
    for number, result in enumerate(merged, 1):
        console.print(bench_table(result))
        for note in result.notes:
            click.echo(shown(f"Note: {note}"), err=True)
        if out is not None:
            folder = Path(out) / f"block_{number}" if len(merged) > 1 else Path(out)
            (result if result.classification is not None else result.leaderboard).write(folder)
    if out is not None:
        click.echo(shown(f"Wrote {out}"), err=True)
    return max(result.exit_code for result in merged)
