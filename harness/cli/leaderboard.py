"""``srmetrics leaderboard``."""

from __future__ import annotations

import click

from harness.cli.screen import shown

EXAMPLES = """\b
Examples:
  srmetrics leaderboard monday/ tuesday/
  srmetrics leaderboard runs/* --mixed --out all/
"""


@click.command("leaderboard", epilog=EXAMPLES)
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--mixed", is_flag=True, help="Take runs that cannot be compared too, each kind as a block of its own.")
@click.option("--out", type=click.Path(file_okay=False), metavar="DIR", help="Write the CSVs and tables here.")
def command(runs: tuple[str, ...], mixed: bool, out: str | None) -> int:
    """Make one quality leaderboard of several runs of compare or bench.

    Means, intervals and tests are made anew over the images that all methods have. Runs of other data, protocols,
    scales or degradations are refused.
    """
    from pathlib import Path

    from harness.cli.screen import screen
    from harness.jobs.merge_runs import merge_runs
    from harness.leaderboard.to_table import to_table

    boards = merge_runs(runs, mixed=mixed)
    console = screen()
    for number, board in enumerate(boards, 1):
        console.print(to_table(board))
        for note in board.notes:
            click.echo(shown(f"Note: {note}"), err=True)
        if out is not None:
            board.write(Path(out) / f"block_{number}" if len(boards) > 1 else out)
    if out is not None:
        click.echo(shown(f"Wrote {out}"), err=True)
    return max(board.exit_code for board in boards)
