"""What the classifiers of a bench must have been tested on: its splits, drawn again from the seed that it recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.classifiers.plan import draw_splits, plan_classification
from harness.classifiers.predictions import PredictionRow
from harness.classifiers.splits import Split
from harness.jobs.arms import HR, References
from harness.jobs.bench_board import split_facts
from harness.jobs.bench_options import Allowances
from harness.jobs.bench_plan import plan_options
from harness.jobs.layouts import BenchImage
from harness.jobs.run_folder import RUN_JSON, RunFolder
from harness.jobs.run_pictures import RunPictures
from harness.jobs.run_predictions import PREDICTIONS
from harness.jobs.study import Study
from harness.jobs.verify.options import study_of
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, UNCHECKED, Verdict
from srmetrics.errors import FileError, SrmetricsError

SPLITS, COPIES = "splits", "identical images"
PARTS = ("validation", "test")
"""The parts of a split that classifiers are tested on."""


@dataclass(frozen=True, slots=True)
class Tested:
    """The images of each repeat's parts, and what is said of leaks."""

    splits: tuple[Split, ...]
    marks: Mapping[int, str] | None
    """Repeat to what every row of it says of leaks; None where the images were not there to look for them."""
    arms: tuple[str, ...]

    def keys(self, repeat: int, part: str) -> tuple[str, ...]:
        """Return the images that are tested in a part of a repeat."""
        there = part in PARTS and 0 <= repeat < len(self.splits)
        return self.splits[repeat].parts.get(part, ()) if there else ()

    def as_asked(self, row: PredictionRow) -> PredictionRow | None:
        """Return a prediction with the mark that it must have; None where the run did not have to make it."""
        if row.arm not in self.arms or row.image not in self.keys(row.repeat, row.split):
            return None
        return row if self.marks is None else replace(row, leakage=self.marks[row.repeat])


def draw_again(run: RunFolder, pictures: RunPictures | None) -> tuple[Tested | None, list[Verdict]]:
    """Draw the splits of a bench again, and compare them with what ``run.json`` says of them.

    Parameters
    ----------
    run : RunFolder
    pictures : RunPictures or None
        Where all references are there, identical images are looked for again too.

    Returns
    -------
    tested : Tested or None
        None of a run without classifiers, and where nothing can be drawn.
    verdicts : list of Verdict
    """
    if run.job != "bench" or PREDICTIONS not in run.recorded_digests():
        return None, []
    if any(run.facts.get(name) is None for name in ("pixels", "splits", "unsplittable", "dropped")):
        reason = f"{RUN_JSON} is of an older version and does not record what was divided"
        return None, [Verdict(RUN_JSON, SPLITS, UNCHECKED, reason=reason)]
    study = study_of(run)
    try:
        return _drawn(run, study, pictures)
    except SrmetricsError as error:
        return None, [Verdict(RUN_JSON, SPLITS, DIFFERENT, reason=f"they cannot be drawn again: {error}")]


def _drawn(run: RunFolder, study: Study, pictures: RunPictures | None) -> tuple[Tested, list[Verdict]]:
    facts = run.facts
    arms: Mapping[str, Mapping[str, str]] = facts["pixels"]["arms"]
    labels, groups = _classified(facts["inputs"], arms)
    command = run.command
    if study.classification is None:
        raise FileError("the study asks for no classification, and there are predictions", file=run.path / RUN_JSON)
    options = plan_options(
        study.classification,
        Allowances(deduplicate=command["deduplicate"], leakage=command["allow_leakage"], strict=command["strict"]),
    )
    if not options.strict:
        options = replace(options, near_distance=None)  # near-identical images change nothing but warnings
    references = None if pictures is None else _references(study, pictures, labels)
    verdicts = []
    if references is None:
        if pictures is not None:
            verdicts.append(Verdict(RUN_JSON, COPIES, UNCHECKED, reason="not all references are there"))
        kept, splits, unsplittable = draw_splits(labels, groups, facts["dropped"], options)
        marks = None
    else:
        plan = plan_classification(references, labels, groups, options)
        kept, splits, unsplittable = dict(plan.labels), plan.splits, dict(plan.unsplittable)
        marks = {audit.repeat: audit.mark for audit in plan.audits}
        alike = dict(plan.dropped) == facts["dropped"]
        reason = "" if alike else "the copies that were left out are not those that are found now"
        verdicts.append(Verdict(RUN_JSON, COPIES, IDENTICAL if alike else DIFFERENT, reason=reason))
    recorded = (facts["splits"], facts["unsplittable"])
    alike = (split_facts(splits, kept, groups), unsplittable) == recorded
    reason = "" if alike else "the images and units of the parts are not those that the seed draws"
    verdicts.append(Verdict(RUN_JSON, SPLITS, IDENTICAL if alike else DIFFERENT, reason=reason))
    return Tested(splits, marks, (HR, *arms)), verdicts


def _classified(
    inputs: Mapping[str, Any], arms: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the classes and groups of the images that can be read and that every arm has."""
    kept = [
        key
        for key, (digest, *_) in inputs.items()
        if digest != "unreadable" and all(key in images for images in arms.values())
    ]
    return {key: str(inputs[key][3]) for key in kept}, {key: str(inputs[key][2]) for key in kept}


def _references(study: Study, pictures: RunPictures, labels: Mapping[str, str]) -> References | None:
    images = {}
    for key, label in labels.items():
        file = pictures.reference(key)
        if file is None:
            return None
        images[key] = BenchImage(key, file, pictures.page(key), "", None, label)
    return References(images, pictures.scale, study.images.convert)
