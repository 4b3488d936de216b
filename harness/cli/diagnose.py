"""``srmetrics diagnose``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.jobs.diagnose import Diagnosis, Finding

MOST_NAMES = 4
"""Images of a finding that are printed; --format json has them all."""

COLOURS = {"error": "bold red", "warning": "yellow", "note": "cyan"}

EXAMPLES = """\b
Examples:
  srmetrics diagnose HR/ RCAN/ EDSR/ --scale 4
  srmetrics diagnose original.png restored.png
  srmetrics diagnose 'cells/*.bmp' sr=restored/ --format json > found.json

\b
Exit codes: 0 no error and no warning (there may be notes); 1 nothing could be read; 2 wrong usage; 3 one was found.
"""


@click.command("diagnose", epilog=EXAMPLES)
@click.argument("reference")
@click.argument("candidates", nargs=-1, required=True, metavar="CANDIDATE...")
@click.option("--scale", type=click.IntRange(min=1), help="The factor of super-resolution: it names usual mistakes.")
@click.option("--pair", metavar="REGEX|CSV", help="How names pair: one group that is the key, or a CSV.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; the number of cores by default.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="What is printed.",
)
def command(
    reference: str,
    candidates: tuple[str, ...],
    scale: int | None,
    pair: str | None,
    workers: int | None,
    form: str,
) -> int:
    """Look for what makes numbers wrong, before anyone scores.

    REFERENCE and each CANDIDATE are a folder, a pattern such as 'DIR/*.bmp', or one file; NAME=FOLDER names a method.
    Looked for are swapped channels, wrong ranges and depths, shifts down to a quarter of a pixel, wrong sizes, flips,
    JPEG in the past of files stored without loss, copies, mixed-up names, references that are themselves upscaled.
    """
    from harness.cli.screen import progress, say
    from harness.jobs.diagnose import diagnose

    with progress("Diagnosing") as report:
        found = diagnose(reference, candidates, scale=scale, pair=pair, workers=workers, progress=report)
    if form == "json":
        from harness.leaderboard.to_json import to_json_text

        say(to_json_text(found.to_dict()))
    elif form == "markdown":
        from harness.jobs.diagnose.to_markdown import to_markdown

        say(to_markdown(found))
    else:
        _print(found)
    if found.clean and found.n_references and form == "table":
        click.echo("Next: srmetrics compare scores them.", err=True)
    return found.exit_code


def _print(found: Diagnosis) -> None:
    from rich.table import Table
    from rich.text import Text

    from harness.cli.screen import screen, shown

    console = screen()
    counts = {
        severity: sum(one.severity == severity for one in found.findings) for severity in ("error", "warning", "note")
    }
    said = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count)
    total = f"{found.n_references} references and {found.n_pairs} pairs"
    console.print(f"{total}: {said or 'nothing found'}", highlight=False)
    for one in found.findings:
        console.print()
        table = Table.grid(padding=(0, 2), expand=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        who = f"{one.method}: " if one.method and len(found.methods) > 1 else ""
        table.add_row(
            Text(one.severity.upper(), style=COLOURS[one.severity]), Text(shown(who + one.what), style="bold")
        )
        for title, text in _lines(one):
            table.add_row(Text(title, style="dim"), Text(shown(text)))
        console.print(table)


def _lines(one: Finding) -> list[tuple[str, str]]:
    lines = [("seen", one.evidence), ("effect", one.effect), ("way out", one.way_out)]
    if len(one.images) > 1:
        more = f" and {len(one.images) - MOST_NAMES} more" if len(one.images) > MOST_NAMES else ""
        lines.append(("images", ", ".join(one.images[:MOST_NAMES]) + more))
    elif one.files[0]:
        lines.append(("file", one.files[0]))
    return lines
