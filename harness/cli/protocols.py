"""``srmetrics protocols``."""

from __future__ import annotations

import shlex

import click

EXAMPLES = """\b
Examples:
  srmetrics protocols
  srmetrics explain sr-y

\b
Exit codes: 0 done; 2 wrong usage ('srmetrics explain NAME' takes the name of one).
"""


@click.command("protocols", epilog=EXAMPLES)
@click.argument("name", required=False, metavar="")
def command(name: str | None) -> None:
    """List the presets: what each computes, and what it is held to. 'srmetrics explain NAME' says more of one."""
    if name is not None:
        raise click.UsageError(f"The list takes no name. To read about one: srmetrics explain {shlex.quote(name)}")
    from rich.table import Table
    from rich.text import Text

    from harness.cli.screen import screen
    from srmetrics import PRESETS

    table = Table(show_lines=True)
    for heading in ("preset", "what it computes", "held to"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "preset")
    for preset in PRESETS.values():
        table.add_row(Text(preset.name, style="bold"), Text(preset.summary), Text(preset.oracle))
    console = screen()
    console.print(table)
    console.print("Next: srmetrics explain sr-y", style="dim", highlight=False)
