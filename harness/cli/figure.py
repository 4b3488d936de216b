"""``srmetrics figure``."""

from __future__ import annotations

from typing import Any

import click

EXAMPLES = """\b
Examples:
  srmetrics figure run/ --image butterfly --out fig.pdf
  srmetrics figure run/ --image img_005 --crop 96,40,64,64 --crop 10,80,64,64 --out fig.pdf
  srmetrics figure run/ --image head --methods EDSR,RCAN,ours --width single --out fig.svg
  srmetrics figure run/ --image 'ct_07#0012' --window 40,400 --outline-mask --out fig.png --dpi 600

\b
Without --crop it draws the crop in which the methods' errors differ most, and prints others worth a look.
Scores are those of the whole image, from per_image.csv; --crop-scores computes those of the crop.
Exit codes: 0 done; 1 a file is not there or cannot be read (--images DIR); 2 wrong usage.
"""


def _split(_: click.Context, __: click.Parameter, text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


@click.command("figure", epilog=EXAMPLES)
@click.argument("run")
@click.option("--image", required=True, metavar="NAME", help="Which image: its key or file name; KEY#0003 is a slice.")
@click.option("--crop", "crops", multiple=True, metavar="X,Y,W,H", help="What to enlarge, in pixels; repeatable.")
@click.option(
    "--methods", callback=_split, metavar="A,B,...", help="Which, in this order; all by default. Bench: also lr."
)
@click.option("--metric", "metrics", multiple=True, help="Repeatable: which scores; all of the run by default.")
@click.option("--out", required=True, metavar="FILE", help="A file in .pdf, .svg or .png.")
@click.option("--width", default="double", show_default=True, help="single (3.25 in), double (6.875 in), 88mm, 252pt.")
@click.option("--columns", type=int, help="Panels in a row; as many as give the largest panels by default.")
@click.option("--font-size", type=float, default=7, show_default=True, help="Points.")
@click.option("--dpi", type=int, default=300, show_default=True, help="Of a PNG, at least.")
@click.option("--window", metavar="C,W", help="Value window to show, such as 40,400; what was scored by default.")
@click.option("--reference-name", default="Reference", show_default=True, help="What stands under the reference.")
@click.option("--title", metavar="TEXT", help="What stands under the whole image; data set, name, scale by default.")
@click.option("--outline-mask", is_flag=True, help="Draw the edges of the image's mask.")
@click.option("--crop-scores", is_flag=True, help="Scores of the crop, computed now, not of the whole image.")
@click.option("--images", metavar="DIR", help="The only folder to look for images in.")
def command(run: str, image: str, crops: tuple[str, ...], out: str, images: str | None, **settings: Any) -> int:
    """Draw a crop of one image of RUN for the reference and every method, with scores, as PDF, SVG or PNG.

    Pixels are enlarged by repeating them. The best score of each metric is bold.
    """
    from harness.cli.screen import shown
    from harness.figures import FigureOptions, make_figure, parse_crop

    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    options = FigureOptions(**{**settings, "metrics": settings["metrics"] or None})
    made = make_figure(run, image, out, [parse_crop(crop) for crop in crops], options, images=images)
    if made.proposals:
        click.echo("Where the methods differ most (drawn: the first):")
        for crop in made.proposals:
            click.echo(f"  --crop {crop}")
    click.echo(shown(f"Caption: {made.caption}"))
    if made.undrawn:
        note = (
            f"Note: the figure's font (DejaVu Sans) has no {made.undrawn}; other names: --title, NAME=FOLDER of compare"
        )
        click.echo(shown(note), err=True)
    click.echo(shown(f"Wrote {made.path}"), err=True)
    return 0
