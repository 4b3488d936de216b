"""From what the tasks gave to the quality leaderboard, and the facts of a run."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.classifiers.plan import Plan
from harness.classifiers.splits import Split
from harness.engine.plain import Plain, rebuild
from harness.engine.row import Failure, InputDigest, Row
from harness.images import ImageFile
from harness.jobs.bench_options import BenchOptions
from harness.jobs.bench_plan import Prepared
from harness.jobs.classification_tables import ClassificationTables
from harness.jobs.compare import dataset_digest
from harness.jobs.layouts import DataSet
from harness.jobs.run_facts import FilesRead, decoded_facts, file_facts, machine_facts
from harness.leaderboard.build import build_rows, images_counted
from harness.leaderboard.leaderboard import Heading, Leaderboard
from srmetrics.version import VERSION


class ImageResults:
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

    def pixels(self) -> dict[str, object]:
        """Return the digests of the pixels of masks, and of every image that an arm saw."""
        arms: dict[str, dict[str, str]] = {arm: {} for arm in self.files}
        masks: dict[str, str] = {}
        for one in sorted(self.digests, key=lambda each: (each.role, each.method, each.image)):
            if one.role == "mask":
                masks[one.image] = one.sha256
            elif one.role == "candidate":
                arms.setdefault(one.method, {})[one.image] = one.sha256
        return {"mask": masks, "arms": arms}


@dataclass(frozen=True)
class Trained:
    """What the trainings gave."""

    plan: Plan | None = None
    tables: ClassificationTables | None = None
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()


def quality_leaderboard(
    prepared: Prepared, images: ImageResults, trained: Trained, options: BenchOptions, started: float
) -> Leaderboard:
    """Return the quality leaderboard, with the facts and failures of the whole run."""
    methods, compare = list(prepared.methods), prepared.scoring
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
        run=_run_facts(prepared, images, trained, options, started),
    )


def _run_facts(
    prepared: Prepared, images: ImageResults, trained: Trained, options: BenchOptions, started: float
) -> dict[str, object]:
    facts = {**prepared.fingerprint}
    facts["run"] = {"workers": options.workers, "dask": options.dask, "out": options.out, "images": prepared.folder}
    facts["label_maps"] = prepared.data.label_maps
    facts["decoded"] = decoded_facts(images.digests)
    facts["pixels"] = images.pixels()
    facts["files"] = _files(prepared.data)
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
        facts["modes"] = {name: list(modes) for name, modes in prepared.modes.items()}
        facts["splits"] = split_facts(plan.splits, plan.labels, plan.groups)
        facts["unsplittable"] = dict(plan.unsplittable)
        facts["dropped"] = dict(plan.dropped)
    facts["machine"] = machine_facts()
    facts["started"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started))
    facts["seconds"] = round(time.time() - started, 3)
    return facts


def split_facts(
    splits: Sequence[Split], labels: Mapping[str, str], groups: Mapping[str, str]
) -> list[dict[str, str | int]]:
    """Return how many images and units of every class each part of each repeat has, as ``run.json`` holds it."""
    return [
        {"repeat": split.repeat, "part": one.part, "class": one.label, "images": one.n_images, "units": one.n_units}
        for split in splits
        for one in split.counts(labels, groups)
    ]


def _files(data: DataSet) -> dict[str, object]:
    masks = {image.file.key: image.mask for image in data.images if isinstance(image.mask, ImageFile)}
    return file_facts(
        FilesRead(data.files.root, {image.file.key: image.file for image in data.images}),
        FilesRead(data.mask_root, masks) if data.mask_root is not None else None,
        {},  # what the methods made lies in the run's own folder
    )
