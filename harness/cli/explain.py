"""``srmetrics explain``."""

from __future__ import annotations

import click


@click.command(
    "explain",
    epilog="""\b
Examples:
  srmetrics explain sr-y
  srmetrics explain 'colour:y-bt601|round:none|...|v:0.1.0'
""",
)
@click.argument("protocol", metavar="SIGNATURE_OR_PRESET")
def command(protocol: str) -> None:
    """Say what a preset or a signature computes, in a paragraph for a paper's Methods section, with citations."""
    import textwrap

    from srmetrics import explain

    paragraph, _, citations = explain(protocol).partition("\n\n")
    click.echo(textwrap.fill(paragraph, 100))
    click.echo()
    for citation in citations.splitlines():
        click.echo(textwrap.fill(citation, 100, initial_indent="- ", subsequent_indent="  "))
