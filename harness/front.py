"""The front doors in Python; each returns what its command prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING

from harness.engine.cores import available_cores
from harness.jobs.compare import compare_inputs
from harness.jobs.compare_options import CompareOptions, method_locations
from harness.leaderboard.build import OnMissing
from harness.leaderboard.leaderboard import Leaderboard
from harness.statistics.units import Average
from srmetrics import EvaluationProtocol

if TYPE_CHECKING:
    from harness.jobs.bench_progress import BenchProgress
    from harness.jobs.bench_result import BenchResult
    from harness.jobs.study import Study

Location = str | PathLike[str]
"""A folder, a pattern such as ``DIR/*.png``, or a file."""


def compare(
    reference: Location,
    candidates: Location | Sequence[Location] | Mapping[str, Location],
    *,
    protocol: str | EvaluationProtocol = "native",
    scale: int | None = None,
    data_range: float | None = None,
    window: str | None = None,
    metrics: str | Sequence[str] = ("psnr", "ssim"),
    masks: Location | None = None,
    masking: str | None = None,
    labels: Mapping[int, str] | None = None,
    boundary: int | None = None,
    align: str | None = None,
    grey: str | None = None,
    alpha: str | None = None,
    pair: Location | None = None,
    group_by: Location | None = None,
    average: Average = "image",
    facets: Mapping[str, str] | None = None,
    on_missing: OnMissing = "common",
    baseline: str | None = None,
    dataset: str | None = None,
    keep_constant: bool = False,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Leaderboard:
    """Score folders of outputs against references: ``srmetrics compare`` in Python.

    The keywords are the command's options, one for one, spelt out so that a misspelt one is an error.

    Parameters
    ----------
    reference : str or path
        A folder, a pattern or a file.
    candidates : str, path, sequence of them, or mapping of names to them
        One location or several; ``name=folder`` names a method, as on the command line.
    protocol : str or EvaluationProtocol
        A preset's name, a signature, or a protocol.
    progress : callable, optional
        Called as ``progress(done, total)`` after each reference.

    Returns
    -------
    Leaderboard
        ``print`` shows it, ``write(folder)`` writes its files, ``failures`` says what could not be scored.

    Raises
    ------
    SrmetricsError
        When nothing can be done; single images that cannot be scored are listed in ``failures``.
    """
    if isinstance(candidates, Mapping):
        named: Mapping[str, str] | list[str] = {name: fspath(location) for name, location in candidates.items()}
    elif isinstance(candidates, str | PathLike):
        named = [fspath(candidates)]
    else:
        named = [fspath(location) for location in candidates]
    options = CompareOptions(
        protocol=protocol,
        scale=scale,
        data_range=data_range,
        window=window,
        metrics=(metrics,) if isinstance(metrics, str) else tuple(metrics),
        masks=_text(masks),
        masking=masking,
        labels=labels,
        boundary=boundary,
        align=align,
        grey=grey,
        alpha=alpha,
        pair=_text(pair),
        group_by=_text(group_by),
        average=average,
        facets=facets or {},
        on_missing=on_missing,
        baseline=baseline,
        dataset=dataset,
        keep_constant=keep_constant,
        seed=seed,
        workers=available_cores() if workers is None else workers,
    )
    root = fspath(reference)
    return compare_inputs(root, method_locations(root, named), options, progress or (lambda done, total: None))


def bench(
    study: Location | Study | Mapping[str, object],
    images: Location | None = None,
    *,
    out: Location,
    smoke: bool = False,
    workers: int | None = None,
    dask: str | None = None,
    device: str = "cpu",
    allow_code: bool = False,
    allow_download: bool = False,
    allow_leakage: bool = False,
    deduplicate: bool = False,
    strict: bool = False,
    keep_float: bool = False,
    measure_cost: bool = True,
    progress: Callable[[int, int], None] | BenchProgress | None = None,
) -> BenchResult:
    """Run a study: ``srmetrics bench`` in Python. Given again, it goes on with a run that was stopped.

    Parameters
    ----------
    study : str, path, Study or mapping
        A YAML file, the name of a study that ships, or the same fields in Python: ``upscalers`` and ``classifiers``
        may then hold objects beside specs (upscalers; classifiers, or estimators of scikit-learn), in a list or by
        name in a mapping. The run records their descriptions, and is not gone on with when one says another thing.
    images : str or path, optional
        The references' folder or pattern; ``smoke`` makes its own.
    out : str or path
        The run's folder.
    workers : int, optional
        Tasks at once; the number of cores by default. With more than one, training is done in processes: a script
        then needs ``if __name__ == "__main__":`` around its work.
    progress : callable or BenchProgress, optional
        Called as ``progress(done, total)``, first for images, then for trainings. A ``harness.BenchProgress`` is told
        of epochs, losses and accuracies of single trainings too.

    Returns
    -------
    BenchResult
        ``print`` shows its leaderboards; its files are in ``out``.

    Raises
    ------
    SrmetricsError
        When nothing can be done; single images, upscalers and classifiers that fail are listed in ``failures.csv``.
    """
    from harness.jobs.bench import run_bench
    from harness.jobs.bench_models import GivenObjects
    from harness.jobs.bench_options import BenchOptions
    from harness.jobs.given_objects import take_objects
    from harness.jobs.study import Study, checked_study, study_named

    given = GivenObjects()
    if isinstance(study, Mapping):
        document, given = take_objects(study)
        study = checked_study(document)
    elif not isinstance(study, Study):
        study = study_named(fspath(study))
    options = BenchOptions(
        images=_text(images),
        out=fspath(out),
        smoke=smoke,
        workers=available_cores() if workers is None else workers,
        dask=dask,
        device=device,
        allow_code=allow_code,
        allow_download=allow_download,
        allow_leakage=allow_leakage,
        deduplicate=deduplicate,
        strict=strict,
        keep_float=keep_float,
        measure_cost=measure_cost,
        given=given,
    )
    return run_bench(study, options, progress)


def _text(location: Location | None) -> str | None:
    return None if location is None else fspath(location)
