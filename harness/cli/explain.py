"""``srmetrics explain``."""

from __future__ import annotations

import click

SIGNATURE = (
    "colour:y-bt601|round:none|grey:keep|alpha:error|align:none|value_window:none|crop:4|range:255|"
    "pooling:image|masking:normalised|window:gaussian-11-1.5|edges:valid|covariance:population|k:0.01/0.03|"
    "downsample:none|psnr_cap:none|psnr_eps:none|v:0.1.0"
)
"""That of ``sr-y`` at scale 4 on 8-bit images: an example that can be typed."""

EXAMPLES = f"""\b
Examples:
  srmetrics explain sr-y
  srmetrics explain '{SIGNATURE}'

\b
Exit codes: 0 done; 2 there is no such preset, or the text is no signature.
"""


@click.command("explain", epilog=EXAMPLES)
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
