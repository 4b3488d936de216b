"""``srmetrics bench``."""

from __future__ import annotations

from typing import Any

import click

from harness.cli.screen import shown

EXAMPLES = """\b
Examples:
  srmetrics bench wbc-realesrgan-x4 --smoke --out smoke/
  srmetrics bench --images cells/ --recipe bicubic-matlab-x4 --upscaler bicubic --upscaler lanczos \\
      --classifier default --out run/
  srmetrics bench --images cells/ --classes folders --scale 4 --recipe bicubic-matlab-x4 \\
      --upscaler bicubic --upscaler esr=spandrel:w.pth --baseline bicubic --no-cost --out esr-run/
  srmetrics bench study.yaml --images cells/ --out study-run/ --report

\b
Exit codes: 0 done; 1 nothing could be done: images or weights cannot be read, or a split leaks; 2 wrong usage, such as
a name that does not exist; 3 done in part (see failures.csv).
"""

MOST_LINES = 10
"""Failures that are printed."""


def _regions(_: click.Context, __: click.Parameter, text: str | None) -> dict[int, str]:
    from harness.jobs.compare_options import parse_labels

    return {} if text is None else parse_labels(text)


def _class_names(_: click.Context, __: click.Parameter, text: str | None) -> dict[str, str]:
    names = {}
    for part in [] if text is None else text.split(","):
        value, equals, name = part.partition("=")
        if not equals or not value or not name or value in names:
            raise click.BadParameter(f"{part!r} is not LABEL=NAME with a label of its own")
        names[value.strip()] = name.strip()
    return names


@click.command("bench", epilog=EXAMPLES)
@click.argument("study", required=False, metavar="[STUDY.yaml|NAME]")
@click.option("--images", metavar="DIR", help="The reference images: a folder, or a pattern such as 'DIR/*.bmp'.")
@click.option("--out", required=True, type=click.Path(file_okay=False), metavar="RUN", help="The run's folder.")
@click.option("--smoke", is_flag=True, help="Try a study on a few generated images, without weights.")
@click.option("--workers", type=click.IntRange(min=1), help="Tasks at once; the number of cores by default.")
@click.option("--dask", metavar="ADDRESS", help="Work on a Dask cluster: tcp://HOST:PORT.")
@click.option(
    "--device", default="cpu", show_default=True, metavar="NAME", help="Where networks run: cpu, cuda or cuda:N."
)
@click.option("--allow-code", is_flag=True, help="Let specs name programs (python:, torchscript:); trusted ones only.")
@click.option("--allow-download", is_flag=True, help="Let timm and torchvision fetch trained weights.")
@click.option("--allow-leakage", is_flag=True, help="Go on where a split parts identical images; rows are marked.")
@click.option("--deduplicate", is_flag=True, help="Keep the first of identical images.")
@click.option("--strict", is_flag=True, help="Stop for near-identical images on both sides of a split too.")
@click.option("--keep-float", is_flag=True, help="Score the upscalers' floats, not what a saved file would hold.")
@click.option("--log-training", is_flag=True, help="Write a line for each training and each of its epochs to stderr.")
@click.option("--no-cost", is_flag=True, help="Do not measure what the upscalers cost.")
@click.option("--report", "page", is_flag=True, help="Also write RUN/report/index.html ('srmetrics report').")
@click.option("--scale", type=click.IntRange(min=1), help="Without a study: refuse recipes of other factors.")
@click.option(
    "--recipe",
    metavar="NAME|FILE",
    help="Without a study: how images are made small ('srmetrics recipes'), or a YAML file of your own.",
)
@click.option(
    "--upscaler",
    "upscalers",
    multiple=True,
    metavar="[NAME=]SPEC",
    help="Without a study: bicubic, dir:outputs/, spandrel:weights.pth, ...; repeatable.",
)
@click.option(
    "--classifier",
    "classifiers",
    multiple=True,
    metavar="[NAME=]SPEC",
    help="Without a study: default, sklearn:svm.SVC, torchvision:resnet18, ...; repeatable; none by default.",
)
@click.option(
    "--protocol",
    metavar="NAME",
    help="Without a study: a preset ('srmetrics protocols') or a signature; native by default.",
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Without a study: psnr ssim ms_ssim mse rmse mae nrmse piq:NAME; repeatable; psnr and ssim by default.",
)
@click.option(
    "--classes",
    metavar="folders|CSV",
    help="Without a study: where classes are: the first folder of each path (default), or a CSV image,label.",
)
@click.option(
    "--class-names", callback=_class_names, metavar="L=NAME,...",
    help="Without a study: what labels are called, such as 1=neutrophil,2=lymphocyte.",
)  # fmt: skip
@click.option("--masks", metavar="PATTERN", help="Without a study: masks or label maps, or auto:otsu.")
@click.option(
    "--labels", callback=_regions, metavar="V=NAME,...", help="Without a study: names of the values of label maps."
)
@click.option("--group-by", metavar="CSV|REGEX", help="Without a study: patients, slides; what a split keeps whole.")
@click.option("--repeats", type=click.IntRange(min=1), help="Without a study: splits and trainings; 5 by default.")
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=click.Choice(["retrain", "frozen"]),
    help="Without a study: classifiers are trained anew on each arm, or once on HR; both by default.",
)
@click.option(
    "--seed", type=click.IntRange(min=0),
    help="Without a study: of degradation, splits, trainings and intervals; 0 by default.",
)  # fmt: skip
@click.option("--baseline", metavar="METHOD", help="Without a study: test every method against this one too.")
def command(study: str | None, out: str, page: bool, log_training: bool, **settings: Any) -> int:
    """Ask whether super-resolution helps: restore, score, classify, and rank with intervals and tests.

    References are made small by a recipe, restored by every upscaler, scored against the references, and classified
    as HR, as LR and as every method's output. STUDY is a YAML file, or the name of one that ships. The same command
    goes on with a run that was stopped.
    """
    from harness.cli.bench_progress import watching
    from harness.cli.misnamed import misnamed_is_wrong_usage
    from harness.cli.report import write_page
    from harness.cli.screen import screen
    from harness.engine.cores import available_cores
    from harness.jobs.bench import run_bench
    from harness.jobs.bench_options import BenchOptions
    from harness.jobs.bench_text import bench_table

    with misnamed_is_wrong_usage(study):
        asked = _study(study, settings)
    options = BenchOptions(
        images=settings["images"],
        out=out,
        smoke=settings["smoke"],
        workers=settings["workers"] or available_cores(),
        dask=settings["dask"],
        device=settings["device"],
        allow_code=settings["allow_code"],
        allow_download=settings["allow_download"],
        allow_leakage=settings["allow_leakage"],
        deduplicate=settings["deduplicate"],
        strict=settings["strict"],
        keep_float=settings["keep_float"],
        measure_cost=not settings["no_cost"],
    )
    with misnamed_is_wrong_usage(study), watching(log_training=log_training) as watch:
        result = run_bench(asked, options, watch)
    screen().print(bench_table(result))
    for note in result.notes:
        click.echo(shown(f"Note: {note}"), err=True)
    failed = [failure for failure in result.leaderboard.failures if failure.partial]
    for failure in failed[:MOST_LINES]:
        click.echo(shown(f"Failed: {failure.image or failure.method}: {failure.reason}"), err=True)
    if len(failed) > MOST_LINES:
        click.echo(f"Failed: {len(failed) - MOST_LINES} more; see {out}/failures.csv", err=True)
    click.echo(shown(f"Wrote {out}"), err=True)
    if page and result.leaderboard.per_image:
        write_page(out, workers=settings["workers"])
    return result.exit_code


def _study(name: str | None, settings: dict[str, Any]) -> Any:
    from harness.jobs.study import checked_study, study_named

    quick = (
        *("scale", "recipe", "upscalers", "classifiers", "protocol", "metrics", "classes", "class_names", "masks"),
        *("labels", "group_by", "repeats", "modes", "seed", "baseline"),
    )
    if name is not None:
        given = [option for option in quick if settings[option] not in (None, (), {})]  # --seed 0 is given, too
        if given:
            raise click.UsageError(f"--{given[0].replace('_', '-')} goes without a study: the study says it.")
        return study_named(name)
    if settings["recipe"] is None or not settings["upscalers"]:
        raise click.UsageError("Name a study, or give --recipe and at least one --upscaler.")
    from harness.jobs.quick_study import QuickStudy, quick_study

    return checked_study(quick_study(QuickStudy(**{option: settings[option] for option in quick})))
