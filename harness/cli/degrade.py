"""``srmetrics degrade``."""

from __future__ import annotations

import shlex
from typing import Any

import click

EXAMPLES = """\b
Examples:
  srmetrics degrade HR/ LR/ --recipe bicubic-matlab-x4 --save-hr HR_cut/
  srmetrics degrade HR/ REAL/ --recipe realesrgan-x4plus@1 --seed 0 --draws 10
  srmetrics degrade HR/ AGAIN/ --replay REAL/manifest.jsonl
  srmetrics degrade HR/ --recipe bsrgan-x4@1 --preview sheet.png
  srmetrics recipes realesrgan-x4plus@1 > mine.yaml
  srmetrics degrade 'HR/*.png' MINE/ --recipe mine.yaml

\b
Exit codes: 0 done; 1 nothing could be made, or a replay differs; 2 wrong usage, such as a recipe that does not exist;
3 done in part (see failures.csv).
"""


@click.command("degrade", epilog=EXAMPLES)
@click.argument("high_resolution", metavar="HR")
@click.argument("out", required=False, metavar="[OUT]")
@click.option(
    "--recipe", metavar="NAME@V|FILE",
    help="A recipe ('srmetrics recipes') or a YAML file of your own; with --replay only the latter is needed.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), help="The root seed of all draws; 0 by default.")
@click.option("--draws", type=click.IntRange(min=1), help="Independent draws of each image; 1 by default.")
@click.option(
    "--key", type=click.Choice(["path", "content"]), help="What draws hang on: relative path (default), or pixels."
)
@click.option("--save-hr", metavar="DIR", help="Also write the HR images, cut to a multiple of the scale.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads; the number of cores by default.")
@click.option("--replay", metavar="MANIFEST", help="Make the images of a manifest again, or name what differs.")
@click.option("--other-versions", is_flag=True, help="Replay under other library versions; pixels are still compared.")
@click.option(
    "--preview", metavar="PNG", help="Draw a contact sheet of a few images, step by step; OUT may be left out."
)
def command(high_resolution: str, out: str | None, **settings: Any) -> int:
    """Make low-resolution images that anyone can make again.

    HR is a folder, a pattern such as 'DIR/*.png', or a file. OUT gets the images (PNG; TIFF for floats) and
    manifest.jsonl, which holds every drawn number. A stopped run goes on when the same command is given
    again.
    """
    from harness.cli.misnamed import misnamed_is_wrong_usage

    _check(out, settings)
    with misnamed_is_wrong_usage():
        return _run(high_resolution, out, settings)


def _check(out: str | None, settings: dict[str, Any]) -> None:
    if settings["replay"] is None:
        if settings["recipe"] is None:
            raise click.UsageError("Give --recipe ('srmetrics recipes' lists them), or --replay a manifest.")
        if settings["other_versions"]:
            raise click.UsageError("--other-versions goes with --replay.")
    else:
        fixed = [name for name in ("seed", "draws", "key", "preview") if settings[name] is not None]
        if fixed:
            raise click.UsageError(f"--{fixed[0]} does not go with --replay: the manifest says it.")
    if out is None and settings["preview"] is None:
        raise click.UsageError("Name the output folder after the folder of images.")


def _run(high_resolution: str, out: str | None, settings: dict[str, Any]) -> int:
    from harness.cli.screen import progress, shown
    from harness.jobs.degrade import degrade
    from harness.jobs.load_recipe import is_recipe_file, load_recipe
    from harness.jobs.replay_manifest import replay_manifest

    shared = {"save_hr": settings["save_hr"], "workers": settings["workers"]}
    if settings["replay"] is not None:
        assert out is not None  # checked above
        with progress("Replaying") as report:
            result = replay_manifest(
                high_resolution,
                out,
                settings["replay"],
                recipe=settings["recipe"],
                other_versions=settings["other_versions"],
                **shared,
                progress=report,
            )
        click.echo(f"{_images(len(result.entries))} made again, identical to {settings['replay']}, in {out}")
        return 0
    recipe = load_recipe(settings["recipe"])
    seed = settings["seed"] or 0
    if settings["preview"] is not None:
        from harness.jobs.contact_sheet import contact_sheet

        contact_sheet(high_resolution, settings["preview"], recipe, seed=seed)
        click.echo(f"Wrote {settings['preview']}")
    if out is None:
        return 0
    with progress("Degrading") as report:
        result = degrade(
            high_resolution,
            out,
            recipe,
            seed=seed,
            draws=settings["draws"] or 1,
            key=settings["key"] or "path",
            **shared,
            progress=report,
        )
    already = f" ({result.already_there} were there already)" if result.already_there else ""
    click.echo(f"{_images(len(result.entries))} by {result.recipe}, seed {seed}, in {out}{already}")
    for failure in result.failures[:10]:
        click.echo(shown(f"Not degraded: {failure.file}: {failure.reason}"), err=True)
    if len(result.failures) > 10:
        click.echo(f"Not degraded: {len(result.failures) - 10} more; see failures.csv", err=True)
    if not result.entries:
        return result.exit_code
    again = ["--replay", str(result.manifest)]
    if is_recipe_file(settings["recipe"]):  # a manifest names its recipe, and only this file says what it does
        again += ["--recipe", settings["recipe"]]
    click.echo(shown(f"To make them again: srmetrics degrade HR OUT {shlex.join(again)}"), err=True)
    return result.exit_code


def _images(number: int) -> str:
    return f"{number} image" if number == 1 else f"{number} images"
