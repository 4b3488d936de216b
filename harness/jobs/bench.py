"""The bench: images are made small, restored by every method, scored, and classified; one leaderboard of each."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.classifiers.modes import tasks_of
from harness.classifiers.plan import Plan, plan_classification
from harness.classifiers.predictions import PredictionRow
from harness.classifiers.progress import TrainingProgress
from harness.engine.executor import choose_executor
from harness.engine.plain import Plain, rebuild, to_json, to_plain
from harness.engine.row import Failure
from harness.engine.runner import run_tasks
from harness.engine.store import Store, open_run
from harness.jobs.arms import HR, LR, SavedImages
from harness.jobs.bench_board import ImageResults, Trained, quality_leaderboard
from harness.jobs.bench_options import BenchOptions
from harness.jobs.bench_plan import Prepared, plan_options, prepare
from harness.jobs.bench_progress import BenchProgress, Report, TrainingUpdate
from harness.jobs.bench_result import BenchResult
from harness.jobs.bench_tasks import ImageRules, ImageTask, TrainingRules, TrainingTask, do_image, do_training
from harness.jobs.classification_tables import classification_tables
from harness.jobs.costs import SIDE, CostRules, measured_costs
from harness.jobs.scoring_task import ScoringRules
from harness.jobs.study import Study
from harness.leaderboard.run_place import check_place
from srmetrics.errors import SrmetricsError

SMOKE_SIDE = 16
"""What ``--smoke`` measures costs on."""


def run_bench(study: Study, options: BenchOptions, report: Report | BenchProgress | None = None) -> BenchResult:
    """Run a study, or go on with one that was stopped, and write its files.

    Parameters
    ----------
    study : Study
        What is asked.
    options : BenchOptions
        Where, how, and what is allowed.
    report : callable or BenchProgress, optional
        Told of progress, first of the images and then of the trainings.

    Raises
    ------
    SrmetricsError
        When nothing can be done: before anything runs, for whatever can be seen then. Single images, upscalers and
        classifiers that fail are listed in ``failures.csv``, and the rest goes on.
    """
    started = time.time()
    if report is None:
        report = BenchProgress()
    watch = report if isinstance(report, BenchProgress) else BenchProgress(report)
    out = Path(options.out).absolute()
    check_place(out, "bench", {"the images": options.images} if options.images else {})
    prepared = prepare(study, options)
    with open_run(out, prepared.fingerprint) as store:
        rules = _image_rules(prepared, options, out)
        images = ImageResults(_run_images(prepared, rules, options, store, watch.tasks))
        trained = _classify(prepared, images, options, (store, out), watch)
        costs = {}
        if options.measure_cost:
            side = SMOKE_SIDE if options.smoke else SIDE
            costs = measured_costs(CostRules(prepared.upscalers, prepared.channels, side), store)
        board = quality_leaderboard(prepared, images, trained, options, started)
        result = BenchResult(board, trained.tables, costs, prepared.methods)
        result.write(out)
    return result


def _image_rules(prepared: Prepared, options: BenchOptions, out: Path) -> ImageRules:
    study, compare = prepared.study, prepared.scoring
    return ImageRules(
        recipe=prepared.recipe,
        seed=study.degradation.seed,
        convert=study.images.convert,
        upscalers=prepared.upscalers,
        scoring=ScoringRules(
            protocol=compare.resolved_early,
            metrics=compare.metrics,
            scale=compare.scale,
            data_range=None,
            labels=compare.labels,
            label_maps=prepared.data.label_maps,
            boundary=compare.boundary,
            keep_constant=True,
            facets={},
        ),
        keep_float=options.keep_float,
        out=out,
        run=hashlib.sha256(to_json(to_plain(prepared.fingerprint)).encode()).hexdigest(),
    )


def _run_images(
    prepared: Prepared, rules: ImageRules, options: BenchOptions, store: Store, report: Report
) -> dict[str, Plain]:
    tasks = [ImageTask(image, arm) for image in prepared.data.images for arm in (LR, *prepared.methods)]
    shared = [prepared.data.files.root.absolute(), rules.out]
    executor = choose_executor(options.workers, options.dask, "threads", shared)
    return run_tasks(tasks, partial(do_image, rules=rules), store, executor, report)


def _classify(
    prepared: Prepared, images: ImageResults, options: BenchOptions, where: tuple[Store, Path], watch: BenchProgress
) -> Trained:
    asked, (store, out) = prepared.study.classification, where
    if asked is None or prepared.plan is None:
        return Trained()
    saved: dict[str, Mapping[str, Any]] = {
        arm: SavedImages({key: out / file for key, file in images.files[arm].items()})
        for arm in (LR, *prepared.methods)
        if arm in images.files
    }
    everywhere = set(prepared.references).intersection(*saved.values()) if LR in saved else set()
    lacking = [key for key in prepared.references if key not in everywhere]
    notes = []
    plan = prepared.plan
    if lacking:
        notes.append(f"{len(lacking)} images are not in every arm and are not classified, such as {lacking[0]!r}")
        kept = {key: image for key, image in prepared.references.images.items() if key in everywhere}
        try:
            plan = plan_classification(
                replace(prepared.references, images=kept),
                {key: image.label for key, image in kept.items()},
                {key: image.group for key, image in kept.items()},
                plan_options(asked, options.allowances),
            )
        except SrmetricsError as error:
            failure = Failure("", "", "not classified", "", str(error))
            return Trained(None, None, (failure,), tuple(notes))
    arms: dict[str, Mapping[str, Any]] = {HR: prepared.references, **saved}
    done = _train(prepared, plan, arms, options, (store, out), watch)
    rows, failures = [], []
    for key, value in done.items():
        result: Any = value
        if result["error"]:
            _, mode, repeat, rest = key.split("/", 3)
            what = f"{mode}, repeat {int(repeat)}"
            failures.append(Failure("", rest, "not classified", "", f"{rest}: {what}: {result['error']}"))
        rows += [rebuild(PredictionRow, row) for row in result["rows"]]
    tables = None
    if rows:
        tables = classification_tables(
            rows,
            plan.unsplittable,
            (list(prepared.classifiers.specs), list(arms)),
            (prepared.dataset, prepared.recipe.full_name),
            baseline=prepared.study.scoring.baseline,
            average=prepared.study.scoring.average,
            seed=asked.seed,
        )
    return Trained(plan, tables, tuple(failures), (*notes, *plan.warnings()))


def _train(
    prepared: Prepared,
    plan: Plan,
    arms: Mapping[str, Mapping[str, Any]],
    options: BenchOptions,
    where: tuple[Store, Path],
    watch: BenchProgress,
) -> dict[str, Plain]:
    store, out = where
    # Of what the trainings are made from beside the run's own fingerprint: which images every arm has.
    fingerprint = hashlib.sha256("\0".join([*plan.labels, "", *arms]).encode("utf-8", "surrogateescape")).hexdigest()
    tasks = []
    for name, modes in prepared.modes.items():
        for task in tasks_of([name], modes, plan):
            for seen in [tuple(arms)] if task.mode == "frozen" else [(arm,) for arm in arms]:
                tasks.append(TrainingTask(task, seen, fingerprint))
    rules = TrainingRules(plan, arms, prepared.classifiers)
    # A single worker may be this process: no other training is in it that could share its state.
    alone = options.workers == 1 and options.dask is None
    shared = [prepared.data.files.root.absolute(), out]
    executor = choose_executor(options.workers, options.dask, "threads" if alone else "processes", shared)
    hear = None if watch.training is None else _Translator(tasks, len(plan.splits), watch.training)
    return run_tasks(tasks, partial(do_training, rules=rules), store, executor, watch.tasks, hear)


class _Translator:
    """From what a training's worker tells to what a watcher is told."""

    def __init__(self, tasks: Sequence[TrainingTask], repeats: int, training: Callable[[TrainingUpdate], None]) -> None:
        self._tasks = {task.key: task for task in tasks}
        self._repeats, self._training = repeats, training

    def __call__(self, key: str, news: object) -> None:
        task = self._tasks[key]
        progress = news if isinstance(news, TrainingProgress) else None
        arm = HR if task.task.mode == "frozen" else task.arms[0]
        who = (task.task.classifier, task.task.mode, arm, task.task.repeat + 1, self._repeats)
        self._training(TrainingUpdate(*who, progress))
