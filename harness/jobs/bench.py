"""The bench: images are made small, restored by every method, scored, and classified; one leaderboard of each."""

from __future__ import annotations

import hashlib
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.classifiers.modes import tasks_of
from harness.classifiers.plan import Plan, plan_classification
from harness.classifiers.predictions import PredictionRow
from harness.classifiers.spec import Permissions
from harness.engine.executor import choose_executor
from harness.engine.plain import Plain, rebuild, to_json, to_plain
from harness.engine.row import Failure, InputDigest, Row
from harness.engine.runner import run_tasks
from harness.engine.store import Store, open_run
from harness.jobs.arms import HR, LR, SavedImages
from harness.jobs.bench_options import BenchOptions
from harness.jobs.bench_plan import Prepared, plan_options, prepare
from harness.jobs.bench_result import BenchResult
from harness.jobs.bench_tasks import ImageRules, ImageTask, TrainingRules, TrainingTask, do_image, do_training
from harness.jobs.classification_tables import ClassificationTables, classification_tables
from harness.jobs.compare import dataset_digest
from harness.jobs.costs import SIDE, CostRules, measured_costs
from harness.jobs.scoring_task import ScoringRules
from harness.jobs.study import Study
from harness.leaderboard.build import build_rows, images_counted
from harness.leaderboard.leaderboard import Heading, Leaderboard
from srmetrics.errors import SrmetricsError
from srmetrics.version import VERSION

Report = Callable[[int, int], None]
"""Told how many of how many tasks are done."""

SMOKE_SIDE = 16
"""What ``--smoke`` measures costs on."""


def run_bench(study: Study, options: BenchOptions, report: Report = lambda done, total: None) -> BenchResult:
    """Run a study, or go on with one that was stopped, and write its files.

    Parameters
    ----------
    study : Study
        What is asked.
    options : BenchOptions
        Where, how, and what is allowed.
    report : callable, optional
        Told of progress, first of the images and then of the trainings.

    Raises
    ------
    SrmetricsError
        When nothing can be done: before anything runs, for whatever can be seen then. Single images, upscalers and
        classifiers that fail are listed in ``failures.csv``, and the rest goes on.
    """
    started = time.time()
    prepared = prepare(study, options)
    out = Path(options.out).absolute()
    with open_run(out, prepared.fingerprint) as store:
        rules = _image_rules(prepared, options, out)
        images = _Images(_run_images(prepared, rules, options, store, report))
        trained = _classify(prepared, images, options, (store, out), report)
        costs = {}
        if options.measure_cost:
            side = SMOKE_SIDE if options.smoke else SIDE
            costs = measured_costs(CostRules(prepared.specs, rules.settings, prepared.channels, side), store)
        board = _leaderboard(prepared, images, trained, options, started)
        result = BenchResult(board, trained.tables, costs, tuple(prepared.specs))
        result.write(out)
    return result


class _Images:
    """What the image tasks gave."""

    def __init__(self, results: Mapping[str, Plain]) -> None:
        self.rows: list[Row] = []
        self.failures: list[Failure] = []
        self.digests: set[InputDigest] = set()
        self.files: dict[str, dict[str, str]] = {}
        """Arm to key to the file that was written."""
        for task, value in results.items():
            done: Any = value
            scored = done["scored"]
            self.rows += [rebuild(Row, row) for row in scored["rows"]]
            self.failures += [rebuild(Failure, failure) for failure in scored["failures"]]
            self.digests |= {rebuild(InputDigest, digest) for digest in scored["digests"]}
            _, arm, key = task.split("/", 2)
            if done["file"]:
                self.files.setdefault(arm, {})[key] = done["file"]
        # A reference that cannot be read fails in every arm, and is said once.
        self.failures = list(dict.fromkeys(self.failures))


@dataclass(frozen=True)
class _Trained:
    """What the trainings gave."""

    plan: Plan | None = None
    tables: ClassificationTables | None = None
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


def _image_rules(prepared: Prepared, options: BenchOptions, out: Path) -> ImageRules:
    study, compare = prepared.study, prepared.scoring
    return ImageRules(
        recipe=prepared.recipe,
        seed=study.degradation.seed,
        convert=study.images.convert,
        specs=prepared.specs,
        settings=prepared.settings,
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
    tasks = [ImageTask(image, arm) for image in prepared.data.images for arm in (LR, *prepared.specs)]
    shared = [prepared.data.files.root.absolute(), rules.out]
    executor = choose_executor(options.workers, options.dask, "threads", shared)
    return run_tasks(tasks, partial(do_image, rules=rules), store, executor, report)


def _classify(
    prepared: Prepared, images: _Images, options: BenchOptions, where: tuple[Store, Path], report: Report
) -> _Trained:
    asked, (store, out) = prepared.study.classification, where
    if asked is None or prepared.plan is None:
        return _Trained()
    saved: dict[str, Mapping[str, Any]] = {
        arm: SavedImages({key: out / file for key, file in images.files[arm].items()})
        for arm in (LR, *prepared.specs)
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
                plan_options(asked, options),
            )
        except SrmetricsError as error:
            failure = Failure("", "", "not classified", "", str(error))
            return _Trained(None, None, (failure,), tuple(notes))
    arms: dict[str, Mapping[str, Any]] = {HR: prepared.references, **saved}
    done = _train(prepared, plan, arms, options, (store, out), report)
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
            plan,
            (list(prepared.classifiers), list(arms)),
            (prepared.dataset, prepared.recipe.full_name),
            baseline=prepared.study.scoring.baseline,
            average=prepared.study.scoring.average,
            seed=asked.seed,
        )
    return _Trained(plan, tables, tuple(failures), (*notes, *plan.warnings()))


def _train(
    prepared: Prepared,
    plan: Plan,
    arms: Mapping[str, Mapping[str, Any]],
    options: BenchOptions,
    where: tuple[Store, Path],
    report: Report,
) -> dict[str, Plain]:
    store, out = where
    # Of what the trainings are made from beside the run's own fingerprint: which images every arm has.
    fingerprint = hashlib.sha256("\0".join([*plan.labels, "", *arms]).encode("utf-8", "surrogateescape")).hexdigest()
    tasks = []
    for name, modes in prepared.modes.items():
        for task in tasks_of([name], modes, plan):
            for seen in [tuple(arms)] if task.mode == "frozen" else [(arm,) for arm in arms]:
                tasks.append(TrainingTask(task, seen, fingerprint))
    permissions = Permissions(options.device, options.allow_download, options.allow_code)
    rules = TrainingRules(plan, arms, prepared.classifiers, permissions)
    # A single worker may be this process: no other training is in it that could share its state.
    alone = options.workers == 1 and options.dask is None
    shared = [prepared.data.files.root.absolute(), out]
    executor = choose_executor(options.workers, options.dask, "threads" if alone else "processes", shared)
    return run_tasks(tasks, partial(do_training, rules=rules), store, executor, report)


def _leaderboard(
    prepared: Prepared, images: _Images, trained: _Trained, options: BenchOptions, started: float
) -> Leaderboard:
    methods, compare = list(prepared.specs), prepared.scoring
    rows, tests = build_rows(
        images.rows,
        compare.metrics,
        methods=methods,
        average=compare.average,
        baseline=compare.baseline,
        seed=compare.seed,
    )
    counted = images_counted(images.rows, methods)
    digest = dataset_digest(images.digests, counted)
    labels = {image.key: image.label for image in prepared.data.images if image.label and image.key in counted}
    if labels:
        lines = "".join(f"{key}\0{labels[key]}\n" for key in sorted(labels))
        digest = hashlib.sha256(f"{digest}\n{lines}".encode("utf-8", "surrogateescape")).hexdigest()
    notes = [*prepared.notes, *trained.notes]
    partial_images = len({row.image for row in images.rows} - counted)
    if partial_images:
        notes.append(f"{partial_images} images are not scored for every method and are left out of the means")
    return Leaderboard(
        heading=Heading(
            dataset=prepared.dataset,
            dataset_digest=digest,
            scale=prepared.recipe.scale,
            degradation=prepared.recipe.full_name,
            protocol=compare.protocol_name + (" floats" if options.keep_float else ""),
            average=compare.average,
            metrics=compare.metrics,
            version=VERSION,
        ),
        rows=rows,
        comparisons=tests,
        per_image=tuple(images.rows),
        failures=(*prepared.data.failures, *images.failures, *trained.failures),
        masked=prepared.study.images.masks is not None,
        notes=tuple(notes),
        run=_run_facts(prepared, trained, options, started),
    )


def _run_facts(prepared: Prepared, trained: _Trained, options: BenchOptions, started: float) -> dict[str, object]:
    facts = {**prepared.fingerprint}
    facts["run"] = {"workers": options.workers, "dask": options.dask, "out": options.out}
    facts["upscalers"] = {
        name: {
            "spec": one.spec,
            "architecture": one.architecture,
            "parameters": one.parameters,
            "weights_sha256": one.digest,
            "trained_on": one.trained_on,
            "tiling": one.tiling.kind,
        }
        for name, one in prepared.described.items()
    }
    facts["classifiers"] = dict(prepared.preprocessing)
    if trained.plan is not None:
        plan = trained.plan
        facts["splits"] = [
            {"repeat": split.repeat, "part": one.part, "class": one.label, "images": one.n_images, "units": one.n_units}
            for split in plan.splits
            for one in split.counts(plan.labels, plan.groups)
        ]
        facts["unsplittable"] = dict(plan.unsplittable)
        facts["dropped"] = dict(plan.dropped)
    facts["machine"] = {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()}
    facts["started"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
    facts["seconds"] = round(time.time() - started, 3)
    return facts
