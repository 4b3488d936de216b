"""``srmetrics compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

MOST_LINES = 10
"""Reasons of failures that are printed."""

EXAMPLES = """\b
Examples:
  srmetrics compare HR/ RCAN/ EDSR/ --protocol sr-y --scale 4 --out run/
  srmetrics compare HR/ ours=outputs/ --masks 'masks/*.png' --boundary 3
  srmetrics compare 'cells/*.bmp' sr=restored/ --masks 'cells/*.png' --labels 255=nucleus,0=background
  srmetrics compare HR/ RCAN/ EDSR/ --out run/ --report
  srmetrics compare volumes/ recon/ --protocol fastmri --group-by '^(patient[0-9]+)'

\b
Exit codes: 0 done; 1 nothing could be scored, or images are missing under --on-missing error; 2 wrong usage; 3 done in
part (see failures.csv).
"""


def _labels(_: click.Context, __: click.Parameter, text: str | None) -> dict[int, str] | None:
    from harness.jobs.compare_options import parse_labels

    return None if text is None else parse_labels(text)


def _facets(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    facets = {}
    for text in texts:
        name, equals, pattern = text.partition("=")
        if not equals or not name or name in facets:
            raise click.BadParameter(f"{text!r} is not NAME=REGEX with a name of its own")
        facets[name] = pattern
    return facets


@click.command("compare", epilog=EXAMPLES)
@click.argument("reference")
@click.argument("candidates", nargs=-1, required=True, metavar="CANDIDATE...")
@click.option(
    "--protocol", default="native", show_default=True, help="A preset ('srmetrics protocols') or a signature."
)
@click.option("--scale", type=click.IntRange(min=1), help="The factor of super-resolution; some protocols crop by it.")
@click.option("--data-range", type=float, help="What full white stands for; floats must be told, 8 and 16 bit know.")
@click.option("--window", metavar="C,W", help="DICOM value window: centre and width, such as 40,400.")
@click.option("--metric", "metrics", multiple=True, help="Repeatable: psnr ssim ms_ssim mse rmse mae nrmse piq:NAME.")
@click.option("--masks", metavar="PATTERN", help="Folder or pattern of masks or label maps, or auto:otsu.")
@click.option("--masking", help="What SSIM makes of a mask: normalised (default), interior, map or zeroed.")
@click.option("--labels", callback=_labels, metavar="V=NAME,...", help="Names of label values: 255=nucleus,0=rest.")
@click.option(
    "--boundary", type=click.IntRange(min=1), metavar="PIXELS", help="Also score a band on both sides of edges."
)
@click.option("--align", help="Sizes that differ: none (error), modcrop, crop, resize-opencv-bilinear, ...")
@click.option("--grey", type=click.Choice(["keep", "expand"]), help="One-channel images: as they are, or made RGB.")
@click.option("--alpha", type=click.Choice(["error", "drop", "composite"]), help="What to do with an alpha channel.")
@click.option("--pair", metavar="REGEX|CSV", help="How names pair: one group that is the key, or a CSV.")
@click.option("--group-by", metavar="CSV|REGEX", help="Patients, slides, or dicom:PatientID: the unit of intervals.")
@click.option(
    "--average", type=click.Choice(["image", "group"]), default="image", show_default=True,
    help="Means are over images, or over the means of groups (--group-by).",
)  # fmt: skip
@click.option(
    "--facet", "facets", multiple=True, callback=_facets, metavar="NAME=REGEX", help="A column from the name."
)
@click.option(
    "--on-missing", type=click.Choice(["common", "own", "error"]), default="common", show_default=True,
    help="Where methods lack images: means over those that all have, over each one's own, or stop.",
)  # fmt: skip
@click.option("--baseline", metavar="METHOD", help="Test every method against this one too.")
@click.option("--dataset", metavar="NAME", help="The data set's name; the reference folder's by default.")
@click.option("--keep-constant", is_flag=True, help="Score slices of volumes whose reference is constant.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of bootstrap and permutations.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; the number of cores by default.")
@click.option(
    "--out", type=click.Path(file_okay=False), metavar="DIR", help="Write the CSVs, tables and run.json here."
)
@click.option("--report", "page", is_flag=True, help="Also write DIR/report/index.html ('srmetrics report').")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "markdown", "latex"]), default="table",
    show_default=True, help="What is printed.",
)  # fmt: skip
def command(
    reference: str, candidates: tuple[str, ...], out: str | None, page: bool, form: str, **settings: Any
) -> int:
    """Score folders (or files) of outputs against references.

    REFERENCE and each CANDIDATE are a folder, a pattern such as 'DIR/*.bmp', or one file; NAME=FOLDER names a method.
    Files pair by name, never by position. Sizes that differ are an error unless --align says what to do.
    """
    from harness.cli.report import write_page
    from harness.cli.screen import progress, screen, shown
    from harness.front import compare
    from harness.jobs.compare_expanded import may_be_expanded
    from harness.jobs.compare_options import method_locations
    from harness.leaderboard.run_place import check_place
    from harness.leaderboard.to_files import read_by
    from srmetrics.errors import FileError

    if page and not out:
        raise click.UsageError("--report goes with --out DIR: the page is a part of the run's folder.")
    settings["metrics"] = settings["metrics"] or ("psnr", "ssim")
    if out:
        # Before an hour of scoring, not after it.
        asked = {"reference": reference, "candidates": method_locations(reference, candidates), **settings}
        check_place(out, "compare", read_by(asked))
    with progress("Scoring") as report:
        board = compare(reference, candidates, **settings, progress=report)
    try:
        paths = board.write(out) if out else []
    except FileError:
        _print(screen(), board, form)  # A full disk must not cost the results of an hour.
        raise
    _print(screen(), board, form)
    for note in board.notes:
        click.echo(shown(f"Note: {note}"), err=True)
    for line in _failure_lines([failure for failure in board.failures if failure.partial], out):
        click.echo(shown(line), err=True)
    hint = may_be_expanded(reference, candidates) if board.exit_code else None
    if hint:
        click.echo(shown(f"Note: {hint}"), err=True)
    if paths:
        click.echo(f"Wrote {out}: {', '.join(path.name for path in paths)}", err=True)
        if page and out and board.per_image:
            write_page(out, workers=settings["workers"])
        elif out and Path(out, "report", "index.html").exists():
            click.echo("Note: the page in its folder report/ is of an earlier run; --report writes it anew.", err=True)
    elif form == "table" and board.rows:
        click.echo("Next: --out DIR writes the CSVs, --format latex prints a table for a paper.", err=True)
    return board.exit_code


def _failure_lines(failures: list[Any], out: str | None) -> list[str]:
    """Return a line for each reason, with the first image that it holds for and how many more there are."""
    by_reason: dict[tuple[str, str], list[Any]] = {}
    for failure in failures:
        reason = failure.reason.removeprefix(f"{failure.file}: ").replace(f" for {failure.image!r} is ", " for it is ")
        by_reason.setdefault((failure.method, reason), []).append(failure)
    lines = []
    for (method, reason), alike in by_reason.items():
        first = alike[0]
        who = f"{first.image} ({method})" if method else first.image
        if len(alike) > 1:
            lines.append(f"Not scored: {len(alike)} images, such as {who}: {first.file}: {reason}")
        else:
            lines.append(f"Not scored: {who}: {first.reason}")
    if len(lines) > MOST_LINES:
        where = f"{out}/failures.csv" if out else "with --out DIR they are listed"
        return [*lines[:MOST_LINES], f"Not scored: {len(lines) - MOST_LINES} more reasons; {where}"]
    return lines


def _print(console: Any, board: Any, form: str) -> None:
    from harness.cli.screen import say
    from harness.leaderboard.to_csv import leaderboard_csv
    from harness.leaderboard.to_json import to_json
    from harness.leaderboard.to_latex import to_latex
    from harness.leaderboard.to_markdown import to_markdown
    from harness.leaderboard.to_table import to_table

    if form == "table":
        console.print(to_table(board))
        return
    texts = {"csv": leaderboard_csv, "json": to_json, "markdown": to_markdown, "latex": to_latex}
    say(texts[form](board))
