"""``srmetrics demo``."""

from __future__ import annotations

import shlex

import click

EXAMPLES = """\b
Example:
  srmetrics demo --out demo-run

\b
Exit codes: 0 done; 1 nothing could be scored, or written; 2 wrong usage; 3 done in part.
"""


@click.command("demo", epilog=EXAMPLES)
@click.option(
    "--out", default="srmetrics-demo", show_default=True, type=click.Path(file_okay=False), metavar="DIR",
    help="Where images, tables and CSVs are left.",
)  # fmt: skip
def command(out: str) -> int:
    """Run the main jobs on embedded images: no download, no torch, under a minute.

    Photographs that ship with scikit-image are made low-resolution by MATLAB's bicubic x2 and x4, upscaled by nearest,
    bilinear, bicubic and Lanczos, and compared. Then patches of its brick, grass and gravel are made four times
    smaller, restored, and classified. Images, tables and CSVs are left in DIR.
    """
    from harness.cli.screen import progress, screen
    from harness.jobs.bench_text import bench_table
    from harness.jobs.demo import run_demo
    from harness.jobs.demo_textures import run_texture_demo
    from harness.leaderboard.to_table import to_table

    console = screen()
    with progress("Scoring") as report:
        boards = run_demo(out, report)
    for board in boards:
        console.print(to_table(board))
    with progress("Classifying") as report:
        textures = run_texture_demo(f"{out}/textures", report)
    console.print(bench_table(textures))
    click.echo(f"Images, tables and CSVs: {out}")
    references, outputs = shlex.quote(f"{out}/x4/HR"), shlex.quote(f"{out}/x4/bicubic")
    click.echo(f"Next: srmetrics compare {references} {outputs} --protocol sr-y --scale 4")
    return max(textures.exit_code, *(board.exit_code for board in boards))
