"""``srmetrics protocols``."""

from __future__ import annotations

import click


@click.command("protocols", epilog="Example: srmetrics protocols")
def command() -> None:
    """List the presets: what each computes, and what it is held to."""
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
